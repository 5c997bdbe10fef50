/**
 * How loud it is, to be seen: bars of the last seconds in the picture's place, or a slim line beside a picture.
 */

import { element } from "./dom.js";
import { within } from "./lifetime.js";
import { Loudness } from "./loudness.js";

const STEP_MS = 50;
// Who asked for less motion sees a level now and then, and nothing wander.
const CALM_STEP_MS = 500;
const BAR_PX = 3;
const GAP_PX = 2;
const MOST_BARS = 400;
const NOTHING = Array(MOST_BARS).fill(0);

/** @typedef {import("./status.js").Status} Status */

/**
 * The last seconds as bars, the newest at the right.
 * @param {AbortSignal} signal
 */
export function makeWave(signal) {
  const canvas = element("canvas", { className: "rtcw-wave", hidden: true });
  canvas.setAttribute("aria-hidden", "true");
  /** @type {number[]} */
  let levels = [...NOTHING];
  const metering = new Metering(signal, (level, calm) => {
    levels = calm ? [level] : [...levels, level].slice(-MOST_BARS);
    paint(canvas, levels, calm);
  });

  /** @param {Status} status */
  function draw(status) {
    canvas.hidden = Boolean(status.card) || !status.stream;
    if (!metering.follow(canvas.hidden ? null : status.stream)) return;
    levels = [...NOTHING];
  }

  return { wave: canvas, draw };
}

/**
 * A slim line, as long as it is loud; there while a picture has sound.
 * @param {AbortSignal} signal
 */
export function makeMeter(signal) {
  const line = element("div", { className: "rtcw-level" });
  const meter = element("div", { className: "rtcw-meter", hidden: true }, line);
  meter.setAttribute("aria-hidden", "true");
  const metering = new Metering(signal, (level) => {
    line.style.transform = `scaleX(${level.toFixed(2)})`;
  });

  /** @param {Status} status */
  function draw({ card, stream, tracks }) {
    const sound = tracks.find(({ kind, ready_state }) => kind === "audio" && ready_state === "live");
    meter.hidden = Boolean(card) || !stream || !sound?.enabled;
    metering.follow(meter.hidden ? null : stream);
  }

  return { meter, draw };
}

/** Looks at the loudness of one stream after the other, as long as each is there. */
class Metering {
  /**
   * @param {AbortSignal} signal
   * @param {(level: number, calm: boolean) => void} show
   */
  constructor(signal, show) {
    this.signal = signal;
    this.show = show;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  /**
   * @param {MediaStream | null} stream
   * @returns {boolean} whether it is another one than before
   */
  follow(stream) {
    if (this.stream === stream) return false;
    this.stream = stream;
    this.lifetime?.abort();
    if (!stream?.getAudioTracks().length || !globalThis.AudioContext) return true;
    this.lifetime = within(this.signal);
    try {
      this.#look(new Loudness(stream, this.lifetime.signal), this.lifetime.signal);
    } catch {
      this.lifetime.abort(); // a device whose rate this browser's page cannot hear: no bars, the stream goes on
    }
    return true;
  }

  /**
   * @param {Loudness} loudness
   * @param {AbortSignal} signal
   */
  #look(loudness, signal) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let due = 0;
    const step = (/** @type {number} */ now) => {
      if (signal.aborted) return;
      if (now >= due) {
        due = now + (calm ? CALM_STEP_MS : STEP_MS);
        this.show(loudness.now, calm);
      }
      requestAnimationFrame(step); // stands still in a page that nobody sees
    };
    requestAnimationFrame(step);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} levels
 * @param {boolean} calm
 */
function paint(canvas, levels, calm) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (!context || !width || !height) return;
  const scale = globalThis.devicePixelRatio ?? 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  context.beginPath();
  for (const [x, y, wide, high] of calm ? lineOf(levels[0], width, height) : barsOf(levels, width, height))
    context.roundRect(x, y, wide, high, BAR_PX / 2);
  context.fill();
}

/**
 * @param {number[]} levels the newest last
 * @param {number} width
 * @param {number} height
 * @returns {[x: number, y: number, width: number, height: number][]}
 */
export function barsOf(levels, width, height) {
  const fitting = Math.floor(width / (BAR_PX + GAP_PX));
  return levels.slice(-fitting).map((level, i, shown) => {
    const high = Math.max(2, level * height);
    return [width - (shown.length - i) * (BAR_PX + GAP_PX), (height - high) / 2, BAR_PX, high];
  });
}

/**
 * @param {number} level
 * @param {number} width
 * @param {number} height
 * @returns {[x: number, y: number, width: number, height: number][]}
 */
function lineOf(level, width, height) {
  return [[0, height / 2 - 4, Math.max(2, level * width), 8]];
}
