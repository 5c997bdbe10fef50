/**
 * What a user sees of a stream: the picture, or how loud it is, small signs over it, a slim bar, or a card in the picture's place.
 */

import { makeBar } from "./bar.js";
import { makeCard } from "./card.js";
import { element } from "./dom.js";
import { makeFiguresPanel } from "./figures-panel.js";
import { makeMeter, makeWave } from "./meter.js";
import { makeNote } from "./note.js";
import { makePlaybackBar } from "./playback-bar.js";
import { randomId } from "./random-id.js";
import { makeCorner, makeSign } from "./signs.js";
import { SOURCE_WORDS, TEXTS } from "./texts.js";

const FLASH_MS = 400;

/**
 * @typedef {import("./session.js").Session | import("./player-session.js").PlayerSession} Session
 * @typedef {object} Options
 * @property {Session} session
 * @property {HTMLElement} el
 * @property {AbortSignal} signal
 * @property {boolean} mirror
 * @property {string} source
 * @property {{ width?: number | null, height?: number | null }} [size] what is asked for: until the camera gives a
 *   picture, the view has that size
 */

/**
 * Show a session in `el` until `signal` aborts.
 * @param {Options} options
 */
export function showView(options) {
  const { session, el, signal } = options;
  const view = new View(options);
  session.addEventListener("change", () => view.draw(), { signal });
  session.addEventListener("still", () => view.flash(), { signal });
  document.addEventListener("fullscreenchange", () => view.draw(), { signal });
  signal.addEventListener("abort", () => view.letGo(), { once: true });
  view.draw();
  el.replaceChildren(view.root);
  view.followSize();
}

class View {
  /** @param {Options} options */
  constructor({ session, signal, mirror, source, size = {} }) {
    this.session = session;
    this.signal = signal;
    this.source = source;
    this.mirrored = mirror;
    this.figuresOpen = false;

    this.video = element("video", { autoplay: true, playsInline: true, className: "rtcw-video" });
    this.video.muted = true;
    this.video.addEventListener("resize", () => this.draw(), { signal });
    this.soundAlone = source === "microphone";
    this.loudness = this.soundAlone ? makeWave(signal) : makeMeter(signal);
    this.sign = makeSign(source);
    this.corner = makeCorner();
    this.card = makeCard({
      start: () => session.start(),
      usePattern: () => session.start({ source: "pattern" }),
      choose: (deviceId) => session.chooseDevice(deviceId),
      reload: () => location.reload(),
      source,
      signal,
    });
    this.note = makeNote({ dismiss: () => session.dismissNote(), signal });
    this.figures = makeFiguresPanel(`rtcw-figures-${randomId()}`);
    this.bar = makeBar({
      deeds: this.#deeds(),
      able: {
        pictureInPicture: Boolean(document.pictureInPictureEnabled && this.video.requestPictureInPicture),
        fullScreen: Boolean(document.fullscreenEnabled),
      },
      figuresId: this.figures.panel.id,
      source,
      signal,
    });
    this.playback = makePlaybackBar(signal);
    this.light = element("div", { className: "rtcw-flash", hidden: true });
    this.said = element("div", { className: "rtcw-said" });
    this.said.setAttribute("role", "status");
    this.root = this.#assemble();
    this.#setSize(size);
    this.root.addEventListener("keydown", (event) => this.#heedKey(event), { signal });
  }

  #assemble() {
    const root = element(
      "div",
      { className: "rtcw" },
      this.video,
      "wave" in this.loudness ? this.loudness.wave : this.loudness.meter,
      this.light,
      this.sign.sign,
      this.corner.corner,
      this.card.card,
      this.note.note,
      this.playback.bar,
      this.bar.bar,
      this.figures.panel, // Tab goes there from the bar
      this.said,
    );
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", SOURCE_WORDS[this.source].name);
    // JupyterLab: what is typed here is for the view, not for the notebook, whose shortcuts are of whatever has focus.
    for (const part of [root, ...root.querySelectorAll("button, select, input, summary, [tabindex]")])
      part.setAttribute("data-lm-suppress-shortcuts", "true");
    return root;
  }

