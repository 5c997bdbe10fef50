/**
 * The cameras and microphones of this machine, as far as the browser tells: listed again when one comes or goes.
 */

/** @typedef {import("./protocol.js").Device} Device */

const KINDS = ["videoinput", "audioinput", "audiooutput"];
// The kernel's limits (protocol.py).
const DEVICES = 128;
const TEXT = 500;

export class Devices {
  /**
   * @param {{ mediaDevices?: MediaDevices, changed: (list: Device[]) => void, signal: AbortSignal }} options
   */
  constructor({ mediaDevices, changed, signal }) {
    this.mediaDevices = mediaDevices;
    this.changed = changed;
    this.signal = signal;
    /** @type {Device[]} names are empty until one was allowed */
    this.list = [];
    // A page on an insecure origin has no mediaDevices.
    mediaDevices?.addEventListener("devicechange", () => this.look(), { signal });
  }

  /** List them again, and say so if the list is another one. Opens nothing, asks nobody. */
  async look() {
    if (!this.mediaDevices?.enumerateDevices) return;
    // What cannot be listed now stays as it was.
    const infos = await this.mediaDevices.enumerateDevices().catch(() => null);
    if (!infos || this.signal.aborted) return;
    const list = infos
      .filter(({ kind }) => KINDS.includes(kind))
      .slice(0, DEVICES)
      .map(deviceOf);
    if (JSON.stringify(list) === JSON.stringify(this.list)) return;
    this.list = list;
    this.changed(list);
  }
}

/**
 * @param {MediaDeviceInfo} info
 * @returns {Device}
 */
function deviceOf({ deviceId, kind, label, groupId }) {
  return {
    device_id: deviceId.slice(0, TEXT),
    kind,
    label: label.slice(0, TEXT),
    group_id: groupId.slice(0, TEXT),
  };
}
