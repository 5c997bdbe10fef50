import assert from "node:assert/strict";
import test from "node:test";

import { photograph } from "../src/photograph.js";
import { FakeTrack } from "./fake-media.js";
import { fakeClock, setGlobal } from "./fake-page.js";

/** A browser whose cameras take this photograph. */
function cameraTakes(t, takePhoto) {
  const clock = fakeClock(t);
  setGlobal(
    t,
    "ImageCapture",
    class {
      constructor(track) {
        this.track = track;
      }

      takePhoto() {
        return takePhoto(this.track);
      }
    },
  );
  return clock;
}

test("a photograph comes as the camera made it", async (t) => {
  const clock = cameraTakes(t, async () => new Blob([new Uint8Array([0xff, 0xd8, 7])]));
  const bytes = await photograph(new FakeTrack());
  assert.deepEqual([...new Uint8Array(bytes)], [0xff, 0xd8, 7]);
  assert.equal(clock.waiting, 0);
});

for (const [what, takePhoto] of [
  ["fails", async () => Promise.reject(new DOMException("", "UnknownError"))],
  ["is empty", async () => new Blob([])],
  ["is too large for a message", async () => ({ size: 9 * 2 ** 20 + 1 })],
])
  test(`where the photograph ${what}, the next frame will do`, async (t) => {
    const clock = cameraTakes(t, takePhoto);
    assert.equal(await photograph(new FakeTrack()), null);
    assert.equal(clock.waiting, 0);
  });

test("a camera that takes its time is not waited for longer than five seconds", async (t) => {
  const clock = cameraTakes(t, () => new Promise(() => {}));
  let done = false;
  const taken = photograph(new FakeTrack()).then((picture) => {
    done = true;
    return picture;
  });
  await clock.pass(4999);
  assert.equal(done, false);
  await clock.pass(1);
  assert.equal(await taken, null);
});

test("a browser without ImageCapture takes none", async () => {
  assert.equal(await photograph(new FakeTrack()), null);
});

test("a drawn picture is not photographed", async (t) => {
  cameraTakes(t, async () => assert.fail("asked a canvas"));
  assert.equal(await photograph(Object.assign(new FakeTrack(), { canvas: {} })), null);
});
