/**
 * The slim bar over the picture or the sound: everything that a user can do with a live stream.
 */

import { makeDeviceList } from "./device-list.js";
import { element, icon, iconButton, rename, resign } from "./dom.js";
import { SOURCE_WORDS, TEXTS } from "./texts.js";
import { roam } from "./toolbar.js";

/**
 * @typedef {import("./status.js").Status} Status
 * @typedef {{ mirrored: boolean, figuresOpen: boolean, fullScreen: boolean }} Looks how this view shows the stream
 *
 * @typedef {object} Deeds
 * @property {() => void} power
 * @property {(kind: "video" | "audio") => void} mute
 * @property {(deviceId: string) => void} choose
 * @property {() => void} mirror
 * @property {() => void} still
 * @property {() => void} pictureInPicture
 * @property {() => void} fullScreen
 * @property {() => void} figures
 */

/**
 * @param {{ deeds: Deeds, able: { pictureInPicture: boolean, fullScreen: boolean }, figuresId: string,
 *   source: string, signal: AbortSignal }} options
 */
export function makeBar({ deeds, able, figuresId, source, signal }) {
  const kind = source === "microphone" ? "audio" : "video";
  const power = iconButton("stop", TEXTS.stop, { className: "rtcw-power", key: "k" });
  const devices = makeDeviceList({ choose: deeds.choose, source, signal });
  const video = iconButton("camera", TEXTS.muteVideo, kind === "video" ? { key: "m" } : {});
  const ofMicrophone = Boolean(SOURCE_WORDS[source].devices);
  const audio = iconButton(
    "microphone",
    ofMicrophone ? TEXTS.muteAudio : TEXTS.muteSent,
    kind === "audio" ? { key: "m" } : {},
  );
  const mirror = iconButton("mirror", TEXTS.mirror, { className: "rtcw-second" });
  const still = iconButton("still", TEXTS.still, { className: "rtcw-second" });
  const pictureInPicture = iconButton("pictureInPicture", TEXTS.pictureInPicture, {
    className: "rtcw-third",
  });
  const fullScreen = iconButton("fullScreen", TEXTS.fullScreen, { className: "rtcw-second", key: "f" });
  const figures = iconButton("figures", TEXTS.figures);
  figures.setAttribute("aria-controls", figuresId);
  pictureInPicture.hidden = !able.pictureInPicture;
  fullScreen.hidden = !able.fullScreen;
  if (kind === "audio")
    for (const button of [mirror, still, pictureInPicture, fullScreen]) button.hidden = true;

  const list = element("div", { className: "rtcw-devices" }, icon("devices"), devices.select);
  const left = element("div", { className: "rtcw-group" }, power, list, video, audio);
  const right = element(
    "div",
    { className: "rtcw-group" },
    mirror,
    still,
    pictureInPicture,
    fullScreen,
    figures,
  );
  const bar = element("div", { className: "rtcw-bar" }, left, right);
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", TEXTS.controls);

  const clicks = /** @type {const} */ ([
    [power, deeds.power],
    [video, () => deeds.mute("video")],
    [audio, () => deeds.mute("audio")],
    [mirror, deeds.mirror],
    [still, deeds.still],
    [pictureInPicture, deeds.pictureInPicture],
    [fullScreen, deeds.fullScreen],
    [figures, deeds.figures],
  ]);
  for (const [button, deed] of clicks) button.addEventListener("click", () => deed(), { signal });
  const items = [power, devices.select, video, audio, mirror, still, pictureInPicture, fullScreen, figures];
  const settle = roam(bar, items, signal);

  /**
   * @param {Status} status
   * @param {import("./protocol.js").Device[]} known
   * @param {Looks} looks
   */
  function draw(status, known, looks) {
    const running = Boolean(status.stream) || status.state === "asking";
    resign(power, running ? "stop" : "start");
    rename(power, running ? TEXTS.stop : TEXTS.start);
    const track = status.tracks.find((each) => each.kind === kind);
    devices.draw(known, String(track?.settings.deviceId ?? ""));
    list.hidden = devices.select.hidden || !status.stream;
    drawMute(
      video,
      status.tracks.find(({ kind }) => kind === "video"),
      ["camera", "cameraOff"],
    );
    drawMute(
      audio,
      status.tracks.find(({ kind, ready_state }) => kind === "audio" && ready_state === "live"),
      ofMicrophone ? ["microphone", "microphoneOff"] : ["sound", "soundOff"],
    );
    // Of sound there is no picture; of what the kernel sends it has the picture already.
    still.hidden = !status.stream || kind === "audio" || source === "player";
    mirror.setAttribute("aria-pressed", String(looks.mirrored));
    fullScreen.setAttribute("aria-pressed", String(looks.fullScreen));
    figures.hidden = !status.stream;
    figures.setAttribute("aria-expanded", String(looks.figuresOpen));
    settle();
  }

  /**
   * @param {string} key
   * @returns {boolean} whether a button has it
   */
  function press(key) {
    const button = [power, video, audio, fullScreen].find(
      (each) => each.getAttribute("aria-keyshortcuts") === key,
    );
    if (!button || button.hidden) return false;
    button.click();
    return true;
  }

  return { bar, power, figures, draw, settle, press };
}

/**
 * @param {HTMLElement} button
 * @param {import("./protocol.js").TrackState | undefined} track
 * @param {[on: "camera" | "microphone" | "sound", off: "cameraOff" | "microphoneOff" | "soundOff"]} signs
 */
function drawMute(button, track, [on, off]) {
  button.hidden = !track;
  if (!track) return;
  resign(button, track.enabled ? on : off);
  button.setAttribute("aria-pressed", String(!track.enabled));
}
