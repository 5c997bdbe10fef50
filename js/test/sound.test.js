import assert from "node:assert/strict";
import test from "node:test";

import { capture, constraintsOf } from "../src/capture.js";
import { cardOf } from "../src/card.js";
import { levelOf } from "../src/loudness.js";
import { barsOf } from "../src/meter.js";
import { cornerParts } from "../src/signs.js";
import { IDLE } from "../src/status.js";
import { CARDS, cardNamed, SOURCE_CARDS, SOURCE_WORDS, TEXTS } from "../src/texts.js";
import { showView } from "../src/view.js";
import { Wish } from "../src/wish.js";
import { fakeDocument, seenText } from "./fake-document.js";
import { FIGURES } from "./fake-figures.js";
import { deviceInfo, FakeMediaDevices, FakeStream, FakeTrack } from "./fake-media.js";
import { fakeStorage, setGlobal } from "./fake-page.js";
import { scene } from "./scene.js";

const SOUND = { echoCancellation: null, noiseSuppression: null, autoGainControl: null, channelCount: 1 };

/** What Python asks for. */
const MICROPHONE = {
  source: "microphone",
  width: null,
  height: null,
  frameRate: null,
  facingMode: null,
  deviceId: null,
  audio: false,
  sound: SOUND,
  constraints: null,
  fallback: null,
  codec: null,
};

const fakeMicrophone = (deviceId = "m1") =>
  new FakeStream(new FakeTrack({ kind: "audio", label: `Microphone ${deviceId}`, settings: { deviceId } }));

const track = (changes = {}) => ({
  id: "t2",
  kind: "audio",
  label: "Microphone m1",
  enabled: true,
  muted: false,
  ready_state: "live",
  settings: { deviceId: "m1", sampleRate: 48_000 },
  capabilities: {},
  ...changes,
});

// -- what is asked for

test("a microphone is asked for by ideal values, and no camera is", () => {
  const sound = { ...SOUND, echoCancellation: false, autoGainControl: true };
  assert.deepEqual(constraintsOf({ ...MICROPHONE, sound, deviceId: "m2" }), {
    audio: {
      echoCancellation: { ideal: false },
      autoGainControl: { ideal: true },
      channelCount: { ideal: 1 },
      deviceId: { ideal: "m2" },
    },
    video: false,
  });
});

test("a microphone that the user changes to is a must", () => {
  const chosen = { deviceId: "m3", exact: true };
  assert.deepEqual(constraintsOf({ ...MICROPHONE, chosen }).audio.deviceId, { exact: "m3" });
  const constraints = { audio: { sampleSize: 16 }, video: true };
  assert.deepEqual(constraintsOf({ ...MICROPHONE, chosen, constraints }), {
    audio: { sampleSize: 16, deviceId: { exact: "m3" } },
    video: false,
  });
});

test("constraints of Python win, but never open a camera", () => {
  const constraints = { audio: { echoCancellation: { exact: true } }, video: true };
  assert.deepEqual(constraintsOf({ ...MICROPHONE, constraints }), { ...constraints, video: false });
});

test("what a stream of sound is about is its sound", async () => {
  const mediaDevices = new FakeMediaDevices();
  const captured = capture(MICROPHONE, { mediaDevices, patternLabel: "" });
  const stream = mediaDevices.asked[0].allow(fakeMicrophone());
  assert.deepEqual(await captured, { stream, track: stream.tracks[0], pattern: false });
});

test("constraints that ask for no sound are refused, and what was opened is closed", async () => {
  const mediaDevices = new FakeMediaDevices();
  const captured = capture(MICROPHONE, { mediaDevices, patternLabel: "" });
  const stream = mediaDevices.asked[0].allow(new FakeStream(new FakeTrack()));
  await assert.rejects(captured, { name: "OverconstrainedError", constraint: "audio" });
  assert.ok(stream.ended);
});

test("a missing microphone is not missing beside a camera", async () => {
  const mediaDevices = new FakeMediaDevices();
  mediaDevices.infos = [deviceInfo("d1")];
  const captured = capture(MICROPHONE, { mediaDevices, patternLabel: "" });
  mediaDevices.asked[0].refuse({ name: "NotFoundError", message: "" });
  await assert.rejects(captured, { name: "NotFoundError", constraint: "" });
});

