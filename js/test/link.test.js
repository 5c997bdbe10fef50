import assert from "node:assert/strict";
import test from "node:test";

import { Link } from "../src/link.js";
import { Peer as RealPeer } from "../src/peer.js";
import { TEXTS } from "../src/texts.js";
import { FIGURES } from "./fake-figures.js";
import { fakeCamera } from "./fake-media.js";
import { fakeClock, setGlobal, settled } from "./fake-page.js";
import { FakePeerConnection, failingPeerClass, fakePeerClass } from "./fake-peer.js";

const ICE_SERVERS = [{ urls: "turn:turn.example.org", username: "u", credential: "c" }];

/** A link, what it sent to the kernel and what it told; like a session it ends a silent link. */
function linkOf(t, { Peer = fakePeerClass(), codec = null } = {}) {
  const clock = fakeClock(t);
  const stream = fakeCamera();
  const captured = { stream, track: stream.getVideoTracks()[0], pattern: false };
  const controller = new AbortController();
  t.after(() => controller.abort());
  const sent = [];
  const told = [];
  const tell =
    (event, { ends = false } = {}) =>
    (...what) => {
      told.push([event, ...what]);
      if (ends) controller.abort();
    };
  const link = new Link({
    captured,
    iceServers: ICE_SERVERS,
    codec,
    signaling: { client: "page", send: (type, fields) => sent.push({ type, ...fields }), listen() {} },
    signal: controller.signal,
    PeerClass: Peer,
    on: {
      connecting: tell("connecting"),
      live: tell("live"),
      busy: tell("busy"),
      figures: tell("figures"),
      lost: tell("lost"),
      silent: tell("silent", { ends: true }),
    },
  });

  /** The kernel answers the newest offer. */
  const answer = () =>
    link.accept({
      connection: sentOf("offer").at(-1).connection,
      sdp: "v=0\r\nanswer",
      max_bitrate: 1_843_200,
    });

  const sentOf = (type) => sent.filter((message) => message.type === type);

  /** The connection is offered and answered, and opens. */
  async function live() {
    await link.connect();
    await answer();
    Peer.last.opens();
    await settled();
    return Peer.last;
  }

  /** Nothing is left that could say or do anything. */
  function assertOver() {
    assert.ok(
      Peer.made.every(({ closed }) => closed),
      "a connection was left open",
    );
    assert.equal(clock.waiting, 0);
  }

  return {
    link,
    Peer,
    captured,
    controller,
    clock,
    pass: clock.pass,
    sent,
    sentOf,
    told,
    answer,
    live,
    assertOver,
  };
}

// -- the first connection

test("a link offers the captured track, with the kernel's ICE servers", async (t) => {
  const { link, Peer, captured, sentOf } = linkOf(t);
  await link.connect();
  const { id, stream, track, iceServers } = Peer.last;
  assert.deepEqual(sentOf("offer"), [{ type: "offer", connection: id, sdp: "v=0\r\n" }]);
  assert.equal(stream, captured.stream);
  assert.equal(track, captured.track);
  assert.equal(iceServers, ICE_SERVERS);
});

test("candidates follow the offer, one by one", async (t) => {
  const { link, Peer, sent } = linkOf(t);
  await link.connect();
  await settled();
  Peer.last.finds("candidate:2", "1");
  await settled();
  const connection = Peer.last.id;
  assert.deepEqual(sent.slice(1), [
    {
      type: "candidate",
      connection,
      candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
      mid: "0",
    },
    { type: "candidate", connection, candidate: "candidate:2", mid: "1" },
  ]);
});

test("a candidate without a mid says an empty one", async (t) => {
  const { link, Peer, sent } = linkOf(t);
  await link.connect();
  Peer.last.finds("candidate:2", null);
  await settled();
  assert.ok(sent.some(({ candidate, mid }) => candidate === "candidate:2" && mid === ""));
});

test("the kernel's answer is taken with its bit rate", async (t) => {
  const { link, Peer, answer, told } = linkOf(t);
  await link.connect();
  await answer();
  assert.deepEqual(Peer.last.accepted, [{ sdp: "v=0\r\nanswer", maxBitrate: 1_843_200 }]);
  assert.deepEqual(told, []);
});

