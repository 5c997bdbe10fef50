/**
 * One stream in one page, from `hello` to the last track stopped: asks, captures, links, lets go.
 *
 * The kernel says when to start; views may come and go, the session is one. Whatever is open belongs to the current
 * run, and ends with its AbortSignal.
 */

import { CaptureRefused, capture, likelyColourSpace, seenColourSpace, settingsOf } from "./capture.js";
import { Link } from "./link.js";
import { PROTOCOL_VERSION, VERSION } from "./protocol.js";
import { TEXTS } from "./texts.js";

export const UNSEEN_MS = 3000;
const WELCOME_MS = 4000;
// JupyterLab makes a subshell for a widget's messages while its first ones are on their way: with an ipykernel of
// 7.0 to 7.3 those wait behind the running cell, and only what is said later arrives.
const HELLO_AGAIN_MS = 800;

/**
 * @typedef {import("./capture.js").Wanted} Wanted
 * @typedef {import("./capture.js").Captured} Captured
 * @typedef {import("./protocol.js").FromKernel} FromKernel
 * @typedef {import("./protocol.js").FromPage} FromPage
 * @typedef {import("./protocol.js").Figures} Figures
 *
 * @typedef {"idle" | "asking" | "connecting" | "live" | "busy" | "stopped" | "failed"} State
 *
 * @typedef {object} Status What a view shows.
 * @property {State} state
 * @property {string} card name of the card (texts.js) in place of the picture, or ""
 * @property {string} detail what the browser or the kernel said itself
 * @property {MediaStream | null} stream
 * @property {boolean} pattern
 * @property {import("./protocol.js").TrackSettings | null} settings
 * @property {Figures | null} figures
 * @property {{ message: string, detail: string } | null} note
 *
 * @typedef {{ client: string, send<T extends keyof FromPage>(type: T, fields: FromPage[T]): void,
 *   listen(heed: (message: FromKernel) => void): void }} Talk
 */

/** @type {Status} */
const IDLE = {
  state: "idle",
  card: "",
  detail: "",
  stream: null,
  pattern: false,
  settings: null,
  figures: null,
  note: null,
};