test("what microphones can instead is said of microphones", async () => {
  const mediaDevices = new FakeMediaDevices();
  mediaDevices.infos = [deviceInfo("d1"), deviceInfo("m1", { kind: "audioinput", label: "Mic" })];
  const captured = capture(MICROPHONE, { mediaDevices, patternLabel: "" });
  mediaDevices.asked[0].refuse({ name: "OverconstrainedError", message: "", constraint: "deviceId" });
  await assert.rejects(captured, { possible: "deviceId m1 (Mic)" });
});

test("a policy that forbids cameras forbids no microphone", async () => {
  const mediaDevices = new FakeMediaDevices();
  const policy = { allowsFeature: (name) => name === "microphone" };
  const captured = capture(MICROPHONE, { mediaDevices, policy, patternLabel: "" });
  mediaDevices.asked[0].refuse({ name: "NotAllowedError", message: "" });
  await assert.rejects(captured, { name: "NotAllowedError" });
});

test("the microphone that was chosen is remembered apart from the camera", (t) => {
  const items = fakeStorage(t, { "rtcwidgets.camera": "d7" });
  const wish = new Wish(() => MICROPHONE);
  assert.equal(wish.now().chosen, undefined);
  wish.choose("m7");
  assert.deepEqual(items, { "rtcwidgets.camera": "d7", "rtcwidgets.microphone": "m7" });
});

// -- a session

test("a session of sound runs, changes its microphone and ends as one of pictures does", async (t) => {
  const stage = scene(t);
  const page = await stage.openPage({ wanted: () => MICROPHONE });
  stage.kernel.want();
  await new Promise(setImmediate);
  const stream = await stage.allow(fakeMicrophone());
  assert.deepEqual(
    stage.kernel.last("granted").tracks.map(({ kind }) => kind),
    ["audio"],
  );
  const peer = stage.Peer.last;
  assert.equal(peer.track, stream.tracks[0]);
  peer.opens();
  assert.equal(page.session.status.state, "live");

  page.session.chooseDevice("m2");
  await new Promise(setImmediate);
  const other = await stage.allow(fakeMicrophone("m2"));
  assert.equal(peer.track, other.tracks[0]);
  assert.ok(stream.ended);

  other.tracks[0].unplug();
  await new Promise(setImmediate);
  assert.equal(stage.kernel.last("stopped").reason, "ended");
  assert.equal(page.session.status.card, "ended");
});

// -- words

test("every card of a microphone speaks of the microphone, and of no camera", () => {
  for (const name of Object.keys(CARDS)) {
    const { sentence, remedy, action } = cardNamed(name, "microphone");
    assert.doesNotMatch(`${sentence} ${remedy}`, /camera/i, name);
    assert.notEqual(action, "pattern", name);
  }
  const cards = SOURCE_CARDS.microphone;
  assert.equal(cardNamed("unheard-of", "microphone"), cards.other);
  assert.equal(cardOf({ ...IDLE, card: "NotFoundError" }, "microphone"), cards.NotFoundError);
  assert.equal(cardOf({ ...IDLE, card: "NotFoundError" }), CARDS.NotFoundError);
});

test("every word about a camera has one for the microphone", () => {
  const { camera, microphone } = SOURCE_WORDS;
  assert.deepEqual(Object.keys(microphone), Object.keys(camera));
  assert.deepEqual(Object.keys(microphone.devices), Object.keys(camera.devices));
});

// -- the view

function viewOf(t, status = {}) {
  const el = fakeDocument(t);
  setGlobal(t, "matchMedia", () => ({ matches: false }));
  const session = Object.assign(new EventTarget(), {
    status: { ...IDLE, state: "live", stream: fakeMicrophone(), tracks: [track()], ...status },
    run: {},
    devices: { list: [] },
    wish: { chosen: "" },
    asked: [],
    enableTrack: (id, enabled) => session.asked.push([id, enabled]),
  });
  const controller = new AbortController();
  t.after(() => controller.abort());
  showView({ session, el, signal: controller.signal, mirror: false, source: "microphone" });
  const show = (change) => {
    session.status = { ...session.status, ...change };
    session.dispatchEvent(new Event("change"));
  };
  const buttons = () =>
    [...el.querySelectorAll(".rtcw-bar button")]
      .filter((button) => !button.hidden)
      .map((button) => button.getAttribute("aria-label"));
  return { el, root: el.querySelector(".rtcw"), session, show, buttons };
}