test("an answer to another connection is passed over", async (t) => {
  const { link, Peer, told } = linkOf(t);
  await link.accept({ connection: "c-early", sdp: "v=0\r\n", max_bitrate: 1 });
  await link.connect();
  await link.accept({ connection: "c-other", sdp: "v=0\r\n", max_bitrate: 1 });
  assert.deepEqual(Peer.last.accepted, []);
  assert.deepEqual(told, []);
});

test("a link is live once the channel is open, and passes figures on", async (t) => {
  const { live, told } = linkOf(t);
  const peer = await live();
  assert.deepEqual(told, [["live"]]);
  peer.shows(FIGURES);
  assert.deepEqual(told, [["live"], ["figures", FIGURES]]);
});

test("a limit reaches the encoder of the connection of now", async (t) => {
  const { link, live } = linkOf(t);
  await link.limit(500_000); // there is none yet
  const peer = await live();
  await link.limit(2_000_000);
  assert.deepEqual(peer.limits, [2_000_000]);
});

test("a codec that was asked for is every connection's", async (t) => {
  const { Peer, live } = linkOf(t, { codec: "vp8" });
  const peer = await live();
  peer.fails();
  await settled();
  assert.deepEqual(
    Peer.made.map(({ codec }) => codec),
    ["vp8", "vp8"],
  );
});

test("a codec that the browser lacks is lost with what to do, and makes no connection", async (t) => {
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  const before = FakePeerConnection.made.length;
  const { link, sentOf, told } = linkOf(t, { Peer: RealPeer, codec: "h264" });
  await link.connect();
  assert.deepEqual(told, [["lost", TEXTS.noCodec.h264, "codec"]]);
  assert.equal(sentOf("lost")[0].reason, TEXTS.noCodec.h264);
  assert.equal(FakePeerConnection.made.length, before);
});

// -- other tracks

/** Another camera. */
function captureAnother() {
  const stream = fakeCamera();
  return { stream, track: stream.getVideoTracks()[0], pattern: false };
}

test("another track takes the place of the first in the same connection", async (t) => {
  const { link, Peer, live, sentOf } = linkOf(t);
  const peer = await live();
  const other = captureAnother();
  await link.replace(other);
  assert.equal(peer.track, other.track);
  assert.equal(Peer.made.length, 1);
  assert.equal(sentOf("offer").length, 1);
});

test("a fresh connection has the newest track", async (t) => {
  const { link, Peer, live } = linkOf(t);
  const peer = await live();
  const other = captureAnother();
  await link.replace(other);
  peer.fails();
  await settled();
  assert.equal(Peer.last.track, other.track);
  assert.equal(Peer.last.stream, other.stream);
});

test("a track that cannot be sent leaves the one before", async (t) => {
  const Peer = fakePeerClass({ replace: async () => Promise.reject(new TypeError("no such kind")) });
  const { link, captured, live } = linkOf(t, { Peer });
  const peer = await live();
  await assert.rejects(link.replace(captureAnother()), TypeError);
  assert.equal(peer.track, captured.track);
  peer.fails();
  await settled();
  assert.equal(Peer.last.track, captured.track);
});

test("a connection that is replaced while it takes another track hands it on", async (t) => {
  let refuse = () => {};
  const Peer = fakePeerClass({
    replace: () =>
      new Promise((_, reject) => {
        refuse = () => reject(new DOMException("closed", "InvalidStateError"));
      }),
  });
  const { link, live } = linkOf(t, { Peer });
  const peer = await live();
  const other = captureAnother();
  const replaced = link.replace(other);
  peer.fails();
  refuse();
  await replaced;
  assert.equal(Peer.last.track, other.track);
});

// -- fresh connections

