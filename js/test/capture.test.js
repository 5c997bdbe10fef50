import assert from "node:assert/strict";
import test from "node:test";

import {
  CaptureRefused,
  capture,
  constraintsOf,
  likelyColourSpace,
  seenColourSpace,
  settingsOf,
} from "../src/capture.js";
import { FakeMediaDevices, FakeStream, FakeTrack, fakeCamera, fakeTrackProcessor } from "./fake-media.js";
import { setGlobal, settled } from "./fake-page.js";

const CAMERA = {
  source: "camera",
  width: null,
  height: null,
  frameRate: null,
  facingMode: null,
  deviceId: null,
  audio: false,
  constraints: null,
  fallback: null,
};

/** The pattern without a canvas; its options are the label of its track. */
const pattern = (options) => new FakeStream(new FakeTrack({ label: JSON.stringify(options) }));

/** What comes of `wanted` where the browser rejects with `error`. */
async function refusedWith(error, wanted = {}) {
  const mediaDevices = new FakeMediaDevices();
  const outcome = capture({ ...CAMERA, ...wanted }, { mediaDevices, patternLabel: "NO CAMERA", pattern });
  mediaDevices.asked[0].refuse(error);
  return await outcome;
}

test("who asks for nothing in particular gets the browser's choice", () => {
  assert.deepEqual(constraintsOf(CAMERA), { video: true, audio: false });
});

test("each wish is an ideal, none is a must", () => {
  const wanted = {
    ...CAMERA,
    width: 1280,
    height: 720,
    frameRate: 30,
    facingMode: "environment",
    deviceId: "d1",
    audio: true,
  };
  assert.deepEqual(constraintsOf(wanted), {
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      facingMode: { ideal: "environment" },
      deviceId: { ideal: "d1" },
    },
    audio: true,
  });
});

test("only what was wished for is asked for", () => {
  assert.deepEqual(constraintsOf({ ...CAMERA, width: 320 }).video, { width: { ideal: 320 } });
});

test("constraints given by hand reach the browser as they are", () => {
  const constraints = { video: { width: { exact: 1920 } }, audio: { echoCancellation: false } };
  assert.equal(constraintsOf({ ...CAMERA, width: 320, constraints }), constraints);
});

test("a camera is asked for with these constraints", async () => {
  const mediaDevices = new FakeMediaDevices();
  const outcome = capture({ ...CAMERA, width: 320 }, { mediaDevices, patternLabel: "", pattern });
  const [ask] = mediaDevices.asked;
  assert.deepEqual(ask.constraints, { video: { width: { ideal: 320 } }, audio: false });
  const stream = ask.allow(fakeCamera());
  assert.deepEqual(await outcome, { stream, track: stream.getVideoTracks()[0], pattern: false });
});

test("the pattern asks for no camera", async () => {
  const mediaDevices = new FakeMediaDevices();
  const wanted = { ...CAMERA, source: "pattern", width: 320, height: 240, frameRate: 15 };
  const captured = await capture(wanted, { mediaDevices, patternLabel: "TEST PATTERN", pattern });
  assert.equal(captured.pattern, true);
  assert.equal(captured.track, captured.stream.getVideoTracks()[0]);
  assert.deepEqual(JSON.parse(captured.track.label), {
    width: 320,
    height: 240,
    frameRate: 15,
    label: "TEST PATTERN",
  });
  assert.deepEqual(mediaDevices.asked, []);
});

test("a pattern of no particular size is 640×480 at 30 frames a second", async () => {
  const { track } = await capture({ ...CAMERA, source: "pattern" }, { patternLabel: "", pattern });
  assert.deepEqual(JSON.parse(track.label), { width: 640, height: 480, frameRate: 30, label: "" });
});

for (const name of [
  "NotAllowedError",
  "SecurityError",
  "NotFoundError",
  "NotReadableError",
  "AbortError",
  "InvalidStateError",
])
  test(`${name} refuses with the browser's words`, async () => {
    const outcome = refusedWith(new DOMException("the browser's words", name));
    await assert.rejects(outcome, (error) => {
      assert.ok(error instanceof CaptureRefused);
      assert.deepEqual([error.name, error.message, error.constraint], [name, "the browser's words", ""]);
      return true;
    });
  });

