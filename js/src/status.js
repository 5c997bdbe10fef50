/**
 * What a view shows of a session, as one value that is replaced and never changed.
 */

/**
 * @typedef {"idle" | "asking" | "connecting" | "live" | "busy" | "stopped" | "failed"} State
 *
 * @typedef {object} Status
 * @property {State} state
 * @property {string} card name of the card (texts.js) in place of the picture, or ""
 * @property {string} detail what the browser or the kernel said itself
 * @property {string} constraint the one that could not be met
 * @property {string} possible what the devices can instead
 * @property {MediaStream | null} stream
 * @property {boolean} pattern
 * @property {number | null} progress how much of the source is loaded, 0 to 1
 * @property {import("./playback.js").Playback | null} playback of a file
 * @property {import("./protocol.js").TrackState[]} tracks of the stream
 * @property {import("./protocol.js").Figures | null} figures
 * @property {{ message: string, detail: string } | null} note
 */

/** @type {Status} */
export const IDLE = Object.freeze({
  state: "idle",
  card: "",
  detail: "",
  constraint: "",
  possible: "",
  stream: null,
  pattern: false,
  progress: null,
  playback: null,
  tracks: [],
  figures: null,
  note: null,
});
