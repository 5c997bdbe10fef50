/**
 * The figures unfolded over the picture: what the kernel measures, the first ones with their last minute.
 */

import { element } from "./dom.js";
import { makeSparkline } from "./sparkline.js";
import { TEXTS } from "./texts.js";

const MINUTE_MS = 60_000;

/**
 * @typedef {import("./protocol.js").Figures} Figures
 * @typedef {Exclude<keyof typeof TEXTS.figure, "codec" | "candidate_pair">} Measured
 */

const ms = (/** @type {number} */ value) =>
  `${value < 10 ? value.toFixed(1) : Math.round(value)} ${TEXTS.ms}`;
/** Rows that say nothing where there is no picture. */
const OF_PICTURES = ["frame_rate", "frames_dropped", "freeze_count"];
const whole = (/** @type {number} */ value) => String(Math.round(value));

/** @type {Record<Measured, (value: number) => string>} */
const WRITTEN = {
  frame_rate: (value) => `${value.toFixed(1)} ${TEXTS.fps}`,
  age_ms: ms,
  round_trip_ms: ms,
  bitrate_bps: (value) =>
    value < 1e6
      ? `${Math.round(value / 1e3)} ${TEXTS.units.kbit}`
      : `${(value / 1e6).toFixed(1)} ${TEXTS.units.mbit}`,
  jitter_ms: ms,
  packets_lost: whole,
  frames_dropped: whole,
  freeze_count: whole,
};

/** @type {Measured[]} */
const DRAWN = ["frame_rate", "age_ms", "round_trip_ms", "bitrate_bps"];
/** @type {Measured[]} */
const COUNTED = ["jitter_ms", "packets_lost", "frames_dropped", "freeze_count"];
/** @type {("codec" | "candidate_pair")[]} */
const NAMED = ["codec", "candidate_pair"];

/** @param {string} id that the bar's button refers to */
export function makeFiguresPanel(id) {
  const rows = [
    ...DRAWN.map((name) => rowOf(name, makeSparkline())),
    ...[...COUNTED, ...NAMED].map((name) => rowOf(name, null)),
  ];
  const panel = element(
    "div",
    { className: "rtcw-figures", id, hidden: true, tabIndex: 0 },
    element("dl", {}, ...rows.map(({ row }) => row)),
  );
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", TEXTS.figures);

  /** @type {{ at: number, figures: Figures }[]} the last minute, the oldest first */
  let history = [];

  /**
   * Figures are remembered while the panel is closed, too.
   * @param {import("./status.js").Status} status
   * @param {boolean} open
   */
  function draw({ figures, stream, tracks }, open) {
    panel.hidden = !open || !stream;
    const now = performance.now();
    if (!stream) history = [];
    if (figures && history.at(-1)?.figures !== figures) history.push({ at: now, figures });
    history = history.filter(({ at }) => now - at <= MINUTE_MS);
    if (panel.hidden) return;
    const soundAlone = tracks.length > 0 && tracks.every(({ kind }) => kind === "audio");
    for (const { row, name, value, sparkline } of rows) {
      row.hidden = soundAlone && OF_PICTURES.includes(name);
      value.textContent = figures ? written(name, figures) : TEXTS.unknown;
      const samples = () => history.map(({ at, figures: then }) => ({ at, value: numberOf(name, then) }));
      sparkline?.draw(samples(), now, MINUTE_MS);
    }
  }

  return { panel, draw };
}

/**
 * @param {keyof typeof TEXTS.figure} name
 * @param {ReturnType<typeof makeSparkline> | null} sparkline
 */
function rowOf(name, sparkline) {
  const value = element("dd", { className: "rtcw-value" });
  const row = element("div", {}, element("dt", { textContent: TEXTS.figure[name] }));
  if (sparkline) row.append(element("dd", { className: "rtcw-minute" }, sparkline.spark));
  row.append(value);
  return { name, row, value, sparkline };
}

/**
 * @param {keyof typeof TEXTS.figure} name
 * @param {Figures} figures
 */
function written(name, figures) {
  if (name === "codec" || name === "candidate_pair") return figures[name] || TEXTS.unknown;
  const value = figures[name];
  return value === null ? TEXTS.unknown : WRITTEN[name](value);
}

/**
 * @param {keyof typeof TEXTS.figure} name
 * @param {Figures} figures
 */
function numberOf(name, figures) {
  const value = figures[name];
  return typeof value === "number" ? value : null;
}