test("OverconstrainedError names the constraint that could not be met", async () => {
  const error = { name: "OverconstrainedError", message: "", constraint: "width" };
  await assert.rejects(refusedWith(error), {
    name: "OverconstrainedError",
    message: "",
    constraint: "width",
  });
});

for (const nothing of [undefined, null, {}])
  test(`a rejection with ${JSON.stringify(nothing)} still has a name`, async () => {
    await assert.rejects(refusedWith(nothing), { name: "Error", message: "", constraint: "" });
  });

for (const mediaDevices of [undefined, {}])
  test(`without getUserMedia (${JSON.stringify(mediaDevices)}) the origin is insecure`, async () => {
    const outcome = capture(CAMERA, { mediaDevices, patternLabel: "", pattern });
    await assert.rejects(outcome, { name: "InsecureOrigin", constraint: "" });
  });

test("where there is no camera the pattern takes its place, if that was asked for", async () => {
  const wanted = { fallback: "pattern", width: 320 };
  const captured = await refusedWith(new DOMException("", "NotFoundError"), wanted);
  assert.equal(captured.pattern, true);
  assert.equal(JSON.parse(captured.track.label).label, "NO CAMERA");
  assert.equal(JSON.parse(captured.track.label).width, 320);

  const insecure = await capture({ ...CAMERA, ...wanted }, { patternLabel: "NO CAMERA", pattern });
  assert.equal(insecure.pattern, true);
});

for (const name of [
  "NotAllowedError",
  "SecurityError",
  "NotReadableError",
  "OverconstrainedError",
  "AbortError",
])
  test(`${name} is told, never papered over with the pattern`, async () => {
    await assert.rejects(refusedWith(new DOMException("", name), { fallback: "pattern" }), { name });
  });

test("settings are whole pixels in Python's spelling", () => {
  const settings = { width: 639.6, height: 480, frameRate: 29.97, deviceId: "d1", facingMode: "user" };
  assert.deepEqual(settingsOf(new FakeTrack({ settings })), {
    width: 640,
    height: 480,
    frame_rate: 29.97,
    device_id: "d1",
    facing_mode: "user",
  });
});

test("settings that a browser does not tell are zero or empty", () => {
  assert.deepEqual(settingsOf(new FakeTrack({ settings: {} })), {
    width: 0,
    height: 0,
    frame_rate: 0,
    device_id: "",
    facing_mode: "",
  });
});

test("a canvas has RGB pictures, of a camera nothing is known", () => {
  const drawn = Object.assign(new FakeTrack(), { canvas: {} });
  assert.deepEqual(likelyColourSpace(drawn), { matrix: "rgb", full_range: true });
  assert.deepEqual(likelyColourSpace(new FakeTrack()), { matrix: "", full_range: false });
});

test("the first picture tells its colours, and both it and the clone are let go", async (t) => {
  const picture = {
    colorSpace: { matrix: "smpte170m", fullRange: false },
    close: t.mock.fn(),
    cancelled: t.mock.fn(),
  };
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(picture));
  const track = new FakeTrack();
  const seen = await seenColourSpace(track, new AbortController().signal);
  assert.deepEqual(seen, { matrix: "smpte170m", full_range: false });
  assert.equal(picture.close.mock.callCount(), 1);
  assert.equal(picture.cancelled.mock.callCount(), 1);
  assert.equal(track.clones[0].readyState, "ended");
  assert.equal(track.readyState, "live");
});

test("a picture that does not tell its colours leaves them open", async (t) => {
  const picture = { colorSpace: { matrix: null, fullRange: null }, close() {} };
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(picture));
  const seen = await seenColourSpace(new FakeTrack(), new AbortController().signal);
  assert.deepEqual(seen, { matrix: "", full_range: false });
});

test("a browser that cannot look at pictures is not asked to clone", async () => {
  const track = new FakeTrack();
  assert.equal(await seenColourSpace(track, new AbortController().signal), null);
  assert.deepEqual(track.clones, []);
});

test("who stops before the first picture has no clone left that holds the camera", async (t) => {
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(null));
  const run = new AbortController();
  const track = new FakeTrack();
  const seen = seenColourSpace(track, run.signal);
  await settled();
  assert.equal(track.clones[0].readyState, "live");
  run.abort();
  assert.equal(track.clones[0].readyState, "ended");
  assert.equal(await seen, null);
});
