/**
 * Every word a user reads in the view: a sentence of what happened, and what to do next.
 */

export const TEXTS = {
  camera: "Camera",
  start: "Start",
  stop: "Stop",
  mirror: "Mirror the view",
  retry: "Try again",
  usePattern: "Use the test pattern",
  dismiss: "Dismiss",
  details: "Details",
  live: "live",
  pattern: "test pattern",
  fps: "fps",
  ms: "ms",
  state: {
    idle: "",
    asking: "asking for the camera",
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
};

/**
 * @typedef {object} Card
 * @property {string} sentence what happened
 * @property {string} remedy what to do
 * @property {"start" | "pattern" | null} action the button
 */

/** @type {Record<string, Card>} */
export const CARDS = {
  idle: {
    sentence: "The camera is off.",
    remedy: "Nothing is captured until you start it.",
    action: "start",
  },
  stopped: { sentence: "Stopped.", remedy: "The camera is off.", action: "start" },
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
    remedy: "Reload the page. If that does not help, restart the kernel.",
    action: null,
  },
  NotAllowedError: {
    sentence: "The browser refused the camera.",
    remedy: "Allow it by the camera sign in the address bar, then try again.",
    action: "start",
  },
  SecurityError: {
    sentence: "This page's permissions policy forbids the camera.",
    remedy: "Open the notebook in a tab of its own.",
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
  },
  OverconstrainedError: {
    sentence: "No camera can do what was asked for.",
    remedy: "Ask for less: width, height, frame_rate or device_id.",
    action: "start",
  },
  InsecureOrigin: {
    sentence: "Browsers give cameras only to pages from https or localhost.",
    remedy: "Open this notebook as http://localhost:PORT (an ssh tunnel will do), or serve Jupyter by https.",
    action: "pattern",
  },
  ended: {
    sentence: "The camera was unplugged or taken away.",
    remedy: "Plug it in again, then try again.",
    action: "start",
  },
  connection: {
    sentence: "Page and kernel found no way to each other.",
    remedy: "UDP may be blocked between them. Give ice_servers with a TURN server, then try again.",
    action: "start",
  },
  kernel: { sentence: "The kernel could not take the stream.", remedy: "", action: "start" },
  other: {
    sentence: "The browser could not start the camera.",
    remedy: "Reload the page, then try again.",
    action: "start",
  },
};
