/**
 * A lifetime inside a longer one: ends by itself, or with it.
 */

/**
 * @param {AbortSignal} signal
 * @returns {AbortController}
 */
export function within(signal) {
  const inner = new AbortController();
  if (signal.aborted) inner.abort();
  else signal.addEventListener("abort", () => inner.abort(), { once: true, signal: inner.signal });
  return inner;
}
