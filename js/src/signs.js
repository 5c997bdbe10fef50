/**
 * The small signs over the picture: that it is live, and what arrives of it in the kernel.
 */

import { element } from "./dom.js";
import { TEXTS } from "./texts.js";

/** @typedef {import("./status.js").Status} Status */

/** Top left: a dot and a word. Screen readers hear each new word. */
export function makeSign() {
  const sign = element("div", { className: "rtcw-sign" });
  sign.setAttribute("role", "status");

  /** @param {Status} status */
  function draw(status) {
    const word = status.card ? "" : wordOf(status);
    if (sign.textContent !== word) sign.textContent = word;
    sign.hidden = !word;
  }

  return { sign, draw };
}

/** @param {Status} status */
function wordOf({ state, pattern, tracks }) {
  const video = tracks.find(({ kind }) => kind === "video");
  if (state === "live" && video?.enabled === false) return TEXTS.videoMuted;
  if (state === "live" && video?.muted && !pattern) return TEXTS.noPicture;
  if (state === "live" && pattern) return TEXTS.pattern;
  return TEXTS.state[state];
}

/** Bottom right: size, frame rate, age and transport, as the kernel sees them. */
export function makeCorner() {
  const corner = element("div", { className: "rtcw-corner" });

  /** @param {Status} status */
  function draw(status) {
    const parts = status.card ? [] : cornerParts(status);
    corner.hidden = !parts.length;
    if (corner.textContent === parts.map(({ text }) => text).join("")) return;
    // A narrow view leaves the last ones out.
    corner.replaceChildren(
      ...parts.map(({ name, text }) => element("span", { className: `rtcw-${name}`, textContent: text })),
    );
  }

  return { corner, draw };
}

/**
 * @param {Status} status
 * @returns {{ name: string, text: string }[]}
 */
export function cornerParts({ figures, tracks }) {
  const { width, height } = tracks.find(({ kind }) => kind === "video")?.settings ?? {};
  if (!width) return [];
  if (!figures) return [{ name: "size", text: `${width}×${height}` }];
  const { frame_rate, age_ms, transport } = figures;
  const parts = [
    { name: "size", text: `${figures.width}×${figures.height} · ` },
    { name: "rate", text: `${Math.round(frame_rate)} ${TEXTS.fps}` },
    { name: "age", text: age_ms === null ? "" : ` · ${Math.round(age_ms)} ${TEXTS.ms}` },
    { name: "transport", text: ` · ${transport}` },
  ];
  return parts.filter(({ text }) => text);
}
