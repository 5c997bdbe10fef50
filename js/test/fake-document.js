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
  setGlobal(t, "ResizeObserver", FakeResizeObserver);
  t.after(() => window.happyDOM.close());
  const el = window.document.createElement("div");
  window.document.body.append(el);
  return el;
}

/** A view's size changes when a test says so. */
export class FakeResizeObserver {
  /** @type {Set<FakeResizeObserver>} */
  static watching = new Set();

  constructor(changed) {
    this.changed = changed;
  }

  observe(element) {
    this.element = element;
    FakeResizeObserver.watching.add(this);
  }

  disconnect() {
    FakeResizeObserver.watching.delete(this);
  }

  /** The element has another size now. */
  static resize(element) {
    for (const observer of FakeResizeObserver.watching) if (observer.element === element) observer.changed();
  }
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
