/**
 * The page's end of one peer connection: offers a track, keeps the control channel's heartbeat.
 */

import { CONTROL_LABEL, parseControl } from "./protocol.js";
import { randomId } from "./random-id.js";

const HEARTBEAT_MS = 2000;
const FIRST_PINGS = 5;

/**
 * @typedef {object} PeerEvents
 * @property {(candidate: RTCIceCandidate) => void} candidate
 * @property {() => void} open page and kernel can talk
 * @property {() => void} heard the kernel has answered a heartbeat
 * @property {(figures: import("./protocol.js").Figures) => void} figures
 * @property {(reason: string) => void} lost
 */

export class Peer {
  /**
   * @param {{ stream: MediaStream, track: MediaStreamTrack, iceServers: RTCIceServer[], on: PeerEvents,
   *   signal: AbortSignal }} options `signal` closes it
   */
  constructor({ stream, track, iceServers, on, signal }) {
    this.id = randomId();
    this.on = on;
    this.signal = signal;
    /** @type {number | undefined} */
    this.offset = undefined;
    this.roundTrip = Number.POSITIVE_INFINITY;
    this.pongs = 0;

    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.sender = this.pc.addTransceiver(track, { direction: "sendonly", streams: [stream] }).sender;
    this.control = this.pc.createDataChannel(CONTROL_LABEL);
    this.#follow();
  }

  /** @returns {Promise<string>} the SDP to send; candidates follow one by one */
  async offer() {
    await this.pc.setLocalDescription();
    return /** @type {RTCSessionDescription} */ (this.pc.localDescription).sdp;
  }

  /**
   * @param {string} sdp
   * @param {number} maxBitrate
   */
  async accept(sdp, maxBitrate) {
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    const parameters = this.sender.getParameters();
    // The size is what was asked for; when the encoder is late, pictures are left out instead.
    /** @type {any} */ (parameters).degradationPreference = "maintain-resolution";
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    await this.sender.setParameters(parameters);
  }

  close() {
    clearInterval(this.heartbeat);
    this.pc.onconnectionstatechange = null;
    this.control.onclose = null;
    this.pc.close();
  }

  #follow() {
    const { pc, control, on } = this;
    this.signal.addEventListener("abort", () => this.close(), { once: true });
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) on.candidate(candidate);
    };
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed") on.lost("ICE failed");
    };
    control.onopen = () => {
      on.open();
      this.#ping();
      this.heartbeat = setInterval(() => this.#ping(), HEARTBEAT_MS);
    };
    control.onclose = () => on.lost("the kernel closed the connection");
    control.onmessage = ({ data }) => this.#heed(parseControl(data));
  }

  /** @param {import("./protocol.js").OnControl | null} message */
  #heed(message) {
    if (message?.type === "figures") this.on.figures(message);
    if (message?.type === "pong") {
      this.on.heard();
      this.#learnOffset(message);
      // The first ones at once, to set the clock; then one each heartbeat.
      if (++this.pongs < FIRST_PINGS) this.#ping();
    }
  }

  /** @param {import("./protocol.js").Pong} pong */
  #learnOffset({ sent_ms, kernel_ms }) {
    const now = wallClock();
    const roundTrip = now - sent_ms;
    if (roundTrip > this.roundTrip) return;
    this.roundTrip = roundTrip;
    this.offset = kernel_ms - (sent_ms + now) / 2;
  }

  #ping() {
    if (this.control.readyState !== "open") return;
    const known = this.offset === undefined ? {} : { offset_ms: this.offset, round_trip_ms: this.roundTrip };
    this.control.send(JSON.stringify({ type: "ping", sent_ms: wallClock(), ...known }));
  }
}

/** Milliseconds since the epoch, finer than Date.now(). */
function wallClock() {
  return performance.timeOrigin + performance.now();
}
