/**
 * Every message between page and kernel, as rtcwidgets/protocol.py has them; what the kernel says is checked here.
 */

/** The package's version, put in by the bundler; page and kernel must have the same. */
export const VERSION = typeof __VERSION__ === "undefined" ? "unbuilt" : __VERSION__;
export const PROTOCOL_VERSION = 1;
export const CONTROL_LABEL = "rtcwidgets-control";

/**
 * @typedef {{ to: string, type: "welcome", role: "publisher" | "waiting", version: string, protocol: number,
 *   ice_servers: RTCIceServer[] }} Welcome
 * @typedef {{ to: string, type: "answer", connection: string, sdp: string, max_bitrate: number }} Answer
 * @typedef {{ to: string, type: "start" }} Start
 * @typedef {{ to: string, type: "stop" }} Stop
 * @typedef {{ to: string, type: "limit", max_bitrate: number }} Limit
 * @typedef {{ to: string, type: "apply-constraints", request: number, track: string,
 *   constraints: MediaTrackConstraints }} ApplyConstraints
 * @typedef {{ to: string, type: "enable-track", track: string, enabled: boolean }} EnableTrack
 * @typedef {{ to: string, type: "stop-track", track: string }} StopTrack
 * @typedef {{ to: string, type: "take-still", request: number }} TakeStill
 * @typedef {{ to: string, type: "failure", message: string, detail: string, fatal: boolean }} Failure
 * @typedef {{ to: string, type: "file-part", offset: number, size: number, url: string }} FilePart with the part as its
 *   one buffer, or without
 * @typedef {{ to: string, type: "play", playing: boolean | null, current_time: number | null,
 *   playback_rate: number | null, loop: boolean | null, muted: boolean | null }} Play
 * @typedef {Welcome | Answer | Start | Stop | Limit | ApplyConstraints | EnableTrack | StopTrack | TakeStill |
 *   Failure | FilePart | Play} FromKernel
 *
 * @typedef {{ type: "pong", sent_ms: number, kernel_ms: number }} Pong
 * @typedef {{ type: "figures", width: number, height: number, frame_rate: number, age_ms: number | null,
 *   transport: string, codec: string, bitrate_bps: number, round_trip_ms: number | null, jitter_ms: number,
 *   packets_lost: number, frames_dropped: number, freeze_count: number, candidate_pair: string }} Figures
 * @typedef {Pong | Figures} OnControl
 *
 * @typedef {{ matrix: string, full_range: boolean }} ColourSpace
 * @typedef {string | number | boolean} Setting
 * @typedef {{ id: string, kind: "video" | "audio", label: string, enabled: boolean, muted: boolean,
 *   ready_state: "live" | "ended", settings: Record<string, Setting | Setting[]>,
 *   capabilities: Record<string, Setting | Setting[] | { min?: number, max?: number, step?: number }> }} TrackState
 * @typedef {{ device_id: string, kind: "videoinput" | "audioinput" | "audiooutput", label: string,
 *   group_id: string }} Device
 *
 * @typedef {object} FromPage Fields of each message to the kernel, without `type`, `client` and `seq`.
 * @property {{ version: string, protocol: number, views: number }} hello
 * @property {{}} bye
 * @property {{ count: number }} views
 * @property {{}} asking
 * @property {{ tracks: TrackState[], colour_space: ColourSpace, pattern: boolean }} granted
 * @property {{ devices: Device[] }} devices
 * @property {{ name: string, message: string, constraint: string, possible: string }} refused
 * @property {{ request: number, name: string, message: string, constraint: string, possible: string }} done
 * @property {{ request: number | null }} still with the photograph as its one buffer, or without
 * @property {{ connection: string, sdp: string }} offer
 * @property {{ connection: string, candidate: string, mid: string }} candidate
 * @property {{ offset: number }} read-file
 * @property {{ playing: boolean, current_time: number, duration: number | null, playback_rate: number, loop: boolean,
 *   muted: boolean, ended: boolean }} playback
 * @property {{ connection: string, reason: string }} lost
 * @property {{ reason: "user" | "unseen" | "ended" | "silence" }} stopped
 */

/** @type {Record<string, Record<string, string>>} */
export const FROM_KERNEL = {
  welcome: { to: "string", role: "string", version: "string", protocol: "number", ice_servers: "array" },
  answer: { to: "string", connection: "string", sdp: "string", max_bitrate: "number" },
  start: { to: "string" },
  stop: { to: "string" },
  limit: { to: "string", max_bitrate: "number" },
  "apply-constraints": { to: "string", request: "number", track: "string", constraints: "object" },
  "enable-track": { to: "string", track: "string", enabled: "boolean" },
  "stop-track": { to: "string", track: "string" },
  "take-still": { to: "string", request: "number" },
  "file-part": { to: "string", offset: "number", size: "number", url: "string" },
  play: {
    to: "string",
    playing: "boolean|null",
    current_time: "number|null",
    playback_rate: "number|null",
    loop: "boolean|null",
    muted: "boolean|null",
  },
  failure: { to: "string", message: "string", detail: "string", fatal: "boolean" },
};

/** @type {Record<string, Record<string, string>>} */
export const ON_CONTROL = {
  pong: { sent_ms: "number", kernel_ms: "number" },
  figures: {
    width: "number",
    height: "number",
    frame_rate: "number",
    age_ms: "number|null",
    transport: "string",
    codec: "string",
    bitrate_bps: "number",
    round_trip_ms: "number|null",
    jitter_ms: "number",
    packets_lost: "number",
    frames_dropped: "number",
    freeze_count: "number",
    candidate_pair: "string",
  },
};

/** @type {Record<keyof FromPage, string[]>} */
export const FROM_PAGE = {
  hello: ["version", "protocol", "views"],
  bye: [],
  views: ["count"],
  asking: [],
  granted: ["tracks", "colour_space", "pattern"],
  devices: ["devices"],
  refused: ["name", "message", "constraint", "possible"],
  done: ["request", "name", "message", "constraint", "possible"],
  still: ["request"],
  offer: ["connection", "sdp"],
  candidate: ["connection", "candidate", "mid"],
  "read-file": ["offset"],
  playback: ["playing", "current_time", "duration", "playback_rate", "loop", "muted", "ended"],
  lost: ["connection", "reason"],
  stopped: ["reason"],
};

/**
 * A message of the kernel, or null for anything else.
 * @param {unknown} content
 * @returns {FromKernel | null}
 */
export function parse(content) {
  return /** @type {FromKernel | null} */ (fits(content, FROM_KERNEL) ? content : null);
}

/**
 * A message from the control channel, or null for anything else.
 * @param {unknown} data
 * @returns {OnControl | null}
 */
export function parseControl(data) {
  if (typeof data !== "string") return null;
  try {
    const content = JSON.parse(data);
    return fits(content, ON_CONTROL) ? content : null;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} content
 * @param {Record<string, Record<string, string>>} shapes
 */
function fits(content, shapes) {
  if (typeof content !== "object" || content === null) return false;
  const message = /** @type {Record<string, unknown>} */ (content);
  if (typeof message.type !== "string" || !Object.hasOwn(shapes, message.type)) return false;
  return Object.entries(shapes[message.type]).every(([name, kinds]) =>
    kinds.split("|").includes(kindOf(message[name])),
  );
}

/** @param {unknown} value */
function kindOf(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
