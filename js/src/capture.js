/**
 * From what was asked for to a live track: getUserMedia, or the test pattern.
 */

import { patternStream } from "./pattern.js";
import { CaptureRefused, explained } from "./refusal.js";

/**
 * @typedef {object} Wanted What Python asked for, and what the user chose in the view.
 * @property {"camera" | "pattern"} source
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} frameRate
 * @property {string | null} facingMode
 * @property {string | null} deviceId
 * @property {boolean} audio
 * @property {MediaStreamConstraints | null} constraints
 * @property {"pattern" | null} fallback
 * @property {"vp8" | "h264" | null} codec
 * @property {{ deviceId: string, exact: boolean } | null} [chosen] the device, before all other wishes
 *
 * @typedef {object} Captured
 * @property {MediaStream} stream
 * @property {MediaStreamTrack} track the video
 * @property {boolean} pattern
 */

const WITHOUT_CAMERA = ["NotFoundError", "InsecureOrigin"];

/**
 * A live stream, or CaptureRefused.
 * @param {Wanted} wanted
 * @param {import("./refusal.js").Surroundings & { patternLabel: string, pattern?: typeof patternStream }} surroundings
 * @returns {Promise<Captured>}
 */
export async function capture(wanted, surroundings) {
  if (wanted.source === "pattern") return drawn(wanted, surroundings);
  try {
    const stream = await getCamera(wanted, surroundings.mediaDevices);
    return { stream, track: stream.getVideoTracks()[0], pattern: false };
  } catch (error) {
    const refused = await explained(error, wanted, surroundings);
    const noCamera = WITHOUT_CAMERA.includes(refused.name) && refused.constraint !== "audio";
    if (wanted.fallback === "pattern" && noCamera) return drawn(wanted, surroundings);
    throw refused;
  }
}

/**
 * @param {Wanted} wanted
 * @param {{ patternLabel: string, pattern?: typeof patternStream }} surroundings
 * @returns {Captured}
 */
function drawn({ width, height, frameRate }, { patternLabel, pattern = patternStream }) {
  const stream = pattern({
    width: width ?? 640,
    height: height ?? 480,
    frameRate: frameRate ?? 30,
    label: patternLabel,
  });
  return { stream, track: stream.getVideoTracks()[0], pattern: true };
}

/**
 * @param {Wanted} wanted
 * @param {MediaDevices | undefined} mediaDevices
 */
async function getCamera(wanted, mediaDevices) {
  if (!mediaDevices?.getUserMedia)
    throw new CaptureRefused("InsecureOrigin", "navigator.mediaDevices is not there");
  const stream = await mediaDevices.getUserMedia(constraintsOf(wanted));
  if (stream.getVideoTracks().length) return stream;
  stopTracks(stream);
  throw new CaptureRefused("OverconstrainedError", "the constraints ask for no video", "video");
}

/**
 * MediaStreamConstraints; each wish is an ideal, so that the browser comes as close as it can. A device that the user
 * changes to is a must: another one in its place would be a surprise.
 * @param {Wanted} wanted
 * @returns {MediaStreamConstraints}
 */
export function constraintsOf(wanted) {
  const { constraints, chosen } = wanted;
  const device = chosen ? { [chosen.exact ? "exact" : "ideal"]: chosen.deviceId } : undefined;
  if (constraints && !device) return constraints;
  if (constraints) {
    const video = typeof constraints.video === "object" ? constraints.video : {};
    return { ...constraints, video: { ...video, deviceId: device } };
  }
  /** @type {Record<string, object>} */
  const video = {};
  if (wanted.width) video.width = { ideal: wanted.width };
  if (wanted.height) video.height = { ideal: wanted.height };
  if (wanted.frameRate) video.frameRate = { ideal: wanted.frameRate };
  if (wanted.facingMode && !device) video.facingMode = { ideal: wanted.facingMode };
  if (device) video.deviceId = device;
  else if (wanted.deviceId) video.deviceId = { ideal: wanted.deviceId };
  return { video: Object.keys(video).length ? video : true, audio: wanted.audio };
}

/** @param {MediaStream} stream */
export function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
