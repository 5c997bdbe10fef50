/**
 * How a file is played: steered by the kernel and by views, told to both when something about it has changed.
 */

// Between these the kernel reckons the time by itself.
const TELLING = [
  "play",
  "playing",
  "pause",
  "waiting",
  "seeked",
  "ratechange",
  "volumechange",
  "durationchange",
];
const LAST_SEEK_S = 1e9; // the kernel's limit

/** @typedef {import("./protocol.js").Play} Play */

/** Tells by `change` what no event of the video's tells. */
export class Playback extends EventTarget {
  /**
   * @param {HTMLVideoElement} video
   * @param {import("./session.js").Talk} signaling
   * @param {AbortSignal} signal
   */
  constructor(video, signaling, signal) {
    super();
    this.video = video;
    this.signaling = signaling;
    this.told = "";
    this.begun = false;
    /** @type {Partial<Play>} what the kernel asks for before there is something to play */
    this.first = {};
    signaling.listen((message) => {
      if (message.type === "play") this.heed(message);
    }, signal);
    for (const event of TELLING) video.addEventListener(event, () => this.tell(), { signal });
  }

  /** The file is loaded: play it as the kernel wants it. */
  async begin() {
    this.begun = true;
    await this.heed(this.first);
    this.tell();
  }

  /** @param {Partial<Play>} wanted */
  async heed({ playing = null, current_time = null, playback_rate = null, loop = null, muted = null }) {
    const { video } = this;
    if (!this.begun) {
      const wanted = { playing, current_time, playback_rate, loop, muted };
      const given = Object.entries(wanted).filter(([, value]) => value !== null);
      this.first = { ...this.first, ...Object.fromEntries(given) };
      return;
    }
    const ended = video.ended;
    if (muted !== null) video.muted = muted;
    if (loop !== null) video.loop = loop;
    if (playback_rate !== null) video.playbackRate = playback_rate;
    if (current_time !== null && current_time !== video.currentTime)
      video.currentTime = Math.min(current_time, video.duration || LAST_SEEK_S);
    if (playing === false) video.pause();
    if (playing || (ended && loop)) await this.#play();
    this.tell(); // no event of the video's tells of `loop`
    this.dispatchEvent(new Event("change"));
  }

  async #play() {
    const { video } = this;
    try {
      await video.play();
    } catch (error) {
      // Sound wants a click first; the picture does not. What was paused meanwhile stays so.
      if (/** @type {Error} */ (error).name !== "NotAllowedError" || video.muted) return;
      video.muted = true;
      await video.play().catch(() => {});
    }
  }

  /** Tell the kernel what has changed, if something has. */
  tell() {
    if (!this.begun) return;
    const { paused, currentTime, duration, playbackRate, loop, muted, ended } = this.video;
    const state = {
      playing: !paused,
      current_time: currentTime,
      duration: Number.isFinite(duration) ? duration : null,
      playback_rate: playbackRate,
      loop,
      muted,
      ended,
    };
    const said = JSON.stringify(state);
    if (said === this.told) return;
    this.told = said;
    this.signaling.send("playback", state);
  }
}