test("a failed connection is replaced by a fresh one of the same track", async (t) => {
  const { Peer, live, answer, sentOf, told } = linkOf(t);
  const peer = await live();
  peer.fails();
  assert.equal(peer.closed, true);
  assert.deepEqual(told, [["live"], ["connecting"]]);
  await settled();
  const fresh = Peer.last;
  assert.notEqual(fresh.id, peer.id);
  assert.equal(fresh.track, peer.track);
  assert.equal(fresh.iceServers, peer.iceServers);
  assert.equal(sentOf("offer").at(-1).connection, fresh.id);
  await answer();
  assert.equal(fresh.accepted.length, 1);
  fresh.opens();
  assert.deepEqual(told.at(-1), ["live"]);
  assert.deepEqual(sentOf("lost"), []);
});

test("a connection that fails before it has opened is replaced, too", async (t) => {
  const { link, Peer, told } = linkOf(t);
  await link.connect();
  Peer.last.fails();
  await settled();
  assert.equal(Peer.made.length, 2);
  assert.deepEqual(told, [["connecting"]]);
});

test("after three fresh connections a link is lost", async (t) => {
  const { Peer, live, sentOf, told, assertOver } = linkOf(t);
  await live();
  for (let fresh = 1; fresh <= 3; fresh++) {
    Peer.last.fails();
    await settled();
    assert.equal(Peer.made.length, 1 + fresh);
  }
  const { id } = Peer.last;
  Peer.last.fails("ICE failed again");
  await settled();
  assert.equal(Peer.made.length, 4);
  assert.deepEqual(sentOf("lost"), [{ type: "lost", connection: id, reason: "ICE failed again" }]);
  assert.deepEqual(told.at(-1), ["lost", "ICE failed again", "connection"]);
  assertOver();
});

test("a connection that opened starts the count again", async (t) => {
  const { Peer, live, told } = linkOf(t);
  await live();
  for (let i = 0; i < 5; i++) {
    Peer.last.fails();
    await settled();
    Peer.last.opens();
  }
  assert.equal(Peer.made.length, 6);
  assert.ok(!told.some(([event]) => event === "lost"));
});

test("a connection that does not open in time is lost before the kernel's own ten seconds", async (t) => {
  const { link, Peer, answer, pass, sentOf, told, assertOver } = linkOf(t);
  await link.connect();
  await answer();
  await pass(8000);
  assert.deepEqual(told, []);
  await pass(1000);
  assert.deepEqual(told, [["lost", "no connection in time", "connection"]]);
  assert.deepEqual(sentOf("lost"), [
    { type: "lost", connection: Peer.last.id, reason: "no connection in time" },
  ]);
  assert.equal(Peer.made.length, 1);
  assertOver();
});

test("each fresh connection has its own time to open", async (t) => {
  const { Peer, live, pass, told } = linkOf(t);
  await live();
  for (let i = 0; i < 3; i++) {
    Peer.last.fails();
    await pass(8000);
  }
  assert.ok(!told.some(([event]) => event !== "live" && event !== "connecting"));
  await pass(1000);
  assert.deepEqual(told.at(-1), ["lost", "no connection in time", "connection"]);
});

test("an offer that was never ready is lost in time", async (t) => {
  const { link, pass, sentOf, told, assertOver } = linkOf(t, {
    Peer: fakePeerClass({ offer: () => new Promise(() => {}) }),
  });
  link.connect();
  await pass(9000);
  assert.deepEqual(told, [["lost", "no connection in time", "connection"]]);
  assert.deepEqual(sentOf("offer"), []);
  assertOver();
});

// -- what cannot be made, offered or answered

for (const what of ["made", "offered"]) {
  test(`a connection that cannot be ${what} is lost`, async (t) => {
    const { link, sent, told, assertOver } = linkOf(t, { Peer: failingPeerClass(what, 0) });
    await link.connect();
    assert.deepEqual(told, [["lost", "SyntaxError: ICE server", "connection"]]);
    assert.deepEqual(
      sent.map(({ type, reason }) => [type, reason]),
      [["lost", "SyntaxError: ICE server"]],
    );
    assert.match(sent[0].connection, /^[0-9a-zA-Z-]{1,64}$/); // protocol.py: ConnectionId
    assertOver();
  });

  test(`a fresh connection that cannot be ${what} is lost`, async (t) => {
    const { live, sentOf, told, assertOver } = linkOf(t, { Peer: failingPeerClass(what, 1) });
    const peer = await live();
    peer.fails();
    await settled();
    assert.deepEqual(told, [["live"], ["connecting"], ["lost", "SyntaxError: ICE server", "connection"]]);
    assert.equal(sentOf("lost").length, 1);
    assert.equal(sentOf("offer").length, 1);
    assertOver();
  });
}

