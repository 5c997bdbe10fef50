/**
 * Every word a user reads in the view: a sentence of what happened, and what to do next.
 */

import { SOURCE_CARDS, SOURCE_WORDS } from "./source-texts.js";

export { SOURCE_CARDS, SOURCE_WORDS };

export const TEXTS = {
  controls: "Controls",
  start: "Start",
  stop: "Stop",
  muteVideo: "Mute the picture",
  muteAudio: "Mute the microphone",
  muteSent: "Mute the sound that is sent",
  mirror: "Mirror the view",
  still: "Take a still picture",
  stillTaken: "Still picture taken",
  pictureInPicture: "Picture in picture",
  fullScreen: "Full screen",
  figures: "Figures",
  retry: "Try again",
  reload: "Reload the page",
  usePattern: "Use the test pattern",
  dismiss: "Dismiss",
  live: "live",
  pattern: "test pattern",
  videoMuted: "picture muted",
  audioMuted: "microphone muted",
  fps: "fps",
  ms: "ms",
  kHz: "kHz",
  state: {
    idle: "",
    connecting: "connecting",
    live: "live",
    busy: "kernel busy",
    stopped: "stopped",
    failed: "",
  },
  patternLabels: {
    asked: "TEST PATTERN",
    noCamera: "NO CAMERA · TEST PATTERN",
  },
  choose: "Choose what to show",
  playback: "Playback",
  play: "Play",
  pause: "Pause",
  seek: "Position",
  playbackRate: "Speed",
  loop: "Repeat",
  muteSound: "Mute the sound",
  notMet: "Not met:",
  possible: "Possible:",
  noCodec: {
    vp8: 'This browser cannot send VP8. Use codec="h264", or codec=None for what it has.',
    h264: 'This browser cannot send H.264. Use codec="vp8", or codec=None for what it has.',
  },
  figure: {
    frame_rate: "Frame rate",
    age_ms: "Age",
    round_trip_ms: "Round trip",
    bitrate_bps: "Bit rate",
    jitter_ms: "Jitter",
    packets_lost: "Packets lost",
    frames_dropped: "Frames dropped",
    freeze_count: "Freezes",
    codec: "Codec",
    candidate_pair: "Path",
  },
  unknown: "–",
  units: { kbit: "kbit/s", mbit: "Mbit/s" },
};

/**
 * @typedef {object} Card
 * @property {string} sentence what happened
 * @property {string} remedy what to do
 * @property {"start" | "choose" | "pattern" | "reload" | null} action the button
 * @property {boolean} [devices] another device may help
 */

/** @type {Record<string, Card>} */
export const CARDS = {
  idle: {
    sentence: "The camera is off.",
    remedy: "Nothing is captured until you start it.",
    action: "start",
  },
  stopped: { sentence: "Stopped.", remedy: "The camera is off.", action: "start" },
  paused: { sentence: "Paused.", remedy: "The kernel sends nothing until you start it.", action: "start" },
  closed: { sentence: "This player was closed.", remedy: "Show the track again in Python.", action: null },
  waiting: {
    sentence: "Another page shows this stream.",
    remedy: "Stop it there or close that page, then start it here.",
    action: "start",
  },
  offline: {
    sentence: "No kernel answers.",
    remedy: "Run the cell again to start the camera. A saved notebook opens none by itself.",
    action: null,
  },
  version: {
    sentence: "This page has another version of rtcwidgets than the kernel.",
    remedy: "Reload the page. If that does not help, restart the kernel and run the cell again.",
    action: "reload",
  },
  NotAllowedError: {
    sentence: "The browser refused the camera.",
    remedy: "Allow it by the camera sign in the address bar, then try again.",
    action: "start",
  },
  PermissionDismissed: {
    sentence: "The browser's question was closed without an answer.",
    remedy: "Try again, and allow the camera.",
    action: "start",
  },
  SystemDenied: {
    sentence: "The operating system keeps the browser from the camera.",
    remedy: "Allow the browser in the system's privacy settings for the camera, then try again.",
    action: "start",
  },
  PermissionsPolicy: {
    sentence: "This page's permissions policy forbids the camera.",
    remedy: 'Open the notebook in a tab of its own, or add allow="camera" to the frame that holds it.',
    action: "start",
  },
  SecurityError: {
    sentence: "The browser's settings forbid cameras on this page.",
    remedy: "Allow them in its privacy settings, or open the notebook in another browser.",
    action: "start",
  },
  NotFoundError: {
    sentence: "No camera was found.",
    remedy: "Plug one in and try again, or go on with the test pattern.",
    action: "pattern",
  },
  NotReadableError: {
    sentence: "The camera is in use by another program.",
    remedy: "Close that program (a video call?), then try again.",
    action: "start",
    devices: true,
  },
  AbortError: {
    sentence: "The operating system gave up on the camera.",
    remedy: "Unplug it and plug it in again, then try again.",
    action: "start",
    devices: true,
  },
  OverconstrainedError: {
    sentence: "No camera can do what was asked for.",
    remedy: "Ask for less: width, height, frame_rate or device_id.",
    action: "start",
    devices: true,
  },
  InsecureOrigin: {
    sentence: "Browsers give cameras only to pages from https or localhost.",
    remedy: "Open this notebook as http://localhost:PORT (an ssh tunnel will do), or serve Jupyter by https.",
    action: "pattern",
  },
  ended: {
    sentence: "The camera was unplugged or taken away.",
    remedy: "Plug it in again and try again, or choose another one.",
    action: "start",
    devices: true,
  },
  connection: {
    sentence: "Page and kernel found no way to each other.",
    remedy: "UDP may be blocked between them. Give ice_servers with a TURN server, then try again.",
    action: "start",
  },
  codec: {
    sentence: "The browser lacks the codec that was asked for.",
    remedy: "Ask for another one in Python, then try again.",
    action: "start",
  },
  kernel: { sentence: "The kernel could not take the stream.", remedy: "", action: "start" },
  other: {
    sentence: "The browser could not start the camera.",
    remedy: "Reload the page, then try again.",
    action: "start",
  },
};

/** Where it is the microphone that is missing, and the camera would have been given. */
/** @type {Record<string, Card>} */
export const MICROPHONE_CARDS = {
  NotFoundError: {
    sentence: "No microphone was found.",
    remedy: "Plug one in and try again, or ask for the camera alone: audio=False.",
    action: "start",
  },
  NotAllowedError: {
    sentence: "The browser refused the microphone.",
    remedy:
      "Allow it by the sign in the address bar and try again, or ask for the camera alone: audio=False.",
    action: "start",
  },
  PermissionDismissed: {
    sentence: "The browser's question for the microphone was closed without an answer.",
    remedy: "Try again and allow it, or ask for the camera alone: audio=False.",
    action: "start",
  },
  PermissionsPolicy: {
    sentence: "This page's permissions policy forbids the microphone.",
    remedy: "Open the notebook in a tab of its own, or ask for the camera alone: audio=False.",
    action: "start",
  },
};

/**
 * The card of that name in the words of a source; what the page has no words for is `other`.
 * @param {string} name
 * @param {string} source
 * @returns {Card}
 */
export function cardNamed(name, source) {
  const own = SOURCE_CARDS[source];
  return own?.[name] ?? CARDS[name] ?? own?.other ?? CARDS.other;
}

/**
 * @param {import("./refusal.js").CaptureRefused} refused why there is no other device
 * @param {string} source
 */
export function keptNote({ name, message }, source) {
  const kept = SOURCE_WORDS[source].devices?.kept;
  return { message: `${cardNamed(name, source).sentence} ${kept}`, detail: `${name}: ${message}` };
}
