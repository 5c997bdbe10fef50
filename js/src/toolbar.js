/**
 * A toolbar that is one stop of the Tab key: arrow keys, Home and End go through it (ARIA practices, "Toolbar").
 */

const STEPS = /** @type {Record<string, (at: number, count: number) => number>} */ ({
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  ArrowRight: (at, count) => (at + 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
});

/**
 * @param {HTMLElement} toolbar
 * @param {HTMLElement[]} items
 * @param {AbortSignal} signal
 * @returns {() => void} to be called when items come or go
 */
export function roam(toolbar, items, signal) {
  let current = items[0];
  const shown = () => items.filter(isShown);

  function settle() {
    const there = shown();
    if (!there.includes(current)) current = there[0] ?? items[0];
    for (const item of items) item.tabIndex = item === current ? 0 : -1;
  }

  toolbar.addEventListener(
    "focusin",
    ({ target }) => {
      const item = items.find((each) => each === target);
      if (!item) return;
      current = item;
      settle();
    },
    { signal },
  );
  toolbar.addEventListener(
    "keydown",
    (event) => {
      const step = event.altKey || event.ctrlKey || event.metaKey ? undefined : STEPS[event.key];
      if (!step) return;
      event.preventDefault(); // a list keeps Up and Down for its options
      event.stopPropagation();
      const there = shown();
      there[step(there.indexOf(current), there.length)]?.focus();
    },
    { signal },
  );
  settle();
  return settle;
}

/** @param {HTMLElement} item */
function isShown(item) {
  if (item.closest("[hidden]")) return false;
  return item.checkVisibility?.() ?? true; // a narrow view leaves some out
}
