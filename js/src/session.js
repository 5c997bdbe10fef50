/**
 * One stream in one page, from `hello` to the last track stopped: asks, captures, connects, lets go.
 *
 * The kernel says when to start; views may come and go, the session is one. Whatever is open belongs to the current
 * run, and ends with its AbortSignal.
 */

import { CaptureRefused, capture, likelyColourSpace, seenColourSpace, settingsOf } from "./capture.js";
import { Peer } from "./peer.js";
import { PROTOCOL_VERSION, VERSION } from "./protocol.js";
import { TEXTS } from "./texts.js";

export const UNSEEN_MS = 3000;
const WELCOME_MS = 4000;
const BUSY_MS = 4000;
const SILENCE_MS = 8000;
// Before the kernel's own limit, so that a reader hears why.
const CONNECT_MS = 8000;
const RECONNECTS = 3;

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
   * @param {typeof Peer} [parts.PeerClass]
   */
  constructor({ signaling, wanted, signal, capture: getStream = capture, PeerClass = Peer }) {
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
    /** @type {Peer | null} */
    this.peer = null;
    this.reconnects = 0;

    signaling.listen((message) => this.#heed(message));
    signal.addEventListener("abort", () => this.#leave(), { once: true });
    addEventListener("pagehide", () => this.#leave(), { signal });
    this.hello();
  }

  /** Ask the kernel what to do; no camera opens before it has answered. */
  hello() {
    this.welcomed = false;
    this.signaling.send("hello", { version: VERSION, protocol: PROTOCOL_VERSION, views: this.views });
    clearTimeout(this.unanswered);
    this.unanswered = setTimeout(() => this.#show({ ...IDLE, card: "offline" }), WELCOME_MS);
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
    this.reconnects = 0;
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
        if (this.#end()) this.#show({ ...IDLE, state: "stopped", card: "stopped" });
        break;
      case "answer":
        this.#accept(message);
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
    await this.#connect(captured, signal);

    // Colours a shade off are better than no stream.
    const seen = await seenColourSpace(track, signal).catch(() => null);
    if (seen && !signal.aborted && (seen.matrix !== likely.matrix || seen.full_range !== likely.full_range))
      this.signaling.send("granted", { ...granted, colour_space: seen });
  }

  /**
   * @param {Captured} captured
   * @param {AbortSignal} signal
   */
  async #connect(captured, signal) {
    this.peer?.close();
    const peer = new this.PeerClass({
      stream: captured.stream,
      track: captured.track,
      iceServers: this.iceServers,
      signal,
      on: {
        candidate: ({ candidate, sdpMid }) =>
          this.signaling.send("candidate", { connection: peer.id, candidate, mid: sdpMid ?? "" }),
        open: () => this.#heard("live"),
        heard: () => this.#heard(),
        figures: (figures) => this.#show({ ...this.status, figures }),
        lost: (reason) => this.#reconnect(peer, captured, signal, reason),
      },
    });
    this.peer = peer;
    this.heardAt = performance.now();
    this.connectBy = this.heardAt + CONNECT_MS;
    clearInterval(this.vigil);
    this.vigil = setInterval(() => this.#checkSilence(peer), 1000);
    this.signaling.send("offer", { connection: peer.id, sdp: await peer.offer() });
  }

  /** @param {{ connection: string, sdp: string, max_bitrate: number }} answer */
  async #accept({ connection, sdp, max_bitrate }) {
    if (this.peer?.id !== connection) return;
    try {
      await this.peer.accept(sdp, max_bitrate);
    } catch (error) {
      if (this.peer?.id === connection) this.#fail("connection", String(error));
    }
  }

  /**
   * A connection is gone: a fresh one takes its place, some times.
   * @param {Peer} peer
   * @param {Captured} captured
   * @param {AbortSignal} signal
   * @param {string} reason
   */
  #reconnect(peer, captured, signal, reason) {
    if (signal.aborted || this.peer !== peer) return;
    if (this.reconnects++ < RECONNECTS) {
      this.#show({ ...this.status, state: "connecting", figures: null });
      this.#connect(captured, signal).catch((error) => {
        if (!signal.aborted) this.#fail("connection", String(error));
      });
    } else this.#lose(peer, reason);
  }

  /**
   * @param {Peer} peer
   * @param {string} reason
   */
  #lose(peer, reason) {
    this.signaling.send("lost", { connection: peer.id, reason });
    this.#fail("connection", reason);
  }

  /** @param {State} [state] */
  #heard(state) {
    this.heardAt = performance.now();
    if (state === "live") this.reconnects = 0;
    if (state || this.status.state === "busy") this.#show({ ...this.status, state: "live" });
  }

  /** @param {Peer} peer */
  #checkSilence(peer) {
    const now = performance.now();
    if (this.status.state === "connecting") {
      if (now > (this.connectBy ?? now)) this.#lose(peer, "no connection in time");
      return;
    }
    const silence = now - (this.heardAt ?? now);
    if (silence > SILENCE_MS) {
      // A kernel that says nothing may be gone: the light goes off, and on again when it answers.
      if (this.#end()) this.signaling.send("stopped", { reason: "silence" });
      this.#show(IDLE);
      this.hello();
    } else if (silence > BUSY_MS) this.#show({ ...this.status, state: "busy" });
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
    clearInterval(this.vigil);
    const run = this.run;
    this.run = null;
    this.peer = null;
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
