/**
 * The way between one stream of the page and the kernel: connects, connects afresh, notices silence.
 */

import { CodecMissing } from "./codecs.js";
import { Peer } from "./peer.js";
import { randomId } from "./random-id.js";

const BUSY_MS = 4000;
const SILENCE_MS = 8000;
// Before the kernel's own limit, so that a reader hears why.
const CONNECT_MS = 8000;
const CHECK_MS = 1000;
const RECONNECTS = 3;

/**
 * @typedef {import("./capture.js").Captured} Captured
 * @typedef {import("./session.js").Talk} Talk
 *
 * @typedef {object} LinkEvents
 * @property {() => void} connecting a fresh connection takes the place of a lost one
 * @property {() => void} live page and kernel hear each other
 * @property {() => void} busy the kernel has said nothing for some seconds
 * @property {(figures: import("./protocol.js").Figures) => void} figures
 * @property {(reason: string, why: "connection" | "codec") => void} lost there is no way
 * @property {() => void} silent the kernel has left, or says nothing any more
 * @property {(stream: MediaStream) => void} [stream] a track of the kernel is here
 */

export class Link {
  /**
   * @param {{ captured: Captured | null, iceServers: RTCIceServer[], codec: "vp8" | "h264" | null, signaling: Talk,
   *   on: LinkEvents, signal: AbortSignal, PeerClass?: typeof Peer }} options `signal` ends it
   */
  constructor({ captured, iceServers, codec, signaling, on, signal, PeerClass = Peer }) {
    this.captured = captured;
    this.iceServers = iceServers;
    this.codec = codec;
    this.signaling = signaling;
    this.on = on;
    this.signal = signal;
    this.PeerClass = PeerClass;
    /** @type {Peer | null} */
    this.peer = null;
    this.reconnects = 0;
    this.isLive = false;
    this.heardAt = 0;
    signal.addEventListener("abort", () => this.#dropPeer(), { once: true });
  }

  /** Offer a connection; the answer comes by `accept`, everything else by events. */
  async connect() {
    this.#dropPeer();
    this.isLive = false;
    this.heardAt = performance.now();
    /** @type {Peer | null} */
    let peer = null;
    try {
      peer = this.peer = this.#makePeer();
      this.vigil = setInterval(() => this.#check(), CHECK_MS);
      const sdp = await peer.offer();
      if (this.peer === peer) this.signaling.send("offer", { connection: peer.id, sdp });
    } catch (error) {
      if (this.peer !== peer) return;
      if (error instanceof CodecMissing) this.#lose(error.message, "codec");
      else this.#lose(String(error));
    }
  }

  #makePeer() {
    const peer = new this.PeerClass({
      ...this.#media(),
      iceServers: this.iceServers,
      on: {
        candidate: ({ candidate, sdpMid }) =>
          this.signaling.send("candidate", { connection: peer.id, candidate, mid: sdpMid ?? "" }),
        open: () => this.#opened(),
        heard: () => this.#heard(),
        figures: this.on.figures,
        failed: (reason) => this.#reconnect(reason),
        closed: this.on.silent,
        stream: this.on.stream,
      },
    });
    return peer;
  }

  /** @returns {import("./peer.js").Media} nothing, where the page only receives */
  #media() {
    const { stream, track } = this.captured ?? {};
    return /** @type {any} */ ({ stream, track, codec: this.codec });
  }

  /** @param {{ connection: string, sdp: string, max_bitrate: number }} answer */
  async accept({ connection, sdp, max_bitrate }) {
    const { peer } = this;
    if (peer?.id !== connection) return;
    try {
      await peer.accept(sdp, max_bitrate);
    } catch (error) {
      if (this.peer === peer) this.#lose(String(error));
    }
  }

  /**
   * Limit the page's encoder, in bit/s.
   * @param {number} maxBitrate
   */
  async limit(maxBitrate) {
    // A connection that closes meanwhile has no encoder to limit.
    await this.peer?.limit(maxBitrate).catch(() => {});
  }

  /**
   * Go on with other tracks; the connection stays. Rejects where they cannot be sent: then the old ones still are.
   * @param {Captured} captured
   */
  async replace(captured) {
    const { peer, captured: before } = this;
    this.captured = captured;
    try {
      await peer?.replaceTracks(captured);
    } catch (error) {
      if (this.peer !== peer) return; // a fresh connection has the new ones already
      this.captured = before;
      throw error;
    }
  }

  #opened() {
    this.isLive = true;
    this.reconnects = 0;
    this.#heard();
  }

  #heard() {
    this.heardAt = performance.now();
    this.on.live();
  }

  #check() {
    const silence = performance.now() - this.heardAt;
    if (!this.isLive) {
      if (silence > CONNECT_MS) this.#lose("no connection in time");
    } else if (silence > SILENCE_MS) this.on.silent();
    else if (silence > BUSY_MS) this.on.busy();
  }

  /** @param {string} reason */
  #reconnect(reason) {
    if (this.reconnects++ >= RECONNECTS) return this.#lose(reason);
    this.on.connecting();
    this.connect();
  }

  /**
   * @param {string} reason
   * @param {"connection" | "codec"} why
   */
  #lose(reason, why = "connection") {
    // A connection that could not even be made has no id.
    const connection = this.peer?.id ?? randomId();
    this.signaling.send("lost", { connection, reason: reason.slice(0, 2000) });
    this.#dropPeer();
    this.on.lost(reason, why);
  }

  #dropPeer() {
    clearInterval(this.vigil);
    this.peer?.close();
    this.peer = null;
  }
}
