/**
 * The tracks of a captured stream as the kernel knows them: said anew whenever something about them changes.
 */

import { likelyColourSpace } from "./colour.js";

/**
 * @typedef {import("./protocol.js").FromPage["granted"]} Granted
 * @typedef {import("./protocol.js").TrackState} TrackState
 * @typedef {import("./protocol.js").Setting} Setting
 */

// The kernel's limits (protocol.py).
const LABEL = 500;
const MEMBERS = 64;
const NAME = 100;
const TEXT = 500;
const SETTING_ITEMS = 32;
const CAPABILITY_ITEMS = 64;
const TRACKS = 8;

export class Tracks {
  /**
   * @param {{ captured: import("./capture.js").Captured, tell: (granted: Granted) => void, signal: AbortSignal }} options
   */
  constructor({ captured: { stream, track, pattern }, tell, signal }) {
    this.stream = stream;
    this.pattern = pattern;
    this.tell = tell;
    this.signal = signal;
    this.colourSpace = likelyColourSpace(track);
    this.told = "";
    for (const each of stream.getTracks())
      for (const event of ["mute", "unmute", "ended"])
        each.addEventListener(event, () => this.look(), { signal });
    this.look();
  }

  /** Tell what has changed, if something has. */
  look() {
    if (this.signal.aborted) return;
    const granted = {
      // Chromium has the audio first.
      tracks: [...this.stream.getVideoTracks(), ...this.stream.getAudioTracks()]
        .slice(0, TRACKS)
        .map(stateOf),
      colour_space: this.colourSpace,
      pattern: this.pattern,
    };
    const said = JSON.stringify(granted);
    if (said === this.told) return;
    this.told = said;
    this.tell(granted);
  }

  /** @param {import("./protocol.js").ColourSpace} colourSpace */
  seeColours(colourSpace) {
    this.colourSpace = colourSpace;
    this.look();
  }

  /**
   * @param {string} id
   * @returns {MediaStreamTrack | undefined}
   */
  find(id) {
    return this.stream.getTracks().find((track) => track.id === id);
  }

  /**
   * @param {string} id
   * @param {boolean} enabled
   */
  enable(id, enabled) {
    const track = this.find(id);
    if (track) track.enabled = enabled;
    this.look();
  }
}

/**
 * @param {MediaStreamTrack} track
 * @returns {TrackState}
 */
export function stateOf(track) {
  return {
    id: track.id,
    kind: /** @type {"video" | "audio"} */ (track.kind),
    label: track.label.slice(0, LABEL),
    enabled: track.enabled,
    muted: track.muted,
    ready_state: track.readyState,
    settings: plain(track.getSettings(), settingOf),
    // Firefox has none.
    capabilities: plain(track.getCapabilities?.() ?? {}, capabilityOf),
  };
}

/**
 * The members that the kernel takes, under their W3C names.
 * @template T
 * @param {object} members
 * @param {(value: unknown) => T | undefined} take
 * @returns {Record<string, T>}
 */
function plain(members, take) {
  /** @type {[string, T][]} */
  const taken = [];
  for (const [name, value] of Object.entries(members)) {
    const one = take(value);
    if (one !== undefined && name.length <= NAME && taken.length < MEMBERS) taken.push([name, one]);
  }
  return Object.fromEntries(taken);
}

/**
 * @param {unknown} value
 * @returns {Setting | undefined}
 */
function scalarOf(value) {
  if (typeof value === "string") return value.slice(0, TEXT);
  return typeof value === "boolean" || Number.isFinite(value) ? /** @type {Setting} */ (value) : undefined;
}

/**
 * @param {unknown} value
 * @param {number} most
 * @returns {Setting[] | undefined}
 */
function listOf(value, most) {
  if (!Array.isArray(value)) return undefined;
  const scalars = value.map(scalarOf).filter((scalar) => scalar !== undefined);
  return scalars.length === value.length ? scalars.slice(0, most) : undefined;
}

/** @param {unknown} value */
function settingOf(value) {
  return scalarOf(value) ?? listOf(value, SETTING_ITEMS);
}

/** @param {unknown} value */
function capabilityOf(value) {
  return scalarOf(value) ?? listOf(value, CAPABILITY_ITEMS) ?? rangeOf(value);
}

/**
 * A DoubleRange or MediaSettingsRange.
 * @param {unknown} value
 */
function rangeOf(value) {
  if (typeof value !== "object" || value === null) return undefined;
  const { min, max, step } = /** @type {Record<string, unknown>} */ (value);
  const parts = Object.entries({ min, max, step }).filter(([, part]) => Number.isFinite(part));
  return parts.length ? Object.fromEntries(parts) : undefined;
}
