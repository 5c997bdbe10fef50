import assert from "node:assert/strict";
import test from "node:test";

import { asRefused, CaptureRefused, explained, inWords } from "../src/refusal.js";
import { deviceInfo, FakeMediaDevices, overconstrained } from "./fake-media.js";

const CAMERA = { source: "camera", audio: false, constraints: null };
const SOUND = { ...CAMERA, audio: true };

const devicesOf = (...infos) => Object.assign(new FakeMediaDevices(), { infos });
const policyOf = (...allowed) => ({ allowsFeature: (feature) => allowed.includes(feature) });
const permissionsOf = (states) => ({ query: async ({ name }) => ({ state: states[name] }) });
const denied = (message) => new DOMException(message, "NotAllowedError");

for (const [message, name] of [
  ["Permission denied", "NotAllowedError"],
  ["Permission dismissed", "PermissionDismissed"],
  ["Permission denied by system", "SystemDenied"],
  ["The request is not allowed by the user agent or the platform in the current context.", "NotAllowedError"],
])
  test(`"${message}" is ${name}`, async () => {
    const refused = await explained(denied(message), CAMERA, {});
    assert.ok(refused instanceof CaptureRefused);
    assert.deepEqual([refused.name, refused.message, refused.constraint], [name, message, ""]);
  });

test("what the frame's policy forbids is not the user's doing", async () => {
  const refused = await explained(denied("Permission denied"), CAMERA, { policy: policyOf("microphone") });
  assert.equal(refused.name, "PermissionsPolicy");
});

test("a policy that allows the camera explains nothing", async () => {
  const refused = await explained(denied("Permission denied"), CAMERA, { policy: policyOf("camera") });
  assert.equal(refused.name, "NotAllowedError");
});

for (const name of ["NotFoundError", "NotReadableError", "AbortError", "SecurityError", "TypeError"])
  test(`${name} stays what it is`, async () => {
    const refused = await explained(new DOMException("words", name), CAMERA, { policy: policyOf() });
    assert.deepEqual([refused.name, refused.message], [name, "words"]);
  });

// -- the microphone

test("where there is a camera and no microphone, the microphone is missing", async () => {
  const mediaDevices = devicesOf(deviceInfo("d1"));
  const error = new DOMException("", "NotFoundError");
  assert.equal((await explained(error, SOUND, { mediaDevices })).constraint, "audio");
  assert.equal((await explained(error, CAMERA, { mediaDevices })).constraint, "");
});

test("where there is neither, the camera is missing", async () => {
  const refused = await explained(new DOMException("", "NotFoundError"), SOUND, {
    mediaDevices: devicesOf(),
  });
  assert.equal(refused.constraint, "");
});

test("constraints given by hand ask for sound, too", async () => {
  const mediaDevices = devicesOf(deviceInfo("d1"));
  const wanted = { ...CAMERA, constraints: { video: true, audio: { channelCount: 1 } } };
  const refused = await explained(new DOMException("", "NotFoundError"), wanted, { mediaDevices });
  assert.equal(refused.constraint, "audio");
});

test("a camera that is allowed and a microphone that is not mean the microphone", async () => {
  const permissions = permissionsOf({ camera: "granted", microphone: "denied" });
  assert.equal((await explained(denied(""), SOUND, { permissions })).constraint, "audio");
  const both = permissionsOf({ camera: "denied", microphone: "denied" });
  assert.equal((await explained(denied(""), SOUND, { permissions: both })).constraint, "");
});

test("a policy that forbids the microphone only says so", async () => {
  const { name, constraint } = await explained(denied(""), SOUND, { policy: policyOf("camera") });
  assert.deepEqual([name, constraint], ["PermissionsPolicy", "audio"]);
});

test("a browser that knows no such permissions leaves it open", async () => {
  const permissions = { query: async () => Promise.reject(new TypeError("camera")) };
  assert.equal((await explained(denied(""), SOUND, { permissions })).constraint, "");
  assert.equal((await explained(denied(""), SOUND, {})).constraint, "");
});

// -- what would be possible

test("a constraint that cannot be met comes with what the device can, without opening it", async () => {
  const mediaDevices = devicesOf(deviceInfo("d1", { capabilities: { width: { min: 1, max: 1920 } } }));
  const refused = await explained(overconstrained("width"), CAMERA, { mediaDevices });
  assert.deepEqual([refused.constraint, refused.possible], ["width", "width 1 to 1920"]);
  assert.deepEqual(mediaDevices.asked, []);
});

test("several devices are told apart by their names", async () => {
  const mediaDevices = devicesOf(
    deviceInfo("d1", { label: "Built in", capabilities: { width: { min: 1, max: 1280 } } }),
    deviceInfo("d2", { label: "USB", capabilities: { width: { min: 1, max: 1920 } } }),
    deviceInfo("d3", { label: "Silent" }),
    deviceInfo("m1", { kind: "audioinput" }),
  );
  const { possible } = await explained(overconstrained("width"), CAMERA, { mediaDevices });
  assert.equal(possible, "Built in: width 1 to 1280; USB: width 1 to 1920");
});

test("who asks for a device that is not there learns which are", async () => {
  const mediaDevices = devicesOf(deviceInfo("d1"), deviceInfo("d2"));
  const { possible } = await explained(overconstrained("deviceId"), CAMERA, { mediaDevices });
  assert.equal(possible, "deviceId d1 (Camera d1); deviceId d2 (Camera d2)");
});

test("a browser that cannot list its devices tells nothing", async () => {
  const mediaDevices = { enumerateDevices: async () => Promise.reject(new Error("no")) };
  assert.equal((await explained(overconstrained("width"), CAMERA, { mediaDevices })).possible, "");
  assert.equal((await explained(overconstrained("width"), CAMERA, {})).possible, "");
});

for (const [capability, words] of [
  [{ min: 1, max: 60.00002 }, "zoom 1 to 60"],
  [{ max: 30 }, "zoom up to 30"],
  [{ min: 2 }, "zoom from 2"],
  [["user", "environment"], "zoom user, environment"],
  ["only", "zoom only"],
  [false, "zoom false"],
  [{}, ""],
  [[], ""],
  [undefined, ""],
])
  test(`the capability ${JSON.stringify(capability)} reads "${words}"`, () => {
    assert.equal(inWords("zoom", { zoom: capability }), words);
  });

// -- on the way to the kernel

for (const nothing of [undefined, null, {}])
  test(`a rejection with ${JSON.stringify(nothing)} still has a name`, () => {
    assert.deepEqual(asRefused(nothing).fields, { name: "Error", message: "", constraint: "", possible: "" });
  });

test("a refusal is cut to what the kernel takes", () => {
  const long = "x".repeat(3000);
  const { name, message, constraint, possible } = new CaptureRefused(long, long, long, long).fields;
  // protocol.py
  assert.deepEqual(
    [name, message, constraint, possible].map(({ length }) => length),
    [100, 2000, 100, 2000],
  );
});
