/**
 * Which codec a page sends: the one that was asked for and no other, else H.264 before the rest.
 */

import { TEXTS } from "./texts.js";

// They repair a codec's packets and are none themselves.
const REPAIR = ["video/rtx", "video/red", "video/ulpfec", "video/flexfec-03"];

/** The browser cannot send what was asked for. */
export class CodecMissing extends Error {}

/**
 * H.264 takes half of VP8's time to encode, and in the kernel to decode; a browser without it goes on with VP8.
 * @param {"vp8" | "h264" | null} asked
 * @returns {RTCRtpCodec[] | null} for setCodecPreferences; null: the browser's own order
 */
export function codecOrder(asked) {
  const all = globalThis.RTCRtpSender?.getCapabilities("video")?.codecs ?? [];
  const name = `video/${asked ?? "h264"}`;
  const first = all.filter(({ mimeType }) => mimeType.toLowerCase() === name);
  if (asked && !first.length) throw new CodecMissing(TEXTS.noCodec[asked]);
  if (!first.length) return null;
  const rest = all.filter((codec) => !first.includes(codec));
  const repair = rest.filter(({ mimeType }) => REPAIR.includes(mimeType.toLowerCase()));
  return [...first, ...(asked ? repair : rest)];
}