  draw() {
    const { root, video, session } = this;
    const { status } = session;
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    root.dataset.state = status.state;
    root.classList.toggle("mirrored", this.mirrored);
    root.classList.toggle("sound", this.soundAlone);
    root.classList.toggle("unfolded", this.figuresOpen && !status.card);
    this.#drawPicture();
    this.loudness.draw(status);
    this.sign.draw(status);
    this.corner.draw(status);
    this.card.draw(status, session.devices.list, session.wish.chosen);
    this.figures.draw(status, this.figuresOpen && !status.card);
    this.note.draw(status);
    this.playback.draw(status);
    this.bar.bar.hidden = Boolean(status.card);
    this.bar.draw(status, session.devices.list, {
      mirrored: this.mirrored,
      figuresOpen: this.figuresOpen,
      fullScreen: document.fullscreenElement === root,
    });
    video.hidden = Boolean(status.card) || this.soundAlone;
    // Who pressed a button that is gone now goes on at the one in its place.
    if (focused?.closest("[hidden]")) (status.card ? this.card.action : this.bar.power).focus();
  }

  #drawPicture() {
    if (this.soundAlone) return;
    const { stream, tracks } = this.session.status;
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    // What comes from the kernel has no settings: there the picture itself says its size.
    const { videoWidth, videoHeight } = this.video;
    const shown = { width: videoWidth, height: videoHeight };
    const { width, height } = tracks.find(({ kind }) => kind === "video")?.settings ?? shown;
    this.#setSize({ width: Number(width), height: Number(height) });
  }

  /** @param {{ width?: number | null, height?: number | null }} size in pixels */
  #setSize({ width, height }) {
    if (!width || !height) return;
    this.root.style.setProperty("--rtcw-width", `${width}px`);
    this.root.style.setProperty("--rtcw-ratio", `${width} / ${height}`);
  }

  /** A still picture was taken, here or by Python. */
  flash() {
    this.light.hidden = false;
    this.said.textContent = TEXTS.stillTaken;
    clearTimeout(this.flashing);
    this.flashing = setTimeout(() => {
      this.light.hidden = true;
      this.said.textContent = "";
    }, FLASH_MS);
  }

  /** JupyterLab takes cells out of the page that are scrolled away; a video pauses then, and nobody plays it again. */
  followSize() {
    const observer = new ResizeObserver(() => {
      this.bar.settle();
      const { video } = this;
      // A video that may not play by itself has a stream all the same: that the picture stands says so.
      if (video.isConnected && video.srcObject && video.paused) video.play().catch(() => {});
    });
    observer.observe(this.root);
    this.signal.addEventListener("abort", () => observer.disconnect(), { once: true });
  }

  letGo() {
    clearTimeout(this.flashing);
    this.video.srcObject = null;
  }

  // -- what a user does

  /** @returns {import("./bar.js").Deeds} */
  #deeds() {
    const { session } = this;
    return {
      power: () => (session.run ? session.stop() : void session.start()),
      mute: (kind) => this.#mute(kind),
      choose: (deviceId) => void session.chooseDevice(deviceId),
      mirror: () => {
        this.mirrored = !this.mirrored; // the display only: frames are never mirrored
        this.draw();
      },
      still: () => void session.takeStill(),
      pictureInPicture: () => {
        const leave = document.pictureInPictureElement === this.video;
        // Refused where the picture is not there yet.
        (leave ? document.exitPictureInPicture() : this.video.requestPictureInPicture()).catch(() => {});
      },
      fullScreen: () => this.#fullScreen(),
      figures: () => this.#unfold(!this.figuresOpen),
    };
  }

  /** @param {"video" | "audio"} kind */
  #mute(kind) {
    const track = this.session.status.tracks.find((each) => each.kind === kind);
    if (track) this.session.enableTrack(track.id, !track.enabled);
  }

  #fullScreen() {
    const leave = document.fullscreenElement === this.root;
    // Refused by a frame that does not allow it.
    (leave ? document.exitFullscreen() : this.root.requestFullscreen()).catch(() => {});
  }

  /** @param {boolean} open */
  #unfold(open) {
    this.figuresOpen = open;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #heedKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.#obey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it meant something here
   */
  #obey({ key, target }) {
    if (key === "Escape" && this.figuresOpen) {
      this.#unfold(false);
      this.bar.figures.focus();
      return true;
    }
    // In a list a letter is the beginning of a name.
    if (this.bar.bar.hidden || /** @type {Element} */ (target).tagName === "SELECT") return false;
    return this.bar.press(key);
  }
}
