/**
 * The colour space of a track's pictures: what is likely at once, and what its first picture says.
 */

/** @typedef {import("./protocol.js").ColourSpace} ColourSpace */

/**
 * What is known at once: a canvas has RGB pictures.
 * @param {MediaStreamTrack} track
 * @returns {ColourSpace}
 */
export function likelyColourSpace(track) {
  return "canvas" in track ? { matrix: "rgb", full_range: true } : { matrix: "", full_range: false };
}

/**
 * What the track's first picture says of itself, where the browser can tell (Chromium); else null.
 * @param {MediaStreamTrack} track
 * @param {AbortSignal} signal ends the wait for that picture; a clone left live would hold the camera
 * @returns {Promise<ColourSpace | null>}
 */
export async function seenColourSpace(track, signal) {
  const Processor = /** @type {any} */ (globalThis).MediaStreamTrackProcessor;
  if (!Processor) return null;
  const clone = track.clone();
  signal.addEventListener("abort", () => clone.stop(), { once: true });
  try {
    const reader = new Processor({ track: clone, maxBufferSize: 1 }).readable.getReader();
    const { value: picture } = await reader.read();
    if (!picture) return null;
    const { matrix, fullRange } = picture.colorSpace;
    picture.close();
    await reader.cancel();
    return { matrix: matrix ?? "", full_range: fullRange ?? false };
  } finally {
    clone.stop();
  }
}
