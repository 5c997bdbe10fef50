/**
 * A note over a picture that goes on: what failed, with its traceback unfolded on demand.
 */

import { element, iconButton } from "./dom.js";
import { TEXTS } from "./texts.js";

/** @param {{ dismiss: () => void, signal: AbortSignal }} options */
export function makeNote({ dismiss, signal }) {
  const text = element("summary", {});
  const detail = element("pre", { tabIndex: 0 }); // long tracebacks are scrolled by keyboard, too
  const button = iconButton("dismiss", TEXTS.dismiss);
  button.addEventListener("click", dismiss, { signal });
  const note = element(
    "div",
    { className: "rtcw-note", hidden: true },
    element("details", {}, text, detail),
    button,
  );
  note.setAttribute("role", "alert");

  /** @param {import("./status.js").Status} status */
  function draw(status) {
    note.hidden = !status.note;
    const { message, detail: more } = status.note ?? { message: "", detail: "" };
    if (text.textContent !== message) text.textContent = message;
    if (detail.textContent !== more) detail.textContent = more;
  }

  return { note, draw };
}