test("an answer that cannot be taken is lost", async (t) => {
  const Peer = fakePeerClass({ accept: async () => Promise.reject(new Error("bad SDP")) });
  const { link, answer, sentOf, told, assertOver } = linkOf(t, { Peer });
  await link.connect();
  await answer();
  assert.deepEqual(told, [["lost", "Error: bad SDP", "connection"]]);
  assert.deepEqual(sentOf("lost"), [{ type: "lost", connection: Peer.last.id, reason: "Error: bad SDP" }]);
  assertOver();
});

test("a reason is cut to what the kernel takes", async (t) => {
  const Peer = fakePeerClass({ accept: async () => Promise.reject(new Error("x".repeat(3000))) });
  const { link, answer, sentOf } = linkOf(t, { Peer });
  await link.connect();
  await answer();
  assert.equal(sentOf("lost")[0].reason.length, 2000); // protocol.py: Sentence
});

// -- what comes too late

test("an answer to a connection that was replaced is passed over", async (t) => {
  const { link, Peer, live, told } = linkOf(t);
  const peer = await live();
  peer.fails();
  await settled();
  await link.accept({ connection: peer.id, sdp: "v=0\r\nlate", max_bitrate: 1 });
  assert.equal(peer.accepted.length, 1);
  assert.deepEqual(Peer.last.accepted, []);
  assert.deepEqual(told.at(-1), ["connecting"]);
});

test("an answer whose connection was replaced while it was taken loses nothing", async (t) => {
  let refuse = () => {};
  const Peer = fakePeerClass({
    accept: () =>
      new Promise((_, reject) => {
        refuse = () => reject(new DOMException("closed", "InvalidStateError"));
      }),
  });
  const { link, answer, sentOf, told } = linkOf(t, { Peer });
  await link.connect();
  const taken = answer();
  Peer.last.fails();
  refuse();
  await taken;
  await settled();
  assert.deepEqual(told, [["connecting"]]);
  assert.equal(sentOf("offer").length, 2);
  assert.equal(Peer.last.closed, false);
});

for (const [how, settle] of [
  ["is ready", ({ resolve }) => resolve("v=0\r\nlate")],
  ["fails", ({ reject }) => reject(new DOMException("closed", "InvalidStateError"))],
]) {
  const slowOffers = () => {
    const offers = [];
    const Peer = fakePeerClass({
      offer: () => new Promise((resolve, reject) => offers.push({ resolve, reject })),
    });
    return { Peer, offers };
  };

  test(`an offer that ${how} after its connection was replaced is passed over`, async (t) => {
    const { Peer, offers } = slowOffers();
    const { link, sent, told } = linkOf(t, { Peer });
    link.connect();
    Peer.last.fails();
    settle(offers[0]);
    await settled();
    assert.deepEqual(sent, []);
    assert.deepEqual(told, [["connecting"]]);
    assert.equal(Peer.last.closed, false);
  });

  test(`an offer that ${how} after the end of its link is passed over`, async (t) => {
    const { Peer, offers } = slowOffers();
    const { link, controller, sent, told, assertOver } = linkOf(t, { Peer });
    const connected = link.connect();
    controller.abort();
    settle(offers[0]);
    await connected;
    await settled();
    assert.deepEqual(sent, []);
    assert.deepEqual(told, []);
    assertOver();
  });
}

