import assert from "node:assert/strict";
import test from "node:test";

import { capture } from "../src/capture.js";
import { displayOptionsOf } from "../src/screen.js";
import { FakeStream, FakeTrack } from "./fake-media.js";
import { settled } from "./fake-page.js";
import { CAMERA, scene } from "./scene.js";

const SCREEN = { ...CAMERA, source: "screen", width: null, height: null, displaySurface: null, cursor: null };

const shown = () =>
  new FakeStream(new FakeTrack({ label: "screen:0", settings: { width: 1920, height: 1080 } }));

/** A picker that gives what the test says. */
const pickerOf = (give) => ({ mediaDevices: { getDisplayMedia: async () => give() } });

const refusedWith = (error, more = {}) =>
  capture(SCREEN, {
    ...pickerOf(() => {
      throw error;
    }),
    ...more,
  });

/** A page that shows a Screen; its picker is `picked`. */
async function offered(t) {
  const stage = scene(t);
  const asked = [];
  stage.devices.getDisplayMedia = (options) =>
    new Promise((resolve, reject) => asked.push({ options, resolve, reject }));
  const page = await stage.openPage({ wanted: () => SCREEN });
  stage.kernel.want();
  await settled();
  return { ...stage, ...page, asked };
}

test("the wishes are ideals, and only those that there are", () => {
  assert.deepEqual(displayOptionsOf(SCREEN), { video: true, audio: false });
  const wishes = {
    width: 1280,
    height: 720,
    frameRate: 5,
    displaySurface: "window",
    cursor: "never",
    audio: true,
  };
  assert.deepEqual(displayOptionsOf({ ...SCREEN, ...wishes }), {
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 5 },
      displaySurface: "window",
      cursor: "never",
    },
    audio: true,
  });
});

test("the kernel's start offers a button and opens no picker", async (t) => {
  const { session, kernel, asked } = await offered(t);
  assert.deepEqual([session.status.state, session.status.card], ["asking", "offered"]);
  assert.equal(kernel.types.at(-1), "asking");
  assert.deepEqual(asked, []);
});

test("the click opens the picker in the same task, and what is chosen is sent", async (t) => {
  const { session, kernel, asked, streams } = await offered(t);
  session.start();
  assert.equal(session.status.card, "");
  await Promise.resolve();
  assert.equal(asked.length, 1, "a click counts for a moment only");
  streams.push(shown());
  asked[0].resolve(streams[0]);
  await settled();
  assert.deepEqual(kernel.types.slice(2), ["asking", "granted", "offer", "candidate"]);
  assert.equal(session.status.state, "connecting");
});

test("a picker that is closed says that nothing was chosen, and the next click opens it again", async (t) => {
  const { session, kernel, asked } = await offered(t);
  session.start();
  await settled();
  asked[0].reject(new DOMException("Permission denied", "NotAllowedError"));
  await settled();
  assert.deepEqual([session.status.state, session.status.card], ["failed", "NotAllowedError"]);
  assert.equal(kernel.last("refused").name, "NotAllowedError");
  session.start();
  await settled();
  assert.equal(asked.length, 2);
  session.stop();
});

test("Stop sharing stops the stream, which has not failed", async (t) => {
  const { session, kernel, asked, streams } = await offered(t);
  session.start();
  await settled();
  streams.push(shown());
  asked[0].resolve(streams[0]);
  await settled();
  streams[0].getVideoTracks()[0].unplug();
  assert.deepEqual([session.status.state, session.status.card], ["stopped", "ended"]);
  await settled();
  assert.equal(kernel.last("stopped").reason, "ended");
});

test("an offer that nobody sees any more is taken back", async (t) => {
  const { session, kernel, view, pass } = await offered(t);
  view.abort();
  await pass(5000);
  assert.equal(session.run, null);
  assert.equal(kernel.last("stopped").reason, "unseen");
});

test("Python's stop takes the offer back", async (t) => {
  const { session, kernel } = await offered(t);
  kernel.stop();
  await settled();
  assert.equal(session.run, null);
  assert.equal(session.status.card, "stopped");
});

test("a page without mediaDevices is on an insecure origin, one without getDisplayMedia cannot show a screen", async () => {
  await assert.rejects(capture(SCREEN, {}), { name: "InsecureOrigin" });
  await assert.rejects(capture(SCREEN, { mediaDevices: {} }), { name: "NotSupportedError" });
});

test("a refusal is told apart as far as the browser tells", async () => {
  const denied = (message) => new DOMException(message, "NotAllowedError");
  await assert.rejects(refusedWith(denied("Permission denied")), { name: "NotAllowedError" });
  await assert.rejects(refusedWith(denied("Permission denied by system")), { name: "SystemDenied" });
  const policy = { allowsFeature: (name) => name !== "display-capture" };
  await assert.rejects(refusedWith(denied("Permission denied"), { policy }), { name: "PermissionsPolicy" });
  await assert.rejects(refusedWith(new DOMException("", "InvalidStateError")), { name: "InvalidStateError" });
});
