import assert from "node:assert/strict";
import test from "node:test";

import { Peer } from "../src/peer.js";
import { CONTROL_LABEL } from "../src/protocol.js";
import { FIGURES } from "./fake-figures.js";
import { FakeStream, FakeTrack, fakeCamera } from "./fake-media.js";
import { fakeClock, setGlobal, settled } from "./fake-page.js";
import { FakePeerConnection } from "./fake-peer.js";

const ICE_SERVERS = [{ urls: "stun:stun.example.org" }];

/** A peer, its connection, its control channel, and what it told. */
function peerOf(t, codec = null) {
  const clock = fakeClock(t);
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  const stream = fakeCamera();
  const [track] = stream.getVideoTracks();
  const told = [];
  const on = {
    candidate: ({ candidate }) => told.push(["candidate", candidate]),
    open: () => told.push(["open"]),
    heard: () => told.push(["heard"]),
    figures: (figures) => told.push(["figures", figures]),
    failed: (reason) => told.push(["failed", reason]),
    closed: () => told.push(["closed"]),
  };
  const peer = new Peer({ stream, track, iceServers: ICE_SERVERS, codec, on });
  t.after(() => peer.close());
  const { pc, control } = peer;

  /** The kernel's answer to the newest ping, `tripMs` after it, by a clock that is `ahead` of the page's. */
  async function pong(tripMs, ahead) {
    const { sent_ms } = control.sent.at(-1);
    await clock.pass(tripMs);
    control.receives({ type: "pong", sent_ms, kernel_ms: sent_ms + tripMs / 2 + ahead });
  }

  /** What the next heartbeat says of the clocks, of a channel that opened at once. */
  async function nextPing() {
    const before = control.sent.length;
    await clock.pass(2000 - (performance.now() % 2000));
    assert.equal(control.sent.length, before + 1);
    return control.sent.at(-1);
  }

  return { peer, pc, control, stream, track, told, clock, pong, nextPing };
}

