/**
 * Why there is no camera: the browser's refusal under a name that has a sentence and a remedy.
 */

/**
 * @typedef {import("./capture.js").Wanted} Wanted
 *
 * @typedef {object} Surroundings What the browser tells without opening anything; each part may be missing.
 * @property {MediaDevices} [mediaDevices]
 * @property {Permissions} [permissions]
 * @property {{ allowsFeature(name: string): boolean }} [policy]
 */

/**
 * `name` is the DOMException's, or one of ours where the browser's says too little: "InsecureOrigin",
 * "PermissionsPolicy", "PermissionDismissed", "SystemDenied". `constraint` is the one that could not be met, or
 * "audio" where it is the microphone that is missing. `possible` is what the devices can instead, in words.
 */
export class CaptureRefused extends Error {
  /**
   * @param {string} name
   * @param {string} message
   * @param {string} constraint
   * @param {string} possible
   */
  constructor(name, message, constraint = "", possible = "") {
    super(message);
    this.name = name;
    this.constraint = constraint;
    this.possible = possible;
  }

  /** As the kernel takes it. */
  get fields() {
    return {
      name: this.name.slice(0, 100),
      message: this.message.slice(0, 2000),
      constraint: this.constraint.slice(0, 100),
      possible: this.possible.slice(0, 2000),
    };
  }
}

/**
 * The error as it is, without asking around.
 * @param {unknown} error
 * @returns {CaptureRefused}
 */
export function asRefused(error) {
  if (error instanceof CaptureRefused) return error;
  const { name, message, constraint } =
    /** @type {{ name?: string, message?: string, constraint?: string }} */ (error ?? {});
  return new CaptureRefused(name ?? "Error", message ?? "", constraint);
}

/**
 * What getUserMedia rejected with, as exactly as the browser lets us know. Never rejects.
 * @param {unknown} error
 * @param {Wanted} wanted
 * @param {Surroundings} surroundings
 * @returns {Promise<CaptureRefused>}
 */
export async function explained(error, wanted, surroundings) {
  const refused = asRefused(error);
  if (refused.name === "NotAllowedError") refused.name = whoDenied(refused.message, wanted, surroundings);
  if (refused.name === "OverconstrainedError")
    refused.possible = await possible(refused.constraint, wanted, surroundings.mediaDevices);
  const besides = wanted.source !== "microphone" && asksForSound(wanted);
  if (!refused.constraint && besides && (await isMicrophone(refused.name, surroundings)))
    refused.constraint = "audio";
  return refused;
}

/**
 * @param {string} message
 * @param {Wanted} wanted
 * @param {Surroundings} surroundings
 */
function whoDenied(message, wanted, { policy }) {
  const needed = wanted.source === "microphone" ? ["microphone"] : ["camera"];
  if (needed[0] === "camera" && asksForSound(wanted)) needed.push("microphone");
  if (policy && !needed.every((feature) => policy.allowsFeature(feature))) return "PermissionsPolicy";
  // Chromium's words; other browsers leave it at NotAllowedError.
  if (/dismissed/i.test(message)) return "PermissionDismissed";
  if (/by system/i.test(message)) return "SystemDenied";
  return "NotAllowedError";
}

/** @param {Wanted} wanted */
function asksForSound({ audio, constraints }) {
  return Boolean(constraints ? constraints.audio : audio);
}

/**
 * Whether the camera alone would have been given, as far as the browser tells.
 * @param {string} name
 * @param {Surroundings} surroundings
 */
async function isMicrophone(name, { mediaDevices, permissions, policy }) {
  try {
    if (name === "PermissionsPolicy") return policy?.allowsFeature("camera") === true;
    if (name === "NotFoundError") {
      const kinds = (await mediaDevices?.enumerateDevices())?.map(({ kind }) => kind) ?? [];
      return kinds.includes("videoinput") && !kinds.includes("audioinput");
    }
    if (name !== "NotAllowedError" && name !== "PermissionDismissed") return false;
    const [camera, microphone] = await Promise.all(
      ["camera", "microphone"].map((feature) =>
        permissions?.query({ name: /** @type {PermissionName} */ (feature) }),
      ),
    );
    return camera?.state === "granted" && microphone?.state !== "granted";
  } catch {
    return false; // a browser that does not know these permissions: then it is not known
  }
}

/**
 * What the devices can do about a constraint, by device, such as "width 1 to 1920".
 * @param {string} constraint
 * @param {Wanted} wanted
 * @param {MediaDevices | undefined} mediaDevices
 * @returns {Promise<string>} empty where the browser does not tell
 */
async function possible(constraint, { source }, mediaDevices) {
  const wantedKind = source === "microphone" ? "audioinput" : "videoinput";
  const devices = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const fitting = devices.filter(({ kind, deviceId }) => kind === wantedKind && deviceId);
  if (constraint === "deviceId")
    return fitting.map(({ label, deviceId }) => `deviceId ${deviceId} (${label})`).join("; ");
  return fitting
    .map((device) => {
      const able = inWords(constraint, /** @type {InputDeviceInfo} */ (device).getCapabilities?.() ?? {});
      return able && fitting.length > 1 ? `${device.label}: ${able}` : able;
    })
    .filter(Boolean)
    .join("; ");
}

/**
 * @param {string} constraint
 * @param {object} capabilities
 * @returns {string} empty where the browser does not tell
 */
export function inWords(constraint, capabilities) {
  const able = /** @type {Record<string, any>} */ (capabilities)[constraint];
  if (able === undefined || able === null) return "";
  if (Array.isArray(able)) return able.length ? `${constraint} ${able.join(", ")}` : "";
  if (typeof able !== "object") return `${constraint} ${able}`;
  const { min, max } = able;
  if (min === undefined && max === undefined) return "";
  const short = (/** @type {number} */ number) => String(Math.round(number * 1000) / 1000);
  if (max === undefined) return `${constraint} from ${short(min)}`;
  return min === undefined
    ? `${constraint} up to ${short(max)}`
    : `${constraint} ${short(min)} to ${short(max)}`;
}
