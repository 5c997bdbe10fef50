import assert from "node:assert/strict";
import test from "node:test";

import { cornerParts } from "../src/signs.js";
import { IDLE } from "../src/status.js";
import { CARDS, MICROPHONE_CARDS, SOURCE_CARDS, SOURCE_WORDS, TEXTS } from "../src/texts.js";
import { showView } from "../src/view.js";
import { FakeResizeObserver, fakeDocument, seenText } from "./fake-document.js";
import { FIGURES } from "./fake-figures.js";
import { fakeCamera } from "./fake-media.js";
import { fakeClock, setGlobal } from "./fake-page.js";

const VIDEO = {
  id: "t1",
  kind: "video",
  label: "Camera d1",
  enabled: true,
  muted: false,
  ready_state: "live",
  settings: { width: 640, height: 480, deviceId: "d1" },
  capabilities: {},
};
const AUDIO = { ...VIDEO, id: "t2", kind: "audio", label: "Microphone", settings: {} };
const SMALL = { ...FIGURES, width: 320, height: 240, frame_rate: 29.6 };
const CAMERAS = ["d1", "d2"].map((device_id) => ({
  device_id,
  kind: "videoinput",
  label: `Camera ${device_id}`,
  group_id: "",
}));

/** As much of a session as a view sees; what the view asks of it is in `asked`. */
class FakeSession extends EventTarget {
  status = IDLE;
  run = null;
  asked = [];
  devices = { list: [] };
  wish = { chosen: "" };

  know(list) {
    this.devices.list = list;
    this.dispatchEvent(new Event("change"));
  }

  show(status) {
    this.status = { ...IDLE, ...status };
    this.run = this.status.stream || this.status.state === "asking" ? {} : null;
    this.dispatchEvent(new Event("change"));
  }

  start(instead) {
    this.asked.push(["start", instead]);
  }

  stop() {
    this.asked.push(["stop"]);
  }

  chooseDevice(deviceId) {
    this.asked.push(["chooseDevice", deviceId]);
  }

  enableTrack(id, enabled) {
    this.asked.push(["enableTrack", id, enabled]);
  }

  takeStill() {
    this.asked.push(["takeStill"]);
  }

  dismissNote() {
    this.asked.push(["dismissNote"]);
  }
}

function viewOf(t, { mirror = false, source = "camera", status = {}, able = {} } = {}) {
  const el = fakeDocument(t);
  Object.assign(document, able);
  const session = new FakeSession();
  session.show(status);
  const controller = new AbortController();
  showView({ session, el, signal: controller.signal, mirror, source });
  const find = (selector) => el.querySelector(selector);
  /** Buttons that can be pressed, by the name that a screen reader says. */
  const buttons = () =>
    [...el.querySelectorAll("button")]
      .filter((button) => !button.closest("[hidden]"))
      .map((button) => button.getAttribute("aria-label") ?? button.textContent);
  const press = (name) => {
    const found = [...el.querySelectorAll("button")].find(
      (button) =>
        !button.closest("[hidden]") && [button.getAttribute("aria-label"), button.textContent].includes(name),
    );
    assert.ok(found, `no button ${name} among ${buttons()}`);
    found.click();
  };
  const named = (name) =>
    [...el.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === name);
  /** A key goes down where the focus is; whether the notebook around heard of it. */
  const key = (name, target = document.activeElement, more = {}) => {
    let heard = false;
    const listen = () => {
      heard = true;
    };
    el.addEventListener("keydown", listen);
    const { KeyboardEvent } = document.defaultView;
    target.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }),
    );
    el.removeEventListener("keydown", listen);
    return heard;
  };
  return { el, session, controller, find, buttons, press, named, key };
}

const live = (more = {}) => ({ state: "live", stream: fakeCamera(), tracks: [VIDEO], ...more });

// -- cards

