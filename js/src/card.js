/**
 * What stands in the picture's place when there is none: one sentence, one remedy, one button.
 */

import { makeDeviceList } from "./device-list.js";
import { element } from "./dom.js";
import { CARDS, cardNamed, MICROPHONE_CARDS, SOURCE_WORDS, TEXTS } from "./texts.js";

/**
 * @typedef {import("./status.js").Status} Status
 * @typedef {import("./texts.js").Card} Card
 */

/**
 * @param {{ start: () => void, usePattern: () => void, choose: (deviceId: string) => void, reload: () => void,
 *   source: string, signal: AbortSignal }} options
 */
export function makeCard({ start, usePattern, choose, reload, source, signal }) {
  const sentence = element("p", { className: "rtcw-sentence" });
  const remedy = element("p", { className: "rtcw-remedy" });
  const detail = element("p", { className: "rtcw-detail" });
  const action = element("button", { type: "button", className: "rtcw-button rtcw-main" });
  const pattern = element("button", {
    type: "button",
    className: "rtcw-button",
    textContent: TEXTS.usePattern,
  });
  const devices = makeDeviceList({
    choose,
    placeholder: SOURCE_WORDS[source].devices?.other,
    source,
    signal,
  });
  const buttons = element("div", { className: "rtcw-buttons" }, devices.select, action, pattern);
  const words = element("div", { className: "rtcw-words" }, sentence, remedy, detail);
  words.setAttribute("role", "status");
  const card = element("div", { className: "rtcw-card" }, words, buttons);

  let reloads = false;
  action.addEventListener("click", () => (reloads ? reload() : start()), { signal });
  pattern.addEventListener("click", usePattern, { signal });

  /**
   * @param {Status} status
   * @param {import("./protocol.js").Device[]} known
   * @param {string} chosen
   */
  function draw(status, known, chosen) {
    const shown = cardOf(status, source);
    card.hidden = !shown;
    if (!shown) return;
    say(sentence, shown.sentence);
    say(remedy, shown.remedy);
    say(detail, detailOf(status));
    reloads = shown.action === "reload";
    action.hidden = !shown.action;
    if (reloads) say(action, TEXTS.reload);
    else if (shown.action === "choose") say(action, TEXTS.choose);
    else say(action, status.state === "failed" ? TEXTS.retry : TEXTS.start);
    pattern.hidden = shown.action !== "pattern";
    buttons.hidden = !shown.action;
    devices.draw(shown.devices ? known : [], chosen);
  }

  return { card, action, draw };
}

/**
 * A paragraph that says the same again is not said again by a screen reader.
 * @param {HTMLElement} part
 * @param {string} text
 */
function say(part, text) {
  if (part.textContent !== text) part.textContent = text;
  if (part.tagName === "P") part.hidden = !text;
}

/**
 * @param {Status} status
 * @param {string} source
 * @returns {Card | null}
 */
export function cardOf({ card, detail, constraint }, source = "camera") {
  if (!card) return null;
  if (card === "kernel" && detail) return kernelsOwn(detail);
  const besides = source === "camera" && constraint === "audio";
  return (besides && MICROPHONE_CARDS[card]) || cardNamed(card, source);
}

/**
 * The kernel's message has the sentence first and the remedy after it.
 * @param {string} message
 * @returns {Card}
 */
function kernelsOwn(message) {
  const [sentence, ...rest] = message.split(/(?<=[.!?])\s+(?=[A-Z])/);
  return { ...CARDS.kernel, sentence, remedy: rest.join(" ") };
}

/**
 * What the browser said itself, and which wish it was about.
 * @param {Status} status
 */
export function detailOf({ card, detail, constraint, possible }) {
  if (card === "kernel") return "";
  const about = constraint && constraint !== "audio" ? `${TEXTS.notMet} ${constraint}.` : "";
  return [about, possible && `${TEXTS.possible} ${possible}.`, detail].filter(Boolean).join(" ");
}
