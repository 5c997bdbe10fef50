import assert from "node:assert/strict";
import test from "node:test";

import { stateOf, Tracks } from "../src/tracks.js";
import { FakeStream, FakeTrack, fakeCamera } from "./fake-media.js";

/** The tracks of a stream, and what the kernel was told of them. */
function tracksOf(stream = fakeCamera()) {
  const told = [];
  const controller = new AbortController();
  const [track] = stream.getVideoTracks();
  const tracks = new Tracks({
    captured: { stream, track, pattern: false },
    tell: (granted) => told.push(granted),
    signal: controller.signal,
  });
  return { tracks, told, controller, track, sound: stream.getTracks()[1] };
}

test("a track is told with the W3C's own names", () => {
  const settings = {
    width: 640,
    height: 480,
    frameRate: 29.97,
    deviceId: "d1",
    facingMode: "user",
    torch: false,
  };
  const capabilities = {
    width: { min: 1, max: 1920 },
    zoom: { min: 1, max: 4, step: 0.1 },
    facingMode: ["user"],
    deviceId: "d1",
    torch: true,
  };
  const track = new FakeTrack({ label: "Integrated Camera", settings, capabilities });
  assert.deepEqual(stateOf(track), {
    id: track.id,
    kind: "video",
    label: "Integrated Camera",
    enabled: true,
    muted: false,
    ready_state: "live",
    settings,
    capabilities,
  });
});

test("a browser that tells no capabilities has none", () => {
  const track = Object.assign(new FakeTrack(), { getCapabilities: undefined });
  assert.deepEqual(stateOf(track).capabilities, {});
});

test("what the kernel does not take is left out", () => {
  const settings = {
    width: 640,
    frameRate: Number.NaN,
    pointsOfInterest: [{ x: 0.5, y: 0.5 }],
    nothing: null,
    unset: undefined,
    range: { min: 1 },
    [`x${"x".repeat(100)}`]: 1,
  };
  const capabilities = {
    width: { max: 1920, unit: "px" },
    odd: {},
    nested: [[1]],
    step: { step: Number.NaN },
  };
  const state = stateOf(new FakeTrack({ settings, capabilities }));
  assert.deepEqual(state.settings, { width: 640 });
  assert.deepEqual(state.capabilities, { width: { max: 1920 } });
});

test("what is too long for the kernel is cut", () => {
  const many = (count) => Array.from({ length: count }, (_, i) => i);
  const settings = { ...Object.fromEntries(many(80).map((i) => [`s${i}`, i])) };
  const track = new FakeTrack({
    label: "x".repeat(501),
    settings,
    capabilities: { list: many(70), text: "x".repeat(501) },
  });
  const state = stateOf(track);
  // protocol.py: Label, Settings, Capability
  assert.equal(state.label.length, 500);
  assert.equal(Object.keys(state.settings).length, 64);
  assert.equal(state.capabilities.list.length, 64);
  assert.equal(state.capabilities.text.length, 500);
  assert.equal(stateOf(new FakeTrack({ settings: { list: many(40) } })).settings.list.length, 32);
});

test("all tracks are told at once, with the colours that are likely", () => {
  const { told } = tracksOf();
  assert.equal(told.length, 1);
  const [{ tracks, colour_space, pattern }] = told;
  assert.deepEqual(
    tracks.map(({ kind, label }) => [kind, label]),
    [
      ["video", "Fake camera"],
      ["audio", "Fake microphone"],
    ],
  );
  assert.deepEqual([colour_space, pattern], [{ matrix: "", full_range: false }, false]);
});

test("the video is told first, as whoever lists tracks expects", () => {
  const stream = new FakeStream(new FakeTrack({ kind: "audio" }), new FakeTrack());
  assert.deepEqual(
    tracksOf(stream).told[0].tracks.map(({ kind }) => kind),
    ["video", "audio"],
  );
});

for (const [what, change, seen] of [
  ["mute", ({ track }) => track.mute(true), ({ muted }) => muted],
  ["enabled", ({ tracks, track }) => tracks.enable(track.id, false), ({ enabled }) => !enabled],
  [
    "new settings",
    ({ tracks, track }) => {
      track.settings = { width: 480, height: 640 };
      tracks.look();
    },
    ({ settings }) => settings.height === 640,
  ],
])
  test(`${what} is told once`, () => {
    const all = tracksOf();
    change(all);
    all.tracks.look();
    assert.equal(all.told.length, 2);
    assert.ok(seen(all.told[1].tracks[0]));
  });

test("a picture that comes back is told, too", () => {
  const { told, track } = tracksOf();
  track.mute(true);
  track.mute(false);
  assert.deepEqual(
    told.map(({ tracks }) => tracks[0].muted),
    [false, true, false],
  );
});

test("a microphone that is pulled out is told, the rest goes on", () => {
  const { told, sound } = tracksOf();
  sound.unplug();
  assert.deepEqual(
    told.at(-1).tracks.map(({ ready_state }) => ready_state),
    ["live", "ended"],
  );
});

test("colours that were seen are told if they are others", () => {
  const { tracks, told } = tracksOf();
  tracks.seeColours({ matrix: "", full_range: false });
  assert.equal(told.length, 1);
  tracks.seeColours({ matrix: "smpte170m", full_range: false });
  assert.equal(told[1].colour_space.matrix, "smpte170m");
});

test("a track that is not there is not enabled", () => {
  const { tracks, told } = tracksOf();
  tracks.enable("t-none", false);
  assert.equal(told.length, 1);
});

test("of more than eight tracks the first eight are told", () => {
  const stream = new FakeStream(...Array.from({ length: 9 }, () => new FakeTrack()));
  assert.equal(tracksOf(stream).told[0].tracks.length, 8); // protocol.py: Granted
});

test("tracks that were let go are told no more", () => {
  const { tracks, told, controller, track } = tracksOf();
  controller.abort();
  track.mute(true);
  tracks.enable(track.id, false);
  assert.equal(told.length, 1);
});