for (const [name, { sentence, remedy, action }] of Object.entries(CARDS).filter(
  ([name]) => name !== "kernel",
))
  test(`the card ${name} says what happened, what to do, and has its buttons`, (t) => {
    const { session, find, buttons } = viewOf(t);
    session.show({ state: "failed", card: name, detail: "the browser's words" });
    const text = seenText(find(".rtcw-card"));
    for (const part of [sentence, remedy, "the browser's words"]) assert.ok(text.includes(part), part);
    const expected = {
      start: [TEXTS.retry],
      pattern: [TEXTS.retry, TEXTS.usePattern],
      reload: [TEXTS.reload],
    };
    assert.deepEqual(buttons(), action ? expected[action] : []);
  });

for (const name of ["Error", "TypeError"])
  test(`the refusal ${name}, which has no card of its own, shows the other one`, (t) => {
    const { session, find } = viewOf(t);
    session.show({ state: "failed", card: name });
    assert.ok(seenText(find(".rtcw-card")).includes(CARDS.other.sentence));
  });

test("the kernel's card has the kernel's sentence, and its remedy", (t) => {
  const { session, find, buttons } = viewOf(t);
  const detail =
    "aiortc 1.2 is too old. Install a newer one: pip install -U aiortc. Then restart the kernel.";
  session.show({ state: "failed", card: "kernel", detail });
  assert.equal(find(".rtcw-sentence").textContent, "aiortc 1.2 is too old.");
  assert.equal(
    find(".rtcw-remedy").textContent,
    "Install a newer one: pip install -U aiortc. Then restart the kernel.",
  );
  assert.equal(find(".rtcw-detail").hidden, true);
  assert.deepEqual(buttons(), [TEXTS.retry]);
});

for (const [name, { sentence, remedy }] of Object.entries(MICROPHONE_CARDS))
  test(`${name} about the microphone speaks of the microphone`, (t) => {
    const { session, find } = viewOf(t);
    session.show({ state: "failed", card: name, constraint: "audio" });
    assert.equal(find(".rtcw-sentence").textContent, sentence);
    assert.equal(find(".rtcw-remedy").textContent, remedy);
    assert.equal(find(".rtcw-detail").hidden, true);
  });

test("a constraint that cannot be met is named, with what the device can", (t) => {
  const { session, find } = viewOf(t);
  session.show({
    state: "failed",
    card: "OverconstrainedError",
    constraint: "width",
    possible: "width 1 to 1920",
  });
  assert.equal(find(".rtcw-detail").textContent, "Not met: width. Possible: width 1 to 1920.");
});

for (const [name, { devices }] of Object.entries(CARDS))
  test(`the card ${name} ${devices ? "offers the other cameras" : "offers no other camera"}`, (t) => {
    const { session, find } = viewOf(t);
    session.know(CAMERAS);
    session.show({ state: "failed", card: name });
    assert.equal(find(".rtcw-card select").hidden, !devices);
  });

test("a camera that is chosen on a card is told at once, and started by the button", (t) => {
  const { session, find, press } = viewOf(t);
  session.know(CAMERAS);
  session.show({ state: "failed", card: "ended" });
  const select = find(".rtcw-card select");
  assert.deepEqual(
    [...select.options].map(({ textContent }) => textContent),
    [SOURCE_WORDS.camera.devices.other, "Camera d1", "Camera d2"],
  );
  select.value = "d2";
  select.dispatchEvent(new document.defaultView.Event("change"));
  press(TEXTS.retry);
  assert.deepEqual(session.asked, [
    ["chooseDevice", "d2"],
    ["start", undefined],
  ]);
});

test("who pressed a button that is gone goes on at the one in its place", (t) => {
  const { session, find, named } = viewOf(t, { status: live() });
  named(TEXTS.stop).focus();
  session.show({ state: "stopped", card: "stopped" });
  assert.equal(document.activeElement, find(".rtcw-card .rtcw-main"));
  session.show(live());
  assert.equal(document.activeElement, named(TEXTS.stop));
});

test("a page of another version reloads itself", (t) => {
  const reload = t.mock.fn();
  setGlobal(t, "location", { reload });
  const { session, press } = viewOf(t, { status: { card: "version" } });
  press(TEXTS.reload);
  assert.equal(reload.mock.callCount(), 1);
  assert.deepEqual(session.asked, []);
});

