/**
 * One run of a stream: captured, linked, changed to other devices, and ended as one.
 */

import { stopTracks } from "./capture.js";
import { seenColourSpace } from "./colour.js";
import { within } from "./lifetime.js";
import { Link } from "./link.js";
import { asRefused } from "./refusal.js";
import { TEXTS } from "./texts.js";
import { Tracks } from "./tracks.js";

/**
 * @typedef {import("./capture.js").Wanted} Wanted
 * @typedef {import("./capture.js").Captured} Captured
 * @typedef {import("./protocol.js").TrackState} TrackState
 * @typedef {import("./refusal.js").CaptureRefused} CaptureRefused
 *
 * @typedef {object} RunEvents None comes once the run has ended.
 * @property {() => void} offered the source wants a click, which `press` is
 * @property {(part: number) => void} progress how much of the source is loaded, 0 to 1
 * @property {(captured: Captured) => void} captured a stream, the first one or that of another device
 * @property {(tracks: TrackState[]) => void} tracks something about them has changed
 * @property {(refused: CaptureRefused) => void} refused there is no stream
 * @property {(refused: CaptureRefused) => void} kept there is no other device: the one before goes on
 * @property {() => void} stopped the kernel has stopped the video
 * @property {() => void} ended the device was taken away
 * @property {() => void} still a picture was taken
 *
 * @typedef {RunEvents & import("./link.js").LinkEvents} Events
 */

export class Run {
  /**
   * @param {object} parts
   * @param {Wanted} parts.wanted
   * @param {RTCIceServer[]} parts.iceServers
   * @param {import("./session.js").Talk} parts.signaling
   * @param {Events} parts.on
   * @param {typeof import("./capture.js").capture} parts.capture
   * @param {typeof import("./peer.js").Peer} [parts.PeerClass]
   * @param {boolean} [parts.byClick] whether it is a click that begins it
   */
  constructor({ wanted, iceServers, signaling, on, capture, PeerClass, byClick = false }) {
    this.wanted = wanted;
    this.iceServers = iceServers;
    this.signaling = signaling;
    this.capture = capture;
    this.PeerClass = PeerClass;
    this.controller = new AbortController();
    this.signal = this.controller.signal;
    this.on = on;
    /** @type {Link | null} */
    this.link = null;
    /** @type {Wanted | null} another device, if one is asked for */
    this.wish = null;
    this.changing = false;
    this.byClick = byClick;
    /** The click that the source waits for. */
    this.press = () => {};
  }

  /** Tracks stopped, connection closed; no event any more. */
  end() {
    this.controller.abort();
  }

