import assert from "node:assert/strict";
import test from "node:test";

import { CARDS, SOURCE_WORDS } from "../src/texts.js";
import { deviceInfo, FakeStream, FakeTrack, fakeTrackProcessor, overconstrained } from "./fake-media.js";
import { fakeStorage, setGlobal, settled } from "./fake-page.js";
import { fakePeerClass } from "./fake-peer.js";
import { CAMERA, scene } from "./scene.js";

/** What a camera of this name gives, with a microphone. */
function cameraOf(deviceId, settings = {}) {
  return new FakeStream(
    new FakeTrack({
      label: `Camera ${deviceId}`,
      settings: { width: 640, height: 480, deviceId, ...settings },
    }),
    new FakeTrack({ kind: "audio", label: `Microphone ${deviceId}` }),
  );
}

/** A page whose camera d1 is live, with d2 and d3 beside it. */
async function liveScene(t, { wanted = () => CAMERA, ...options } = {}) {
  fakeStorage(t);
  const stage = scene(t, options);
  stage.devices.infos = ["d1", "d2", "d3"].map((deviceId) => deviceInfo(deviceId));
  const page = await stage.openPage({ wanted });
  const { stream, peer } = await stage.live();
  await settled();
  const grants = () => stage.kernel.heard.filter(({ type }) => type === "granted");
  return { ...stage, ...page, stream, peer, grants };
}

const deviceAsked = ({ devices }, at = -1) => devices.asked.at(at).constraints.video.deviceId;

// -- the list

test("the kernel learns the devices after its welcome, and their names after the first grant", async (t) => {
  const { kernel, devices, openPage, allow } = scene(t);
  devices.infos = [deviceInfo("", { label: "" })];
  const { session } = await openPage();
  assert.equal(kernel.last("devices").devices[0].label, "");
  devices.infos = [deviceInfo("d1")];
  kernel.want();
  await settled();
  await allow();
  assert.deepEqual(
    kernel.last("devices").devices.map(({ device_id, label }) => [device_id, label]),
    [["d1", "Camera d1"]],
  );
  assert.equal(session.devices.list.length, 1);
});

test("a kernel is told of devices when they change, and a new kernel at once", async (t) => {
  const { kernel, devices, session } = await liveScene(t);
  const told = () => kernel.types.filter((type) => type === "devices").length;
  const before = told();
  devices.plug(...devices.infos);
  await settled();
  assert.equal(told(), before);
  devices.plug(deviceInfo("d1"));
  await settled();
  assert.equal(told(), before + 1);
  kernel.restart();
  session.kernelChanged();
  await settled();
  assert.equal(told(), before + 2);
});

// -- another device

test("another device takes the place of the first in the same connection", async (t) => {
  const whole = await liveScene(t);
  const { kernel, Peer, session, stream, peer, allow, grants } = whole;
  const before = kernel.heard.length;
  session.chooseDevice("d2");
  await settled();
  assert.deepEqual(deviceAsked(whole), { exact: "d2" });
  assert.equal(stream.ended, false, "the picture goes on until the other one is there");
  const other = await allow(cameraOf("d2", { width: 1280, height: 720 }));
  assert.equal(stream.ended, true);
  assert.equal(peer.track, other.getVideoTracks()[0]);
  assert.deepEqual([Peer.made.length, peer.closed], [1, false]);
  assert.deepEqual([session.status.state, session.status.stream], ["live", other]);
  assert.equal(session.status.tracks[0].settings.width, 1280);
  assert.deepEqual(kernel.types.slice(before), ["granted"]);
  assert.equal(grants().at(-1).tracks[0].label, "Camera d2");
});

test("the wishes for size and rate stay", async (t) => {
  const { devices, session, allow } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  assert.deepEqual(devices.asked.at(-1).constraints, {
    video: { width: { ideal: 640 }, height: { ideal: 480 }, deviceId: { exact: "d2" } },
    audio: false,
  });
  await allow(cameraOf("d2"));
});

test("who has muted the picture and the microphone has muted the other device's, too", async (t) => {
  const { session, stream, allow } = await liveScene(t);
  const [video, audio] = stream.getTracks();
  session.enableTrack(video.id, false);
  session.enableTrack(audio.id, false);
  session.chooseDevice("d2");
  await settled();
  const other = await allow(cameraOf("d2"));
  assert.deepEqual(
    other.getTracks().map(({ enabled }) => enabled),
    [false, false],
  );
});

