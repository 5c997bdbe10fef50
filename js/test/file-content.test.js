import assert from "node:assert/strict";
import test from "node:test";

import { fetchFile } from "../src/file-content.js";
import { whyNotLoaded } from "../src/video-file.js";
import { setGlobal, settled } from "./fake-page.js";

/** A kernel that holds `bytes` and gives them in parts. */
class FileKernel {
  constructor(bytes, partBytes = 4) {
    this.bytes = bytes;
    this.partBytes = partBytes;
    this.asked = [];
    this.heeds = new Set();
  }

  send(type, { offset }) {
    assert.equal(type, "read-file");
    this.asked.push(offset);
    queueMicrotask(() => this.answer(offset));
  }

  answer(offset) {
    const part = this.bytes.slice(offset, offset + this.partBytes);
    this.say({ type: "file-part", offset, size: this.bytes.length, url: "" }, [new DataView(part.buffer)]);
  }

  say(message, buffers = []) {
    for (const heed of [...this.heeds]) heed(message, buffers);
  }

  listen(heed, signal) {
    this.heeds.add(heed);
    signal.addEventListener("abort", () => this.heeds.delete(heed), { once: true });
  }
}

const never = () => new AbortController().signal;

test("a file comes part by part, the next one when the one before is here", async () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
  const kernel = new FileKernel(bytes);
  const heard = [];
  const { blob } = await fetchFile(kernel, { progress: (part) => heard.push(part), signal: never() });
  assert.deepEqual(kernel.asked, [0, 4, 8]);
  assert.deepEqual(heard, [0.4, 0.8, 1]);
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), bytes);
  assert.equal(kernel.heeds.size, 0);
});

test("of a URL nothing is loaded here", async () => {
  const kernel = new FileKernel(new Uint8Array());
  kernel.answer = () =>
    kernel.say({ type: "file-part", offset: 0, size: 0, url: "https://example.org/a.mp4" });
  const content = await fetchFile(kernel, { progress: assert.fail, signal: never() });
  assert.deepEqual(content, { url: "https://example.org/a.mp4" });
});

test("a part that was not asked for, and other mail, is passed over", async () => {
  const kernel = new FileKernel(new Uint8Array([1]));
  const { answer } = kernel;
  kernel.answer = (offset) => {
    kernel.say({ type: "file-part", offset: 7, size: 9, url: "" }, [new DataView(new ArrayBuffer(2))]);
    kernel.say({ type: "start" });
    answer.call(kernel, offset);
  };
  const { blob } = await fetchFile(kernel, { progress: () => {}, signal: never() });
  assert.equal(blob.size, 1);
});

test("a file that became shorter on its way is an error, not an endless loop", async () => {
  const kernel = new FileKernel(new Uint8Array(8));
  kernel.answer = (offset) => {
    const part = new ArrayBuffer(offset ? 0 : 4);
    kernel.say({ type: "file-part", offset, size: 8, url: "" }, [new DataView(part)]);
  };
  await assert.rejects(fetchFile(kernel, { progress: () => {}, signal: never() }), { name: "AbortError" });
});

test("a stream that was stopped asks for no more parts", async () => {
  const kernel = new FileKernel(new Uint8Array(8));
  kernel.answer = () => {};
  const run = new AbortController();
  const outcome = fetchFile(kernel, { progress: () => {}, signal: run.signal });
  await settled();
  run.abort();
  await assert.rejects(outcome, { name: "AbortError" });
  assert.equal(kernel.heeds.size, 0);
});

const NOT_PLAYED = new Error("the element's own");

for (const [what, answers, name] of [
  ["a 404", { cors: () => ({ ok: false, status: 404, statusText: "Not Found" }) }, "HttpError"],
  ["a server that allows nobody", { "no-cors": () => ({}) }, "CrossOrigin"],
  ["a server that is not there", {}, "NetworkError"],
])
  test(`${what} is ${name}`, async (t) => {
    setGlobal(t, "fetch", async (_url, { mode }) => {
      if (!answers[mode]) throw new TypeError("Failed to fetch");
      return answers[mode]();
    });
    assert.equal((await whyNotLoaded("https://example.org/a.mp4", NOT_PLAYED)).name, name);
  });

test("what the server gives and the browser does not play is the element's own error", async (t) => {
  setGlobal(t, "fetch", async () => ({ ok: true, status: 200, statusText: "OK" }));
  assert.equal(await whyNotLoaded("https://example.org/a.mp4", NOT_PLAYED), NOT_PLAYED);
});
