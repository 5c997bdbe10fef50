/**
 * Streams and tracks without a camera: they end as the W3C says, and know who was cloned from whom.
 */

export class FakeTrack extends EventTarget {
  /** @param {{ kind?: string, label?: string, settings?: MediaTrackSettings }} [options] */
  constructor({ kind = "video", label = "Fake camera", settings = { width: 640, height: 480 } } = {}) {
    super();
    this.kind = kind;
    this.label = label;
    this.settings = settings;
    this.readyState = "live";
    /** @type {FakeTrack[]} */
    this.clones = [];
    /** Whoever reads the track's pictures learns of its end. */
    this.onStop = () => {};
  }

  getSettings() {
    return this.settings;
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

  /** The light is off: each track has ended, and each clone too. */
  get ended() {
    return this.tracks.every((track) => [track, ...track.clones].every((t) => t.readyState === "ended"));
  }
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