export class Session extends EventTarget {
  /**
   * @param {object} parts
   * @param {Talk} parts.signaling
   * @param {() => Wanted} parts.wanted what Python asks for, as of now
   * @param {AbortSignal} parts.signal ends everything
   * @param {typeof capture} [parts.capture]
   * @param {typeof import("./peer.js").Peer} [parts.PeerClass]
   */
  constructor({ signaling, wanted, signal, capture: getStream = capture, PeerClass }) {
    super();
    this.signaling = signaling;
    this.wanted = wanted;
    this.capture = getStream;
    this.PeerClass = PeerClass;
    this.status = IDLE;
    this.views = 0;
    /** @type {RTCIceServer[]} */
    this.iceServers = [];
    /** @type {AbortController | null} */
    this.run = null;
    /** @type {Link | null} */
    this.link = null;

    signaling.listen((message) => this.#heed(message));
    signal.addEventListener("abort", () => this.#leave(), { once: true });
    addEventListener("pagehide", () => this.#leave(), { signal });
    this.hello();
  }

  /** Ask the kernel what to do; no camera opens before it has answered. */
  hello() {
    this.welcomed = false;
    this.#sayHello(performance.now() + WELCOME_MS);
  }

  /** @param {number} until after that, nobody seems to be there */
  #sayHello(until) {
    clearTimeout(this.unanswered);
    if (performance.now() >= until) return this.#show({ ...IDLE, card: "offline" });
    this.signaling.send("hello", { version: VERSION, protocol: PROTOCOL_VERSION, views: this.views });
    this.unanswered = setTimeout(() => this.#sayHello(until), HELLO_AGAIN_MS);
  }

  /**
   * A view is shown until its signal aborts.
   * @param {AbortSignal} signal
   */
  addView(signal) {
    this.#setViews(this.views + 1);
    signal.addEventListener("abort", () => this.#setViews(this.views - 1), { once: true });
  }

  /**
   * Begin, unless it already did: by the kernel's word or by a click.
   * @param {Partial<Wanted>} [instead] what a click changes about what Python asks for
   */
  async start(instead = {}) {
    if (this.run || !this.welcomed) return;
    const run = new AbortController();
    this.run = run;
    this.#show({ ...IDLE, state: "asking" });
    this.signaling.send("asking", {});
    try {
      const wanted = { ...this.wanted(), ...instead };
      const captured = await this.capture(wanted, {
        mediaDevices: navigator.mediaDevices,
        patternLabel: wanted.source === "pattern" ? TEXTS.patternLabels.asked : TEXTS.patternLabels.noCamera,
      });
      run.signal.addEventListener("abort", () => stopTracks(captured.stream), { once: true });
      if (run.signal.aborted) stopTracks(captured.stream);
      else await this.#publish(captured, run.signal);
    } catch (error) {
      if (!run.signal.aborted) this.#refuse(error);
    }
  }

  /** A click on Stop. */
  stop() {
    if (this.#end()) this.signaling.send("stopped", { reason: "user" });
    this.#show({ ...IDLE, state: "stopped", card: "stopped" });
  }

  /** The note of a failed callback was read. */
  dismissNote() {
    this.#show({ ...this.status, note: null });
  }

  /** The kernel restarted or died: nothing may stay on, and a new kernel is asked. */
  kernelChanged() {
    this.#end();
    this.#show(IDLE);
    this.hello();
  }

  /** @param {FromKernel} message */
  #heed(message) {
    switch (message.type) {
      case "welcome":
        clearTimeout(this.unanswered);
        this.iceServers = message.ice_servers;
        this.welcomed = message.version === VERSION;
        if (!this.welcomed) this.#show({ ...IDLE, card: "version" });
        else if (!this.run) this.#show({ ...IDLE, card: message.role === "waiting" ? "waiting" : "idle" });
        break;
      case "start":
        this.start();
        break;
      case "stop":
        this.#end();
        this.#show({ ...IDLE, state: "stopped", card: "stopped" });
        break;
      case "answer":
        this.link?.accept(message);
        break;
      case "failure":
        if (message.fatal) this.#fail("kernel", message.message);
        else this.#show({ ...this.status, note: { message: message.message, detail: message.detail } });
        break;
    }
  }

  /**
   * @param {Captured} captured
   * @param {AbortSignal} signal
   */
  async #publish(captured, signal) {
    const { stream, track, pattern } = captured;
    const settings = settingsOf(track);
    const granted = { label: track.label.slice(0, 500), settings, pattern };
    const likely = likelyColourSpace(track);
    this.signaling.send("granted", { ...granted, colour_space: likely });
    this.#show({ ...this.status, state: "connecting", stream, pattern, settings });
    track.addEventListener("ended", () => this.#trackEnded(), { signal });
    this.link = this.#linkOf(captured, signal);
    await this.link.connect();

    // Colours a shade off are better than no stream.
    const seen = await seenColourSpace(track, signal).catch(() => null);
    if (seen && !signal.aborted && (seen.matrix !== likely.matrix || seen.full_range !== likely.full_range))
      this.signaling.send("granted", { ...granted, colour_space: seen });
  }

  /**
   * @param {Captured} captured
   * @param {AbortSignal} signal
   */
  #linkOf(captured, signal) {
    const { iceServers, signaling, PeerClass } = this;
    return new Link({
      captured,
      iceServers,
      signaling,
      PeerClass,
      signal,
      on: {
        connecting: () => this.#show({ ...this.status, state: "connecting", figures: null }),
        live: () => this.#showState("live"),
        busy: () => this.#showState("busy"),
        figures: (figures) => this.#show({ ...this.status, figures }),
        lost: (reason) => this.#fail("connection", reason),
        silent: () => this.#askAnew(),
      },
    });
  }

  /** @param {State} state */
  #showState(state) {
    if (this.status.state !== state) this.#show({ ...this.status, state });
  }

  /** A kernel that has left or says nothing may be gone: the light goes off, and on again when it answers. */
  #askAnew() {
    if (this.#end()) this.signaling.send("stopped", { reason: "silence" });
    this.#show(IDLE);
    this.hello();
  }

  /** @param {unknown} error */
  #refuse(error) {
    const refused = error instanceof CaptureRefused ? error : new CaptureRefused("Error", String(error));
    const { name, message, constraint } = refused;
    this.signaling.send("refused", {
      name: name.slice(0, 100),
      message: message.slice(0, 2000),
      constraint: constraint.slice(0, 100),
    });
    this.#fail(name, message);
  }

  #trackEnded() {
    if (this.#end()) this.signaling.send("stopped", { reason: "ended" });
    this.#show({ ...IDLE, state: "failed", card: "ended" });
  }

  /**
   * @param {string} card
   * @param {string} detail
   */
  #fail(card, detail) {
    this.#end();
    this.#show({ ...IDLE, state: "failed", card, detail });
  }

  /** @param {number} count */
  #setViews(count) {
    this.views = count;
    this.signaling.send("views", { count });
    clearTimeout(this.unseen);
    if (count > 0) return;
    this.unseen = setTimeout(() => {
      if (!this.#end()) return;
      this.signaling.send("stopped", { reason: "unseen" });
      this.#show({ ...IDLE, state: "stopped", card: "stopped" });
    }, UNSEEN_MS);
  }

  /** End the current run: tracks stopped, connection closed. Whether there was one. */
  #end() {
    const run = this.run;
    this.run = null;
    this.link = null;
    run?.abort();
    return run !== null;
  }

  /** The page or the widget goes away. */
  #leave() {
    clearTimeout(this.unanswered);
    clearTimeout(this.unseen);
    this.#end();
    this.signaling.send("bye", {});
  }

  /** @param {Status} status */
  #show(status) {
    this.status = status;
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
