/**
 * A screen, a window or a tab: getDisplayMedia, which browsers open after a click only.
 */

import { asRefused, CaptureRefused } from "./refusal.js";

/**
 * @param {import("./capture.js").Wanted} wanted
 * @param {import("./capture.js").Surroundings} surroundings
 * @returns {Promise<import("./capture.js").Captured>}
 */
export async function getScreen(wanted, { mediaDevices, policy, clicked = async () => {} }) {
  if (!mediaDevices) throw new CaptureRefused("InsecureOrigin", "navigator.mediaDevices is not there");
  if (!mediaDevices.getDisplayMedia)
    throw new CaptureRefused("NotSupportedError", "getDisplayMedia is not there");
  await clicked();
  try {
    const stream = await mediaDevices.getDisplayMedia(displayOptionsOf(wanted));
    return { stream, track: stream.getVideoTracks()[0], pattern: false };
  } catch (error) {
    const refused = asRefused(error);
    if (refused.name === "NotAllowedError") refused.name = whoDenied(refused.message, policy);
    throw refused;
  }
}

/**
 * DisplayMediaStreamOptions (W3C Screen Capture, 5.2): a `min` or `exact` is no wish there but an error.
 * @param {import("./capture.js").Wanted} wanted
 */
export function displayOptionsOf({ width, height, frameRate, displaySurface, cursor, audio }) {
  /** @type {Record<string, unknown>} */
  const video = {};
  if (width) video.width = { ideal: width };
  if (height) video.height = { ideal: height };
  if (frameRate) video.frameRate = { ideal: frameRate };
  if (displaySurface) video.displaySurface = displaySurface;
  if (cursor) video.cursor = cursor;
  return { video: Object.keys(video).length ? video : true, audio };
}

/**
 * @param {string} message
 * @param {import("./refusal.js").Surroundings["policy"]} policy
 */
function whoDenied(message, policy) {
  if (policy && !policy.allowsFeature("display-capture")) return "PermissionsPolicy";
  // Chromium's words; a picker that was closed is a NotAllowedError, too.
  return /by system/i.test(message) ? "SystemDenied" : "NotAllowedError";
}
