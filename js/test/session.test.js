import assert from "node:assert/strict";
import test from "node:test";

import { UNSEEN_MS } from "../src/audience.js";
import { PROTOCOL_VERSION, VERSION } from "../src/protocol.js";
import { TEXTS } from "../src/texts.js";
import { stateOf } from "../src/tracks.js";
import { FIGURES } from "./fake-figures.js";
import { FakeKernel } from "./fake-kernel.js";
import { deviceInfo, FakeStream, FakeTrack, fakeTrackProcessor, overconstrained } from "./fake-media.js";
import { setGlobal, settled } from "./fake-page.js";
import { failingPeerClass, fakePeerClass } from "./fake-peer.js";
import { CAMERA, scene } from "./scene.js";

/** What the kernel heard since `before`. */
const since = (kernel, before) => kernel.types.slice(before);

// -- before a run

test("a page says hello with its version and its views", async (t) => {
  const { kernel, openPage } = scene(t);
  const { client } = await openPage({ shown: false });
  assert.deepEqual(kernel.heard, [
    { type: "hello", client, seq: 0, version: VERSION, protocol: PROTOCOL_VERSION, views: 0 },
  ]);
});

test("no camera opens before the kernel says start", async (t) => {
  const { kernel, devices, openPage, pass } = scene(t);
  const { session } = await openPage();
  assert.equal(session.status.card, "idle");
  await pass(60_000);
  assert.deepEqual(devices.asked, []);
  assert.deepEqual(kernel.types, ["hello", "views"]);
});

test("no camera opens before the kernel has answered, whoever presses Start", async (t) => {
  const { kernel, devices, openPage, pass } = scene(t);
  kernel.alive = false;
  const { session } = await openPage();
  session.start();
  await settled();
  await pass(4000);
  session.start();
  await settled();
  assert.equal(session.status.card, "offline");
  assert.deepEqual(devices.asked, []);
});

test("a start without a welcome opens no camera", async (t) => {
  const { kernel, devices, openPage } = scene(t);
  kernel.alive = false;
  const { client } = await openPage();
  kernel.say({ type: "start", to: client });
  await settled();
  assert.deepEqual(devices.asked, []);
});

test("who gets no welcome shows that no kernel answers", async (t) => {
  const { kernel, openPage, pass } = scene(t);
  kernel.alive = false;
  const { session } = await openPage();
  await pass(3999);
  assert.equal(session.status.card, "");
  await pass(1);
  assert.equal(session.status.card, "offline");
});

test("a welcome that comes late is welcome", async (t) => {
  const { kernel, openPage, pass, devices } = scene(t);
  kernel.alive = false;
  const { session } = await openPage();
  await pass(4000);
  kernel.alive = true;
  kernel.want();
  session.hello();
  await settled();
  assert.equal(session.status.state, "asking");
  assert.equal(devices.asked.length, 1);
  await pass(10_000);
  assert.equal(session.status.state, "asking");
});

test("a page of another version opens no camera, whatever the kernel says", async (t) => {
  const { kernel, devices, openPage, pass } = scene(t, { kernel: new FakeKernel({ version: "0.0.1" }) });
  kernel.want();
  const { session } = await openPage();
  assert.equal(session.status.card, "version");
  session.start();
  await settled();
  await pass(10_000);
  assert.equal(session.status.card, "version");
  assert.deepEqual(devices.asked, []);
});

test("a second page waits while the first one publishes", async (t) => {
  const { openPage, live, devices } = scene(t);
  const first = await openPage();
  await live();
  const second = await openPage();
  assert.equal(second.session.status.card, "waiting");
  assert.equal(first.session.status.state, "live");
  assert.equal(devices.asked.length, 1);
});

test("a click in a waiting page takes the stream over", async (t) => {
  const { kernel, openPage, allow, live } = scene(t);
  const first = await openPage();
  const { stream } = await live();
  const second = await openPage();
  second.session.start();
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(first.session.status.card, "stopped");
  const taken = await allow();
  assert.equal(second.session.status.stream, taken);
  assert.equal(kernel.publisher.client, second.client);
});

// -- a run

