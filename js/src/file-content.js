/**
 * The file that a kernel plays in a page: asked for part by part, the next one when the one before is here.
 */

import { CaptureRefused } from "./refusal.js";

/**
 * @typedef {import("./session.js").Talk} Talk
 * @typedef {import("./protocol.js").FilePart} FilePart
 */

/**
 * @param {Talk} signaling
 * @param {{ progress: (part: number) => void, signal: AbortSignal }} options `progress` hears what part of it is here
 * @returns {Promise<{ url: string } | { blob: Blob }>} of a `url` nothing was loaded yet
 */
export async function fetchFile(signaling, { progress, signal }) {
  /** @type {BlobPart[]} */
  const parts = [];
  for (let here = 0; ; ) {
    const { message, buffer } = await partFrom(here, signaling, signal);
    if (message.url) return { url: message.url };
    if (!buffer?.byteLength) throw new CaptureRefused("AbortError", "the file has changed on its way");
    parts.push(/** @type {BlobPart} */ (buffer));
    here += buffer.byteLength;
    progress(here / message.size);
    if (here >= message.size) return { blob: new Blob(parts) };
  }
}

/**
 * @param {number} offset
 * @param {Talk} signaling
 * @param {AbortSignal} signal
 * @returns {Promise<{ message: FilePart, buffer: DataView | undefined }>}
 */
function partFrom(offset, signaling, signal) {
  return new Promise((resolve, reject) => {
    const heard = new AbortController();
    signaling.listen((message, buffers) => {
      if (message.type !== "file-part" || message.offset !== offset) return;
      heard.abort();
      resolve({ message, buffer: buffers?.[0] });
    }, heard.signal);
    const end = () => {
      heard.abort();
      reject(signal.reason);
    };
    signal.addEventListener("abort", end, { once: true, signal: heard.signal });
    signaling.send("read-file", { offset });
  });
}
