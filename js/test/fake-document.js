/**
 * A document without a browser (happy-dom), for the modules that draw.
 */

import { Window } from "happy-dom";

import { setGlobal } from "./fake-page.js";

/**
 * An element in a fresh document, which is the global one until the test ends.
 * @param {import("node:test").TestContext} t
 */
export function fakeDocument(t) {
  const window = new Window();
  // happy-dom's own takes its own MediaStream only.
  Object.defineProperty(window.HTMLMediaElement.prototype, "srcObject", { value: null, writable: true });
  setGlobal(t, "document", window.document);
  t.after(() => window.happyDOM.close());
  const el = window.document.createElement("div");
  window.document.body.append(el);
  return el;
}

/**
 * The text of what is not hidden, nor in anything hidden.
 * @param {HTMLElement} element
 * @returns {string}
 */
export function seenText(element) {
  if (element.hidden) return "";
  if (!element.children.length) return element.textContent ?? "";
  return [...element.children].map(seenText).filter(Boolean).join(" ");
}