test("a run goes asking, granted, offer, candidate, and is live once the channel is open", async (t) => {
  const { kernel, Peer, openPage, allow } = scene(t);
  kernel.want();
  const { session, client } = await openPage({ shown: false });
  assert.equal(session.status.state, "asking");
  const stream = await allow();
  assert.equal(session.status.state, "connecting");
  assert.equal(session.status.stream, stream);
  const { id } = Peer.last;
  const colour_space = { matrix: "", full_range: false };
  const tracks = stream.getTracks().map(stateOf);
  assert.deepEqual(kernel.heard.slice(1), [
    { type: "asking", client, seq: 1 },
    { type: "granted", client, seq: 2, tracks, colour_space, pattern: false },
    { type: "offer", client, seq: 3, connection: id, sdp: "v=0\r\n" },
    {
      type: "candidate",
      client,
      seq: 4,
      connection: id,
      candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
      mid: "0",
    },
  ]);
  assert.deepEqual(Peer.last.accepted, [{ sdp: "v=0\r\nanswer", maxBitrate: 1_843_200 }]);
  Peer.last.opens();
  assert.equal(session.status.state, "live");
  assert.deepEqual(session.status.tracks, tracks);
});

test("the connection has the stream, its video and the kernel's ICE servers", async (t) => {
  const iceServers = [{ urls: "turn:turn.example.org", username: "u", credential: "c" }];
  const { openPage, live } = scene(t, { kernel: new FakeKernel({ iceServers }) });
  await openPage();
  const { peer, stream } = await live();
  assert.equal(peer.stream, stream);
  assert.equal(peer.track, stream.getVideoTracks()[0]);
  assert.deepEqual(peer.iceServers, iceServers);
});

test("each run asks for what Python wants as of then", async (t) => {
  const { devices, openPage, allow } = scene(t);
  let width = 320;
  const { session } = await openPage({ wanted: () => ({ ...CAMERA, width, height: null }) });
  session.start();
  await allow();
  session.stop();
  width = 1280;
  session.start();
  const widths = devices.asked.map(({ constraints }) => constraints.video.width.ideal);
  assert.deepEqual(widths, [320, 1280]);
  await allow();
});

test("a click on the test pattern changes the source of that run only", async (t) => {
  const { kernel, openPage, streams } = scene(t);
  const asked = [];
  const capture = async (wanted, { patternLabel }) => {
    asked.push([wanted.source, wanted.width, patternLabel]);
    const stream = new FakeStream(Object.assign(new FakeTrack({ label: patternLabel }), { canvas: {} }));
    streams.push(stream);
    return { stream, track: stream.getVideoTracks()[0], pattern: true };
  };
  const { session } = await openPage({ capture });
  await session.start({ source: "pattern" });
  assert.equal(session.status.pattern, true);
  await settled();
  assert.equal(kernel.last("granted").pattern, true);
  assert.deepEqual(kernel.last("granted").colour_space, { matrix: "rgb", full_range: true });
  session.stop();
  session.start();
  await settled();
  assert.deepEqual(asked, [
    ["pattern", 640, TEXTS.patternLabels.asked],
    ["camera", 640, TEXTS.patternLabels.noCamera],
  ]);
});

test("who starts twice asks once", async (t) => {
  const { kernel, devices, openPage, live } = scene(t);
  const { session, client } = await openPage();
  await live();
  kernel.say({ type: "start", to: client });
  session.start();
  await settled();
  assert.equal(devices.asked.length, 1);
  assert.equal(session.status.state, "live");
});

test("a second welcome leaves a run alone", async (t) => {
  const { openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream } = await live();
  session.signaling.send("hello", { version: VERSION, protocol: PROTOCOL_VERSION, views: 1 });
  await settled();
  assert.equal(session.status.state, "live");
  assert.equal(session.status.stream, stream);
});

test("figures of the kernel are shown while it lives", async (t) => {
  const { openPage, live } = scene(t);
  const { session } = await openPage();
  const { peer, stream } = await live();
  peer.shows(FIGURES);
  assert.equal(session.status.figures, FIGURES);
  assert.equal(session.status.state, "live");
  assert.equal(session.status.stream, stream);
});

test("a note of the kernel is shown over the stream until it is dismissed", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session, client } = await openPage();
  const { stream } = await live();
  kernel.say({ type: "failure", to: client, message: "ValueError", detail: "Traceback", fatal: false });
  await settled();
  assert.deepEqual(session.status.note, { message: "ValueError", detail: "Traceback" });
  session.dismissNote();
  assert.equal(session.status.note, null);
  assert.equal(session.status.stream, stream);
  assert.equal(stream.ended, false);
});

