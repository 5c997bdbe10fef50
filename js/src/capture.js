/**
 * From what was asked for to a live track, by one function a source; those of devices are here.
 */

import { patternStream } from "./pattern.js";
import { CaptureRefused, explained } from "./refusal.js";
import { getScreen } from "./screen.js";
import { soundConstraintsOf } from "./sound-constraints.js";
import { playFile } from "./video-file.js";
import { captureWidget } from "./widget-stream.js";

/**
 * @typedef {object} Wanted What Python asked for, and what the user chose in the view.
 * @property {"camera" | "microphone" | "pattern" | "screen" | "file" | "widget"} source
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} frameRate
 * @property {string | null} facingMode
 * @property {string | null} deviceId
 * @property {boolean} audio
 * @property {MediaStreamConstraints | null} constraints
 * @property {"pattern" | null} fallback
 * @property {"vp8" | "h264" | null} codec
 * @property {{ echoCancellation: boolean | null, noiseSuppression: boolean | null,
 *   autoGainControl: boolean | null, channelCount: number }} [sound] of a microphone
 * @property {{ deviceId: string, exact: boolean } | null} [chosen] the device, before all other wishes
 * @property {string | null} [displaySurface]
 * @property {string | null} [cursor]
 * @property {() => Promise<import("./widget-stream.js").OtherModel | null>} [otherModel] of the widget to capture
 *
 * @typedef {object} Run What a source may need of the run that it is captured for.
 * @property {AbortSignal} signal ends the source, too
 * @property {import("./session.js").Talk} signaling
 * @property {() => Promise<void>} [clicked] resolves in a click of the user's
 * @property {(part: number) => void} [progress] how far loading is, 0 to 1
 *
 * @typedef {import("./refusal.js").Surroundings & { patternLabel: string, pattern?: typeof patternStream } & Run
 *   } Surroundings
 *
 * @typedef {object} Captured
 * @property {MediaStream} stream
 * @property {MediaStreamTrack} track what the stream is about: the video, or the sound where that is all
 * @property {boolean} pattern
 * @property {import("./playback.js").Playback} [playback] of a file
 */

const WITHOUT_CAMERA = ["NotFoundError", "InsecureOrigin"];

/** @type {Record<Wanted["source"], (wanted: Wanted, surroundings: Surroundings) => Captured | Promise<Captured>>} */
const SOURCES = {
  camera: captureDevice,
  microphone: captureDevice,
  pattern: drawn,
  screen: getScreen,
  file: playFile,
  widget: captureWidget,
};

/**
 * A live stream, or CaptureRefused, or what the browser threw.
 * @param {Wanted} wanted
 * @param {Surroundings} surroundings
 * @returns {Promise<Captured>}
 */
export async function capture(wanted, surroundings) {
  return SOURCES[wanted.source](wanted, surroundings);
}

/**
 * @param {Wanted} wanted
 * @param {Surroundings} surroundings
 * @returns {Promise<Captured>}
 */
async function captureDevice(wanted, surroundings) {
  try {
    return await getDevice(wanted, surroundings.mediaDevices);
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
 * @returns {Promise<Captured>}
 */
async function getDevice(wanted, mediaDevices) {
  if (!mediaDevices?.getUserMedia)
    throw new CaptureRefused("InsecureOrigin", "navigator.mediaDevices is not there");
  const stream = await mediaDevices.getUserMedia(constraintsOf(wanted));
  const kind = wanted.source === "microphone" ? "audio" : "video";
  const track = stream.getTracks().find((each) => each.kind === kind);
  if (track) return { stream, track, pattern: false };
  stopTracks(stream);
  throw new CaptureRefused("OverconstrainedError", `the constraints ask for no ${kind}`, kind);
}

/**
 * MediaStreamConstraints; each wish is an ideal, so that the browser comes as close as it can. A device that the user
 * changes to is a must: another one in its place would be a surprise.
 * @param {Wanted} wanted
 * @returns {MediaStreamConstraints}
 */
export function constraintsOf(wanted) {
  if (wanted.source === "microphone") return soundConstraintsOf(wanted);
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