test("the device of now is not opened again", async (t) => {
  const { devices, session } = await liveScene(t);
  session.chooseDevice("d1");
  await settled();
  assert.equal(devices.asked.length, 1);
});

test("Python's new device_id changes the device, and takes the place of the user's choice", async (t) => {
  let deviceId = null;
  const whole = await liveScene(t, { wanted: () => ({ ...CAMERA, deviceId }) });
  const { session, allow } = whole;
  session.chooseDevice("d2");
  await settled();
  await allow(cameraOf("d2"));
  deviceId = "d3";
  session.deviceWanted();
  await settled();
  assert.deepEqual(deviceAsked(whole), { exact: "d3" });
  const other = await allow(cameraOf("d3"));
  assert.equal(session.status.stream, other);
});

test("a device that is asked for while the browser still asks is taken after it", async (t) => {
  fakeStorage(t);
  const whole = scene(t);
  const { kernel, devices, openPage, allow, streams, Peer } = whole;
  kernel.want();
  const { session } = await openPage();
  session.chooseDevice("d2");
  await settled();
  assert.equal(devices.asked.length, 1);
  const first = await allow();
  assert.equal(devices.asked.length, 2);
  const other = await allow(cameraOf("d2"));
  assert.deepEqual([first.ended, session.status.stream, streams.length], [true, other, 2]);
  assert.equal(Peer.last.track, other.getVideoTracks()[0]);
});

test("a choice where nothing runs starts that device", async (t) => {
  fakeStorage(t);
  const whole = scene(t);
  const { openPage, allow, devices } = whole;
  const { session } = await openPage();
  assert.deepEqual(devices.asked, []);
  session.chooseDevice("d2");
  assert.deepEqual(deviceAsked(whole), { ideal: "d2" });
  await allow(cameraOf("d2"));
});

test("a test pattern gives way to a camera that is chosen", async (t) => {
  fakeStorage(t);
  const { kernel, openPage, streams } = scene(t);
  const capture = async (wanted) => {
    const stream = cameraOf(wanted.chosen?.deviceId);
    streams.push(stream);
    return { stream, track: stream.getVideoTracks()[0], pattern: wanted.source === "pattern" };
  };
  const { session } = await openPage({ capture });
  await session.start({ source: "pattern" });
  assert.equal(session.status.pattern, true);
  await session.chooseDevice("d2");
  assert.equal(session.status.pattern, false);
  await settled();
  assert.equal(kernel.last("granted").pattern, false);
});

test("the other device's colours are seen afresh", async (t) => {
  const picture = { colorSpace: { matrix: "smpte170m", fullRange: false }, close() {} };
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(picture));
  const { session, allow, grants } = await liveScene(t);
  picture.colorSpace.matrix = "bt709";
  session.chooseDevice("d2");
  await settled();
  await allow(cameraOf("d2"));
  assert.deepEqual(
    grants().map(({ colour_space }) => colour_space.matrix),
    ["", "smpte170m", "", "bt709"],
  );
});

// -- many changes

test("of twenty changes in a row the newest counts, and no track is left", async (t) => {
  const whole = await liveScene(t);
  const { devices, session, stream, peer, streams, pass } = whole;
  for (let i = 0; i < 20; i++) session.chooseDevice(i % 2 ? "d3" : "d2");
  for (let asked = 1; asked < devices.asked.length || asked === 1; asked++) {
    await settled();
    const { deviceId } = devices.asked[asked].constraints.video;
    const other = cameraOf(deviceId.exact);
    streams.push(other);
    devices.asked[asked].allow(other);
    await settled();
    peer.hears();
    await pass(1);
  }
  assert.equal(devices.asked.length, 3, "the first, then the newest");
  assert.deepEqual(deviceAsked(whole), { exact: "d3" });
  assert.equal(stream.ended, true);
  assert.deepEqual(
    streams.map(({ ended }) => ended),
    [true, true, false],
  );
  assert.equal(session.status.stream, streams[2]);
  assert.equal(peer.track, streams[2].getVideoTracks()[0]);
});

