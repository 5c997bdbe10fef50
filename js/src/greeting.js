/**
 * The page's `hello`, said until the kernel answers or nobody seems to be there.
 */

const WELCOME_MS = 4000;
// JupyterLab makes a subshell for a widget's messages while its first ones are on their way: with an ipykernel of
// 7.0 to 7.3 those wait behind the running cell, and only what is said later arrives.
const AGAIN_MS = 800;

export class Greeting {
  /**
   * @param {{ say: () => void, unanswered: () => void, signal: AbortSignal }} options `signal` ends it
   */
  constructor({ say, unanswered, signal }) {
    this.say = say;
    this.unanswered = unanswered;
    signal.addEventListener("abort", () => this.end(), { once: true });
  }

  begin() {
    this.#sayUntil(performance.now() + WELCOME_MS);
  }

  /** It was answered, or nobody waits for that any more. */
  end() {
    clearTimeout(this.timer);
  }

  /** @param {number} until */
  #sayUntil(until) {
    this.end();
    if (performance.now() >= until) return this.unanswered();
    this.say();
    this.timer = setTimeout(() => this.#sayUntil(until), AGAIN_MS);
  }
}
