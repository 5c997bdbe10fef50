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
 * @typedef {{ to: string, type: "failure", message: string, detail: string, fatal: boolean }} Failure
 * @typedef {Welcome | Answer | Start | Stop | Failure} FromKernel
 *
 * @typedef {{ type: "pong", sent_ms: number, kernel_ms: number }} Pong
 * @typedef {{ type: "figures", width: number, height: number, frame_rate: number, age_ms: number | null,
 *   transport: string }} Figures
 * @typedef {Pong | Figures} OnControl
 *
 * @typedef {{ matrix: string, full_range: boolean }} ColourSpace
 * @typedef {{ width: number, height: number, frame_rate: number, device_id: string, facing_mode: string }} TrackSettings
 *
 * @typedef {object} FromPage Fields of each message to the kernel, without `type`, `client` and `seq`.
 * @property {{ version: string, protocol: number, views: number }} hello
 * @property {{}} bye
 * @property {{ count: number }} views
 * @property {{}} asking
 * @property {{ label: string, settings: TrackSettings, colour_space: ColourSpace, pattern: boolean }} granted
 * @property {{ name: string, message: string, constraint: string }} refused
 * @property {{ connection: string, sdp: string }} offer
 * @property {{ connection: string, candidate: string, mid: string }} candidate
 * @property {{ connection: string, reason: string }} lost
 * @property {{ reason: "user" | "unseen" | "ended" | "silence" }} stopped
 */

/** @type {Record<string, Record<string, string>>} */
export const FROM_KERNEL = {
  welcome: { to: "string", role: "string", version: "string", protocol: "number", ice_servers: "array" },
  answer: { to: "string", connection: "string", sdp: "string", max_bitrate: "number" },
  start: { to: "string" },
  stop: { to: "string" },
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
  },
};

/** @type {Record<keyof FromPage, string[]>} */
export const FROM_PAGE = {
  hello: ["version", "protocol", "views"],
  bye: [],
  views: ["count"],
  asking: [],
  granted: ["label", "settings", "colour_space", "pattern"],
  refused: ["name", "message", "constraint"],
  offer: ["connection", "sdp"],
  candidate: ["connection", "candidate", "mid"],
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
