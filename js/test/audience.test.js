import assert from "node:assert/strict";
import test from "node:test";

import { Audience, makeRoom, UNSEEN_MS } from "../src/audience.js";
import { fakeClock, fakePage, settled } from "./fake-page.js";
import { scene } from "./scene.js";

function audienceOf(t) {
  const clock = fakeClock(t);
  fakePage(t);
  const told = [];
  const controller = new AbortController();
  const audience = new Audience({
    changed: (count) => told.push(count),
    unseen: () => told.push("unseen"),
    signal: controller.signal,
  });
  const view = () => {
    const shown = new AbortController();
    audience.add(shown.signal);
    return shown;
  };
  return { audience, told, controller, view, clock };
}

test("views are counted, and three seconds after the last one the stream is unseen", async (t) => {
  const { told, view, clock } = audienceOf(t);
  const views = [view(), view()];
  for (const each of views) each.abort();
  await clock.pass(UNSEEN_MS - 1);
  assert.deepEqual(told, [1, 2, 1, 0]);
  await clock.pass(1);
  assert.deepEqual(told.at(-1), "unseen");
});

test("who has no view any more makes room at once, and only once", async (t) => {
  const { told, view, clock } = audienceOf(t);
  view().abort();
  makeRoom();
  makeRoom();
  await clock.pass(UNSEEN_MS);
  assert.deepEqual(told, [1, 0, "unseen"]);
});

test("who has a view, or is still waiting for its first, makes no room", (t) => {
  const { told, view } = audienceOf(t);
  makeRoom();
  view();
  makeRoom();
  assert.deepEqual(told, [1]);
});

test("views that end with their page are not counted one by one", async (t) => {
  const { told, controller, view, clock } = audienceOf(t);
  const shown = view();
  controller.abort();
  shown.abort();
  makeRoom();
  await clock.pass(UNSEEN_MS);
  assert.deepEqual(told, [1]);
  assert.equal(clock.waiting, 0);
});

test("a cell that runs again replaces the old camera without a second light", async (t) => {
  const { kernel, devices, openPage, live, allow } = scene(t);
  const old = await openPage();
  const { stream } = await live();
  old.view.abort();
  await settled();
  kernel.publisher = null; // the new widget has a kernel side of its own
  const fresh = await openPage();
  fresh.session.start();
  assert.equal(stream.ended, true, "before the browser is asked");
  assert.equal(devices.asked.length, 2);
  const now = await allow();
  assert.equal(fresh.session.status.stream, now);
  assert.equal(
    kernel.heard.find(({ type, client }) => type === "stopped" && client === old.client).reason,
    "unseen",
  );
});

test("two cameras that are both seen stay", async (t) => {
  const { kernel, openPage, live, allow } = scene(t);
  await openPage();
  const { stream } = await live();
  kernel.publisher = null;
  const second = await openPage();
  second.session.start();
  await allow();
  assert.equal(stream.ended, false);
});