// -- the end of a run

test("a click on Stop ends the run and tells the kernel", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  session.stop();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.deepEqual([session.status.state, session.status.card], ["stopped", "stopped"]);
  await settled();
  assert.equal(kernel.last("stopped").reason, "user");
});

test("a stop of the kernel ends the run without a word", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  await settled();
  const before = kernel.heard.length;
  kernel.stop();
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.equal(session.status.card, "stopped");
  assert.deepEqual(since(kernel, before), []);
});

test("a stop of the kernel is shown where nothing runs, too", async (t) => {
  const { kernel, openPage } = scene(t);
  const { session, client } = await openPage();
  assert.equal(session.status.card, "idle");
  kernel.say({ type: "stop", to: client });
  await settled();
  assert.deepEqual([session.status.state, session.status.card], ["stopped", "stopped"]);
  assert.deepEqual(kernel.types, ["hello", "views"]);
});

test("a stop that comes after the channel was closed leaves the camera off", async (t) => {
  const { kernel, devices, openPage, live, pass } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  kernel.stop();
  peer.closes();
  assert.equal(stream.ended, true);
  await pass(10_000);
  assert.equal(devices.asked.length, 1);
  assert.equal(session.run, null);
  assert.equal(session.status.card, "idle");
});

for (const [who, stop] of [
  ["the user", ({ session }) => session.stop()],
  ["the kernel", (_, { kernel }) => kernel.stop()],
  ["a new kernel", ({ session }) => session.kernelChanged()],
  ["the end of the page", ({ controller }) => controller.abort()],
])
  test(`a camera that is allowed after ${who} stopped is let go at once`, async (t) => {
    const whole = scene(t);
    const { kernel, Peer, openPage, allow } = whole;
    kernel.want();
    const page = await openPage();
    stop(page, whole);
    await settled();
    const stream = await allow();
    assert.equal(stream.ended, true);
    assert.deepEqual(Peer.made, []);
    assert.ok(!kernel.types.includes("granted"));
    assert.equal(page.session.status.stream, null);
  });

test("a refusal after Stop is none", async (t) => {
  const { kernel, devices, openPage } = scene(t);
  kernel.want();
  const { session } = await openPage();
  session.stop();
  devices.asked[0].refuse(new DOMException("", "NotAllowedError"));
  await settled();
  assert.equal(session.status.card, "stopped");
  assert.ok(!kernel.types.includes("refused"));
});

test("the stream of a run that was stopped does not reach the next one", async (t) => {
  const { devices, Peer, openPage, allow, streams } = scene(t);
  const { session } = await openPage();
  session.start();
  session.stop();
  session.start();
  const stream = await allow();
  const late = devices.asked[0].allow();
  streams.push(late);
  await settled();
  assert.equal(late.ended, true);
  assert.equal(stream.ended, false);
  assert.equal(session.status.stream, stream);
  assert.equal(Peer.made.length, 1);
});

test("a refusal is shown, and told in the browser's words", async (t) => {
  const { kernel, devices, openPage } = scene(t);
  kernel.want();
  const { session, client } = await openPage();
  devices.asked[0].refuse({ name: "OverconstrainedError", message: "no such width", constraint: "width" });
  await settled();
  assert.deepEqual(
    [session.status.state, session.status.card, session.status.detail],
    ["failed", "OverconstrainedError", "no such width"],
  );
  const { seq, ...refused } = kernel.last("refused");
  assert.deepEqual(refused, {
    type: "refused",
    client,
    name: "OverconstrainedError",
    message: "no such width",
    constraint: "width",
    possible: "",
  });
});

test("a page without mediaDevices refuses as an insecure origin", async (t) => {
  const { kernel, openPage } = scene(t);
  setGlobal(t, "navigator", {});
  kernel.want();
  const { session } = await openPage();
  assert.equal(session.status.card, "InsecureOrigin");
  assert.equal(kernel.last("refused").name, "InsecureOrigin");
});

test("a constraint that cannot be met is shown with what the device can", async (t) => {
  const { kernel, devices, openPage } = scene(t);
  devices.infos = [deviceInfo("d1", { capabilities: { width: { min: 1, max: 1920 } } })];
  kernel.want();
  const { session } = await openPage();
  devices.asked[0].refuse(overconstrained("width"));
  await settled();
  assert.deepEqual([session.status.constraint, session.status.possible], ["width", "width 1 to 1920"]);
  assert.equal(kernel.last("refused").possible, "width 1 to 1920");
});

