/**
 * The controls of a file that is played: play and pause, where it is, how fast, over and over, with sound or without.
 */

import { element, iconButton, rename, resign } from "./dom.js";
import { within } from "./lifetime.js";
import { TEXTS } from "./texts.js";

const RATES = [0.25, 0.5, 1, 1.5, 2, 4];
const FOLLOWED = ["timeupdate", "seeked", "play", "pause", "ratechange", "volumechange", "durationchange"];

/** @param {AbortSignal} signal */
export function makePlaybackBar(signal) {
  const play = iconButton("pause", TEXTS.pause);
  const seek = element("input", { type: "range", className: "rtcw-seek", min: "0", step: "any" });
  seek.setAttribute("aria-label", TEXTS.seek);
  const clock = element("span", { className: "rtcw-clock" });
  const rate = element("select", { className: "rtcw-select" });
  rate.setAttribute("aria-label", TEXTS.playbackRate);
  const loop = iconButton("loop", TEXTS.loop);
  const sound = iconButton("sound", TEXTS.muteSound);
  const bar = element(
    "div",
    { className: "rtcw-playback", hidden: true },
    play,
    seek,
    clock,
    rate,
    loop,
    sound,
  );
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", TEXTS.playback);

  /** @type {import("./playback.js").Playback | null} */
  let playback = null;
  /** @type {AbortController | undefined} of following what is played now */
  let following;

  play.addEventListener("click", () => playback?.heed({ playing: playback.video.paused }), { signal });
  seek.addEventListener("input", () => playback?.heed({ current_time: Number(seek.value) }), { signal });
  rate.addEventListener("change", () => playback?.heed({ playback_rate: Number(rate.value) }), { signal });
  loop.addEventListener("click", () => playback?.heed({ loop: !playback.video.loop }), { signal });
  sound.addEventListener("click", () => playback?.heed({ muted: !playback.video.muted }), { signal });
  // Arrows move the slider and choose in the list; the notebook and the view have other plans for them.
  bar.addEventListener("keydown", (event) => event.stopPropagation(), { signal });

  function follow() {
    if (!playback) return;
    const { paused, currentTime, duration, playbackRate, loop: loops, muted } = playback.video;
    resign(play, paused ? "start" : "pause");
    rename(play, paused ? TEXTS.play : TEXTS.pause);
    const length = Number.isFinite(duration) ? duration : 0;
    seek.max = String(length);
    seek.value = String(currentTime);
    seek.setAttribute("aria-valuetext", `${inMinutes(currentTime)} / ${inMinutes(length)}`);
    clock.textContent = `${inMinutes(currentTime)} / ${inMinutes(length)}`;
    drawRates(rate, playbackRate);
    loop.setAttribute("aria-pressed", String(loops));
    resign(sound, muted ? "soundOff" : "sound");
    sound.setAttribute("aria-pressed", String(muted));
  }

  /** @param {import("./status.js").Status} status */
  function draw(status) {
    const shown = status.card ? null : status.playback;
    bar.hidden = !shown;
    if (shown === playback) return;
    following?.abort();
    playback = shown;
    if (!playback) return;
    following = within(signal);
    for (const event of FOLLOWED)
      playback.video.addEventListener(event, follow, { signal: following.signal });
    playback.addEventListener("change", follow, { signal: following.signal });
    follow();
  }

  return { bar, draw };
}

/**
 * @param {HTMLSelectElement} select
 * @param {number} now a rate that Python has set is in the list, too
 */
function drawRates(select, now) {
  const rates = RATES.includes(now) ? RATES : [...RATES, now].sort((a, b) => a - b);
  if (
    select.options.length !== rates.length ||
    ![...select.options].some(({ value }) => Number(value) === now)
  )
    select.replaceChildren(
      ...rates.map((value) => element("option", { value: String(value), textContent: `${value}×` })),
    );
  select.value = String(now);
}

/**
 * @param {number} seconds
 * @returns {string} such as 1:05
 */
export function inMinutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
