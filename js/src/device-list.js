/**
 * The list of cameras, or of microphones, to choose from, by their names; other sources have none.
 */

import { element } from "./dom.js";
import { SOURCE_WORDS } from "./texts.js";

/** @type {Record<string, string>} */
const KINDS = { camera: "videoinput", microphone: "audioinput" };

/** @typedef {import("./protocol.js").Device} Device */

/**
 * @param {{ choose: (deviceId: string) => void, placeholder?: string, source: string, signal: AbortSignal }} options
 *   `placeholder` stands there while no device is the current one
 */
export function makeDeviceList({ choose, placeholder = "", source, signal }) {
  const { list = "", one = "" } = SOURCE_WORDS[source].devices ?? {};
  const select = element("select", { className: "rtcw-select", title: list });
  select.setAttribute("aria-label", list);
  select.addEventListener("change", () => select.value && choose(select.value), { signal });
  let drawn = "";

  /**
   * An open list is not touched as long as it stays the same.
   * @param {Device[]} devices
   * @param {string} current the device of now
   */
  function draw(devices, current) {
    const fitting = devices.filter(({ kind, device_id }) => kind === KINDS[source] && device_id);
    const named = fitting.map(({ device_id, label }, i) => ({
      value: device_id,
      text: label || `${one} ${i + 1}`,
    }));
    const known = named.some(({ value }) => value === current);
    const options = known ? named : [{ value: "", text: placeholder }, ...named];
    select.hidden = !fitting.length;
    const now = JSON.stringify([options, current]);
    if (now === drawn) return;
    drawn = now;
    select.replaceChildren(
      ...options.map(({ value, text }) => element("option", { value, textContent: text })),
    );
    select.value = known ? current : "";
  }

  return { select, draw };
}