test("a card without a remedy or detail leaves no empty line", (t) => {
  const { session, find } = viewOf(t);
  session.show({ state: "failed", card: "kernel" });
  assert.equal(find(".rtcw-remedy").hidden, true);
  assert.equal(find(".rtcw-detail").hidden, true);
});

test("nothing has failed yet, so the idle card says Start and not Try again", (t) => {
  const { session, buttons } = viewOf(t);
  session.show({ card: "idle" });
  assert.deepEqual(buttons(), [TEXTS.start]);
  session.show({ state: "stopped", card: "stopped" });
  assert.deepEqual(buttons(), [TEXTS.start]);
});

test("a card has the place of picture, sign and bar, and gives it back", (t) => {
  const { session, find } = viewOf(t);
  session.show({ state: "stopped", card: "stopped" });
  assert.equal(find(".rtcw-card").hidden, false);
  assert.equal(find(".rtcw-bar").hidden, true);
  assert.equal(find(".rtcw-sign").hidden, true);
  session.show(live());
  assert.equal(find(".rtcw-card").hidden, true);
  assert.equal(find(".rtcw-bar").hidden, false);
  assert.equal(find(".rtcw-sign").hidden, false);
});

test("the card's button starts what Python asks for", (t) => {
  const { session, press } = viewOf(t, { status: { card: "idle" } });
  press(TEXTS.start);
  assert.deepEqual(session.asked, [["start", undefined]]);
});

test("who has no camera may press for the test pattern", (t) => {
  const { session, press } = viewOf(t, { status: { state: "failed", card: "NotFoundError" } });
  press(TEXTS.usePattern);
  assert.deepEqual(session.asked, [["start", { source: "pattern" }]]);
});

for (const [source, cards] of Object.entries(SOURCE_CARDS))
  for (const [name, { sentence, remedy }] of Object.entries(cards))
    test(`the card ${name} of a ${source} has that source's words`, (t) => {
      const { session, find } = viewOf(t, { source });
      session.show({ state: "failed", card: name });
      assert.equal(find(".rtcw-sentence").textContent, sentence);
      assert.equal(find(".rtcw-remedy").textContent, remedy);
    });

test("a screen is chosen by a button that says so", (t) => {
  const { session, buttons, press } = viewOf(t, { source: "screen" });
  session.show({ state: "asking", card: "offered" });
  assert.deepEqual(buttons(), [TEXTS.choose]);
  press(TEXTS.choose);
  assert.deepEqual(session.asked, [["start", undefined]]);
});

test("what is no camera offers no cameras", (t) => {
  const { session, find } = viewOf(t, { source: "screen", status: live() });
  session.know(CAMERAS);
  assert.equal(find(".rtcw-bar select").closest("[hidden]") !== null, true);
});

test("how much of a file is loaded is said", (t) => {
  const { session, find } = viewOf(t, { source: "file" });
  session.show({ state: "asking", progress: 0.426 });
  assert.equal(seenText(find(".rtcw-sign")), "loading the video · 42 %");
});

// -- picture, sign, corner

test("a view shows the session as it is, without waiting for a change", (t) => {
  const status = live();
  const { find } = viewOf(t, { status });
  assert.equal(find("video").srcObject, status.stream);
  assert.equal(find(".rtcw").dataset.state, "live");
});

test("the picture is silent, plays by itself, and stays in its place", (t) => {
  const video = viewOf(t).find("video");
  assert.deepEqual([video.muted, video.autoplay, video.playsInline], [true, true, true]);
});

test("the picture of a stream that goes on is not set again", (t) => {
  const status = live();
  const { session, find } = viewOf(t, { status });
  let sets = 0;
  const video = find("video");
  Object.defineProperty(video, "srcObject", { get: () => status.stream, set: () => sets++ });
  session.show({ ...status, figures: SMALL });
  assert.equal(sets, 0);
});

test("the picture is gone with the stream", (t) => {
  const { session, find } = viewOf(t, { status: live() });
  session.show({ state: "stopped", card: "stopped" });
  assert.equal(find("video").srcObject, null);
});

