/**
 * What a user sees of a stream: the picture, a live sign, figures, a slim bar, or a card in the picture's place.
 */

import { CARDS, TEXTS } from "./texts.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./session.js").Status} Status
 */

/**
 * Show a session in `el` until `signal` aborts.
 * @param {{ session: Session, el: HTMLElement, signal: AbortSignal, mirror: boolean, source: string }} options
 */
export function showView({ session, el, signal, mirror, source }) {
  const parts = build();
  parts.video.muted = true;
  setMirror(parts, mirror);

  const on = { signal };
  parts.power.addEventListener("click", () => (session.run ? session.stop() : session.start()), on);
  parts.mirror.addEventListener(
    "click",
    () => setMirror(parts, !parts.root.classList.contains("mirrored")),
    on,
  );
  parts.action.addEventListener("click", () => session.start(), on);
  parts.usePattern.addEventListener("click", () => session.start({ source: "pattern" }), on);
  parts.dismiss.addEventListener("click", () => session.dismissNote(), on);
  session.addEventListener("change", () => draw(parts, session.status, source), on);
  signal.addEventListener("abort", () => {
    parts.video.srcObject = null;
  });

  draw(parts, session.status, source);
  el.replaceChildren(parts.root);
}

/** @typedef {ReturnType<typeof build>} Parts */

function build() {
  const video = element("video", { autoplay: true, playsInline: true, className: "rtcw-video" });
  const sign = element("div", { className: "rtcw-sign" });
  sign.setAttribute("role", "status");
  const corner = element("div", { className: "rtcw-corner" });

  const sentence = element("p", { className: "rtcw-sentence" });
  const remedy = element("p", { className: "rtcw-remedy" });
  const detail = element("p", { className: "rtcw-detail" });
  const action = element("button", { type: "button", className: "rtcw-button rtcw-main" });
  const usePattern = element("button", {
    type: "button",
    className: "rtcw-button",
    textContent: TEXTS.usePattern,
  });
  const buttons = element("div", { className: "rtcw-buttons" }, action, usePattern);
  const card = element("div", { className: "rtcw-card" }, sentence, remedy, detail, buttons);

  const noteText = element("summary", {});
  const noteDetail = element("pre", {});
  const dismiss = element("button", {
    type: "button",
    className: "rtcw-icon",
    textContent: "×",
    title: TEXTS.dismiss,
  });
  dismiss.setAttribute("aria-label", TEXTS.dismiss);
  const note = element(
    "div",
    { className: "rtcw-note", hidden: true },
    element("details", {}, noteText, noteDetail),
    dismiss,
  );

  const power = element("button", { type: "button", className: "rtcw-icon rtcw-power" });
  const mirror = element("button", { type: "button", className: "rtcw-icon", title: TEXTS.mirror });
  mirror.setAttribute("aria-label", TEXTS.mirror);
  mirror.append(icon("M11 3v18M8 7 3 17h5zM14 7l5 10h-5z"));
  const bar = element("div", { className: "rtcw-bar" }, power, mirror);
  bar.setAttribute("role", "toolbar");

  const root = element("div", { className: "rtcw" }, video, sign, corner, card, note, bar);
  root.setAttribute("role", "group");
  return {
    root,
    video,
    sign,
    corner,
    card,
    sentence,
    remedy,
    detail,
    action,
    usePattern,
    note,
    noteText,
    noteDetail,
    dismiss,
    bar,
    power,
    mirror,
  };
}

/**
 * @param {Parts} parts
 * @param {Status} status
 * @param {string} source
 */
function draw(parts, status, source) {
  const { root, video, sign } = parts;
  root.dataset.state = status.state;
  root.setAttribute("aria-label", source === "pattern" ? TEXTS.pattern : TEXTS.camera);
  if (video.srcObject !== status.stream) video.srcObject = status.stream;
  if (status.settings?.width) {
    root.style.setProperty("--rtcw-width", `${status.settings.width}px`);
    root.style.setProperty("--rtcw-ratio", `${status.settings.width} / ${status.settings.height}`);
  }
  sign.textContent = status.state === "live" && status.pattern ? TEXTS.pattern : TEXTS.state[status.state];
  sign.hidden = !sign.textContent || Boolean(status.card);
  parts.corner.textContent = cornerLine(status);
  parts.corner.hidden = !parts.corner.textContent;
  drawCard(parts, status);
  drawPower(parts, Boolean(status.stream) || status.state === "asking");
  parts.note.hidden = !status.note;
  parts.noteText.textContent = status.note?.message ?? "";
  parts.noteDetail.textContent = status.note?.detail ?? "";
}

/**
 * Size, frame rate, age and transport, as the kernel sees them.
 * @param {Status} status
 */
export function cornerLine({ figures, settings }) {
  if (!settings?.width) return "";
  if (!figures) return `${settings.width}×${settings.height}`;
  const age = figures.age_ms === null ? "" : ` · ${Math.round(figures.age_ms)} ${TEXTS.ms}`;
  return `${figures.width}×${figures.height} · ${Math.round(figures.frame_rate)} ${TEXTS.fps}${age} · ${figures.transport}`;
}

/**
 * @param {Parts} parts
 * @param {Status} status
 */
function drawCard(parts, status) {
  const card = status.card ? (CARDS[status.card] ?? CARDS.other) : null;
  parts.card.hidden = !card;
  parts.bar.hidden = Boolean(card);
  if (!card) return;
  parts.sentence.textContent = card.sentence;
  parts.remedy.textContent = card.remedy;
  parts.remedy.hidden = !card.remedy;
  parts.detail.textContent = status.detail;
  parts.detail.hidden = !status.detail;
  parts.action.hidden = !card.action;
  parts.action.textContent = status.state === "failed" ? TEXTS.retry : TEXTS.start;
  parts.usePattern.hidden = card.action !== "pattern";
}

/**
 * @param {Parts} parts
 * @param {boolean} running
 */
function drawPower({ power }, running) {
  const label = running ? TEXTS.stop : TEXTS.start;
  if (power.title === label) return;
  power.title = label;
  power.setAttribute("aria-label", label);
  power.replaceChildren(icon(running ? "M6 6h12v12H6z" : "M8 5v14l11-7z"));
}

/**
 * Display only: frames are never mirrored.
 * @param {Parts} parts
 * @param {boolean} mirrored
 */
function setMirror({ root, mirror }, mirrored) {
  root.classList.toggle("mirrored", mirrored);
  mirror.setAttribute("aria-pressed", String(mirrored));
}

/** @param {string} path of a 24×24 icon */
function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} properties
 * @param {...HTMLElement} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
