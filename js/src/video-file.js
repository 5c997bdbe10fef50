/**
 * A file as a source: loaded, played in a video element of no view, captured from there.
 */

import { fetchFile } from "./file-content.js";
import { Playback } from "./playback.js";
import { CaptureRefused } from "./refusal.js";

/**
 * @param {import("./capture.js").Wanted} _wanted
 * @param {import("./capture.js").Surroundings} surroundings
 * @returns {Promise<import("./capture.js").Captured>}
 */
export async function playFile(_wanted, { signaling, signal, progress = () => {} }) {
  const video = document.createElement("video");
  // Chromium ends the captured tracks when the file ends, by a listener of its own after this one; the stream is to stay.
  video.addEventListener("ended", (event) => event.stopImmediatePropagation(), { signal });
  video.muted = video.playsInline = true;
  video.crossOrigin = "anonymous";
  const playback = new Playback(video, signaling, signal); // listens before the kernel says how to play
  const content = await fetchFile(signaling, { progress, signal });
  const url = "url" in content ? content.url : URL.createObjectURL(content.blob);
  signal.addEventListener("abort", () => unload(video, url), { once: true });
  try {
    await loaded(video, url, signal);
  } catch (error) {
    throw "url" in content ? await whyNotLoaded(url, error) : error;
  }
  const stream = captureOf(video);
  await playback.begin();
  return { stream, track: stream.getVideoTracks()[0], pattern: false, playback };
}

/**
 * @param {HTMLVideoElement} video
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function loaded(video, url, signal) {
  const lifetime = new AbortController();
  try {
    await new Promise((resolve, reject) => {
      const until = { signal: lifetime.signal };
      video.addEventListener("loadeddata", resolve, until);
      video.addEventListener("error", () => reject(refusalOf(video.error)), until);
      signal.addEventListener("abort", () => reject(signal.reason), until);
      video.src = url;
    });
  } finally {
    lifetime.abort();
  }
  if (!video.videoWidth) throw new CaptureRefused("NoVideo", "the file has no video track");
}

/** @param {MediaError | null} error */
function refusalOf(error) {
  return new CaptureRefused("NotSupportedError", error?.message ?? "");
}

/**
 * A media element says only that it failed; a fetch says more.
 * @param {string} url
 * @param {unknown} error
 */
export async function whyNotLoaded(url, error) {
  const probe = (/** @type {RequestMode} */ mode) => {
    const whole = new AbortController();
    return fetch(url, { mode, credentials: "omit", signal: whole.signal }).finally(() => whole.abort());
  };
  try {
    const { ok, status, statusText } = await probe("cors");
    return ok ? error : new CaptureRefused("HttpError", `${status} ${statusText}`.trim());
  } catch {
    // Whether it is the way or the permission: without reading, any server may be asked.
    const reached = await probe("no-cors").then(
      () => true,
      () => false,
    );
    return reached
      ? new CaptureRefused("CrossOrigin", "no Access-Control-Allow-Origin for this page")
      : new CaptureRefused("NetworkError", "nothing was loaded");
  }
}

/**
 * @param {HTMLMediaElement} element
 * @returns {MediaStream}
 */
export function captureOf(element) {
  const able = /** @type {any} */ (element);
  const capture = able.captureStream ?? able.mozCaptureStream; // Firefox has it under that name
  if (!capture) throw new CaptureRefused("NoCapture", "captureStream is not there");
  return capture.call(element);
}

/**
 * @param {HTMLVideoElement} video
 * @param {string} url
 */
function unload(video, url) {
  video.pause();
  video.removeAttribute("src");
  video.load();
  if (url.startsWith("blob:")) URL.revokeObjectURL(url);
}
