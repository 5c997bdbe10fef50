/**
 * The two ends of a connection without a network: Peer for a session, RTCPeerConnection for a peer.
 */

let connections = 0;

/**
 * A class in place of peer.js's Peer, whose instances a test finds in `made` and moves by hand.
 * @param {{ offer?: (peer: any) => Promise<string>, accept?: (peer: any) => Promise<void> }} [answers]
 */
export function fakePeerClass({ offer = async () => "v=0\r\n", accept = async () => {} } = {}) {
  return class FakePeer {
    /** @type {FakePeer[]} */
    static made = [];

    /** The connection of now. */
    static get last() {
      return FakePeer.made.at(-1);
    }

    constructor({ stream, track, iceServers, on, signal }) {
      this.id = `c-${++connections}`;
      Object.assign(this, { stream, track, iceServers, on, closed: false, accepted: [] });
      signal.addEventListener("abort", () => this.close(), { once: true });
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

    close() {
      this.closed = true;
    }

    finds(candidate, sdpMid) {
      if (!this.closed) queueMicrotask(() => this.on.candidate({ candidate, sdpMid }));
    }

    opens() {
      this.on.open();
    }

    hears() {
      this.on.heard();
    }

    shows(figures) {
      this.on.figures(figures);
    }

    loses(reason = "ICE failed") {
      this.on.lost(reason);
    }
  };
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
    const transceiver = { track, init, sender: new FakeSender() };
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
