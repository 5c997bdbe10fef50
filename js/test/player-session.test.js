import assert from "node:assert/strict";
import test from "node:test";

import { PlayerSession } from "../src/player-session.js";
import { VERSION } from "../src/protocol.js";
import { Receiver } from "../src/receiver.js";
import { FIGURES } from "./fake-figures.js";
import { fakeClock, fakePage, setGlobal, settled } from "./fake-page.js";
import { FakePeerConnection, fakePeerClass } from "./fake-peer.js";

/** A player in a page, a view of it, and a kernel that a test speaks for. */
async function playerOf(t, { shown = true, version = VERSION } = {}) {
  const clock = fakeClock(t);
  fakePage(t);
  const controller = new AbortController();
  t.after(() => controller.abort());
  const Peer = fakePeerClass();
  const sent = [];
  let heed = () => {};
  const signaling = {
    client: "page-a",
    send: (type, fields) => sent.push({ type, ...fields }),
    listen: (listener) => {
      heed = listener;
    },
  };
  const session = new PlayerSession({ signaling, signal: controller.signal, PeerClass: Peer });
  const say = (message) => heed({ to: "page-a", ...message });
  const show = () => {
    const view = new AbortController();
    session.addView(view.signal);
    return view;
  };
  const welcome = () => say({ type: "welcome", role: "viewer", version, protocol: 1, ice_servers: [] });
  const view = shown ? show() : null;
  welcome();
  await settled();
  const types = () => sent.map(({ type }) => type);
  return { session, say, sent, types, Peer, view, show, welcome, controller, clock };
}

/** As `playerOf`, with the picture there. */
async function playingPlayer(t) {
  const player = await playerOf(t);
  const stream = {};
  player.Peer.last.opens();
  player.Peer.last.on.stream(stream);
  return { ...player, stream };
}

test("a page that shows a player offers a connection as soon as it is welcome", async (t) => {
  const { types, Peer, session } = await playerOf(t);
  assert.deepEqual(types().slice(0, 3), ["hello", "views", "offer"]);
  assert.equal(Peer.last.stream, undefined, "it sends nothing");
  assert.equal(session.status.state, "connecting");
});

test("a page that shows no view of it connects when it does", async (t) => {
  const { types, show } = await playerOf(t, { shown: false });
  assert.ok(!types().includes("offer"));
  show();
  await settled();
  assert.ok(types().includes("offer"));
});

test("the kernel's answer reaches the connection, and its track the view", async (t) => {
  const { session, Peer, say, stream } = await playingPlayer(t);
  say({ type: "answer", connection: Peer.last.id, sdp: "v=0\r\nanswer", max_bitrate: 1 });
  await settled();
  assert.equal(Peer.last.accepted.length, 1);
  assert.equal(session.status.stream, stream);
  assert.equal(session.status.state, "live");
  Peer.last.shows(FIGURES);
  assert.equal(session.status.figures, FIGURES);
});

test("nobody looks: the connection ends after three seconds, and comes back with a view", async (t) => {
  const { view, clock, Peer, types, show } = await playingPlayer(t);
  view.abort();
  await clock.pass(2900);
  assert.equal(Peer.last.closed, false);
  await clock.pass(200);
  assert.equal(Peer.last.closed, true);
  assert.equal(types().at(-1), "stopped");
  show();
  await settled();
  assert.equal(Peer.made.length, 2);
});

test("a click on Stop pauses it until a click on Start", async (t) => {
  const { session, Peer, show } = await playingPlayer(t);
  session.stop();
  assert.equal(session.status.card, "paused");
  assert.equal(Peer.last.closed, true);
  show();
  await settled();
  assert.equal(Peer.made.length, 1);
  session.start();
  await settled();
  assert.equal(Peer.made.length, 2);
});

test("a note of the kernel is shown over the picture, and stays through a new connection", async (t) => {
  const { session, say, Peer } = await playingPlayer(t);
  say({ type: "failure", message: "ValueError: mine", detail: "Traceback", fatal: false });
  assert.equal(session.status.stream !== null, true);
  say({ type: "start" });
  await settled();
  assert.equal(Peer.made.length, 2);
  assert.deepEqual(session.status.note, { message: "ValueError: mine", detail: "Traceback" });
  session.dismissNote();
  assert.equal(session.status.note, null);
});

test("what the kernel cannot send is a card with its words, and a click tries again", async (t) => {
  const { session, say, Peer } = await playerOf(t);
  say({ type: "failure", message: "This track has ended. Make a new one.", detail: "", fatal: true });
  assert.deepEqual([session.status.card, session.status.state], ["kernel", "failed"]);
  assert.equal(Peer.last.closed, true);
  session.start();
  await settled();
  assert.equal(Peer.made.length, 2);
});

test("a player that was closed in Python says so", async (t) => {
  const { session, say, Peer } = await playingPlayer(t);
  say({ type: "stop" });
  assert.equal(session.status.card, "closed");
  assert.equal(Peer.last.closed, true);
});

test("a kernel of another version connects to nothing", async (t) => {
  const { session, Peer } = await playerOf(t, { version: "0.0.0" });
  assert.equal(session.status.card, "version");
  assert.equal(Peer.made.length, 0);
});

test("a kernel that restarts is asked anew", async (t) => {
  const { session, Peer, types, welcome } = await playingPlayer(t);
  session.kernelChanged();
  assert.equal(Peer.last.closed, true);
  assert.equal(types().at(-1), "hello");
  welcome();
  await settled();
  assert.equal(Peer.made.length, 2);
});

test("a kernel that falls silent is asked anew", async (t) => {
  const { Peer, types, clock } = await playingPlayer(t);
  await clock.pass(9000);
  assert.equal(Peer.last.closed, true);
  assert.ok(types().lastIndexOf("hello") > types().indexOf("offer"));
});

test("a page that goes away says good-bye", async (t) => {
  const { controller, Peer, types } = await playingPlayer(t);
  controller.abort();
  assert.equal(Peer.last.closed, true);
  assert.equal(types().at(-1), "bye");
});

test("a receiver asks for video alone and does not smooth it", (t) => {
  fakeClock(t);
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  setGlobal(
    t,
    "MediaStream",
    class {
      constructor(tracks) {
        this.tracks = tracks;
      }
    },
  );
  const streams = [];
  const receiver = new Receiver({
    iceServers: [],
    codec: null,
    on: { stream: (stream) => streams.push(stream) },
  });
  const [transceiver] = receiver.pc.transceivers;
  assert.deepEqual([transceiver.track, transceiver.init], ["video", { direction: "recvonly" }]);
  const rtp = { jitterBufferTarget: null };
  receiver.pc.happens("track", { track: "a track", receiver: rtp });
  assert.equal(rtp.jitterBufferTarget, 0);
  assert.deepEqual(streams[0].tracks, ["a track"]);
  receiver.close();
});