test("late events of a connection that was replaced or ended reach nobody", async (t) => {
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  const before = FakePeerConnection.made.length;
  const { link, controller, clock, sent, told } = linkOf(t, { Peer: RealPeer });
  await link.connect();
  const first = FakePeerConnection.last;
  first.channel.opens();
  first.becomes("failed");
  await settled();
  const second = FakePeerConnection.last;
  assert.notEqual(second, first);
  happenLate(first);
  await settled();
  assert.equal(FakePeerConnection.made.length, before + 2);
  assert.deepEqual(told, [["live"], ["connecting"]]);
  assert.equal(second.connectionState, "new");

  controller.abort();
  happenLate(first);
  happenLate(second);
  await settled();
  assert.equal(FakePeerConnection.made.length, before + 2);
  assert.deepEqual(told, [["live"], ["connecting"]]);
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["offer", "offer"],
  );
  assert.equal(clock.waiting, 0);
});

/** All that a connection can say. */
function happenLate(pc) {
  pc.happens("icecandidate", { candidate: { candidate: "candidate:9", sdpMid: "0" } });
  pc.becomes("failed");
  pc.channel.opens();
  pc.channel.receives({ type: "pong", sent_ms: 1, kernel_ms: 1 });
  pc.channel.receives(FIGURES);
  pc.channel.closes();
}

// -- silence

test("heartbeats keep a link live", async (t) => {
  const { live, pass, told } = linkOf(t);
  const peer = await live();
  for (let s = 0; s < 60; s += 2) {
    await pass(2000);
    peer.hears();
  }
  assert.deepEqual([...new Set(told.flat())], ["live"]);
});

test("a kernel that says nothing for more than four seconds is busy, until it speaks again", async (t) => {
  const { live, pass, told } = linkOf(t);
  const peer = await live();
  await pass(4000);
  assert.deepEqual(told, [["live"]]);
  await pass(1000);
  assert.deepEqual(told, [["live"], ["busy"]]);
  peer.hears();
  assert.deepEqual(told.at(-1), ["live"]);
  await pass(4000);
  assert.deepEqual(told.at(-1), ["live"]);
});

test("a kernel that says nothing for more than eight seconds is silent", async (t) => {
  const { live, pass, sentOf, told, assertOver } = linkOf(t);
  await live();
  await pass(8000);
  assert.deepEqual(told.at(-1), ["busy"]);
  await pass(1000);
  assert.deepEqual(told.at(-1), ["silent"]);
  assert.deepEqual(sentOf("lost"), []);
  assertOver();
});

test("figures alone are no sign of a kernel that answers", async (t) => {
  const { live, pass, told } = linkOf(t);
  const peer = await live();
  await pass(4500);
  peer.shows(FIGURES);
  await pass(500);
  assert.deepEqual(told.at(-1), ["busy"]);
});

test("a kernel that closes the channel is silent at once, and gets no fresh connection", async (t) => {
  const { Peer, live, sentOf, told, assertOver } = linkOf(t);
  const peer = await live();
  peer.closes();
  await settled();
  assert.deepEqual(told, [["live"], ["silent"]]);
  assert.equal(Peer.made.length, 1);
  assert.deepEqual(sentOf("lost"), []);
  assertOver();
});

test("a lost connection's silence does not count against the fresh one", async (t) => {
  const { Peer, live, pass, told } = linkOf(t);
  const peer = await live();
  await pass(7500);
  peer.fails();
  await pass(7500);
  assert.deepEqual(told.at(-1), ["connecting"]);
  Peer.last.opens();
  await pass(4000);
  assert.deepEqual(told.at(-1), ["live"]);
});

// -- the end

test("the end of a link closes its connection, and nothing is said any more", async (t) => {
  const { Peer, controller, live, pass, sent, told, assertOver } = linkOf(t);
  await live();
  const before = sent.length;
  controller.abort();
  assertOver();
  await pass(20_000);
  assert.equal(Peer.made.length, 1);
  assert.deepEqual(told, [["live"]]);
  assert.equal(sent.length, before);
});

test("a link that ended takes no answer", async (t) => {
  const { link, Peer, controller, answer, told } = linkOf(t);
  await link.connect();
  controller.abort();
  await answer();
  assert.deepEqual(Peer.last.accepted, []);
  assert.deepEqual(told, []);
});
