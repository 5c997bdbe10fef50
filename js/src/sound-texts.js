/**
 * The words of texts.js where a stream is sound alone: of a microphone, never of a camera.
 */

import { CARDS, TEXTS } from "./texts.js";

/** @type {typeof TEXTS} */
export const SOUND_TEXTS = {
  ...TEXTS,
  camera: "Microphone",
  controls: "Microphone controls",
  devices: "Microphone device",
  otherDevice: "Choose a microphone",
  device: "Microphone",
  deviceKept: "The microphone before goes on.",
  state: { ...TEXTS.state, asking: "asking for the microphone" },
};

/** @type {Record<string, import("./texts.js").Card>} */
export const SOUND_CARDS = {
  ...CARDS,
  idle: {
    sentence: "The microphone is off.",
    remedy: "Nothing is captured until you start it.",
    action: "start",
  },
  stopped: { sentence: "Stopped.", remedy: "The microphone is off.", action: "start" },
  offline: {
    sentence: "No kernel answers.",
    remedy: "Run the cell again to start the microphone. A saved notebook opens none by itself.",
    action: null,
  },
  NotAllowedError: {
    sentence: "The browser refused the microphone.",
    remedy: "Allow it by the microphone sign in the address bar, then try again.",
    action: "start",
  },
  PermissionDismissed: {
    sentence: "The browser's question was closed without an answer.",
    remedy: "Try again, and allow the microphone.",
    action: "start",
  },
  SystemDenied: {
    sentence: "The operating system keeps the browser from the microphone.",
    remedy: "Allow the browser in the system's privacy settings for the microphone, then try again.",
    action: "start",
  },
  PermissionsPolicy: {
    sentence: "This page's permissions policy forbids the microphone.",
    remedy: 'Open the notebook in a tab of its own, or add allow="microphone" to the frame that holds it.',
    action: "start",
  },
  SecurityError: {
    sentence: "The browser's settings forbid microphones on this page.",
    remedy: "Allow them in its privacy settings, or open the notebook in another browser.",
    action: "start",
  },
  NotFoundError: {
    sentence: "No microphone was found.",
    remedy: "Plug one in and try again.",
    action: "start",
  },
  NotReadableError: {
    sentence: "The microphone is in use by another program.",
    remedy: "Close that program (a call?), then try again.",
    action: "start",
    devices: true,
  },
  AbortError: {
    sentence: "The operating system gave up on the microphone.",
    remedy: "Unplug it and plug it in again, then try again.",
    action: "start",
    devices: true,
  },
  OverconstrainedError: {
    sentence: "No microphone can do what was asked for.",
    remedy: "Ask for less: device_id, channel_count or constraints.",
    action: "start",
    devices: true,
  },
  InsecureOrigin: {
    sentence: "Browsers give microphones only to pages from https or localhost.",
    remedy: "Open this notebook as http://localhost:PORT (an ssh tunnel will do), or serve Jupyter by https.",
    action: "start",
  },
  ended: {
    sentence: "The microphone was unplugged or taken away.",
    remedy: "Plug it in again and try again, or choose another one.",
    action: "start",
    devices: true,
  },
  other: {
    sentence: "The browser could not start the microphone.",
    remedy: "Reload the page, then try again.",
    action: "start",
  },
};

/**
 * @param {string} name
 * @param {string} source
 * @returns {import("./texts.js").Card}
 */
export function cardNamed(name, source) {
  const cards = source === "microphone" ? SOUND_CARDS : CARDS;
  return cards[name] ?? cards.other;
}

/**
 * @param {string} source
 * @returns {typeof TEXTS}
 */
export function textsOf(source) {
  return source === "microphone" ? SOUND_TEXTS : TEXTS;
}

/**
 * @param {import("./refusal.js").CaptureRefused} refused why there is no other device
 * @param {string} source
 */
export function keptNote({ name, message }, source) {
  const { sentence } = cardNamed(name, source);
  return { message: `${sentence} ${textsOf(source).deviceKept}`, detail: `${name}: ${message}` };
}
