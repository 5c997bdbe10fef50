/**
 * The words of each source; on cards the camera's hold where a source has none of its own.
 */

/** @typedef {import("./texts.js").Card} Card */

/** @type {Record<string, Record<string, Card>>} */
export const SOURCE_CARDS = {
  microphone: {
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
      remedy:
        "Open this notebook as http://localhost:PORT (an ssh tunnel will do), or serve Jupyter by https.",
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
  },
  screen: {
    offered: {
      sentence: "Choose what to show.",
      remedy: "The browser asks for a screen, a window or a tab.",
      action: "choose",
    },
    idle: {
      sentence: "No screen is shown.",
      remedy: "Nothing is captured until you choose.",
      action: "choose",
    },
    stopped: { sentence: "Stopped.", remedy: "The screen is shown no more.", action: "choose" },
    offline: {
      sentence: "No kernel answers.",
      remedy: "Run the cell again to show a screen. A saved notebook shows none by itself.",
      action: null,
    },
    ended: {
      sentence: "The screen is shown no more.",
      remedy: "Somebody pressed Stop sharing, or closed the window. Choose anew to go on.",
      action: "choose",
    },
    NotAllowedError: {
      sentence: "Nothing was chosen to show, or the browser refused it.",
      remedy: "Try again, and choose a screen, a window or a tab.",
      action: "start",
    },
    InvalidStateError: {
      sentence: "The browser shows a screen only after a click.",
      remedy: "Press the button.",
      action: "choose",
    },
    SystemDenied: {
      sentence: "The operating system keeps the screen from the browser.",
      remedy: "Allow screen recording for the browser in the system's privacy settings and restart it.",
      action: "start",
    },
    PermissionsPolicy: {
      sentence: "This page's permissions policy forbids showing a screen.",
      remedy:
        'Open the notebook in a tab of its own, or add allow="display-capture" to the frame that holds it.',
      action: "start",
    },
    NotFoundError: {
      sentence: "The browser found no screen, window or tab to show.",
      remedy: "On a machine without a desktop there is none.",
      action: "start",
    },
    NotReadableError: {
      sentence: "The operating system does not give what was chosen.",
      remedy: "Choose another window or the whole screen.",
      action: "choose",
    },
    AbortError: {
      sentence: "The browser gave up on what was chosen.",
      remedy: "Try again.",
      action: "start",
    },
    OverconstrainedError: {
      sentence: "What was chosen cannot be shown as it was asked for.",
      remedy: "Ask for less: width, height or frame_rate.",
      action: "start",
    },
    NotSupportedError: {
      sentence: "This browser cannot show a screen.",
      remedy: "Phones mostly cannot. Open the notebook in a desktop browser.",
      action: null,
    },
    InsecureOrigin: {
      sentence: "Browsers show screens only to pages from https or localhost.",
      remedy:
        "Open this notebook as http://localhost:PORT (an ssh tunnel will do), or serve Jupyter by https.",
      action: null,
    },
    other: {
      sentence: "The browser could not show the screen.",
      remedy: "Reload the page, then try again.",
      action: "start",
    },
  },
  file: {
    idle: { sentence: "The video is not loaded.", remedy: "Start it to play it.", action: "start" },
    stopped: { sentence: "Stopped.", remedy: "The video goes on when you start it.", action: "start" },
    offline: {
      sentence: "No kernel answers.",
      remedy: "Run the cell again to play the video.",
      action: null,
    },
    ended: { sentence: "The video has ended.", remedy: "Start it to play it again.", action: "start" },
    HttpError: {
      sentence: "The server does not give this video.",
      remedy: "Open its URL in a tab of its own to see what the server says.",
      action: "start",
    },
    CrossOrigin: {
      sentence: "The video's server does not let this page read it.",
      remedy: "Download it and give the file, or have the server send Access-Control-Allow-Origin.",
      action: "start",
    },
    NetworkError: {
      sentence: "The page cannot reach the video's server.",
      remedy: "Check the URL in a tab of its own. A page from https loads nothing from http.",
      action: "start",
    },
    NotSupportedError: {
      sentence: "The browser cannot play this file.",
      remedy: "Convert it to mp4 (H.264) or webm (VP8, VP9), or read it in the kernel: VideoTrack.from_file.",
      action: "start",
    },
    NoVideo: {
      sentence: "The file has no picture, only sound.",
      remedy: "Read it in the kernel: AudioTrack.from_file.",
      action: null,
    },
    NoCapture: {
      sentence: "This browser cannot capture a video that it plays.",
      remedy: "Use Chrome, Edge or Firefox, or read the file in the kernel: VideoTrack.from_file.",
      action: null,
    },
    other: {
      sentence: "The browser could not play the video.",
      remedy: "Reload the page, then try again.",
      action: "start",
    },
  },
  widget: {
    idle: {
      sentence: "The other widget is not captured.",
      remedy: "Nothing is captured until you start it.",
      action: "start",
    },
    stopped: { sentence: "Stopped.", remedy: "The other widget is captured no more.", action: "start" },
    offline: {
      sentence: "No kernel answers.",
      remedy: "Run the cell again to capture the widget.",
      action: null,
    },
    ended: {
      sentence: "The other widget's view has gone.",
      remedy: "Show it again, then start this one.",
      action: "start",
    },
    NotDisplayed: {
      sentence: "The other widget is not shown in this page.",
      remedy: "Show it, then try again.",
      action: "start",
    },
    NotFoundError: {
      sentence: "The other widget's view has no canvas and no video.",
      remedy: "An image, an SVG or a frame cannot be captured.",
      action: "start",
    },
    SecurityError: {
      sentence: "The other widget's canvas has pictures from another origin in it.",
      remedy: 'Have the widget load them with crossOrigin="anonymous" from a server that allows it.',
      action: "start",
    },
    NoCapture: {
      sentence: "This browser cannot capture a canvas or video.",
      remedy: "Use Chrome, Edge or Firefox.",
      action: null,
    },
    other: {
      sentence: "The other widget's picture could not be captured.",
      remedy: "Show it again, then try again.",
      action: "start",
    },
  },
};

/**
 * @typedef {object} Words
 * @property {string} name what a view is called
 * @property {string} asking while nothing is there yet
 * @property {string} nothing it is live, and nothing comes
 * @property {{ list: string, other: string, one: string, kept: string }} [devices] where there are several to choose from
 */

/** @type {Record<string, Words>} */
export const SOURCE_WORDS = {
  camera: {
    name: "Camera",
    asking: "asking for the camera",
    nothing: "the camera gives no picture",
    devices: {
      list: "Camera device",
      other: "Choose a camera",
      one: "Camera",
      kept: "The camera before goes on.",
    },
  },
  microphone: {
    name: "Microphone",
    asking: "asking for the microphone",
    nothing: "the microphone gives no sound",
    devices: {
      list: "Microphone device",
      other: "Choose a microphone",
      one: "Microphone",
      kept: "The microphone before goes on.",
    },
  },
  pattern: { name: "test pattern", asking: "drawing the test pattern", nothing: "no picture comes" },
  player: { name: "Player", asking: "asking for the picture", nothing: "no picture comes" },
  screen: { name: "Screen", asking: "choosing what to show", nothing: "the screen gives no picture" },
  file: { name: "Video file", asking: "loading the video", nothing: "the video gives no picture" },
  widget: {
    name: "Picture of a widget",
    asking: "looking for the widget's picture",
    nothing: "the widget gives no picture",
  },
};
