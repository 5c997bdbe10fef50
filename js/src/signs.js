/**
 * The small signs over the picture or the sound: that it is live, and what arrives of it in the kernel.
 */

import { element } from "./dom.js";
import { SOURCE_WORDS, TEXTS } from "./texts.js";

/** @typedef {import("./status.js").Status} Status */

/**
 * Top left: a dot and a word. Screen readers hear each new word.
 * @param {string} source
 */
export function makeSign(source) {
  const sign = element("div", { className: "rtcw-sign" });
  sign.setAttribute("role", "status");

  /** @param {Status} status */
  function draw(status) {
    const word = status.card ? "" : wordOf(status, source);
    if (sign.textContent !== word) sign.textContent = word;
    sign.hidden = !word;
  }

  return { sign, draw };
}

/**
 * @param {Status} status
 * @param {string} source
 */
function wordOf({ state, pattern, tracks, progress }, source) {
  const { asking, nothing } = SOURCE_WORDS[source];
  if (state === "asking") return progress === null ? asking : `${asking} · ${Math.floor(100 * progress)} %`;
  const video = tracks.find(({ kind }) => kind === "video");
  if (state === "live" && video?.enabled === false) return TEXTS.videoMuted;
  if (state === "live" && video?.muted && !pattern) return nothing;
  if (state === "live" && pattern) return TEXTS.pattern;
  if (state === "live" && source === "microphone") {
    if (tracks[0]?.enabled === false) return TEXTS.audioMuted;
    if (tracks[0]?.muted) return nothing;
  }
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
  if (!width) return soundParts(figures, tracks);
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

/**
 * @param {import("./protocol.js").Figures | null} figures
 * @param {import("./protocol.js").TrackState[]} tracks
 */
function soundParts(figures, tracks) {
  const sound = tracks.find(({ kind }) => kind === "audio");
  if (!sound || !figures) return [];
  const { age_ms, transport } = figures;
  const parts = [
    { name: "rate", text: `48 ${TEXTS.kHz}` }, // Opus, whatever the device has
    { name: "age", text: age_ms === null ? "" : ` · ${Math.round(age_ms)} ${TEXTS.ms}` },
    { name: "transport", text: ` · ${transport}` },
  ];
  return parts.filter(({ text }) => text);
}