test("twenty changes one after the other leave one device open", async (t) => {
  const { session, allow, streams, Peer } = await liveScene(t);
  for (let i = 0; i < 20; i++) {
    session.chooseDevice(i % 2 ? "d1" : "d2");
    await settled();
    await allow(cameraOf(i % 2 ? "d1" : "d2"));
  }
  assert.deepEqual([streams.length, streams.filter(({ ended }) => !ended).length], [21, 1]);
  assert.equal(Peer.made.length, 1);
  assert.equal(session.status.state, "live");
});

test("a device that is allowed after Stop is let go at once", async (t) => {
  const { session, allow, kernel } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  session.stop();
  const other = await allow(cameraOf("d2"));
  assert.equal(other.ended, true);
  assert.equal(session.status.card, "stopped");
  assert.equal(kernel.types.at(-1), "stopped");
});

test("a stop while the connection takes another track lets both go", async (t) => {
  let replaced = () => {};
  const Peer = fakePeerClass({
    replace: () =>
      new Promise((resolve) => {
        replaced = () => resolve(undefined);
      }),
  });
  const { session, stream, allow } = await liveScene(t, { Peer });
  session.chooseDevice("d2");
  await settled();
  const other = await allow(cameraOf("d2"));
  session.stop();
  replaced();
  await settled();
  assert.deepEqual([stream.ended, other.ended], [true, true]);
  assert.equal(session.status.stream, null);
});

// -- a device that cannot be had

test("where the other device cannot be had the first goes on, and a note says why", async (t) => {
  const { kernel, devices, session, stream } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  devices.asked.at(-1).refuse(overconstrained("deviceId"));
  await settled();
  assert.deepEqual([session.status.state, session.status.stream], ["live", stream]);
  assert.equal(stream.ended, false);
  const { message } = session.status.note;
  assert.equal(message, `${CARDS.OverconstrainedError.sentence} ${SOURCE_WORDS.camera.devices.kept}`);
  assert.ok(!kernel.types.includes("refused"));
});

test("who fails to change may change again", async (t) => {
  const { devices, session, allow } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  devices.asked.at(-1).refuse(overconstrained("deviceId"));
  await settled();
  session.chooseDevice("d3");
  await settled();
  const other = await allow(cameraOf("d3"));
  assert.equal(session.status.stream, other);
});

test("a track that cannot be sent is let go, and the first goes on", async (t) => {
  const Peer = fakePeerClass({ replace: async () => Promise.reject(new TypeError("no such kind")) });
  const { session, stream, allow } = await liveScene(t, { Peer });
  session.chooseDevice("d2");
  await settled();
  const other = await allow(cameraOf("d2"));
  assert.deepEqual([stream.ended, other.ended], [false, true]);
  assert.equal(session.status.stream, stream);
  assert.ok(session.status.note);
});

const busy = () => new DOMException("Could not start video source", "NotReadableError");

test("where two cameras cannot be open at once the first makes room", async (t) => {
  const { devices, session, stream, allow } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  devices.asked.at(-1).refuse(busy());
  await settled();
  assert.equal(stream.ended, true);
  const other = await allow(cameraOf("d2"));
  assert.deepEqual([session.status.state, session.status.stream], ["live", other]);
  assert.equal(session.status.note, null);
});

test("a camera that made room for nothing is opened again", async (t) => {
  const { devices, session, peer, allow } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  for (let refusals = 0; refusals < 2; refusals++) {
    devices.asked.at(-1).refuse(busy());
    await settled();
  }
  const again = await allow(cameraOf("d1"));
  assert.deepEqual([session.status.state, session.status.stream], ["live", again]);
  assert.equal(peer.track, again.getVideoTracks()[0]);
  assert.ok(session.status.note.message.startsWith(CARDS.NotReadableError.sentence));
});

test("where neither can be had the stream is refused", async (t) => {
  const { kernel, devices, session } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  for (let refusals = 0; refusals < 3; refusals++) {
    devices.asked.at(-1).refuse(busy());
    await settled();
  }
  assert.equal(session.status.card, "NotReadableError");
  assert.equal(kernel.last("refused").name, "NotReadableError");
});

test("a camera that is pulled out while another one is on its way is replaced all the same", async (t) => {
  const { kernel, session, stream, allow } = await liveScene(t);
  session.chooseDevice("d2");
  await settled();
  stream.getVideoTracks()[0].unplug();
  const other = await allow(cameraOf("d2"));
  assert.equal(session.status.stream, other);
  assert.ok(!kernel.types.includes("stopped"));
});
