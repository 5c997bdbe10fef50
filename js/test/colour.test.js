import assert from "node:assert/strict";
import test from "node:test";

import { likelyColourSpace, seenColourSpace } from "../src/colour.js";
import { FakeTrack, fakeTrackProcessor } from "./fake-media.js";
import { setGlobal, settled } from "./fake-page.js";

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
