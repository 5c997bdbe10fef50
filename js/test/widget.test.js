import assert from "node:assert/strict";
import test from "node:test";

import { CARDS, TEXTS } from "../src/texts.js";
import widget from "../src/widget.js";
import { fakeDocument } from "./fake-document.js";
import { FIGURES } from "./fake-figures.js";
import { FakeKernel } from "./fake-kernel.js";
import { FakeMediaDevices, fakeCamera } from "./fake-media.js";
import { fakeClock, fakePage, setGlobal, settled } from "./fake-page.js";
import { FakePeerConnection } from "./fake-peer.js";

const TRAITS = {
  _source: "camera",
  mirror: true,
  width: 1280,
  height: 720,
  frame_rate: 30,
  facing_mode: "user",
  device_id: "d1",
  audio: false,
  constraints: {},
  fallback: null,
  codec: null,
};

/** A kernel with one widget, which a page shows as anywidget does. */
function widgetOf(t, traits = {}) {
  const clock = fakeClock(t);
  const devices = new FakeMediaDevices();
  fakePage(t, { mediaDevices: devices });
  setGlobal(t, "RTCPeerConnection", FakePeerConnection);
  const el = fakeDocument(t);
  const kernel = new FakeKernel();
  const values = { ...TRAITS, ...traits };
  const model = Object.assign(kernel.comm(), { get: (name) => values[name] });
  const controller = new AbortController();
  const view = new AbortController();
  t.after(() => controller.abort());
  const { initialize, render } = widget();
  initialize({ model, signal: controller.signal });
  render({ model, el, signal: view.signal });
  return { kernel, model, values, devices, el, controller, view, clock };
}

/** The user allows the camera, the network lets it through. */
async function live({ kernel, devices }) {
  kernel.want();
  await settled();
  const stream = devices.asked.at(-1).allow(fakeCamera());
  await settled();
  const { last } = FakePeerConnection;
  assert.equal(last.remoteDescription.sdp, "v=0\r\nanswer");
  last.becomes("connected");
  last.channel.opens();
  return stream;
}

test("a widget goes from its cell to a live picture, and ends with its model", async (t) => {
  const whole = widgetOf(t);
  const { kernel, el, controller, clock } = whole;
  await settled();
  assert.deepEqual(kernel.types, ["hello", "views"]);
  const stream = await live(whole);
  assert.deepEqual(kernel.types.slice(2), ["asking", "granted", "offer"]);
  assert.equal(el.querySelector(".rtcw").dataset.state, "live");
  assert.equal(el.querySelector("video").srcObject, stream);
  assert.equal(el.querySelector(".rtcw").classList.contains("mirrored"), true);
  FakePeerConnection.last.channel.receives({ ...FIGURES, width: 1280, height: 720 });
  assert.equal(el.querySelector(".rtcw-corner").textContent, "1280×720 · 30 fps · 7 ms · direct");
  controller.abort();
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(FakePeerConnection.last.connectionState, "closed");
  assert.equal(kernel.types.at(-1), "bye");
  assert.equal(clock.waiting, 0);
});

test("each trait of Python's reaches getUserMedia", async (t) => {
  const { kernel, devices } = widgetOf(t);
  kernel.want();
  await settled();
  assert.deepEqual(devices.asked[0].constraints, {
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      facingMode: { ideal: "user" },
      deviceId: { ideal: "d1" },
    },
    audio: false,
  });
});

test("constraints given in Python replace all other wishes", async (t) => {
  const constraints = { video: { width: { exact: 1920 } }, audio: false };
  const { kernel, devices } = widgetOf(t, { constraints });
  kernel.want();
  await settled();
  assert.deepEqual(devices.asked[0].constraints, constraints);
});

test("a widget without the traits of a camera still starts", async (t) => {
  const nothing = Object.fromEntries(Object.keys(TRAITS).map((name) => [name, undefined]));
  const { kernel, devices } = widgetOf(t, { ...nothing, _source: "camera" });
  kernel.want();
  await settled();
  assert.deepEqual(devices.asked[0].constraints, { video: true, audio: false });
});

test("a codec that the browser lacks is named, and the camera is let go", async (t) => {
  const { kernel, devices, el } = widgetOf(t, { codec: "h264" });
  kernel.want();
  await settled();
  const stream = devices.asked[0].allow(fakeCamera());
  await settled();
  assert.equal(stream.ended, true);
  assert.equal(kernel.last("lost").reason, TEXTS.noCodec.h264);
  assert.equal(el.querySelector(".rtcw-sentence").textContent, CARDS.codec.sentence);
});

test("another device_id of Python's changes the device of a live camera", async (t) => {
  const whole = widgetOf(t);
  const { devices, model, values } = whole;
  await settled();
  const stream = await live(whole);
  await settled();
  values.device_id = "d2";
  model.trigger("change:device_id");
  await settled();
  assert.deepEqual(devices.asked.at(-1).constraints.video.deviceId, { exact: "d2" });
  const other = devices.asked.at(-1).allow(fakeCamera({ width: 640, height: 480, deviceId: "d2" }));
  await settled();
  assert.deepEqual([stream.ended, other.ended], [true, false]);
  assert.equal(FakePeerConnection.last.transceivers[0].sender.track, other.getVideoTracks()[0]);
});

test("a view has the size that is asked for before the camera gives a picture", (t) => {
  const { style } = widgetOf(t).el.querySelector(".rtcw");
  assert.equal(style.getPropertyValue("--rtcw-ratio"), "1280 / 720");
});

test("a model that ends is not listened to any more", async (t) => {
  const { model, controller, devices } = widgetOf(t);
  controller.abort();
  model.trigger("comm_live_update");
  model.trigger("change:device_id");
  await settled();
  assert.deepEqual(devices.asked, []);
});

test("a kernel that restarts finds the camera off", async (t) => {
  const whole = widgetOf(t);
  const { kernel, model, el } = whole;
  await settled();
  const stream = await live(whole);
  kernel.restart();
  model.trigger("comm_live_update");
  assert.equal(stream.ended, true);
  assert.equal(el.querySelector("video").srcObject, null);
  await settled();
  assert.equal(kernel.last("hello").views, 1);
});

test("a closed view lets go of its picture at once, of the camera three seconds later", async (t) => {
  const whole = widgetOf(t);
  const { el, view, clock } = whole;
  await settled();
  const stream = await live(whole);
  view.abort();
  assert.equal(el.querySelector("video").srcObject, null);
  assert.equal(stream.ended, false);
  await clock.pass(3000);
  assert.equal(stream.ended, true);
});

test("a click on Start is enough, Python need not ask", async (t) => {
  const { devices, el } = widgetOf(t);
  await settled();
  const start = [...el.querySelectorAll(".rtcw-card button")].find((b) => b.textContent === TEXTS.start);
  start.click();
  assert.equal(devices.asked.length, 1);
});

test("two widgets in one page are two sessions", async (t) => {
  const kernel = new FakeKernel();
  fakeClock(t);
  fakePage(t);
  for (let i = 0; i < 2; i++) {
    const controller = new AbortController();
    t.after(() => controller.abort());
    const model = Object.assign(kernel.comm(), { get: (name) => TRAITS[name] });
    widget().initialize({ model, signal: controller.signal });
  }
  await settled();
  assert.deepEqual(kernel.types, ["hello", "hello"]);
  assert.equal(new Set(kernel.heard.map(({ client }) => client)).size, 2);
});