  async begin() {
    try {
      const captured = await this.#capture(this.wanted);
      if (this.signal.aborted) return stopTracks(captured.stream);
      this.#hold(captured);
      this.link = this.#linkOf(captured);
      await this.link.connect();
    } catch (error) {
      if (!this.signal.aborted) this.on.refused(asRefused(error));
      return;
    }
    await Promise.all([this.#seeColours(), this.#change()]);
  }

  /**
   * Go on with another device. Of wishes that follow each other quickly the newest counts.
   * @param {Wanted} wanted
   */
  async change(wanted) {
    this.wish = wanted;
    if (this.link) await this.#change();
  }

  // -- capture

  /** @param {Wanted} wanted */
  #capture(wanted) {
    const { asked, noCamera } = TEXTS.patternLabels;
    const patternLabel = wanted.source === "pattern" ? asked : noCamera;
    const { mediaDevices, permissions } = navigator;
    const policy = /** @type {any} */ (globalThis.document)?.featurePolicy; // Chromium has it
    return this.capture(wanted, {
      mediaDevices,
      permissions,
      policy,
      patternLabel,
      signal: this.signal,
      signaling: this.signaling,
      clicked: () => this.#clicked(),
      progress: (part) => {
        if (!this.signal.aborted) this.on.progress(part);
      },
    });
  }

  /** @returns {Promise<void>} */
  #clicked() {
    if (this.byClick) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.press = resolve;
      this.signal.addEventListener("abort", () => reject(this.signal.reason), { once: true });
      this.on.offered();
    });
  }

  /** @param {Captured} captured */
  #hold(captured) {
    const { stream, track } = captured;
    const light = within(this.signal);
    light.signal.addEventListener("abort", () => stopTracks(stream), { once: true });
    track.addEventListener("ended", () => this.#trackEnded(), { signal: light.signal });
    this.captured = captured;
    this.light = light;
    this.on.captured(captured);
    this.tracks = new Tracks({
      captured,
      signal: light.signal,
      tell: (granted) => {
        this.signaling.send("granted", granted);
        this.on.tracks(granted.tracks);
      },
    });
  }

  #trackEnded() {
    // Another device is on its way to take its place.
    if (this.changing) this.light?.abort();
    else this.on.ended();
  }

  /** Colours a shade off are better than no stream. */
  async #seeColours() {
    const { captured, tracks, light } = this;
    if (captured?.track.kind !== "video" || !light || light.signal.aborted) return;
    const seen = await seenColourSpace(captured.track, light.signal).catch(() => null);
    if (seen) tracks?.seeColours(seen);
  }

  // -- another device

  async #change() {
    if (this.changing) return;
    this.changing = true;
    while (this.wish && !this.signal.aborted) {
      const { wish } = this;
      this.wish = null;
      await this.#changeTo(wish);
    }
    this.changing = false;
  }

  /** @param {Wanted} wanted */
  async #changeTo(wanted) {
    if (this.#runs(wanted)) return;
    try {
      const captured = await this.#captureInstead(wanted);
      if (this.signal.aborted || this.wish) return stopTracks(captured.stream);
      await this.#replaceBy(captured);
      this.wanted = wanted;
    } catch (error) {
      if (!this.signal.aborted && !this.wish) await this.#keep(asRefused(error));
    }
  }

  /** @param {Wanted} wanted */
  #runs({ chosen }) {
    const { deviceId } = this.captured?.track.getSettings() ?? {};
    return !this.light?.signal.aborted && deviceId !== undefined && chosen?.deviceId === deviceId;
  }

  /** @param {Wanted} wanted */
  async #captureInstead(wanted) {
    try {
      return await this.#capture(wanted);
    } catch (error) {
      if (asRefused(error).name !== "NotReadableError" || this.signal.aborted) throw error;
      // Some machines open one camera at a time.
      this.light?.abort();
      return await this.#capture(wanted);
    }
  }

  /** @param {Captured} captured */
  async #replaceBy(captured) {
    const { light } = this;
    // Who has muted the old one has muted the new one: not a single picture may leave.
    for (const before of this.captured?.stream.getTracks() ?? [])
      for (const track of captured.stream.getTracks())
        if (track.kind === before.kind) track.enabled = before.enabled;
    try {
      await this.link?.replace(captured);
    } catch (error) {
      stopTracks(captured.stream);
      throw error;
    }
    if (this.signal.aborted) return stopTracks(captured.stream);
    light?.abort();
    this.#hold(captured);
    this.#seeColours();
  }

  /**
   * The device before goes on, or is opened again where it had to make room.
   * @param {CaptureRefused} refused why there is no other one
   */
  async #keep(refused) {
    if (!this.light?.signal.aborted) return this.on.kept(refused);
    try {
      const captured = await this.#capture(this.wanted);
      if (this.signal.aborted) return stopTracks(captured.stream);
      await this.#replaceBy(captured);
      this.on.kept(refused);
    } catch {
      if (!this.signal.aborted) this.on.refused(refused);
    }
  }

  /** @param {Captured} captured */
  #linkOf(captured) {
    const { iceServers, signaling, PeerClass, signal, wanted } = this;
    const on = {
      ...this.on,
      figures: (/** @type {import("./protocol.js").Figures} */ figures) => {
        this.on.figures(figures);
        this.tracks?.look(); // a phone that was turned has other settings now, and no event says so
      },
    };
    return new Link({ captured, iceServers, codec: wanted.codec, signaling, PeerClass, on, signal });
  }
}