test("the view has the size that the camera gives", (t) => {
  const { find } = viewOf(t, { status: live() });
  const { style } = find(".rtcw");
  assert.equal(style.getPropertyValue("--rtcw-width"), "640px");
  assert.equal(style.getPropertyValue("--rtcw-ratio"), "640 / 480");
});

for (const [state, word] of Object.entries({ ...TEXTS.state, asking: SOURCE_WORDS.camera.asking }))
  test(`the sign of the state ${state} is ${word || "not there"}`, (t) => {
    const { session, find } = viewOf(t);
    session.show({ state });
    assert.equal(find(".rtcw").dataset.state, state);
    assert.equal(seenText(find(".rtcw-sign")), word);
  });

test("a test pattern is never taken for a camera", (t) => {
  const { find } = viewOf(t, { status: live({ pattern: true }) });
  assert.equal(seenText(find(".rtcw-sign")), TEXTS.pattern);
});

test("screen readers hear of each new state, and what the view is", (t) => {
  const camera = viewOf(t);
  assert.equal(camera.find(".rtcw-sign").getAttribute("role"), "status");
  assert.equal(camera.find(".rtcw").getAttribute("aria-label"), SOURCE_WORDS.camera.name);
  const pattern = viewOf(t, { source: "pattern" });
  assert.equal(pattern.find(".rtcw").getAttribute("aria-label"), TEXTS.pattern);
});

test("the corner has size, rate, age and transport as the kernel sees them", (t) => {
  const { session, find } = viewOf(t);
  assert.equal(find(".rtcw-corner").hidden, true);
  session.show(live({ figures: SMALL }));
  assert.equal(find(".rtcw-corner").textContent, "320×240 · 30 fps · 7 ms · direct");
});

test("the corner says only what is known", () => {
  const line = (status) =>
    cornerParts({ ...IDLE, ...status })
      .map(({ text }) => text)
      .join("");
  assert.equal(line({}), "");
  assert.equal(line({ figures: SMALL }), "");
  assert.equal(line({ tracks: [{ ...VIDEO, settings: {} }] }), "");
  assert.equal(line({ tracks: [VIDEO] }), "640×480");
  const ageless = { ...SMALL, age_ms: null, transport: "relay" };
  assert.equal(line({ tracks: [VIDEO], figures: ageless }), "320×240 · 30 fps · relay");
});

test("a picture that is muted, by the user or by the system, says so", (t) => {
  const { session, find } = viewOf(t);
  session.show(live({ tracks: [{ ...VIDEO, enabled: false }] }));
  assert.equal(seenText(find(".rtcw-sign")), TEXTS.videoMuted);
  session.show(live({ tracks: [{ ...VIDEO, muted: true }] }));
  assert.equal(seenText(find(".rtcw-sign")), SOURCE_WORDS.camera.nothing);
});

test("a picture that was scrolled away plays again when it is back", async (t) => {
  const { el, find, controller } = viewOf(t, { status: live() });
  const video = find("video");
  const play = t.mock.method(video, "play", async () => {});
  Object.defineProperty(video, "paused", { value: true, configurable: true });
  FakeResizeObserver.resize(find(".rtcw"));
  assert.equal(play.mock.callCount(), 1);
  Object.defineProperty(video, "paused", { value: false });
  FakeResizeObserver.resize(find(".rtcw"));
  assert.equal(play.mock.callCount(), 1);
  controller.abort();
  assert.equal([...FakeResizeObserver.watching].filter(({ element }) => element === find(".rtcw")).length, 0);
  assert.ok(el.contains(video));
});

// -- the bar

test("the bar's button says what it will do", (t) => {
  const { session, find, press } = viewOf(t);
  assert.equal(find(".rtcw-power").getAttribute("aria-label"), TEXTS.start);
  assert.equal(find(".rtcw-power").title, `${TEXTS.start} (k)`);
  press(TEXTS.start);
  session.show({ state: "asking" });
  assert.equal(find(".rtcw-power").getAttribute("aria-label"), TEXTS.stop);
  session.show(live());
  assert.equal(find(".rtcw-power").title, `${TEXTS.stop} (k)`);
  press(TEXTS.stop);
  assert.deepEqual(session.asked, [["start", undefined], ["stop"]]);
});

