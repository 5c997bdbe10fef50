/**
 * Another widget's picture: the first canvas or video in its views, waited for and captured.
 */

import { CaptureRefused } from "./refusal.js";
import { captureOf } from "./video-file.js";

export const WAIT_MS = 10_000;
const STILL_MS = 500;

/**
 * @typedef {{ el: HTMLElement, on?: (event: string, callback: () => void) => void }} OtherView
 * @typedef {{ views?: Record<string, Promise<OtherView>> }} OtherModel
 * @typedef {{ view: OtherView, picture: HTMLCanvasElement | HTMLVideoElement }} Found
 */

/**
 * @param {import("./capture.js").Wanted} wanted
 * @param {import("./capture.js").Surroundings} surroundings
 * @returns {Promise<import("./capture.js").Captured>}
 */
export async function captureWidget({ otherModel, frameRate }, { signal }) {
  const model = await otherModel?.();
  if (!model) throw new CaptureRefused("NotDisplayed", "the page does not know the other widget");
  const { view, picture } = await found(model, signal);
  const stream = streamOf(picture, frameRate ?? undefined);
  const track = stream.getVideoTracks()[0];
  const end = () => {
    if (track.readyState === "ended") return;
    track.stop();
    track.dispatchEvent(new Event("ended")); // stop() tells nobody
  };
  if (picture.tagName === "CANVAS") keepDrawing(/** @type {HTMLCanvasElement} */ (picture), signal);
  view.on?.("remove", end);
  // A video that shows another stream now.
  picture.addEventListener("emptied", end, { once: true, signal });
  return { stream, track, pattern: false };
}

/**
 * The first picture in the order of the views; views and pictures may come while this waits.
 * @param {OtherModel} model
 * @param {AbortSignal} signal
 * @returns {Promise<Found>}
 */
function found(model, signal) {
  let displayed = false;
  const look = async () => {
    for (const promise of Object.values(model.views ?? {})) {
      const view = await promise.catch(() => null);
      if (!view?.el) continue;
      displayed = true;
      for (const picture of view.el.querySelectorAll("canvas, video"))
        if (isReady(picture)) return { view, picture };
    }
    return null;
  };
  return new Promise((resolve, reject) => {
    const lifetime = new AbortController();
    const end = (/** @type {() => void} */ settle) => {
      observer.disconnect();
      clearTimeout(timer);
      lifetime.abort();
      settle();
    };
    const again = async () => {
      const one = await look();
      if (one && !lifetime.signal.aborted) end(() => resolve(one));
    };
    const missing = () =>
      displayed
        ? new CaptureRefused("NotFoundError", "no canvas and no video")
        : new CaptureRefused("NotDisplayed", "no view in this page");
    // A new view is no event of its model, but it does change the document; so does a picture in it.
    const observer = new MutationObserver(again);
    observer.observe(document, { childList: true, subtree: true });
    // A video that has its first picture changes nothing, but this event reaches the document on its way down.
    document.addEventListener("loadeddata", again, { capture: true, signal: lifetime.signal });
    const timer = setTimeout(() => end(() => reject(missing())), WAIT_MS);
    signal.addEventListener("abort", () => end(() => reject(signal.reason)), { signal: lifetime.signal });
    again();
  });
}

/**
 * @param {Element} picture
 * @returns {picture is HTMLCanvasElement | HTMLVideoElement} a canvas, or a video that has something to show
 */
function isReady(picture) {
  const { width, videoWidth } = /** @type {any} */ (picture);
  return picture.tagName === "CANVAS" ? width > 0 : videoWidth > 0;
}

/**
 * Chromium captures a canvas when it is drawn, and never while it stands still, as a plot does: a dot that nobody sees
 * counts as drawn. A WebGL canvas has no such dot, and is mostly drawn all the time.
 * @param {HTMLCanvasElement} canvas
 * @param {AbortSignal} signal
 */
function keepDrawing(canvas, signal) {
  const timer = setInterval(() => {
    try {
      const context = canvas.getContext("2d");
      if (!context) return;
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalCompositeOperation = "source-over";
      context.fillStyle = "rgb(0 0 0 / 0)";
      context.fillRect(0, 0, 1, 1);
      context.restore();
    } catch {
      clearInterval(timer); // it is drawn by a worker
    }
  }, STILL_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/**
 * @param {HTMLCanvasElement | HTMLVideoElement} picture
 * @param {number} [frameRate]
 * @returns {MediaStream}
 */
function streamOf(picture, frameRate) {
  if (picture.tagName === "CANVAS") {
    const canvas = /** @type {HTMLCanvasElement} */ (picture);
    if (!canvas.captureStream) throw new CaptureRefused("NoCapture", "captureStream is not there");
    return canvas.captureStream(frameRate);
  }
  const { srcObject } = /** @type {HTMLVideoElement} */ (picture);
  // A stream need not be captured again: its own pictures are the better ones, and come in hidden tabs, too.
  const tracks = /** @type {MediaStream | null} */ (srcObject)?.getVideoTracks?.() ?? [];
  if (tracks.length) return new MediaStream(tracks.slice(0, 1).map((track) => track.clone()));
  return captureOf(/** @type {HTMLVideoElement} */ (picture));
}
