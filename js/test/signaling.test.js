import assert from "node:assert/strict";
import test from "node:test";

import { Signaling } from "../src/signaling.js";
import { FakeKernel } from "./fake-kernel.js";
import { setGlobal, settled } from "./fake-page.js";

const HELLO = { version: "0.1.0", protocol: 1, views: 0 };

function pageOf(kernel) {
  const controller = new AbortController();
  const comm = kernel.comm();
  const signaling = new Signaling(comm, controller.signal);
  const mail = [];
  signaling.listen((message) => mail.push(message));
  return { signaling, comm, mail, controller };
}

test("each page has an id that the kernel accepts, and no other page has it", () => {
  const kernel = new FakeKernel();
  const ids = Array.from({ length: 20 }, () => pageOf(kernel).signaling.client);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-zA-Z-]{8,64}$/); // protocol.py: ClientId
});

test("a page on an insecure origin has an id too", (t) => {
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  setGlobal(t, "crypto", { getRandomValues }); // no randomUUID there
  assert.match(pageOf(new FakeKernel()).signaling.client, /^[0-9a-zA-Z-]{8,64}$/);
});

test("messages bear type, client and a number that goes up by one", async () => {
  const kernel = new FakeKernel();
  const { signaling } = pageOf(kernel);
  signaling.send("hello", HELLO);
  signaling.send("views", { count: 1 });
  signaling.send("bye", {});
  await settled();
  const { client } = signaling;
  assert.deepEqual(kernel.heard, [
    { type: "hello", client, seq: 0, ...HELLO },
    { type: "views", client, seq: 1, count: 1 },
    { type: "bye", client, seq: 2 },
  ]);
});

test("a picture goes along with its message", async () => {
  const kernel = new FakeKernel();
  const { signaling } = pageOf(kernel);
  const picture = new Uint8Array([1, 2, 3]).buffer;
  signaling.send("still", { request: null }, [picture]);
  await settled();
  assert.deepEqual(kernel.buffers.get(kernel.last("still")), [picture]);
});

test("a page heeds its own mail only", async () => {
  const kernel = new FakeKernel();
  const [one, other] = [pageOf(kernel), pageOf(kernel)];
  kernel.say({ type: "start", to: one.signaling.client });
  kernel.say({ type: "stop", to: other.signaling.client });
  await settled();
  assert.deepEqual(one.mail, [{ type: "start", to: one.signaling.client }]);
  assert.deepEqual(other.mail, [{ type: "stop", to: other.signaling.client }]);
});

test("a page passes over what it cannot read", async () => {
  const kernel = new FakeKernel();
  const { signaling, mail } = pageOf(kernel);
  for (const content of [null, 7, {}, { to: signaling.client }, { type: "unheard-of", to: signaling.client }])
    kernel.say(content);
  await settled();
  assert.deepEqual(mail, []);
});

test("a page hears nothing more once its signal has aborted", async () => {
  const kernel = new FakeKernel();
  const { signaling, mail, controller } = pageOf(kernel);
  controller.abort();
  kernel.say({ type: "start", to: signaling.client });
  await settled();
  assert.deepEqual(mail, []);
});

test("a closed comm cannot be told anything, which is no error", () => {
  const { signaling, comm } = pageOf(new FakeKernel());
  comm.closed = true;
  signaling.send("hello", HELLO);
});