test("the mirror turns the display only", (t) => {
  const status = live();
  const { session, find, press, named } = viewOf(t, { mirror: true, status });
  const { classList } = find(".rtcw");
  const pressed = () => named(TEXTS.mirror).getAttribute("aria-pressed");
  assert.equal(classList.contains("mirrored"), true);
  assert.equal(pressed(), "true");
  press(TEXTS.mirror);
  assert.equal(classList.contains("mirrored"), false);
  assert.equal(pressed(), "false");
  press(TEXTS.mirror);
  assert.equal(classList.contains("mirrored"), true);
  assert.deepEqual(session.asked, []);
  assert.equal(find("video").srcObject, status.stream);
  session.show({ ...status, figures: SMALL });
  assert.equal(classList.contains("mirrored"), true);
});

test("the cameras are listed by name, and one click changes to another", (t) => {
  const { session, find } = viewOf(t, { status: live() });
  const select = find(".rtcw-bar select");
  assert.equal(find(".rtcw-devices").hidden, true);
  session.know(CAMERAS);
  assert.equal(find(".rtcw-devices").hidden, false);
  assert.equal(select.getAttribute("aria-label"), SOURCE_WORDS.camera.devices.list);
  assert.deepEqual(
    [...select.options].map(({ value, textContent }) => [value, textContent]),
    [
      ["d1", "Camera d1"],
      ["d2", "Camera d2"],
    ],
  );
  assert.equal(select.value, "d1");
  select.value = "d2";
  select.dispatchEvent(new document.defaultView.Event("change"));
  assert.deepEqual(session.asked, [["chooseDevice", "d2"]]);
});

test("a list that is open is not touched while nothing changes", (t) => {
  const { session, find } = viewOf(t, { status: live() });
  session.know(CAMERAS);
  const [option] = find(".rtcw-bar select").options;
  session.show(live({ figures: SMALL }));
  assert.equal(find(".rtcw-bar select").options[0], option);
});

test("cameras without a name yet are numbered, and microphones are not listed", (t) => {
  const { session, find } = viewOf(t, { status: live() });
  session.know([
    { ...CAMERAS[0], label: "" },
    { ...CAMERAS[1], label: "" },
    { ...CAMERAS[1], device_id: "m1", kind: "audioinput" },
  ]);
  const { options } = find(".rtcw-bar select");
  assert.deepEqual(
    [...options].map(({ textContent }) => textContent),
    ["Camera 1", "Camera 2"],
  );
});

test("a test pattern that was asked for lists no cameras", (t) => {
  const { session, find } = viewOf(t, { source: "pattern", status: live({ pattern: true }) });
  session.know(CAMERAS);
  assert.equal(find(".rtcw-devices").hidden, true);
});

test("the picture is muted and unmuted, and the microphone where there is one", (t) => {
  const { session, press, named } = viewOf(t, { status: live() });
  assert.equal(named(TEXTS.muteAudio).hidden, true);
  assert.equal(named(TEXTS.muteVideo).getAttribute("aria-pressed"), "false");
  press(TEXTS.muteVideo);
  session.show(live({ tracks: [{ ...VIDEO, enabled: false }, AUDIO] }));
  assert.equal(named(TEXTS.muteVideo).getAttribute("aria-pressed"), "true");
  press(TEXTS.muteVideo);
  press(TEXTS.muteAudio);
  assert.deepEqual(session.asked, [
    ["enableTrack", "t1", false],
    ["enableTrack", "t1", true],
    ["enableTrack", "t2", false],
  ]);
});

test("the sound of what is no device is never called a microphone", (t) => {
  const { named } = viewOf(t, { source: "screen", status: live({ tracks: [VIDEO, AUDIO] }) });
  assert.equal(named(TEXTS.muteSent).hidden, false);
});