test("sound is seen as bars, with the buttons that mean something for it", (t) => {
  const { root, buttons } = viewOf(t);
  assert.ok(root.classList.contains("sound"));
  assert.equal(root.getAttribute("aria-label"), "Microphone");
  assert.equal(root.querySelector(".rtcw-wave").hidden, false);
  assert.equal(root.querySelector("video").hidden, true);
  assert.deepEqual(buttons(), [TEXTS.stop, TEXTS.muteAudio, TEXTS.figures]);
});

test("a list of microphones stands in the bar", (t) => {
  const { root, session, show } = viewOf(t);
  session.devices.list = [
    { device_id: "d1", kind: "videoinput", label: "Camera", group_id: "" },
    { device_id: "m1", kind: "audioinput", label: "Desk", group_id: "" },
    { device_id: "m2", kind: "audioinput", label: "", group_id: "" },
  ];
  show({});
  const select = root.querySelector(".rtcw-bar select");
  assert.equal(select.getAttribute("aria-label"), "Microphone device");
  assert.deepEqual(
    [...select.options].map(({ textContent }) => textContent),
    ["Desk", "Microphone 2"],
  );
  assert.equal(select.value, "m1");
});

test("the microphone is muted by its button and by M, and the view says so", (t) => {
  const { el, root, session, show } = viewOf(t);
  root.querySelector(`[aria-label="${TEXTS.muteAudio}"]`).click();
  root.dispatchEvent(Object.assign(new document.defaultView.Event("keydown"), { key: "m" }));
  assert.deepEqual(session.asked, [
    ["t2", false],
    ["t2", false],
  ]);
  show({ tracks: [track({ enabled: false })] });
  assert.match(seenText(el), /microphone muted/);
  show({ tracks: [track({ muted: true })] });
  assert.match(seenText(el), /the microphone gives no sound/);
});

test("the corner says rate, age and transport of sound", () => {
  const figures = { ...FIGURES, width: 0, height: 0, age_ms: 12.3, transport: "direct" };
  const text = cornerParts({ ...IDLE, figures, tracks: [track()] }).map((part) => part.text);
  assert.equal(text.join(""), "48 kHz · 12 ms · direct");
  assert.deepEqual(cornerParts({ ...IDLE, tracks: [track()] }), []);
});

test("figures of pictures are left out where there are none", (t) => {
  const { root, show } = viewOf(t);
  show({ figures: FIGURES });
  root.querySelector(`[aria-label="${TEXTS.figures}"]`).click();
  const shown = [...root.querySelectorAll(".rtcw-figures dl > div")].filter(({ hidden }) => !hidden);
  const names = shown.map((row) => row.querySelector("dt").textContent);
  assert.ok(names.includes("Jitter"));
  assert.ok(!names.includes("Frame rate") && !names.includes("Freezes"));
});

// -- how loud

test("silence is nothing, full scale is all, and between them are equal steps for the ear", () => {
  const tone = (amplitude) => Float32Array.from({ length: 1024 }, (_, i) => amplitude * (i % 2 ? 1 : -1));
  assert.equal(levelOf(tone(0)), 0);
  assert.equal(levelOf(tone(1)), 1);
  assert.ok(Math.abs(levelOf(tone(0.1)) - 2 / 3) < 0.01);
  assert.ok(Math.abs(levelOf(tone(0.01)) - 1 / 3) < 0.01);
});

test("the newest bars that fit are drawn, the last one at the right", () => {
  const bars = barsOf([0, 0.5, 1], 10, 40);
  assert.deepEqual(bars, [
    [0, 10, 3, 20],
    [5, 0, 3, 40],
  ]);
});
