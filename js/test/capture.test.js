import assert from "node:assert/strict";
import test from "node:test";

import { capture, constraintsOf } from "../src/capture.js";
import { CaptureRefused } from "../src/refusal.js";
import { deviceInfo, FakeMediaDevices, FakeStream, FakeTrack, fakeCamera } from "./fake-media.js";

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
  codec: null,
};

/** The pattern without a canvas; its options are the label of its track. */
const pattern = (options) => new FakeStream(new FakeTrack({ label: JSON.stringify(options) }));

/** What comes of `wanted` where the browser rejects with `error`. */
async function refusedWith(error, wanted = {}, infos = []) {
  const mediaDevices = new FakeMediaDevices();
  mediaDevices.infos = infos;
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

test("a device that was chosen comes before the wishes for another one", () => {
  const wanted = { ...CAMERA, width: 320, deviceId: "d1", facingMode: "user" };
  assert.deepEqual(constraintsOf({ ...wanted, chosen: { deviceId: "d2", exact: false } }).video, {
    width: { ideal: 320 },
    deviceId: { ideal: "d2" },
  });
  assert.deepEqual(constraintsOf({ ...wanted, chosen: { deviceId: "d2", exact: true } }).video, {
    width: { ideal: 320 },
    deviceId: { exact: "d2" },
  });
});

test("constraints given by hand give way to a chosen device, and to nothing else", () => {
  const chosen = { deviceId: "d2", exact: true };
  const constraints = {
    video: { width: { exact: 1920 }, deviceId: "d1" },
    audio: { echoCancellation: false },
  };
  assert.deepEqual(constraintsOf({ ...CAMERA, constraints, chosen }), {
    video: { width: { exact: 1920 }, deviceId: { exact: "d2" } },
    audio: { echoCancellation: false },
  });
  assert.deepEqual(constraintsOf({ ...CAMERA, constraints: { video: true }, chosen }).video, {
    deviceId: { exact: "d2" },
  });
});

test("constraints that ask for no video are refused, and their sound is let go", async () => {
  const mediaDevices = new FakeMediaDevices();
  const wanted = { ...CAMERA, constraints: { audio: true } };
  const outcome = capture(wanted, { mediaDevices, patternLabel: "", pattern });
  const stream = mediaDevices.asked[0].allow(new FakeStream(new FakeTrack({ kind: "audio" })));
  await assert.rejects(outcome, { name: "OverconstrainedError", constraint: "video" });
  assert.equal(stream.ended, true);
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

test("the pattern does not take the place of a microphone", async () => {
  const wanted = { fallback: "pattern", audio: true };
  const outcome = refusedWith(new DOMException("", "NotFoundError"), wanted, [deviceInfo("d1")]);
  await assert.rejects(outcome, { name: "NotFoundError", constraint: "audio" });
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