test("a microphone that has ended cannot be muted", (t) => {
  const { named } = viewOf(t, { status: live({ tracks: [VIDEO, { ...AUDIO, ready_state: "ended" }] }) });
  assert.equal(named(TEXTS.muteAudio).hidden, true);
});

test("a still is asked for, and flashes when it is taken, whoever asked", async (t) => {
  const clock = fakeClock(t);
  const { session, find, press } = viewOf(t, { status: live() });
  press(TEXTS.still);
  assert.deepEqual(session.asked, [["takeStill"]]);
  assert.equal(find(".rtcw-flash").hidden, true);
  session.dispatchEvent(new Event("still"));
  assert.equal(find(".rtcw-flash").hidden, false);
  assert.equal(find(".rtcw-said").textContent, TEXTS.stillTaken);
  await clock.pass(1000);
  assert.equal(find(".rtcw-flash").hidden, true);
  assert.equal(find(".rtcw-said").textContent, "");
});

test("a browser that cannot show a picture in picture or on the full screen has no button for it", (t) => {
  const { named } = viewOf(t, { status: live() });
  assert.equal(named(TEXTS.pictureInPicture).hidden, true);
  assert.equal(named(TEXTS.fullScreen).hidden, true);
});

test("the full screen is the view's, and left by the same button", async (t) => {
  const able = {
    fullscreenEnabled: true,
    fullscreenElement: null,
    exitFullscreen: t.mock.fn(async () => {}),
  };
  const { find, press, named } = viewOf(t, { status: live(), able });
  const root = find(".rtcw");
  root.requestFullscreen = t.mock.fn(async () => {});
  press(TEXTS.fullScreen);
  assert.equal(root.requestFullscreen.mock.callCount(), 1);
  document.fullscreenElement = root;
  document.dispatchEvent(new document.defaultView.Event("fullscreenchange"));
  assert.equal(named(TEXTS.fullScreen).getAttribute("aria-pressed"), "true");
  press(TEXTS.fullScreen);
  assert.equal(document.exitFullscreen.mock.callCount(), 1);
});

// -- figures

test("figures unfold and fold, and say so", (t) => {
  const { find, press, named } = viewOf(t, { status: live({ figures: SMALL }) });
  const panel = find(".rtcw-figures");
  assert.equal(panel.hidden, true);
  assert.equal(named(TEXTS.figures).getAttribute("aria-controls"), panel.id);
  press(TEXTS.figures);
  assert.equal(panel.hidden, false);
  assert.equal(named(TEXTS.figures).getAttribute("aria-expanded"), "true");
  press(TEXTS.figures);
  assert.equal(panel.hidden, true);
});

test("Escape folds the figures, and is the notebook's where there are none", (t) => {
  const { find, press, named, key } = viewOf(t, { status: live({ figures: SMALL }) });
  press(TEXTS.figures);
  find(".rtcw-figures").focus();
  assert.equal(key("Escape"), false);
  assert.equal(find(".rtcw-figures").hidden, true);
  assert.equal(document.activeElement, named(TEXTS.figures));
  assert.equal(key("Escape"), true);
});

// -- the keyboard

test("the bar is one stop of the Tab key, and arrows go through what is shown", (t) => {
  const { session, el, named, find, key } = viewOf(t, { status: live() });
  session.know(CAMERAS);
  const stops = () =>
    [...find(".rtcw-bar").querySelectorAll("button, select")].filter((item) => item.tabIndex === 0);
  assert.deepEqual(stops(), [named(TEXTS.stop)]);
  named(TEXTS.stop).focus();
  key("ArrowRight");
  assert.equal(document.activeElement, find(".rtcw-bar select"));
  key("ArrowRight");
  assert.equal(document.activeElement, named(TEXTS.muteVideo));
  assert.deepEqual(stops(), [named(TEXTS.muteVideo)]);
  key("End");
  assert.equal(document.activeElement, named(TEXTS.figures));
  key("ArrowRight");
  assert.equal(document.activeElement, named(TEXTS.stop));
  key("ArrowLeft");
  assert.equal(document.activeElement, named(TEXTS.figures));
  key("Home");
  assert.equal(document.activeElement, named(TEXTS.stop));
  assert.ok(el);
});

