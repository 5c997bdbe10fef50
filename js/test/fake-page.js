/**
 * What a page has around the sources: its globals, and a clock that stands still until a test moves it.
 */

/**
 * All that is under way without a timer has happened.
 * @returns {Promise<void>}
 */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A global of the page, until the test ends.
 * @param {import("node:test").TestContext} t
 * @param {string} name
 * @param {unknown} value
 */
export function setGlobal(t, name, value) {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, name, before);
    else delete globalThis[name];
  });
}

/**
 * The page itself: whoever listens for `pagehide` hears what is dispatched on it.
 * @param {import("node:test").TestContext} t
 * @param {{ mediaDevices?: unknown, permissions?: unknown }} [parts]
 * @returns {EventTarget}
 */
export function fakePage(t, { mediaDevices, permissions } = {}) {
  const page = new EventTarget();
  setGlobal(t, "addEventListener", page.addEventListener.bind(page));
  setGlobal(t, "dispatchEvent", page.dispatchEvent.bind(page));
  setGlobal(t, "navigator", { mediaDevices, permissions });
  return page;
}

/**
 * What the browser remembers for this origin.
 * @param {import("node:test").TestContext} t
 * @param {Record<string, string>} items
 */
export function fakeStorage(t, items = {}) {
  setGlobal(t, "localStorage", {
    getItem: (name) => items[name] ?? null,
    setItem: (name, value) => {
      items[name] = value;
    },
  });
  return items;
}

/**
 * Stops the clock. Not node:test's own timers: those of Node 20 revive an interval that ends itself.
 * @param {import("node:test").TestContext} t
 */
export function fakeClock(t) {
  let now = 1_000_000;
  let made = 0;
  /** @type {Map<number, { id: number, callback: () => void, at: number, every: number }>} */
  const timers = new Map();

  const add = (callback, delay, every) => {
    const id = ++made;
    timers.set(id, { id, callback, at: now + delay, every });
    return id;
  };
  const remove = (id) => void timers.delete(id);
  t.mock.method(globalThis, "setTimeout", (callback, delay) => add(callback, delay, 0));
  t.mock.method(globalThis, "setInterval", (callback, delay) => add(callback, delay, delay));
  t.mock.method(globalThis, "clearTimeout", remove);
  t.mock.method(globalThis, "clearInterval", remove);
  t.mock.method(performance, "now", () => now);

  return {
    /** Timers that would still fire. */
    get waiting() {
      return timers.size;
    },

    /**
     * Each timer fires at its own time, when all that came before it has happened.
     * @param {number} ms
     */
    async pass(ms) {
      const end = now + ms;
      await settled();
      for (let next = firstOf(timers); next && next.at <= end; next = firstOf(timers)) {
        now = next.at;
        if (next.every) next.at += next.every;
        else timers.delete(next.id);
        next.callback();
        await settled();
      }
      now = end;
    },
  };
}

function firstOf(timers) {
  return [...timers.values()].sort((a, b) => a.at - b.at)[0];
}