test("who was refused may try again", async (t) => {
  const { kernel, devices, openPage, allow } = scene(t);
  kernel.want();
  const { session } = await openPage();
  devices.asked[0].refuse(new DOMException("", "NotAllowedError"));
  await settled();
  session.start();
  const stream = await allow();
  assert.equal(session.status.stream, stream);
});

test("a camera that is unplugged ends the run", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  stream.getVideoTracks()[0].unplug();
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.deepEqual([session.status.state, session.status.card], ["failed", "ended"]);
  assert.equal(kernel.last("stopped").reason, "ended");
});

test("a camera that is unplugged after Stop is no failure", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream } = await live();
  session.stop();
  stream.getVideoTracks()[0].unplug();
  await settled();
  assert.equal(session.status.card, "stopped");
  assert.equal(kernel.last("stopped").reason, "user");
});

test("a fatal failure of the kernel ends the run and shows what it said", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session, client } = await openPage();
  const { stream, peer } = await live();
  kernel.say({ type: "failure", to: client, message: "no way", detail: "", fatal: true });
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.deepEqual([session.status.card, session.status.detail], ["kernel", "no way"]);
});

// -- views

test("when the last view is gone for three seconds the camera is let go", async (t) => {
  const { kernel, openPage, live, pass } = scene(t);
  const { session, view } = await openPage();
  const { stream } = await live();
  view.abort();
  await pass(UNSEEN_MS - 1);
  assert.equal(stream.ended, false);
  await pass(1);
  assert.equal(stream.ended, true);
  assert.equal(session.status.card, "stopped");
  assert.deepEqual(kernel.types.slice(-2), ["views", "stopped"]);
  assert.equal(kernel.last("stopped").reason, "unseen");
});

test("a view that comes back in time keeps the camera", async (t) => {
  const { kernel, openPage, live, pass } = scene(t);
  const { session, view, show } = await openPage();
  const { stream, peer } = await live();
  view.abort();
  await pass(UNSEEN_MS - 1);
  show();
  for (let s = 0; s < 10; s++) {
    peer.hears();
    await pass(1000);
  }
  assert.equal(stream.ended, false);
  assert.equal(session.status.state, "live");
  assert.ok(!kernel.types.includes("stopped"));
});

test("one of two views is enough", async (t) => {
  const { kernel, openPage, live, pass } = scene(t);
  const { view, show } = await openPage();
  const { stream } = await live();
  show();
  view.abort();
  await pass(UNSEEN_MS);
  assert.equal(stream.ended, false);
  const counts = kernel.heard.filter(({ type }) => type === "views").map(({ count }) => count);
  assert.deepEqual(counts, [1, 2, 1]);
});

test("who asks the user while the last view goes away asks for nothing", async (t) => {
  const { kernel, openPage, allow, pass } = scene(t);
  kernel.want();
  const { view } = await openPage();
  view.abort();
  await pass(UNSEEN_MS);
  assert.equal(kernel.last("stopped").reason, "unseen");
  assert.equal((await allow()).ended, true);
});

test("a stream that was out of sight comes back with its next view", async (t) => {
  const { devices, openPage, live, allow, pass } = scene(t);
  const { session, view, show } = await openPage();
  await live();
  view.abort();
  await pass(UNSEEN_MS);
  show();
  await settled();
  assert.equal(devices.asked.length, 2);
  const stream = await allow();
  assert.equal(session.status.stream, stream);
});

test("a stream that starts by itself does so with its first view, and not again after Stop", async (t) => {
  const { devices, openPage, allow } = scene(t, { kernel: new FakeKernel({ autostart: true }) });
  const { session, show } = await openPage({ shown: false });
  assert.equal(devices.asked.length, 0);
  show();
  await settled();
  assert.equal(devices.asked.length, 1);
  await allow();
  session.stop();
  show();
  await settled();
  assert.equal(devices.asked.length, 1);
  assert.equal(session.status.card, "stopped");
});

