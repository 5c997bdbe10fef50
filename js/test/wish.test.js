import assert from "node:assert/strict";
import test from "node:test";

import { Wish } from "../src/wish.js";
import { fakeStorage, setGlobal } from "./fake-page.js";

const OPEN = { source: "camera", width: 640, deviceId: null, facingMode: null, constraints: null };

test("Python's wish is the wish where nobody chose", (t) => {
  fakeStorage(t);
  assert.equal(new Wish(() => OPEN).now(), OPEN);
});

test("the camera that was chosen last is asked for in every notebook", (t) => {
  fakeStorage(t);
  new Wish(() => OPEN).choose("d2");
  assert.deepEqual(new Wish(() => OPEN).now().chosen, { deviceId: "d2", exact: false });
});

for (const said of [{ deviceId: "d1" }, { facingMode: "user" }, { constraints: { video: true } }])
  test(`what the browser remembers gives way to ${Object.keys(said)[0]}`, (t) => {
    fakeStorage(t, { "rtcwidgets.camera": "d2" });
    assert.equal(new Wish(() => ({ ...OPEN, ...said })).now().chosen, undefined);
  });

test("a choice in this view comes before what Python said", (t) => {
  fakeStorage(t);
  const wish = new Wish(() => ({ ...OPEN, deviceId: "d1" }));
  assert.deepEqual(wish.choose("d2").chosen, { deviceId: "d2", exact: true });
  assert.deepEqual(wish.now().chosen, { deviceId: "d2", exact: false });
});

test("what Python says next comes before the choice", (t) => {
  fakeStorage(t);
  let deviceId = "d1";
  const wish = new Wish(() => ({ ...OPEN, deviceId }));
  wish.choose("d2");
  deviceId = "d3";
  assert.deepEqual(wish.obey().chosen, { deviceId: "d3", exact: true });
  assert.equal(wish.now().chosen, undefined);
  assert.equal(wish.now().deviceId, "d3");
});

test("where storage is forbidden a choice holds in this page", (t) => {
  const forbidden = () => {
    throw new DOMException("", "SecurityError");
  };
  setGlobal(t, "localStorage", { getItem: forbidden, setItem: forbidden });
  const wish = new Wish(() => OPEN);
  assert.equal(wish.now(), OPEN);
  wish.choose("d2");
  assert.deepEqual(wish.now().chosen, { deviceId: "d2", exact: false });
});
