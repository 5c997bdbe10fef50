import assert from "node:assert/strict";
import test from "node:test";

import { capture } from "../src/capture.js";
import { WAIT_MS } from "../src/widget-stream.js";
import { fakeDocument } from "./fake-document.js";
import { FakeStream, FakeTrack } from "./fake-media.js";
import { fakeClock, setGlobal, settled } from "./fake-page.js";
import { CAMERA } from "./scene.js";

/** A page with another widget; its document tells of changes when the test says so. */
function pageOf(t) {
  const clock = fakeClock(t);
  const el = fakeDocument(t);
  const observers = new Set();
  setGlobal(
    t,
    "MutationObserver",
    class {
      constructor(changed) {
        this.changed = changed;
      }

      observe() {
        observers.add(this);
      }

      disconnect() {
        observers.delete(this);
      }
    },
  );
  const removals = [];
  const view = { el, on: (event, callback) => event === "remove" && removals.push(callback) };
  const model = { views: {} };
  const run = new AbortController();
  const wanted = { ...CAMERA, source: "widget", frameRate: 15, otherModel: async () => model };
  return {
    el,
    clock,
    model,
    run,
    observers,
    wanted,
    show: () => {
      model.views.v1 = Promise.resolve(view);
    },
    changed: () => {
      for (const { changed } of observers) changed();
      return settled();
    },
    remove: () => {
      for (const callback of removals) callback();
    },
    start: () => capture(wanted, { signal: run.signal }),
  };
}

function canvasOf(stream = new FakeStream(new FakeTrack())) {
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.captureStream = (frameRate) => Object.assign(stream, { frameRate });
  return canvas;
}

test("the first canvas in the other view is captured at the rate that was asked for", async (t) => {
  const { el, show, start, observers } = pageOf(t);
  show();
  el.append(canvasOf());
  const { stream, track } = await start();
  assert.equal(stream.frameRate, 15);
  assert.equal(track.readyState, "live");
  assert.equal(observers.size, 0);
});

test("a canvas that stands still counts as drawn, until the run ends", async (t) => {
  const { el, show, start, run, clock } = pageOf(t);
  show();
  const canvas = canvasOf();
  const drawn = [];
  const context = { save() {}, restore() {}, setTransform() {}, fillRect: (...dot) => drawn.push(dot) };
  canvas.getContext = (kind) => (kind === "2d" ? context : null);
  el.append(canvas);
  await start();
  await clock.pass(1000);
  assert.deepEqual(drawn, [
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
  assert.match(context.fillStyle, /\/ 0\)$/);
  run.abort();
  assert.equal(clock.waiting, 0);
});

test("a view that is shown later, and a canvas in it later still, are waited for", async (t) => {
  const { el, show, start, changed } = pageOf(t);
  const outcome = start();
  await settled();
  show();
  await changed();
  el.append(canvasOf());
  await changed();
  assert.ok((await outcome).track);
});

test("a widget that is not shown says so, and one without a canvas says that", async (t) => {
  const { clock, show, start, observers } = pageOf(t);
  const notShown = assert.rejects(start(), { name: "NotDisplayed" });
  await clock.pass(WAIT_MS);
  await notShown;
  show();
  const noCanvas = assert.rejects(start(), { name: "NotFoundError" });
  await clock.pass(WAIT_MS);
  await noCanvas;
  assert.equal(observers.size, 0);
});

test("a widget that the page does not know is not displayed", async (t) => {
  const { wanted, run } = pageOf(t);
  const outcome = capture({ ...wanted, otherModel: async () => null }, { signal: run.signal });
  await assert.rejects(outcome, { name: "NotDisplayed" });
});

test("a tainted canvas is refused by its name", async (t) => {
  const { el, show, start } = pageOf(t);
  show();
  const canvas = canvasOf();
  canvas.captureStream = () => {
    throw new DOMException("not origin-clean", "SecurityError");
  };
  el.append(canvas);
  await assert.rejects(start(), { name: "SecurityError" });
});

test("a video that shows a stream gives a clone of its track", async (t) => {
  const { el, show, start } = pageOf(t);
  setGlobal(
    t,
    "MediaStream",
    class extends FakeStream {
      constructor(tracks) {
        super(...tracks);
      }
    },
  );
  show();
  const shown = new FakeTrack();
  const video = document.createElement("video");
  video.srcObject = new FakeStream(shown);
  Object.defineProperty(video, "videoWidth", { value: 640 });
  el.append(video);
  const { track } = await start();
  assert.deepEqual(shown.clones, [track]);
});

test("when the other view goes, the track ends", async (t) => {
  const { el, show, start, remove } = pageOf(t);
  show();
  el.append(canvasOf());
  const { track } = await start();
  let ended = 0;
  track.addEventListener("ended", () => {
    ended += 1;
  });
  remove();
  remove();
  assert.equal(ended, 1);
});

test("a run that ends looks no more", async (t) => {
  const { run, start, observers, clock } = pageOf(t);
  const outcome = assert.rejects(start(), { name: "AbortError" });
  await settled();
  run.abort();
  await outcome;
  assert.deepEqual([observers.size, clock.waiting], [0, 0]);
});
