import assert from "node:assert/strict";
import test from "node:test";

import { makeFiguresPanel } from "../src/figures-panel.js";
import { runsOf } from "../src/sparkline.js";
import { IDLE } from "../src/status.js";
import { TEXTS } from "../src/texts.js";
import { fakeDocument } from "./fake-document.js";
import { FIGURES } from "./fake-figures.js";
import { fakeCamera } from "./fake-media.js";
import { fakeClock } from "./fake-page.js";

function panelOf(t) {
  const clock = fakeClock(t);
  fakeDocument(t);
  const { panel, draw } = makeFiguresPanel("figures");
  const stream = fakeCamera();
  const show = (figures, open = true) => draw({ ...IDLE, state: "live", stream, figures }, open);
  const rows = () =>
    Object.fromEntries(
      [...panel.querySelectorAll("dl > div")].map((row) => [
        row.querySelector("dt").textContent,
        row.querySelector(".rtcw-value").textContent,
      ]),
    );
  /** How many points the first line has. */
  const points = () => (panel.querySelector(".rtcw-line").getAttribute("d").match(/[ML]/g) ?? []).length;
  return { panel, draw, show, rows, points, clock };
}

test("every figure has a name, a value and its unit", (t) => {
  const { show, rows } = panelOf(t);
  show({ ...FIGURES, age_ms: 12.4, bitrate_bps: 640_000, packets_lost: 3 });
  assert.deepEqual(rows(), {
    "Frame rate": "29.9 fps",
    Age: "12 ms",
    "Round trip": "1.5 ms",
    "Bit rate": "640 kbit/s",
    Jitter: "0.5 ms",
    "Packets lost": "3",
    "Frames dropped": "0",
    Freezes: "0",
    Codec: "H264",
    Path: "host ↔ host, udp",
  });
  show({ ...FIGURES, bitrate_bps: 2_460_000 });
  assert.equal(rows()["Bit rate"], "2.5 Mbit/s");
});

test("what is not known yet is a dash", (t) => {
  const { show, rows } = panelOf(t);
  show({ ...FIGURES, age_ms: null, round_trip_ms: null, codec: "" });
  assert.deepEqual([rows().Age, rows()["Round trip"], rows().Codec], ["–", "–", "–"]);
  show(null);
  assert.ok(Object.values(rows()).every((value) => value === TEXTS.unknown));
});

test("the first four have their last minute as a line, which goes on while the panel is folded", async (t) => {
  const { panel, show, points, clock } = panelOf(t);
  for (let s = 0; s < 90; s++) {
    show({ ...FIGURES }, false);
    await clock.pass(1000);
  }
  assert.equal(panel.hidden, true);
  show({ ...FIGURES });
  assert.equal(panel.querySelectorAll(".rtcw-line").length, 4);
  assert.equal(points(), 61);
});

test("the same figures drawn again are no new point", async (t) => {
  const { show, points, clock } = panelOf(t);
  show(FIGURES);
  await clock.pass(1000);
  show(FIGURES);
  assert.equal(points(), 1);
});

test("without a stream the panel is gone, and its past is forgotten", (t) => {
  const { panel, draw, show, points } = panelOf(t);
  show(FIGURES);
  draw(IDLE, true);
  assert.equal(panel.hidden, true);
  show({ ...FIGURES });
  assert.equal(points(), 1);
});

test("lines are for the eye only, and the panel can be scrolled by keyboard", (t) => {
  const { panel } = panelOf(t);
  for (const line of panel.querySelectorAll("svg")) assert.equal(line.getAttribute("aria-hidden"), "true");
  assert.equal(panel.tabIndex, 0);
  assert.equal(panel.getAttribute("aria-label"), TEXTS.figures);
});

test("a line goes from a minute ago to now, the largest value on top, and breaks where nothing was measured", () => {
  const samples = [
    { at: 0, value: 0 },
    { at: 30, value: 10 },
    { at: 45, value: null },
    { at: 60, value: 5 },
  ];
  assert.deepEqual(runsOf(samples, 60, 60), [
    [
      [0, 22],
      [50, 2],
    ],
    [[100, 12]],
  ]);
});

test("a line of nothing but zeros lies at the bottom", () => {
  assert.deepEqual(runsOf([{ at: 60, value: 0 }], 60, 60), [[[100, 22]]]);
  assert.deepEqual(runsOf([], 60, 60), []);
});
