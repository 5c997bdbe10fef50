import assert from "node:assert/strict";
import test from "node:test";

import { drawPattern, patternStream } from "../src/pattern.js";
import { FakeStream, FakeTrack } from "./fake-media.js";
import { fakeClock, setGlobal } from "./fake-page.js";

/** A 2d context that keeps what was drawn; each entry is the method, its arguments, and the colour. */
class FakeContext {
  drawn = [];
  fillStyle = "";

  constructor(canvas) {
    this.canvas = canvas;
    for (const method of ["fillRect", "fillText", "arc"])
      this[method] = (...args) => this.drawn.push({ method, args, fill: this.fillStyle });
  }

  createLinearGradient() {
    return { addColorStop() {} };
  }

  beginPath() {}
  fill() {}
  stroke() {}

  all(method) {
    return this.drawn.filter((entry) => entry.method === method);
  }
}

function drawnAt(seconds, width = 640, height = 480) {
  const context = new FakeContext({ width, height });
  drawPattern(context, seconds, "TEST PATTERN");
  return context;
}

test("the bars cover the whole width, whatever it is", () => {
  for (const width of [320, 641, 1280]) {
    const bars = drawnAt(0, width).all("fillRect").slice(0, 7);
    let reached = 0;
    for (const { args } of bars) {
      assert.ok(args[0] <= reached, `a gap before ${args[0]}`);
      reached = args[0] + args[2];
    }
    assert.ok(reached >= width);
    assert.equal(new Set(bars.map(({ fill }) => fill)).size, 7);
  }
});

test("the pattern says what it is, and how long it runs", () => {
  const texts = drawnAt(12.345)
    .all("fillText")
    .map(({ args }) => args[0]);
  assert.deepEqual(texts, ["TEST PATTERN", "12.35 s"]);
});

test("the disc is in the picture, and once around in four seconds", () => {
  const discAt = (seconds) => drawnAt(seconds).all("arc")[0].args.slice(0, 3);
  for (let seconds = 0; seconds < 4; seconds += 0.25) {
    const [x, y, radius] = discAt(seconds);
    assert.ok(x - radius > 0 && x + radius < 640 && y - radius > 0 && y + radius < 480, `at ${seconds} s`);
  }
  assert.deepEqual(discAt(0).map(Math.round), discAt(4).map(Math.round));
  assert.notDeepEqual(discAt(0), discAt(1));
});

/** A page that draws without a canvas; `work` is called for each worker that it makes. */
function drawingPage(t, { work = () => {}, firefox = false } = {}) {
  const track = new FakeTrack();
  const captured = new FakeStream(track);
  const requestFrame = t.mock.fn();
  Object.assign(firefox ? captured : track, { requestFrame });
  const canvas = { captureStream: t.mock.fn(() => captured) };
  const context = new FakeContext(canvas);
  canvas.getContext = () => context;
  setGlobal(t, "document", { createElement: () => canvas });
  const workers = [];
  setGlobal(
    t,
    "Worker",
    class {
      terminated = false;

      constructor(url) {
        this.url = url;
        workers.push(this);
        work(this);
      }

      terminate() {
        this.terminated = true;
      }
    },
  );
  const stream = patternStream({ width: 320, height: 240, frameRate: 20, label: "NO CAMERA" });
  /** Pictures drawn, and pictures that left. */
  const pictures = () => [context.all("arc").length, requestFrame.mock.callCount()];
  return { stream, track, canvas, workers, pictures };
}

test("each tick of a worker draws a picture and lets it leave, until the track is stopped", (t) => {
  const { stream, track, canvas, workers, pictures } = drawingPage(t);
  assert.deepEqual(stream.getVideoTracks(), [track]);
  assert.deepEqual([canvas.width, canvas.height], [320, 240]);
  const [worker] = workers;
  worker.onmessage();
  worker.onmessage();
  assert.deepEqual(pictures(), [2, 2]);
  track.stop();
  worker.onmessage();
  assert.deepEqual(pictures(), [2, 2]);
  assert.equal(worker.terminated, true);
});

test("in Firefox the stream lets pictures leave, not its track", (t) => {
  const { workers, pictures } = drawingPage(t, { firefox: true });
  workers[0].onmessage();
  assert.deepEqual(pictures(), [1, 1]);
});

test("the pattern's track bears its label and its pace", (t) => {
  const { track } = drawingPage(t);
  assert.equal(track.label, "NO CAMERA");
  assert.deepEqual(track.getSettings(), { width: 640, height: 480, frameRate: 20 });
});

const refuse = () => {
  throw new DOMException("worker-src", "SecurityError");
};
for (const [how, work, later] of [
  ["at once", refuse, () => {}],
  ["by an event", () => {}, ([worker]) => worker.onerror(new Event("error"))],
])
  test(`a page that forbids workers ${how} draws by its own clock`, async (t) => {
    const clock = fakeClock(t);
    const { track, workers, pictures } = drawingPage(t, { work });
    later(workers);
    await clock.pass(1000);
    assert.deepEqual(pictures(), [20, 20]);
    track.stop();
    await clock.pass(1000);
    assert.deepEqual(pictures(), [20, 20]);
    assert.equal(clock.waiting, 0);
  });