test("an idle widget that goes out of sight says only that", async (t) => {
  const { kernel, openPage, pass } = scene(t);
  const { session, view } = await openPage();
  view.abort();
  await pass(2 * UNSEEN_MS);
  assert.deepEqual(kernel.types, ["hello", "views", "views"]);
  assert.equal(session.status.card, "idle");
});

// -- the connection

test("a lost connection is replaced by a fresh one of the same track", async (t) => {
  const { kernel, Peer, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  peer.shows(FIGURES);
  peer.fails();
  assert.equal(session.status.state, "connecting");
  assert.equal(session.status.stream, stream);
  assert.equal(session.status.figures, null);
  assert.equal(peer.closed, true);
  await settled();
  const fresh = Peer.last;
  assert.notEqual(fresh.id, peer.id);
  assert.equal(fresh.track, peer.track);
  assert.equal(kernel.last("offer").connection, fresh.id);
  assert.equal(fresh.accepted.length, 1);
  fresh.opens();
  assert.equal(session.status.state, "live");
  assert.equal(stream.ended, false);
  assert.ok(!kernel.types.includes("lost"));
});

test("after three fresh connections the page gives up", async (t) => {
  const { kernel, Peer, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream } = await live();
  for (let fresh = 1; fresh <= 3; fresh++) {
    Peer.last.fails();
    await settled();
    assert.equal(Peer.made.length, 1 + fresh);
    assert.equal(stream.ended, false);
  }
  Peer.last.fails("ICE failed");
  await settled();
  assert.equal(Peer.made.length, 4);
  assert.equal(stream.ended, true);
  assert.ok(Peer.made.every(({ closed }) => closed));
  assert.deepEqual([session.status.card, session.status.detail], ["connection", "ICE failed"]);
  assert.deepEqual(
    [kernel.last("lost").connection, kernel.last("lost").reason],
    [Peer.last.id, "ICE failed"],
  );
});

test("who tries again has three fresh connections again", async (t) => {
  const { Peer, openPage, live, allow } = scene(t);
  const { session } = await openPage();
  await live();
  for (let lost = 0; lost < 4; lost++) {
    Peer.last.fails();
    await settled();
  }
  assert.equal(session.status.card, "connection");
  session.start();
  const stream = await allow();
  Peer.last.fails();
  await settled();
  assert.equal(session.status.state, "connecting");
  assert.equal(stream.ended, false);
});

test("a connection that does not open in time is given up before the kernel's own ten seconds", async (t) => {
  const { kernel, Peer, openPage, allow, pass } = scene(t);
  kernel.want();
  const { session } = await openPage();
  const stream = await allow();
  await pass(8000);
  assert.equal(session.status.state, "connecting");
  await pass(1000);
  assert.equal(Peer.made.length, 1);
  assert.equal(session.status.card, "connection");
  assert.equal(kernel.last("lost").reason, "no connection in time");
  assert.equal(stream.ended, true);
});

test("an answer that cannot be taken ends the run", async (t) => {
  const Peer = fakePeerClass({ accept: async () => Promise.reject(new Error("bad SDP")) });
  const { kernel, openPage, allow } = scene(t, { Peer });
  kernel.want();
  const { session } = await openPage();
  const stream = await allow();
  assert.equal(session.status.card, "connection");
  assert.match(session.status.detail, /bad SDP/);
  assert.equal(stream.ended, true);
});

for (const what of ["made", "offered"]) {
  test(`a connection that cannot be ${what} lets the camera go, and is lost`, async (t) => {
    const { kernel, clock, openPage, allow } = scene(t, { Peer: failingPeerClass(what, 0) });
    kernel.want();
    const { session } = await openPage();
    const stream = await allow();
    assert.equal(stream.ended, true);
    assert.deepEqual([session.status.state, session.status.card], ["failed", "connection"]);
    assert.match(session.status.detail, /ICE server/);
    assert.match(kernel.last("lost").reason, /ICE server/);
    assert.ok(!kernel.types.includes("refused"));
    assert.equal(clock.waiting, 0);
  });

  test(`a fresh connection that cannot be ${what} ends the run`, async (t) => {
    const { kernel, openPage, live } = scene(t, { Peer: failingPeerClass(what, 1) });
    const { session } = await openPage();
    const { stream, peer } = await live();
    peer.fails();
    await settled();
    assert.equal(session.status.card, "connection");
    assert.equal(stream.ended, true);
    assert.ok(kernel.types.includes("lost"));
  });
}

test("a fresh connection that fails after Stop leaves the next run alone", async (t) => {
  let fail = () => {};
  const Peer = fakePeerClass({
    offer: async () => {
      if (Peer.made.length !== 2) return "v=0\r\n";
      return await new Promise((_, reject) => {
        fail = () => reject(new DOMException("closed", "InvalidStateError"));
      });
    },
  });
  const { openPage, allow, live } = scene(t, { Peer });
  const { session } = await openPage();
  const { peer } = await live();
  peer.fails();
  await settled();
  session.stop();
  session.start();
  const stream = await allow();
  fail();
  await settled();
  assert.equal(session.status.state, "connecting");
  assert.equal(stream.ended, false);
});

// -- silence

test("a kernel that says nothing is busy, until it speaks again", async (t) => {
  const { openPage, live, pass } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  await pass(4000);
  assert.equal(session.status.state, "live");
  await pass(1000);
  assert.equal(session.status.state, "busy");
  assert.equal(session.status.stream, stream);
  peer.hears();
  assert.equal(session.status.state, "live");
});

test("heartbeats of a live stream change nothing that is shown", async (t) => {
  const { openPage, live } = scene(t);
  const { session } = await openPage();
  const { peer } = await live();
  const { status } = session;
  peer.hears();
  assert.equal(session.status, status);
});

test("a kernel that stays silent loses the camera, and gets it again when it answers", async (t) => {
  const { kernel, devices, openPage, live, allow, pass } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  await pass(8000);
  assert.equal(stream.ended, false);
  const before = kernel.heard.length;
  await pass(1000);
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.deepEqual(since(kernel, before), ["stopped", "hello", "asking"]);
  assert.equal(kernel.last("stopped").reason, "silence");
  assert.equal(devices.asked.length, 2);
  const again = await allow();
  assert.equal(session.status.stream, again);
});

test("a kernel that closes the channel loses the camera, and gets it again when it says start", async (t) => {
  const { kernel, Peer, devices, openPage, live, allow } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  await settled();
  const before = kernel.heard.length;
  peer.closes();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.deepEqual([session.status.state, session.status.stream], ["idle", null]);
  await settled();
  assert.deepEqual(since(kernel, before), ["stopped", "hello", "asking"]);
  assert.equal(kernel.last("stopped").reason, "silence");
  assert.equal(devices.asked.length, 2);
  const again = await allow();
  Peer.last.opens();
  assert.equal(Peer.made.length, 2);
  assert.deepEqual([session.status.state, session.status.stream], ["live", again]);
});

test("a kernel that closes the channel and wants no stream gets none", async (t) => {
  const { kernel, devices, openPage, live, pass } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  kernel.wanted = false;
  peer.closes();
  await pass(10_000);
  assert.equal(stream.ended, true);
  assert.equal(devices.asked.length, 1);
  assert.equal(session.status.card, "idle");
});

test("a kernel that closes the channel and then is gone has no camera", async (t) => {
  const { kernel, devices, openPage, live, pass } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  kernel.alive = false;
  peer.closes();
  assert.equal(stream.ended, true);
  await pass(4000);
  assert.equal(session.status.card, "offline");
  assert.equal(devices.asked.length, 1);
});

for (const [how, die] of [
  ["silently", ({ kernel }) => Object.assign(kernel, { alive: false })],
  ["so that nothing can be sent", (_, { comm }) => Object.assign(comm, { closed: true })],
])
  test(`a kernel that died ${how} has no camera after nine seconds`, async (t) => {
    const whole = scene(t);
    const { openPage, live, pass, devices } = whole;
    const page = await openPage();
    const { stream } = await live();
    die(whole, page);
    await pass(9000);
    assert.equal(stream.ended, true);
    assert.equal(page.session.status.card, "");
    await pass(4000);
    assert.equal(page.session.status.card, "offline");
    assert.equal(devices.asked.length, 1);
  });

test("a new kernel finds the camera off, and is greeted", async (t) => {
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream, peer } = await live();
  await settled();
  const before = kernel.heard.length;
  kernel.restart();
  session.kernelChanged();
  assert.equal(stream.ended, true);
  assert.equal(peer.closed, true);
  assert.equal(session.status.stream, null);
  await settled();
  assert.deepEqual(since(kernel, before), ["hello"]);
  assert.equal(kernel.last("hello").views, 1);
  assert.equal(session.status.card, "idle");
});

