/**
 * The last minute of one figure as a line.
 */

import { svg } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 24;
const MARGIN = 2;

/** @typedef {{ at: number, value: number | null }} Sample `at` in milliseconds; no value leaves a gap */

export function makeSparkline() {
  const line = svg("path", { class: "rtcw-line" });
  const area = svg("path", { class: "rtcw-area" });
  const spark = svg(
    "svg",
    {
      class: "rtcw-spark",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    area,
    line,
  );

  /**
   * @param {Sample[]} samples the oldest first
   * @param {number} now
   * @param {number} span how many milliseconds are shown
   */
  function draw(samples, now, span) {
    const runs = runsOf(samples, now, span);
    line.setAttribute("d", runs.map((run) => `M${run.map(([x, y]) => `${x} ${y}`).join("L")}`).join(""));
    area.setAttribute(
      "d",
      runs
        .map((run) => {
          const points = run.map(([x, y]) => `${x} ${y}`).join("L");
          return `M${run[0][0]} ${HEIGHT}L${points}L${run[run.length - 1][0]} ${HEIGHT}Z`;
        })
        .join(""),
    );
  }

  return { spark, draw };
}

/**
 * Points without a gap between them; nothing is at the bottom, the largest value at the top.
 * @param {Sample[]} samples
 * @param {number} now
 * @param {number} span
 * @returns {[x: number, y: number][][]}
 */
export function runsOf(samples, now, span) {
  const most = Math.max(...samples.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  /** @type {[number, number][][]} */
  const runs = [[]];
  for (const { at, value } of samples) {
    if (value === null) {
      runs.push([]);
      continue;
    }
    const x = WIDTH * (1 - (now - at) / span);
    const y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value / most);
    runs[runs.length - 1].push([round(x), round(y)]);
  }
  return runs.filter((run) => run.length);
}

/** @param {number} number */
const round = (number) => Math.round(number * 10) / 10;
