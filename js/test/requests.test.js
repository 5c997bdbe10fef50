import assert from "node:assert/strict";
import test from "node:test";

import { FakeStream, FakeTrack } from "./fake-media.js";
import { setGlobal, settled } from "./fake-page.js";
import { scene } from "./scene.js";

/** A live page, and the kernel's way to ask something of it. */
async function liveScene(t, stream = cameraWithZoom()) {
  const stage = scene(t);
  const page = await stage.openPage();
  stage.kernel.want();
  await settled();
  await stage.allow(stream);
  const peer = stage.Peer.last;
  peer.opens();
  await settled();
  const [track, sound] = stream.getTracks();
  const ask = async (message) => {
    stage.kernel.say({ to: page.client, ...message });
    await settled();
  };
  return { ...stage, ...page, stream, peer, track, sound, ask };
}

function cameraWithZoom() {
  const capabilities = { zoom: { min: 1, max: 4, step: 0.1 }, frameRate: { min: 1, max: 30 } };
  const settings = { width: 640, height: 480, frameRate: 30, zoom: 1, deviceId: "d1" };
  return new FakeStream(new FakeTrack({ settings, capabilities }), new FakeTrack({ kind: "audio" }));
}

// -- constraints

test("constraints are applied, told, and then done", async (t) => {
  const { kernel, track, session, ask } = await liveScene(t);
  const before = kernel.heard.length;
  await ask({
    type: "apply-constraints",
    request: 7,
    track: track.id,
    constraints: { zoom: 2, frameRate: 15 },
  });
  assert.deepEqual([track.settings.zoom, track.settings.frameRate], [2, 15]);
  const [granted, { client, seq, ...done }] = kernel.heard.slice(before);
  assert.equal(granted.tracks[0].settings.zoom, 2);
  assert.deepEqual(done, { type: "done", request: 7, name: "", message: "", constraint: "", possible: "" });
  assert.equal(session.status.tracks[0].settings.frameRate, 15);
});

test("constraints that cannot be met say which, and what is possible", async (t) => {
  const { kernel, track, ask } = await liveScene(t);
  await ask({ type: "apply-constraints", request: 8, track: track.id, constraints: { zoom: 9 } });
  const { request, name, constraint, possible } = kernel.last("done");
  assert.deepEqual([request, name, constraint, possible], [8, "OverconstrainedError", "zoom", "zoom 1 to 4"]);
});

test("a track that is not there is not found", async (t) => {
  const { kernel, ask } = await liveScene(t);
  await ask({ type: "apply-constraints", request: 9, track: "t-none", constraints: {} });
  assert.deepEqual([kernel.last("done").request, kernel.last("done").name], [9, "NotFoundError"]);
});

test("where nothing runs every request has its answer, too", async (t) => {
  const { kernel, openPage } = scene(t);
  const { client } = await openPage();
  kernel.say({ to: client, type: "apply-constraints", request: 1, track: "t1", constraints: {} });
  kernel.say({ to: client, type: "take-still", request: 2 });
  for (const type of ["enable-track", "stop-track", "limit"])
    kernel.say({ to: client, type, track: "t1", enabled: true, max_bitrate: 1 });
  await settled();
  assert.deepEqual([kernel.last("done").request, kernel.last("done").name], [1, "NotFoundError"]);
  assert.equal(kernel.last("still").request, 2);
});

// -- muting and stopping

test("a track that Python mutes is muted in the page, and told", async (t) => {
  const { kernel, session, track, ask } = await liveScene(t);
  await ask({ type: "enable-track", track: track.id, enabled: false });
  assert.equal(track.enabled, false);
  assert.equal(kernel.last("granted").tracks[0].enabled, false);
  assert.equal(session.status.tracks[0].enabled, false);
});

test("a track that the user mutes is told", async (t) => {
  const { kernel, session, sound } = await liveScene(t);
  session.enableTrack(sound.id, false);
  await settled();
  assert.equal(sound.enabled, false);
  assert.equal(kernel.last("granted").tracks[1].enabled, false);
});

