/**
 * The two ends of a connection without a network: Peer for a link, RTCPeerConnection for a peer.
 */

let connections = 0;

/**
 * A class in place of peer.js's Peer, whose instances a test finds in `made` and moves by hand. As of a Peer, no event
 * comes of one that was closed.
 * @param {{ construct?: () => unknown, offer?: (peer: any) => Promise<string>, accept?: (peer: any) => Promise<void>,
 *   replace?: (peer: any) => Promise<void> }} [answers]
 */
export function fakePeerClass({
  construct = () => {},
  offer = async () => "v=0\r\n",
  accept = async () => {},
  replace = async () => {},
} = {}) {
  return class FakePeer {
    /** @type {FakePeer[]} */
    static made = [];

    /** The connection of now. */
    static get last() {
      return FakePeer.made.at(-1);
    }

    constructor({ stream, track, iceServers, codec, on }) {
      construct();
      this.id = `c-${++connections}`;
      Object.assign(this, { stream, track, iceServers, codec, on, closed: false, accepted: [], limits: [] });
      FakePeer.made.push(this);
    }

    async offer() {
      const sdp = await offer(this);
      queueMicrotask(() => this.finds("candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host", "0"));
      return sdp;
    }

    async accept(sdp, maxBitrate) {
      this.accepted.push({ sdp, maxBitrate });
      await accept(this);
    }

    async limit(maxBitrate) {
      this.limits.push(maxBitrate);
    }

    async replaceTracks({ track }) {
      await replace(this);
      this.track = track;
    }

    close() {
      this.closed = true;
    }

    finds(candidate, sdpMid) {
      queueMicrotask(() => this.#tell("candidate", { candidate, sdpMid }));
    }

    opens() {
      this.#tell("open");
    }

    hears() {
      this.#tell("heard");
    }

    shows(figures) {
      this.#tell("figures", figures);
    }

    fails(reason = "ICE failed") {
      this.#tell("failed", reason);
    }

    /** The kernel closes the control channel. */
    closes() {
      this.#tell("closed");
    }

    #tell(event, ...what) {
      if (!this.closed) this.on[event](...what);
    }
  };
}

/**
 * A class in place of Peer whose instances cannot be made, or cannot be offered, once there are `good` of them.
 * @param {"made" | "offered"} what
 * @param {number} good
 */
export function failingPeerClass(what, good) {
  const fail = () => {
    throw new SyntaxError("ICE server");
  };
  const Peer = fakePeerClass({
    construct: () => what === "made" && Peer.made.length >= good && fail(),
    offer: async () => (what === "offered" && Peer.made.length > good ? fail() : "v=0\r\n"),
  });
  return Peer;
}

/** An EventTarget with `on...` properties, as those of the DOM have them. */
class Target extends EventTarget {
  /** @param {Event} event */
  dispatchEvent(event) {
    this[`on${event.type}`]?.(event);
    return super.dispatchEvent(event);
  }

  /**
   * @param {string} type
   * @param {object} [fields]
   */
  happens(type, fields = {}) {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

export class FakeDataChannel extends Target {
  /** @param {string} label */
  constructor(label) {
    super();
    this.label = label;
    this.readyState = "connecting";
    /** @type {any[]} what the kernel has got */
    this.sent = [];
  }

  /** @param {string} data */
  send(data) {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.sent.push(JSON.parse(data));
  }

  opens() {
    this.readyState = "open";
    this.happens("open");
  }

  closes() {
    this.readyState = "closed";
    this.happens("close");
  }

  /** @param {object | string} message of the kernel */
  receives(message) {
    this.happens("message", { data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

class FakeSender {
  parameters = { transactionId: "t-1", encodings: [{ active: true }] };

  getParameters() {
    return structuredClone(this.parameters);
  }

  async setParameters(parameters) {
    this.parameters = parameters;
  }

  async replaceTrack(track) {
    this.track = track;
  }
}

export class FakePeerConnection extends Target {
  /** @type {FakePeerConnection[]} */
  static made = [];

  static get last() {
    return FakePeerConnection.made.at(-1);
  }

  /** @param {RTCConfiguration} configuration */
  constructor(configuration) {
    super();
    Object.assign(this, {
      configuration,
      connectionState: "new",
      localDescription: null,
      remoteDescription: null,
    });
    this.transceivers = [];
    FakePeerConnection.made.push(this);
  }

  addTransceiver(track, init) {
    const transceiver = {
      track,
      init,
      sender: new FakeSender(),
      codecs: null,
      setCodecPreferences(codecs) {
        this.codecs = codecs.map(({ mimeType }) => mimeType);
      },
    };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  createDataChannel(label) {
    this.channel = new FakeDataChannel(label);
    return this.channel;
  }

  async setLocalDescription() {
    this.localDescription = { type: "offer", sdp: "v=0\r\noffer" };
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
  }

  /** @param {RTCPeerConnectionState} state */
  becomes(state) {
    this.connectionState = state;
    this.happens("connectionstatechange");
  }

  close() {
    this.connectionState = "closed";
    this.channel.closes();
  }
}
