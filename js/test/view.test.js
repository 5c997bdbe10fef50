import assert from "node:assert/strict";
import test from "node:test";

import { CARDS, TEXTS } from "../src/texts.js";
import { cornerLine, showView } from "../src/view.js";
import { fakeDocument, seenText } from "./fake-document.js";
import { fakeCamera } from "./fake-media.js";

const IDLE = {
  state: "idle",
  card: "",
  detail: "",
  stream: null,
  pattern: false,
  settings: null,
  figures: null,
  note: null,
};
const SETTINGS = { width: 640, height: 480, frame_rate: 30, device_id: "d1", facing_mode: "" };
const FIGURES = {
  type: "figures",
  width: 320,
  height: 240,
  frame_rate: 29.6,
  age_ms: 6.5,
  transport: "direct",
};

/** As much of a session as a view sees; what the view asks of it is in `asked`. */
class FakeSession extends EventTarget {
  status = IDLE;
  run = null;
  asked = [];

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

  dismissNote() {
    this.asked.push(["dismissNote"]);
  }
}

function viewOf(t, { mirror = false, source = "camera", status = {} } = {}) {
  const el = fakeDocument(t);
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
  return { el, session, controller, find, buttons, press };
}

const live = (more = {}) => ({ state: "live", stream: fakeCamera(), settings: SETTINGS, ...more });

// -- cards

for (const [name, { sentence, remedy, action }] of Object.entries(CARDS))
  test(`the card ${name} says what happened, what to do, and has its buttons`, (t) => {
    const { session, find, buttons } = viewOf(t);
    session.show({ state: "failed", card: name, detail: "the browser's words" });
    const text = seenText(find(".rtcw-card"));
    for (const part of [sentence, remedy, "the browser's words"]) assert.ok(text.includes(part), part);
    const expected = { start: [TEXTS.retry], pattern: [TEXTS.retry, TEXTS.usePattern] };
    assert.deepEqual(buttons(), action ? expected[action] : []);
  });

for (const name of ["AbortError", "Error", "TypeError"])
  test(`the refusal ${name}, which has no card of its own, shows the other one`, (t) => {
    const { session, find } = viewOf(t);
    session.show({ state: "failed", card: name });
    assert.ok(seenText(find(".rtcw-card")).includes(CARDS.other.sentence));
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
  session.show({ ...status, figures: FIGURES });
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

for (const [state, word] of Object.entries(TEXTS.state))
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
  assert.equal(camera.find(".rtcw").getAttribute("aria-label"), TEXTS.camera);
  const pattern = viewOf(t, { source: "pattern" });
  assert.equal(pattern.find(".rtcw").getAttribute("aria-label"), TEXTS.pattern);
});

test("the corner has size, rate, age and transport as the kernel sees them", (t) => {
  const { session, find } = viewOf(t);
  assert.equal(find(".rtcw-corner").hidden, true);
  session.show(live({ figures: FIGURES }));
  assert.equal(seenText(find(".rtcw-corner")), "320×240 · 30 fps · 7 ms · direct");
});

test("the corner says only what is known", () => {
  assert.equal(cornerLine({ ...IDLE }), "");
  assert.equal(cornerLine({ ...IDLE, figures: FIGURES }), "");
  assert.equal(cornerLine({ ...IDLE, settings: { ...SETTINGS, width: 0 } }), "");
  assert.equal(cornerLine({ ...IDLE, settings: SETTINGS }), "640×480");
  const ageless = { ...FIGURES, age_ms: null, transport: "relay" };
  assert.equal(cornerLine({ ...IDLE, settings: SETTINGS, figures: ageless }), "320×240 · 30 fps · relay");
});

// -- the bar

test("the bar's button says what it will do", (t) => {
  const { session, find, press } = viewOf(t);
  assert.equal(find(".rtcw-power").getAttribute("aria-label"), TEXTS.start);
  assert.equal(find(".rtcw-power").title, TEXTS.start);
  press(TEXTS.start);
  session.show({ state: "asking" });
  assert.equal(find(".rtcw-power").getAttribute("aria-label"), TEXTS.stop);
  session.show(live());
  assert.equal(find(".rtcw-power").title, TEXTS.stop);
  press(TEXTS.stop);
  assert.deepEqual(session.asked, [["start", undefined], ["stop"]]);
});

test("the mirror turns the display only", (t) => {
  const status = live();
  const { session, find, press } = viewOf(t, { mirror: true, status });
  const { classList } = find(".rtcw");
  const pressed = () => find(".rtcw-bar [aria-pressed]").getAttribute("aria-pressed");
  assert.equal(classList.contains("mirrored"), true);
  assert.equal(pressed(), "true");
  press(TEXTS.mirror);
  assert.equal(classList.contains("mirrored"), false);
  assert.equal(pressed(), "false");
  press(TEXTS.mirror);
  assert.equal(classList.contains("mirrored"), true);
  assert.deepEqual(session.asked, []);
  assert.equal(find("video").srcObject, status.stream);
  session.show({ ...status, figures: FIGURES });
  assert.equal(classList.contains("mirrored"), true);
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
  assert.equal(find(".rtcw-detail").textContent, markup);
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