test("a restart that closed the comm still lets the camera go, and shows that no kernel answers", async (t) => {
  const { kernel, openPage, live, pass } = scene(t);
  const { session, comm } = await openPage();
  const { stream } = await live();
  kernel.restart();
  comm.closed = true;
  session.kernelChanged();
  assert.equal(stream.ended, true);
  await pass(4000);
  assert.equal(session.status.card, "offline");
});

// -- the page goes away

for (const [how, leave] of [
  ["whose widget is destroyed", ({ controller }) => controller.abort()],
  ["that is closed", (_, { window }) => window.dispatchEvent(new Event("pagehide"))],
])
  test(`a page ${how} lets the camera go and says bye`, async (t) => {
    const whole = scene(t);
    const { kernel, openPage, live, pass, clock } = whole;
    const page = await openPage();
    const { stream, peer } = await live();
    await settled();
    const before = kernel.heard.length;
    leave(page, whole);
    assert.equal(stream.ended, true);
    assert.equal(peer.closed, true);
    assert.equal(clock.waiting, 0);
    await pass(20_000);
    assert.deepEqual(since(kernel, before), ["bye"]);
    assert.equal(kernel.publisher, null);
  });

test("a page that goes away right after its last view leaves no timer behind", async (t) => {
  const { openPage, live, clock } = scene(t);
  const { view, controller } = await openPage();
  await live();
  view.abort();
  controller.abort();
  assert.equal(clock.waiting, 0);
});

