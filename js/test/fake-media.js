/**
 * Streams and tracks without a camera: they end as the W3C says, and know who was cloned from whom.
 */

import { setMaxListeners } from "node:events";

// Everything of a run and of a view hangs on one AbortSignal, which Node thinks is a leak.
setMaxListeners(100);

let tracks = 0;

export class FakeTrack extends EventTarget {
  /**
   * @param {{ kind?: string, label?: string, settings?: MediaTrackSettings,
   *   capabilities?: MediaTrackCapabilities }} [options]
   */
  constructor({
    kind = "video",
    label = "Fake camera",
    settings = { width: 640, height: 480 },
    capabilities = {},
  } = {}) {
    super();
    this.id = `t-${++tracks}`;
    this.kind = kind;
    this.label = label;
    this.settings = settings;
    this.capabilities = capabilities;
    this.enabled = true;
    this.muted = false;
    this.readyState = "live";
    /** @type {FakeTrack[]} */
    this.clones = [];
    /** Whoever reads the track's pictures learns of its end. */
    this.onStop = () => {};
  }

  getSettings() {
    return this.settings;
  }

  getCapabilities() {
    return this.capabilities;
  }

  /** A number asked for is set; beyond the capability's range it is too much. */
  async applyConstraints(constraints) {
    for (const [name, value] of Object.entries(constraints)) {
      const { min = 0, max = Number.POSITIVE_INFINITY } = this.capabilities[name] ?? {};
      if (value < min || value > max) throw overconstrained(name);
    }
    this.settings = { ...this.settings, ...constraints };
  }

  /** The system gives no pictures for a while, or gives them again. */
  mute(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }

  clone() {
    const clone = new FakeTrack({ kind: this.kind, label: this.label, settings: this.settings });
    clone.readyState = this.readyState;
    this.clones.push(clone);
    return clone;
  }

  /** The page's own doing: no `ended` event (Media Capture and Streams, section 4.3.1). */
  stop() {
    this.readyState = "ended";
    this.onStop();
  }

  /** Someone else's doing: the camera is taken away. */
  unplug() {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

export class FakeStream extends EventTarget {
  /** @param {...FakeTrack} tracks */
  constructor(...tracks) {
    super();
    this.tracks = tracks;
  }

  getTracks() {
    return [...this.tracks];
  }

  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === "video");
  }

  getAudioTracks() {
    return this.tracks.filter(({ kind }) => kind === "audio");
  }

  /** The light is off: each track has ended, and each clone too. */
  get ended() {
    return this.tracks.every((track) => [track, ...track.clones].every((t) => t.readyState === "ended"));
  }
}

/** @param {string} constraint */
export function overconstrained(constraint) {
  return { name: "OverconstrainedError", message: "", constraint };
}

/** A camera with a microphone, as getUserMedia gives it. */
export function fakeCamera(settings = { width: 640, height: 480, frameRate: 30, deviceId: "d1" }) {
  return new FakeStream(
    new FakeTrack({ settings }),
    new FakeTrack({ kind: "audio", label: "Fake microphone" }),
  );
}

/**
 * getUserMedia whose user decides when the test says so; each call waits in `asked`.
 */
export class FakeMediaDevices extends EventTarget {
  /** @type {{ constraints: MediaStreamConstraints, allow(stream?: FakeStream): FakeStream, refuse(error: unknown): void }[]} */
  asked = [];

  /** @type {object[]} what enumerateDevices tells */
  infos = [];

  async enumerateDevices() {
    return this.infos;
  }

  /** A device comes or goes. */
  plug(...infos) {
    this.infos = infos;
    this.dispatchEvent(new Event("devicechange"));
  }

  /** @param {MediaStreamConstraints} constraints */
  getUserMedia(constraints) {
    return new Promise((resolve, reject) => {
      this.asked.push({
        constraints,
        allow(stream = fakeCamera()) {
          resolve(stream);
          return stream;
        },
        refuse: reject,
      });
    });
  }
}

/** A device as enumerateDevices tells of it. */
export function deviceInfo(
  deviceId,
  { kind = "videoinput", label = `Camera ${deviceId}`, capabilities } = {},
) {
  const info = { deviceId, kind, label, groupId: "" };
  return capabilities ? { ...info, getCapabilities: () => capabilities } : info;
}

/**
 * MediaStreamTrackProcessor as Chromium has it: gives `picture` once, or waits for one until the track ends.
 * @param {{ colorSpace: object, close(): void, cancelled?(): void } | null} picture
 */
export function fakeTrackProcessor(picture) {
  return class {
    /** @param {{ track: FakeTrack }} init */
    constructor({ track }) {
      const read = async () => {
        if (picture) return { value: picture, done: false };
        await new Promise((resolve) => {
          track.onStop = () => resolve(undefined);
        });
        return { value: undefined, done: true };
      };
      const cancel = async () => picture?.cancelled?.();
      this.readable = { getReader: () => ({ read, cancel }) };
    }
  };
}
