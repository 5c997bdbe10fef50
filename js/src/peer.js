/**
 * The page's end of one peer connection: offers a stream's tracks, keeps the control channel's heartbeat.
 */

import { codecOrder } from "./codecs.js";
import { CONTROL_LABEL, parseControl } from "./protocol.js";
import { randomId } from "./random-id.js";

const HEARTBEAT_MS = 2000;
const FIRST_PINGS = 5;
// The clocks of two machines drift apart: an old measurement is worth less than a slower new one.
const MEASUREMENTS = 16;

/**
 * @typedef {{ stream: MediaStream, track: MediaStreamTrack, codec: "vp8" | "h264" | null }} Media
 *
 * @typedef {object} PeerEvents
 * @property {(candidate: RTCIceCandidate) => void} candidate
 * @property {() => void} open page and kernel can talk
 * @property {() => void} heard the kernel has answered a heartbeat
 * @property {(figures: import("./protocol.js").Figures) => void} figures
 * @property {(reason: string) => void} failed packets find no way, or no more
 * @property {() => void} closed the kernel has closed the connection
 * @property {(stream: MediaStream) => void} [stream] a track of the kernel is here
 */

export class Peer {
  /** @param {Media & { iceServers: RTCIceServer[], on: PeerEvents }} options */
  constructor({ iceServers, on, codec, ...media }) {
    const codecs = codecOrder(codec); // or there is nothing to connect
    this.id = randomId();
    this.on = on;
    /** @type {{ offset_ms: number, round_trip_ms: number }[]} the newest last */
    this.measured = [];
    /** @type {RTCRtpSender | null} */
    this.sender = null;
    /** @type {RTCRtpSender | null} */
    this.soundSender = null;

    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.addMedia({ ...media, codecs });
    this.control = this.pc.createDataChannel(CONTROL_LABEL);
    this.#follow();
  }

  /**
   * What goes over the connection, before it is offered.
   * @param {{ stream: MediaStream, track: MediaStreamTrack, codecs: RTCRtpCodec[] | null }} media `track` is the
   *   first one: the picture, or the sound where there is none
   */
  addMedia({ stream, track, codecs }) {
    const send = (/** @type {MediaStreamTrack} */ each) =>
      this.pc.addTransceiver(each, { direction: "sendonly", streams: [stream] });
    const [sound] = stream.getAudioTracks();
    const pictures = track.kind === "video" ? send(track) : null;
    if (codecs) pictures?.setCodecPreferences(codecs);
    this.sender = pictures?.sender ?? null;
    this.soundSender = sound ? send(sound).sender : null;
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
    await this.limit(maxBitrate);
  }

  /**
   * Limit the encoder of the pictures.
   * @param {number} maxBitrate in bit/s
   */
  async limit(maxBitrate) {
    if (!this.sender) return; // of sound the answer says how much
    const parameters = this.sender.getParameters();
    // The size is what was asked for; when the encoder is late, pictures are left out instead.
    /** @type {any} */ (parameters).degradationPreference = "maintain-resolution";
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    await this.sender.setParameters(parameters);
  }

  /**
   * Send other tracks from now on, without negotiating again.
   * @param {{ stream: MediaStream, track: MediaStreamTrack }} captured
   */
  async replaceTracks({ stream, track }) {
    await this.sender?.replaceTrack(track);
    await this.soundSender?.replaceTrack(stream.getAudioTracks()[0] ?? null);
  }

  /** No event comes any more. */
  close() {
    clearInterval(this.heartbeat);
    const { pc, control } = this;
    pc.onicecandidate = pc.onconnectionstatechange = null;
    control.onopen = control.onclose = control.onmessage = null;
    pc.close();
  }

  #follow() {
    const { pc, control, on } = this;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) on.candidate(candidate);
    };
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed") on.failed("ICE failed");
    };
    control.onopen = () => {
      on.open();
      this.#ping();
      this.heartbeat = setInterval(() => this.#ping(), HEARTBEAT_MS);
    };
    control.onclose = () => on.closed();
    control.onmessage = ({ data }) => this.#heed(parseControl(data));
  }

  /** @param {import("./protocol.js").OnControl | null} message */
  #heed(message) {
    if (message?.type === "figures") this.on.figures(message);
    if (message?.type === "pong") {
      this.on.heard();
      this.#measure(message);
      // The first ones at once, to set the clock; then one each heartbeat.
      if (this.measured.length < FIRST_PINGS) this.#ping();
    }
  }

  /** @param {import("./protocol.js").Pong} pong */
  #measure({ sent_ms, kernel_ms }) {
    const now = wallClock();
    this.measured.push({ offset_ms: kernel_ms - (sent_ms + now) / 2, round_trip_ms: now - sent_ms });
    if (this.measured.length > MEASUREMENTS) this.measured.shift();
  }

  #ping() {
    if (this.control.readyState !== "open") return;
    const [best] = [...this.measured].sort((a, b) => a.round_trip_ms - b.round_trip_ms);
    this.control.send(JSON.stringify({ type: "ping", sent_ms: wallClock(), ...best }));
  }
}

/** Milliseconds since the epoch, finer than Date.now(). */
function wallClock() {
  return performance.timeOrigin + performance.now();
}
