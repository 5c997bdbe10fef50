/**
 * From what was asked for to a live track: getUserMedia, or the test pattern.
 */

import { patternStream } from "./pattern.js";

/**
 * @typedef {import("./protocol.js").ColourSpace} ColourSpace
 * @typedef {import("./protocol.js").TrackSettings} TrackSettings
 *
 * @typedef {object} Wanted What Python asked for.
 * @property {"camera" | "pattern"} source
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} frameRate
 * @property {string | null} facingMode
 * @property {string | null} deviceId
 * @property {boolean} audio
 * @property {MediaStreamConstraints | null} constraints
 * @property {"pattern" | null} fallback
 *
 * @typedef {object} Captured
 * @property {MediaStream} stream
 * @property {MediaStreamTrack} track the video
 * @property {boolean} pattern
 */

/** Why there is no camera: `name` is the DOMException's, or "InsecureOrigin". */
export class CaptureRefused extends Error {
  /**
   * @param {string} name
   * @param {string} message
   * @param {string} constraint
   */
  constructor(name, message, constraint = "") {
    super(message);
    this.name = name;
    this.constraint = constraint;
  }
}

const WITHOUT_CAMERA = ["NotFoundError", "InsecureOrigin"];

/**
 * A live stream, or CaptureRefused.
 * @param {Wanted} wanted
 * @param {{ mediaDevices?: MediaDevices, patternLabel: string, pattern?: typeof patternStream }} surroundings
 * @returns {Promise<Captured>}
 */
export async function capture(wanted, { mediaDevices, patternLabel, pattern = patternStream }) {
  const drawn = () => {
    const stream = pattern({
      width: wanted.width ?? 640,
      height: wanted.height ?? 480,
      frameRate: wanted.frameRate ?? 30,
      label: patternLabel,
    });
    return { stream, track: stream.getVideoTracks()[0], pattern: true };
  };
  if (wanted.source === "pattern") return drawn();
  try {
    const stream = await getCamera(wanted, mediaDevices);
    return { stream, track: stream.getVideoTracks()[0], pattern: false };
  } catch (error) {
    const refused = asRefused(error);
    if (wanted.fallback === "pattern" && WITHOUT_CAMERA.includes(refused.name)) return drawn();
    throw refused;
  }
}

/**
 * @param {Wanted} wanted
 * @param {MediaDevices | undefined} mediaDevices
 */
async function getCamera(wanted, mediaDevices) {
  if (!mediaDevices?.getUserMedia)
    throw new CaptureRefused("InsecureOrigin", "navigator.mediaDevices is not there");
  return await mediaDevices.getUserMedia(constraintsOf(wanted));
}

/**
 * MediaStreamConstraints; each wish is an ideal, so that the browser comes as close as it can.
 * @param {Wanted} wanted
 * @returns {MediaStreamConstraints}
 */
export function constraintsOf(wanted) {
  if (wanted.constraints) return wanted.constraints;
  /** @type {Record<string, { ideal: any }>} */
  const video = {};
  if (wanted.width) video.width = { ideal: wanted.width };
  if (wanted.height) video.height = { ideal: wanted.height };
  if (wanted.frameRate) video.frameRate = { ideal: wanted.frameRate };
  if (wanted.facingMode) video.facingMode = { ideal: wanted.facingMode };
  if (wanted.deviceId) video.deviceId = { ideal: wanted.deviceId };
  return { video: Object.keys(video).length ? video : true, audio: wanted.audio };
}

/** @param {unknown} error */
function asRefused(error) {
  if (error instanceof CaptureRefused) return error;
  const { name, message, constraint } =
    /** @type {{ name?: string, message?: string, constraint?: string }} */ (error ?? {});
  return new CaptureRefused(name ?? "Error", message ?? "", constraint);
}

/**
 * @param {MediaStreamTrack} track
 * @returns {TrackSettings}
 */
export function settingsOf(track) {
  const settings = track.getSettings();
  return {
    width: Math.round(settings.width ?? 0),
    height: Math.round(settings.height ?? 0),
    frame_rate: settings.frameRate ?? 0,
    device_id: settings.deviceId ?? "",
    facing_mode: settings.facingMode ?? "",
  };
}

/**
 * What is known at once: a canvas has RGB pictures.
 * @param {MediaStreamTrack} track
 * @returns {ColourSpace}
 */
export function likelyColourSpace(track) {
  return "canvas" in track ? { matrix: "rgb", full_range: true } : { matrix: "", full_range: false };
}

/**
 * What the track's first picture says of itself, where the browser can tell (Chromium); else null.
 * @param {MediaStreamTrack} track
 * @param {AbortSignal} signal ends the wait for that picture; a clone left live would hold the camera
 * @returns {Promise<ColourSpace | null>}
 */
export async function seenColourSpace(track, signal) {
  const Processor = /** @type {any} */ (globalThis).MediaStreamTrackProcessor;
  if (!Processor) return null;
  const clone = track.clone();
  signal.addEventListener("abort", () => clone.stop(), { once: true });
  try {
    const reader = new Processor({ track: clone, maxBufferSize: 1 }).readable.getReader();
    const { value: picture } = await reader.read();
    if (!picture) return null;
    const { matrix, fullRange } = picture.colorSpace;
    picture.close();
    await reader.cancel();
    return { matrix: matrix ?? "", full_range: fullRange ?? false };
  } finally {
    clone.stop();
  }
}
