/**
 * Who looks: the views of one stream in this page. Without any it is unseen after three seconds, and at once where
 * another stream is about to capture.
 */

export const UNSEEN_MS = 3000;
// An event of the window: each widget instance has a copy of this module of its own.
const MAKE_ROOM = "rtcwidgets-make-room";

export class Audience {
  /**
   * @param {{ changed: (count: number) => void, unseen: () => void, signal: AbortSignal }} options `signal` ends it
   */
  constructor({ changed, unseen, signal }) {
    this.changed = changed;
    this.unseen = unseen;
    this.signal = signal;
    this.count = 0;
    this.left = false;
    addEventListener(MAKE_ROOM, () => this.left && this.#beUnseen(), { signal });
    signal.addEventListener("abort", () => this.end(), { once: true });
  }

  /**
   * A view is shown until its signal aborts.
   * @param {AbortSignal} view
   */
  add(view) {
    this.#set(this.count + 1);
    view.addEventListener("abort", () => this.#set(this.count - 1), { once: true });
  }

  /** Nobody waits for it to be unseen any more. */
  end() {
    clearTimeout(this.timer);
    this.left = false;
  }

  /** @param {number} count */
  #set(count) {
    this.count = count;
    if (this.signal.aborted) return; // the page goes away as a whole
    this.changed(count);
    this.end();
    if (count > 0) return;
    this.left = true;
    this.timer = setTimeout(() => this.#beUnseen(), UNSEEN_MS);
  }

  #beUnseen() {
    this.end();
    this.unseen();
  }
}

/** A stream is about to capture: those that nobody sees any more let their cameras go. */
export function makeRoom() {
  dispatchEvent(new Event(MAKE_ROOM));
}
