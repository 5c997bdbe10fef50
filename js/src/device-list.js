/**
 * The list of cameras to choose from, by their names.
 */

import { element } from "./dom.js";
import { TEXTS } from "./texts.js";

/** @typedef {import("./protocol.js").Device} Device */

/**
 * @param {{ choose: (deviceId: string) => void, placeholder?: string, signal: AbortSignal }} options
 *   `placeholder` stands there while no device is the current one
 */
export function makeDeviceList({ choose, placeholder = "", signal }) {
  const select = element("select", { className: "rtcw-select", title: TEXTS.devices });
  select.setAttribute("aria-label", TEXTS.devices);
  select.addEventListener("change", () => select.value && choose(select.value), { signal });
  let drawn = "";

  /**
   * An open list is not touched as long as it stays the same.
   * @param {Device[]} devices
   * @param {string} current the device of now
   */
  function draw(devices, current) {
    const cameras = devices.filter(({ kind, device_id }) => kind === "videoinput" && device_id);
    const named = cameras.map(({ device_id, label }, i) => ({
      value: device_id,
      text: label || `${TEXTS.device} ${i + 1}`,
    }));
    const known = named.some(({ value }) => value === current);
    const options = known ? named : [{ value: "", text: placeholder }, ...named];
    select.hidden = !cameras.length;
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
