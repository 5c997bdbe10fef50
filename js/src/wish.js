/**
 * What to capture: Python's wish, and where that leaves the device open, the one that the user chose.
 *
 * A choice holds until Python names a device, and the browser remembers it for all notebooks of this origin.
 */

/** @typedef {import("./capture.js").Wanted} Wanted */

export class Wish {
  /** @param {() => Wanted} python what Python asks for, as of now */
  constructor(python) {
    this.python = python;
    this.chosen = "";
  }

  /** @returns {Wanted} for a start: the browser may give another camera where that one is gone */
  now() {
    const wanted = this.python();
    const open = !wanted.deviceId && !wanted.facingMode && !wanted.constraints;
    const deviceId = this.chosen || (open ? remembered(wanted.source) : "");
    return deviceId ? { ...wanted, chosen: { deviceId, exact: false } } : wanted;
  }

  /**
   * The user's choice in a view.
   * @param {string} deviceId
   * @returns {Wanted} for a change: another camera would be a surprise
   */
  choose(deviceId) {
    this.chosen = deviceId;
    const wanted = this.python();
    remember(wanted.source, deviceId);
    return { ...wanted, chosen: { deviceId, exact: true } };
  }

  /**
   * Python's newest word about the device takes the place of the user's.
   * @returns {Wanted} for a change
   */
  obey() {
    this.chosen = "";
    const wanted = this.now();
    const { deviceId } = wanted;
    return deviceId ? { ...wanted, chosen: { deviceId, exact: true } } : wanted;
  }
}

/**
 * @param {string} source
 * @returns {string} a deviceId, or nothing
 */
function remembered(source) {
  try {
    return localStorage.getItem(`rtcwidgets.${source}`) ?? "";
  } catch {
    return ""; // storage is forbidden here
  }
}

/**
 * @param {string} source
 * @param {string} deviceId
 */
function remember(source, deviceId) {
  try {
    localStorage.setItem(`rtcwidgets.${source}`, deviceId);
  } catch {
    // Storage is forbidden here: the choice holds in this page.
  }
}
