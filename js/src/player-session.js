/**
 * One player in one page: while somebody looks it has a connection of its own, and a track of the kernel over it.
 */

import { Audience } from "./audience.js";
import { Greeting } from "./greeting.js";
import { Link } from "./link.js";
import { PROTOCOL_VERSION, VERSION } from "./protocol.js";
import { Receiver } from "./receiver.js";
import { IDLE } from "./status.js";

/**
 * @typedef {import("./session.js").Talk} Talk
 * @typedef {import("./status.js").Status} Status
 */

/** Tells by `change` that the status is another. What a view asks of a session, as far as a player has it. */
export class PlayerSession extends EventTarget {
  /**
   * @param {{ signaling: Talk, signal: AbortSignal, PeerClass?: typeof import("./peer.js").Peer }} parts
   *   `signal` ends everything
   */
  constructor({ signaling, signal, PeerClass = Receiver }) {
    super();
    this.signaling = signaling;
    this.PeerClass = PeerClass;
    /** @type {Status} */
    this.status = IDLE;
    this.welcomed = false;
    /** @type {RTCIceServer[]} */
    this.iceServers = [];
    /** @type {AbortController | null} the connection of now */
    this.run = null;
    /** A click on Stop: only another one starts it again. */
    this.stopped = false;
    this.devices = { list: [] };
    this.wish = { chosen: "" };

    this.audience = new Audience({
      changed: (count) => {
        this.signaling.send("views", { count });
        if (count > 0) this.#connectIfWanted();
      },
      unseen: () => this.#end(),
      signal,
    });
    this.greeting = new Greeting({
      say: () =>
        signaling.send("hello", {
          version: VERSION,
          protocol: PROTOCOL_VERSION,
          views: this.audience.count,
        }),
      unanswered: () => this.#show({ ...IDLE, card: "offline" }),
      signal,
    });
    signaling.listen((message) => this.#heed(message));
    signal.addEventListener("abort", () => this.#leave(), { once: true });
    addEventListener("pagehide", () => this.#leave(), { signal });
    this.hello();
  }

  /** Ask the kernel what there is. */
  hello() {
    this.welcomed = false;
    this.greeting.begin();
  }

  /**
   * A view is shown until its signal aborts.
   * @param {AbortSignal} signal
   */
  addView(signal) {
    this.audience.add(signal);
  }

  // -- what a user does in a view

  start() {
    this.stopped = false;
    this.#connectIfWanted();
  }

  stop() {
    this.stopped = true;
    this.#end();
    this.#show({ ...IDLE, state: "stopped", card: "paused", note: this.status.note });
  }

  dismissNote() {
    this.#show({ ...this.status, note: null });
  }

  enableTrack() {}

  async takeStill() {}

  async chooseDevice() {}

  /** The kernel restarted or died. */
  kernelChanged() {
    this.#end();
    this.#show(IDLE);
    this.hello();
  }

  // -- the kernel

  /** @param {import("./protocol.js").FromKernel} message */
  #heed(message) {
    switch (message.type) {
      case "welcome":
        return this.#heedWelcome(message);
      case "answer":
        return void this.link?.accept(message);
      case "start": // with another codec
        this.#end();
        return this.#connectIfWanted();
      case "stop":
        this.#end();
        return this.#show({ ...IDLE, state: "stopped", card: "closed" });
      case "failure":
        if (message.fatal) return this.#fail("kernel", message.message);
        return this.#show({ ...this.status, note: { message: message.message, detail: message.detail } });
    }
  }

  /** @param {import("./protocol.js").Welcome} welcome */
  #heedWelcome({ version, ice_servers }) {
    this.greeting.end();
    this.iceServers = ice_servers;
    this.welcomed = version === VERSION;
    if (!this.welcomed) this.#show({ ...IDLE, card: "version" });
    else this.#connectIfWanted();
  }

  // -- the connection

  #connectIfWanted() {
    if (this.run || !this.welcomed || this.stopped || this.audience.count === 0) return;
    this.run = new AbortController();
    this.#show({ ...IDLE, state: "connecting", note: this.status.note });
    const show = (/** @type {Partial<Status>} */ change) => this.#show({ ...this.status, ...change });
    this.link = new Link({
      captured: null,
      codec: null,
      iceServers: this.iceServers,
      signaling: this.signaling,
      PeerClass: this.PeerClass,
      signal: this.run.signal,
      on: {
        connecting: () => show({ state: "connecting", figures: null }),
        live: () => this.status.state !== "live" && show({ state: "live" }),
        busy: () => show({ state: "busy" }),
        figures: (figures) => show({ figures }),
        lost: (reason) => this.#fail("connection", reason),
        silent: () => this.kernelChanged(),
        stream: (stream) => show({ stream }),
      },
    });
    this.link.connect();
  }

  /**
   * @param {string} card
   * @param {string} detail
   */
  #fail(card, detail) {
    this.#end();
    this.stopped = true;
    this.#show({ ...IDLE, state: "failed", card, detail });
  }

  #end() {
    const { run } = this;
    this.run = null;
    if (run) this.signaling.send("stopped", { reason: "unseen" });
    run?.abort();
  }

  #leave() {
    this.greeting.end();
    this.audience.end();
    this.#end();
    this.signaling.send("bye", {});
  }

  /** @param {Status} status */
  #show(status) {
    this.status = status;
    this.dispatchEvent(new Event("change"));
  }
}