test("a page that goes away while it waits for its welcome shows nothing more", async (t) => {
  const { kernel, openPage, pass } = scene(t);
  kernel.alive = false;
  const { session, controller } = await openPage();
  controller.abort();
  await pass(10_000);
  assert.equal(session.status.card, "");
});

test("the stream goes on in the next page when its page goes away", async (t) => {
  const { openPage, live, allow } = scene(t);
  const first = await openPage();
  await live();
  const second = await openPage();
  first.controller.abort();
  await settled();
  const stream = await allow();
  assert.equal(second.session.status.stream, stream);
});

// -- the colour space

const picture = (matrix) => ({ colorSpace: { matrix, fullRange: false }, close() {} });

test("a page that sees other colours than it thought says so", async (t) => {
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(picture("smpte170m")));
  const { kernel, openPage, live } = scene(t);
  await openPage();
  await live();
  const granted = kernel.heard.filter(({ type }) => type === "granted");
  assert.deepEqual(
    granted.map(({ colour_space }) => colour_space),
    [
      { matrix: "", full_range: false },
      { matrix: "smpte170m", full_range: false },
    ],
  );
  assert.deepEqual(granted[1].tracks, granted[0].tracks);
});

test("a page that sees the colours it thought of says nothing", async (t) => {
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(picture("")));
  const { kernel, openPage, live } = scene(t);
  await openPage();
  await live();
  assert.equal(kernel.types.filter((type) => type === "granted").length, 1);
});

test("a picture that comes after Stop says nothing", async (t) => {
  let come = () => {};
  const first = new Promise((resolve) => {
    come = () => resolve({ value: picture("smpte170m"), done: false });
  });
  const reader = { read: () => first, cancel: async () => {} };
  setGlobal(
    t,
    "MediaStreamTrackProcessor",
    class {
      readable = { getReader: () => reader };
    },
  );
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  await live();
  session.stop();
  come();
  await settled();
  assert.equal(kernel.types.at(-1), "stopped");
});

test("a page that fails to see its colours streams all the same", async (t) => {
  setGlobal(
    t,
    "MediaStreamTrackProcessor",
    class {
      constructor() {
        throw new TypeError("no pictures here");
      }
    },
  );
  const { kernel, openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream } = await live();
  assert.equal(session.status.state, "live");
  assert.equal(stream.ended, false);
  assert.ok(!kernel.types.includes("refused"));
});

test("a run that ends before its first picture leaves no clone live", async (t) => {
  setGlobal(t, "MediaStreamTrackProcessor", fakeTrackProcessor(null));
  const { openPage, live } = scene(t);
  const { session } = await openPage();
  const { stream } = await live();
  assert.equal(stream.getVideoTracks()[0].clones.length, 1);
  session.stop();
  assert.equal(stream.ended, true);
});