/** Milliseconds since the epoch are large: sums of them are exact to some thousandths. */
const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not ${expected}`);

test("a peer offers the pictures and the sound of the stream, and a control channel", async (t) => {
  const { peer, pc, control, stream, track } = peerOf(t);
  assert.deepEqual(pc.configuration, { iceServers: ICE_SERVERS, bundlePolicy: "max-bundle" });
  assert.deepEqual(
    pc.transceivers.map((each) => each.track),
    [track, stream.getAudioTracks()[0]],
  );
  for (const { init } of pc.transceivers)
    assert.deepEqual(init, { direction: "sendonly", streams: [stream] });
  assert.equal(control.label, CONTROL_LABEL);
  assert.equal(await peer.offer(), pc.localDescription.sdp);
});

test("sound alone is offered without pictures, and has no encoder of pictures to limit", async (t) => {
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  const sound = new FakeTrack({ kind: "audio" });
  const stream = new FakeStream(sound);
  const peer = new Peer({ stream, track: sound, iceServers: [], codec: null, on: {} });
  assert.deepEqual(
    peer.pc.transceivers.map(({ track }) => track),
    [sound],
  );
  await peer.accept("v=0\r\nanswer", 64_000);
  const other = new FakeStream(new FakeTrack({ kind: "audio" }));
  await peer.replaceTracks({ stream: other, track: other.tracks[0] });
  assert.equal(peer.soundSender.track, other.tracks[0]);
  assert.equal(peer.sender, null);
  peer.close();
});

test("each peer has an id that the kernel accepts, and no other peer has it", (t) => {
  const { peer, stream, track } = peerOf(t);
  const other = new Peer({ stream, track, iceServers: [], codec: null, on: {} });
  assert.notEqual(peer.id, other.id);
  for (const { id } of [peer, other]) assert.match(id, /^[0-9a-zA-Z-]{1,64}$/); // protocol.py: ConnectionId
});

test("candidates are told one by one, the end of them is not", (t) => {
  const { pc, told } = peerOf(t);
  pc.happens("icecandidate", { candidate: { candidate: "candidate:1", sdpMid: "0" } });
  pc.happens("icecandidate", { candidate: { candidate: "", sdpMid: "0" } });
  pc.happens("icecandidate", { candidate: null });
  assert.deepEqual(told, [["candidate", "candidate:1"]]);
});

test("an answer sets the description, and the encoder to keep the size within the bit rate", async (t) => {
  const { peer, pc } = peerOf(t);
  await peer.accept("v=0\r\nanswer", 1_843_200);
  assert.deepEqual(pc.remoteDescription, { type: "answer", sdp: "v=0\r\nanswer" });
  assert.deepEqual(peer.sender.parameters, {
    transactionId: "t-1",
    encodings: [{ active: true, maxBitrate: 1_843_200 }],
    degradationPreference: "maintain-resolution",
  });
});

test("a new limit changes the bit rate and nothing else", async (t) => {
  const { peer } = peerOf(t);
  await peer.accept("v=0\r\nanswer", 1_843_200);
  await peer.limit(4_000_000);
  assert.deepEqual(peer.sender.parameters, {
    transactionId: "t-1",
    encodings: [{ active: true, maxBitrate: 4_000_000 }],
    degradationPreference: "maintain-resolution",
  });
});

test("another track is sent without a new description", async (t) => {
  const { peer, pc } = peerOf(t);
  await peer.offer();
  const { localDescription } = pc;
  const other = fakeCamera();
  const [pictures, sound] = other.getTracks();
  await peer.replaceTracks({ stream: other, track: pictures });
  assert.equal(peer.sender.track, pictures);
  assert.equal(peer.soundSender.track, sound);
  assert.equal(pc.localDescription, localDescription);
});

test("an open channel is told, and begins with a ping that knows no clock yet", (t) => {
  const { control, told } = peerOf(t);
  assert.deepEqual(control.sent, []);
  control.opens();
  assert.deepEqual(told, [["open"]]);
  assert.equal(control.sent.length, 1);
  const { sent_ms, ...known } = control.sent[0];
  near(sent_ms, performance.timeOrigin + performance.now());
  assert.deepEqual(known, { type: "ping" });
});

test("the first five pings follow each other at once, then there is one each two seconds", async (t) => {
  const { control, pong, clock } = peerOf(t);
  control.opens();
  for (let answered = 1; answered <= 5; answered++) {
    await pong(1, 0);
    assert.equal(control.sent.length, Math.min(answered + 1, 5));
  }
  await clock.pass(2000);
  assert.equal(control.sent.length, 6);
  await pong(1, 0);
  assert.equal(control.sent.length, 6);
  await clock.pass(10_000);
  assert.equal(control.sent.length, 11);
});

test("each pong is a word of the kernel", async (t) => {
  const { control, told, pong } = peerOf(t);
  control.opens();
  await pong(1, 0);
  await pong(1, 0);
  assert.deepEqual(told, [["open"], ["heard"], ["heard"]]);
});

test("the clock is taken from the shortest round trip", async (t) => {
  const { control, pong, nextPing } = peerOf(t);
  control.opens();
  await pong(40, 300);
  near(control.sent.at(-1).offset_ms, 300);
  near(control.sent.at(-1).round_trip_ms, 40);
  await pong(90, 350);
  near(control.sent.at(-1).offset_ms, 300);
  near(control.sent.at(-1).round_trip_ms, 40);
  await pong(8, 310);
  await pong(12, 390);
  await pong(12, 390);
  const { offset_ms, round_trip_ms } = await nextPing();
  near(offset_ms, 310);
  near(round_trip_ms, 8);
});

test("an old round trip is forgotten after sixteen pongs, however short it was", async (t) => {
  const { control, pong, nextPing } = peerOf(t);
  control.opens();
  await pong(8, 310);
  for (let later = 1; later <= 15; later++) {
    if (later >= 5) await nextPing();
    await pong(20, 310 + 10 * later); // the clocks drift apart
  }
  const kept = await nextPing();
  near(kept.offset_ms, 310);
  near(kept.round_trip_ms, 8);
  await pong(12, 500);
  const { offset_ms, round_trip_ms } = await nextPing();
  near(offset_ms, 500);
  near(round_trip_ms, 12);
});

test("figures are told as they are", (t) => {
  const { control, told } = peerOf(t);
  const figures = { ...FIGURES, age_ms: null, round_trip_ms: null, transport: "relay" };
  control.opens();
  control.receives(figures);
  assert.deepEqual(told.at(-1), ["figures", figures]);
});

test("what is not a control message is passed over", (t) => {
  const { control, told } = peerOf(t);
  control.opens();
  for (const data of ["", "{", "null", '{"type":"unheard-of"}', '{"type":"pong"}']) control.receives(data);
  control.happens("message", { data: new ArrayBuffer(8) });
  assert.deepEqual(told, [["open"]]);
  assert.equal(control.sent.length, 1);
});

test("a failed connection is told, one that only falters is not", (t) => {
  const { pc, told } = peerOf(t);
  for (const state of ["connecting", "connected", "disconnected"]) pc.becomes(state);
  assert.deepEqual(told, []);
  pc.becomes("failed");
  assert.deepEqual(told, [["failed", "ICE failed"]]);
});

test("a channel that the kernel closes is told, and gets no heartbeat", async (t) => {
  const { control, told, clock } = peerOf(t);
  control.opens();
  control.closes();
  assert.deepEqual(told, [["open"], ["closed"]]);
  await clock.pass(10_000);
  assert.equal(control.sent.length, 1);
});

test("a closed peer closes its connection, and neither pings nor complains", async (t) => {
  const { peer, pc, control, told, clock } = peerOf(t);
  control.opens();
  peer.close();
  assert.equal(pc.connectionState, "closed");
  assert.equal(control.readyState, "closed");
  assert.equal(clock.waiting, 0);
  await settled();
  assert.deepEqual(told, [["open"]]);
});

test("a peer may be closed again, and before it has opened", (t) => {
  const { peer, told, clock } = peerOf(t);
  peer.close();
  peer.close();
  assert.equal(clock.waiting, 0);
  assert.deepEqual(told, []);
});

test("what comes late of a closed peer reaches nobody", (t) => {
  const { peer, pc, control, told, clock } = peerOf(t);
  peer.close();
  pc.happens("icecandidate", { candidate: { candidate: "candidate:1", sdpMid: "0" } });
  pc.becomes("failed");
  control.opens();
  control.receives({ type: "pong", sent_ms: 1, kernel_ms: 1 });
  control.receives(FIGURES);
  control.closes();
  assert.deepEqual(told, []);
  assert.deepEqual(control.sent, []);
  assert.equal(clock.waiting, 0);
});

test("codecs are ordered before the offer", (t) => {
  const codecs = ["video/VP8", "video/H264"].map((mimeType) => ({ mimeType }));
  setGlobal(t, "RTCRtpSender", { getCapabilities: () => ({ codecs }) });
  assert.deepEqual(peerOf(t).pc.transceivers[0].codecs, ["video/H264", "video/VP8"]);
});

test("a browser that tells of no codecs keeps its own order", (t) => {
  assert.equal(peerOf(t).pc.transceivers[0].codecs, null);
});
