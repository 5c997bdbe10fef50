/**
 * A still picture by the camera itself, where browser and track can take one.
 */

// A camera that has to refocus takes a second or two.
const TIMEOUT_MS = 5000;
// The kernel's comm takes 10 MiB a message.
const MAX_BYTES = 9 * 2 ** 20;

/**
 * JPEG or PNG as the camera made it; null where the next frame must do instead.
 * @param {MediaStreamTrack} track
 * @returns {Promise<ArrayBuffer | null>}
 */
export async function photograph(track) {
  const Camera = /** @type {any} */ (globalThis).ImageCapture;
  if (!Camera || "canvas" in track) return null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("no photograph in time")), TIMEOUT_MS);
    });
    /** @type {Blob} */
    const blob = await Promise.race([new Camera(track).takePhoto(), late]);
    return blob.size > 0 && blob.size <= MAX_BYTES ? await blob.arrayBuffer() : null;
  } catch {
    return null; // many cameras stream but take no photographs; a frame is a still, too
  } finally {
    clearTimeout(timer);
  }
}
