import assert from "node:assert/strict";
import test from "node:test";

import { Playback } from "../src/playback.js";
import { inMinutes, makePlaybackBar } from "../src/playback-bar.js";
import { IDLE } from "../src/status.js";
import { TEXTS } from "../src/texts.js";
import { fakeDocument } from "./fake-document.js";

/** A video element as far as playing goes. */
class FakeVideo extends EventTarget {
  paused = true;
  currentTime = 0;
  duration = 12.5;
  playbackRate = 1;
  loop = false;
  muted = true;
  ended = false;
  soundWantsClick = false;

  async play() {
    if (this.soundWantsClick && !this.muted) throw new DOMException("", "NotAllowedError");
    this.paused = false;
    this.#tell("play");
  }

  pause() {
    this.paused = true;
    this.#tell("pause");
  }

  #tell(event) {
    this.dispatchEvent(new Event(event));
  }
}

function playbackOf(t) {
  const video = new FakeVideo();
  const told = [];
  let say = () => {};
  const signaling = {
    send: (type, fields) => told.push({ type, ...fields }),
    listen: (heed) => {
      say = heed;
    },
  };
  const controller = new AbortController();
  t.after(() => controller.abort());
  const playback = new Playback(video, signaling, controller.signal);
  return { video, told, playback, say: (fields) => say({ type: "play", ...fields }) };
}

test("what the kernel wants before there is something to play is done when there is", async (t) => {
  const { video, told, playback, say } = playbackOf(t);
  say({ playing: true, current_time: 3, playback_rate: 2, loop: true, muted: true });
  say({ playing: null, current_time: null, playback_rate: 0.5, loop: null, muted: null });
  assert.deepEqual([video.paused, told], [true, []]);
  await playback.begin();
  const { paused, currentTime, playbackRate, loop } = video;
  assert.deepEqual([paused, currentTime, playbackRate, loop], [false, 3, 0.5, true]);
  assert.deepEqual(told.at(-1), {
    type: "playback",
    playing: true,
    current_time: 3,
    duration: 12.5,
    playback_rate: 0.5,
    loop: true,
    muted: true,
    ended: false,
  });
});

test("what has changed is told once, whoever changed it", async (t) => {
  const { video, told, playback } = playbackOf(t);
  await playback.begin();
  const before = told.length;
  video.muted = false;
  for (const event of ["volumechange", "volumechange"]) video.dispatchEvent(new Event(event));
  assert.equal(told.length, before + 1);
  assert.equal(told.at(-1).muted, false);
});

test("a length that is not known is none", async (t) => {
  const { video, told, playback } = playbackOf(t);
  video.duration = Number.POSITIVE_INFINITY;
  await playback.begin();
  assert.equal(told.at(-1).duration, null);
});

test("where sound wants a click first, the picture plays without it", async (t) => {
  const { video, told, playback, say } = playbackOf(t);
  video.soundWantsClick = true;
  say({ playing: true, muted: false });
  await playback.begin();
  assert.deepEqual([video.paused, video.muted], [false, true]);
  assert.equal(told.at(-1).muted, true);
});

test("a file at its end that is to repeat begins anew", async (t) => {
  const { video, playback } = playbackOf(t);
  await playback.begin();
  Object.assign(video, { ended: true, paused: true });
  await playback.heed({ loop: true });
  assert.equal(video.paused, false);
});

test("times are read in minutes", () => {
  assert.deepEqual([0, 5.9, 65, 3600].map(inMinutes), ["0:00", "0:05", "1:05", "60:00"]);
});

// -- the controls

async function barOf(t) {
  const el = fakeDocument(t);
  const whole = playbackOf(t);
  const controller = new AbortController();
  const { bar, draw } = makePlaybackBar(controller.signal);
  el.append(bar);
  await whole.playback.begin();
  const named = (name) => bar.querySelector(`[aria-label="${name}"]`);
  const change = (control, value, type) => {
    control.value = value;
    control.dispatchEvent(new document.defaultView.Event(type));
  };
  draw({ ...IDLE, playback: whole.playback });
  return { ...whole, bar, draw, named, change };
}

test("the controls are there while a file is played, and each says its name", async (t) => {
  const { bar, draw, named, playback } = await barOf(t);
  for (const name of [TEXTS.play, TEXTS.seek, TEXTS.playbackRate, TEXTS.loop, TEXTS.muteSound])
    assert.ok(named(name), name);
  assert.equal(bar.hidden, false);
  draw({ ...IDLE, playback, card: "stopped" });
  assert.equal(bar.hidden, true);
  draw(IDLE);
  assert.equal(bar.hidden, true);
});

test("the controls do what they say and show what is", async (t) => {
  const { bar, named, change, video } = await barOf(t);
  named(TEXTS.play).click();
  assert.equal(video.paused, false);
  assert.ok(named(TEXTS.pause), "the button says what it will do");
  change(named(TEXTS.seek), "7.25", "input");
  assert.equal(video.currentTime, 7.25);
  change(named(TEXTS.playbackRate), "2", "change");
  assert.equal(video.playbackRate, 2);
  named(TEXTS.loop).click();
  named(TEXTS.muteSound).click();
  assert.deepEqual([video.loop, video.muted], [true, false]);
  video.dispatchEvent(new Event("timeupdate"));
  assert.equal(bar.querySelector(".rtcw-clock").textContent, "0:07 / 0:12");
});

test("a speed that Python set is in the list, too", async (t) => {
  const { named, playback, video } = await barOf(t);
  await playback.heed({ playback_rate: 0.1 });
  video.dispatchEvent(new Event("ratechange"));
  assert.equal(named(TEXTS.playbackRate).value, "0.1");
});
