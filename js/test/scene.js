/**
 * The stage of a session: a kernel, its pages, their cameras and their clock.
 */

import assert from "node:assert/strict";

import { Session } from "../src/session.js";
import { Signaling } from "../src/signaling.js";
import { CARDS } from "../src/texts.js";
import { FakeKernel } from "./fake-kernel.js";
import { FakeMediaDevices, fakeCamera } from "./fake-media.js";
import { fakeClock, fakePage, settled } from "./fake-page.js";
import { fakePeerClass } from "./fake-peer.js";

/** What Python asks for. */
export const CAMERA = {
  source: "camera",
  width: 640,
  height: 480,
  frameRate: null,
  facingMode: null,
  deviceId: null,
  audio: false,
  constraints: null,
  fallback: null,
  codec: null,
};

/**
 * A kernel, its pages, their camera and their clock. When the test is over all pages are closed, and every stream
 * that the camera gave must have ended.
 */
export function scene(t, { kernel = new FakeKernel(), Peer = fakePeerClass() } = {}) {
  const clock = fakeClock(t);
  const devices = new FakeMediaDevices();
  const window = fakePage(t, { mediaDevices: devices });
  const controllers = [];
  const streams = [];
  t.after(() => {
    for (const controller of controllers) controller.abort();
    assert.ok(
      streams.every(({ ended }) => ended),
      "a track was left live",
    );
  });

  /** A page that loads the widget and shows it in one view. */
  async function openPage({ shown = true, ...parts } = {}) {
    const controller = new AbortController();
    controllers.push(controller);
    const comm = kernel.comm();
    const { signal } = controller;
    const signaling = new Signaling(comm, signal);
    const session = new Session({ signaling, wanted: () => CAMERA, signal, PeerClass: Peer, ...parts });
    session.addEventListener("change", () => {
      const { card, stream } = session.status;
      if (!card) return;
      if (card === "offered") return assert.equal(session.status.state, "asking");
      assert.ok(Object.hasOwn(CARDS, card) || session.status.state === "failed", `no card ${card}`);
      assert.equal(stream, null, "a card is in the picture's place");
      assert.equal(session.run, null, `the card ${card} is shown while something runs`);
    });
    const page = { session, controller, comm, client: signaling.client, show: () => showIn(session) };
    if (shown) page.view = page.show();
    await settled();
    return page;
  }

  function showIn(session) {
    const view = new AbortController();
    session.addView(view.signal);
    return view;
  }

  /** The user allows the camera. */
  async function allow(stream = fakeCamera()) {
    streams.push(stream);
    devices.asked.at(-1).allow(stream);
    await settled();
    return stream;
  }

  /** Python starts the stream, the user allows it, the connection opens. */
  async function live() {
    kernel.want();
    await settled();
    const stream = await allow();
    const peer = Peer.last;
    peer.opens();
    return { stream, peer };
  }

  return { kernel, Peer, devices, window, clock, pass: clock.pass, openPage, allow, live, streams };
}