test("a button that goes away hands its stop on", (t) => {
  const { session, named } = viewOf(t, { status: live({ tracks: [VIDEO, AUDIO] }) });
  named(TEXTS.muteAudio).focus();
  assert.equal(named(TEXTS.muteAudio).tabIndex, 0);
  session.show(live());
  assert.equal(named(TEXTS.stop).tabIndex, 0);
});

test("k stops, m mutes, and the notebook hears nothing of it", (t) => {
  const { session, named, key } = viewOf(t, { status: live() });
  named(TEXTS.stop).focus();
  assert.equal(key("m"), false);
  assert.equal(key("k"), false);
  assert.deepEqual(session.asked, [["enableTrack", "t1", false], ["stop"]]);
});

test("other keys are not the view's, nor those of a list, nor with Ctrl", (t) => {
  const { session, named, find, key } = viewOf(t, { status: live() });
  session.know(CAMERAS);
  named(TEXTS.stop).focus();
  assert.equal(key("x"), true);
  assert.equal(key("f"), true, "there is no full screen here");
  assert.equal(key("k", find(".rtcw-bar select")), true);
  assert.equal(key("k", named(TEXTS.stop), { ctrlKey: true }), true);
  assert.deepEqual(session.asked, []);
});

test("JupyterLab's shortcuts are off within the view", (t) => {
  const root = viewOf(t).find(".rtcw");
  for (const part of [root, ...root.querySelectorAll("button, select, summary")])
    assert.equal(part.dataset.lmSuppressShortcuts, "true", part.outerHTML);
});

test("every button has a name and submits no form", (t) => {
  const { el } = viewOf(t, { status: live() });
  for (const button of el.querySelectorAll("button")) {
    if (button.closest(".rtcw-card")) continue; // named when the card is shown
    assert.ok(button.getAttribute("aria-label"), button.outerHTML);
  }
  for (const button of el.querySelectorAll("button")) assert.equal(button.type, "button");
});

// -- the note

test("a note is shown over the picture until it is dismissed", (t) => {
  const { session, find, press } = viewOf(t, { status: live() });
  assert.equal(find(".rtcw-note").hidden, true);
  const note = { message: "ValueError: no such thing", detail: "Traceback\n  line 1" };
  session.show(live({ note }));
  assert.equal(find(".rtcw-note").hidden, false);
  assert.equal(find(".rtcw-note summary").textContent, note.message);
  assert.equal(find(".rtcw-note pre").textContent, note.detail);
  assert.equal(find(".rtcw-card").hidden, true);
  press(TEXTS.dismiss);
  assert.deepEqual(session.asked, [["dismissNote"]]);
  session.show(live());
  assert.equal(find(".rtcw-note").hidden, true);
});

test("what the kernel or the browser says is text, never markup", (t) => {
  const { session, find } = viewOf(t);
  const markup = "<img src=x onerror=alert(1)>";
  session.show({
    state: "failed",
    card: "kernel",
    detail: markup,
    note: { message: markup, detail: markup },
  });
  assert.equal(find("img"), null);
  assert.equal(find(".rtcw-sentence").textContent, markup);
});

// -- the end

test("an aborted view lets go of the stream, and heeds neither session nor clicks", (t) => {
  const { session, controller, find, press } = viewOf(t, { status: live() });
  controller.abort();
  assert.equal(find("video").srcObject, null);
  session.show(live({ note: { message: "late", detail: "" } }));
  assert.equal(find("video").srcObject, null);
  assert.equal(find(".rtcw-note").hidden, true);
  press(TEXTS.stop);
  press(TEXTS.mirror);
  assert.deepEqual(session.asked, []);
});

test("a view shown again replaces the one before", (t) => {
  const { el, session } = viewOf(t);
  showView({ session, el, signal: new AbortController().signal, mirror: false, source: "camera" });
  assert.equal(el.querySelectorAll(".rtcw").length, 1);
});
