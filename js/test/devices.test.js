import assert from "node:assert/strict";
import test from "node:test";

import { Devices } from "../src/devices.js";
import { deviceInfo, FakeMediaDevices } from "./fake-media.js";
import { settled } from "./fake-page.js";

function devicesOf(mediaDevices = new FakeMediaDevices()) {
  const told = [];
  const controller = new AbortController();
  const devices = new Devices({
    mediaDevices,
    changed: (list) => told.push(list),
    signal: controller.signal,
  });
  return { devices, mediaDevices, told, controller };
}

test("devices are listed in Python's spelling", async () => {
  const { devices, mediaDevices, told } = devicesOf();
  mediaDevices.infos = [deviceInfo("d1", { label: "Integrated Camera" })];
  await devices.look();
  const expected = { device_id: "d1", kind: "videoinput", label: "Integrated Camera", group_id: "" };
  assert.deepEqual(told, [[expected]]);
  assert.equal(devices.list, told[0]);
});

test("what stays the same is told once", async () => {
  const { devices, mediaDevices, told } = devicesOf();
  mediaDevices.infos = [deviceInfo("d1", { label: "" })];
  await devices.look();
  await devices.look();
  assert.equal(told.length, 1);
  mediaDevices.infos = [deviceInfo("d1")]; // allowed: now it has a name
  await devices.look();
  assert.equal(told[1][0].label, "Camera d1");
});

test("a device that is plugged in or pulled out is told", async () => {
  const { mediaDevices, told } = devicesOf();
  mediaDevices.plug(deviceInfo("d1"), deviceInfo("d2"));
  await settled();
  mediaDevices.plug(deviceInfo("d1"));
  await settled();
  assert.deepEqual(
    told.map((list) => list.length),
    [2, 1],
  );
});

test("kinds that nobody knows are left out", async () => {
  const { devices, mediaDevices } = devicesOf();
  mediaDevices.infos = [deviceInfo("x", { kind: "smellinput" }), deviceInfo("m", { kind: "audiooutput" })];
  await devices.look();
  assert.deepEqual(
    devices.list.map(({ kind }) => kind),
    ["audiooutput"],
  );
});

test("what is too long for the kernel is cut", async () => {
  const { devices, mediaDevices } = devicesOf();
  const long = "x".repeat(501);
  mediaDevices.infos = Array.from({ length: 130 }, () => deviceInfo(long, { label: long }));
  await devices.look();
  // protocol.py: Devices, DeviceId, Label
  const [{ device_id, label }] = devices.list;
  assert.deepEqual([devices.list.length, device_id.length, label.length], [128, 500, 500]);
});

test("a browser that cannot list them changes nothing", async () => {
  const { devices, mediaDevices, told } = devicesOf();
  mediaDevices.enumerateDevices = async () => Promise.reject(new DOMException("", "InvalidStateError"));
  await devices.look();
  assert.deepEqual(told, []);
});

test("an insecure origin has no devices", async () => {
  const devices = new Devices({
    mediaDevices: undefined,
    changed() {},
    signal: new AbortController().signal,
  });
  await devices.look();
  assert.deepEqual(devices.list, []);
});

test("who is gone hears of no device", async () => {
  const { devices, mediaDevices, told, controller } = devicesOf();
  mediaDevices.infos = [deviceInfo("d1")];
  const looked = devices.look();
  controller.abort();
  await looked;
  mediaDevices.plug();
  await settled();
  assert.deepEqual(told, []);
});