test("a microphone that Python stops ends alone", async (t) => {
  const { kernel, session, stream, sound, ask } = await liveScene(t);
  await ask({ type: "stop-track", track: sound.id });
  assert.equal(sound.readyState, "ended");
  assert.equal(stream.getVideoTracks()[0].readyState, "live");
  assert.equal(session.status.state, "live");
  assert.equal(kernel.last("granted").tracks[1].ready_state, "ended");
});

test("with the video that Python stops the stream ends", async (t) => {
  const { kernel, session, stream, peer, track, ask } = await liveScene(t);
  await ask({ type: "stop-track", track: track.id });
  assert.deepEqual([stream.ended, peer.closed], [true, true]);
  assert.equal(session.status.card, "stopped");
  assert.equal(kernel.last("stopped").reason, "user");
});

test("a track that is not there stops nothing", async (t) => {
  const { session, ask } = await liveScene(t);
  await ask({ type: "stop-track", track: "t-none" });
  assert.equal(session.status.state, "live");
});

test("a new limit reaches the connection", async (t) => {
  const { peer, ask } = await liveScene(t);
  await ask({ type: "limit", max_bitrate: 2_000_000 });
  assert.deepEqual(peer.limits, [2_000_000]);
});

test("a camera that the system mutes is told", async (t) => {
  const { kernel, session, track } = await liveScene(t);
  track.mute(true);
  await settled();
  assert.equal(kernel.last("granted").tracks[0].muted, true);
  assert.equal(session.status.tracks[0].muted, true);
});

test("a phone that was turned has told its size with the next figures", async (t) => {
  const { kernel, peer, track } = await liveScene(t);
  track.settings = { ...track.settings, width: 480, height: 640 };
  peer.shows({ type: "figures" });
  await settled();
  assert.equal(kernel.last("granted").tracks[0].settings.height, 640);
});

// -- stills

/** Cameras that take photographs. */
function photographing(t, takePhoto = async () => new Blob([new Uint8Array([0xff, 0xd8])])) {
  setGlobal(
    t,
    "ImageCapture",
    class {
      takePhoto() {
        return takePhoto();
      }
    },
  );
}

const heardStill = (session) => {
  let count = 0;
  session.addEventListener("still", () => count++);
  return () => count;
};

test("a still that Python asks for comes as a photograph, and the view hears of it", async (t) => {
  photographing(t);
  const { kernel, session, ask } = await liveScene(t);
  const stills = heardStill(session);
  await ask({ type: "take-still", request: 3 });
  const still = kernel.last("still");
  assert.equal(still.request, 3);
  assert.deepEqual([...new Uint8Array(kernel.buffers.get(still)[0])], [0xff, 0xd8]);
  assert.equal(stills(), 1);
});

test("a still that the user takes bears no number", async (t) => {
  photographing(t);
  const { kernel, session } = await liveScene(t);
  await session.takeStill();
  await settled();
  assert.equal(kernel.last("still").request, null);
  assert.equal(kernel.buffers.has(kernel.last("still")), true);
});

test("where no photograph can be taken the next frame will do", async (t) => {
  photographing(t, async () => Promise.reject(new DOMException("", "UnknownError")));
  const { kernel, session, ask } = await liveScene(t);
  const stills = heardStill(session);
  await ask({ type: "take-still", request: 4 });
  assert.equal(kernel.last("still").request, 4);
  assert.equal(kernel.buffers.has(kernel.last("still")), false);
  assert.equal(stills(), 1);
});

test("a photograph that is done after Stop flashes nowhere", async (t) => {
  let taken = () => {};
  photographing(
    t,
    () =>
      new Promise((resolve) => {
        taken = () => resolve(new Blob(["x"]));
      }),
  );
  const { session } = await liveScene(t);
  const stills = heardStill(session);
  session.takeStill();
  session.stop();
  taken();
  await settled();
  assert.equal(stills(), 0);
});
