import assert from "node:assert/strict";
import test from "node:test";

import { CodecMissing, codecOrder } from "../src/codecs.js";
import { TEXTS } from "../src/texts.js";
import { setGlobal } from "./fake-page.js";

const ALL = ["video/VP8", "video/rtx", "video/H264", "video/AV1", "video/red", "video/ulpfec"];

/** What a browser with these codecs sends first, second and so on. */
function orderIn(t, mimeTypes, asked) {
  const codecs = mimeTypes.map((mimeType) => ({ mimeType }));
  setGlobal(t, "RTCRtpSender", { getCapabilities: () => ({ codecs }) });
  return codecOrder(asked)?.map(({ mimeType }) => mimeType) ?? null;
}

test("H.264 is preferred where the browser has it, and nothing is left out", (t) => {
  const [vp8, rtx, h264, ...rest] = ALL;
  assert.deepEqual(orderIn(t, ALL, null), [h264, vp8, rtx, ...rest]);
});

test("a browser without H.264 keeps its own order", (t) => {
  assert.equal(orderIn(t, ["video/VP8", "video/rtx"], null), null);
});

test("a codec that was asked for is the only one, with what repairs its packets", (t) => {
  assert.deepEqual(orderIn(t, ALL, "vp8"), ["video/VP8", "video/rtx", "video/red", "video/ulpfec"]);
  assert.deepEqual(orderIn(t, ALL, "h264"), ["video/H264", "video/rtx", "video/red", "video/ulpfec"]);
});

test("every profile of the codec that was asked for stays", (t) => {
  const two = ["video/H264", "video/VP8", "video/H264"];
  assert.deepEqual(orderIn(t, two, "h264"), ["video/H264", "video/H264"]);
});

for (const codec of ["vp8", "h264"])
  test(`a browser without ${codec} says so, and what to do`, (t) => {
    const others = ALL.filter((mimeType) => mimeType.toLowerCase() !== `video/${codec}`);
    assert.throws(
      () => orderIn(t, others, codec),
      (error) => error instanceof CodecMissing && error.message === TEXTS.noCodec[codec],
    );
  });
