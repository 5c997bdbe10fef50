/**
 * A kernel that talks as rtcwidgets/widgets/session.py does, joined to its pages by queues of JSON.
 *
 * Whatever one page is told all pages hear. A message that the real kernel could not parse fails the test.
 */

import assert from "node:assert/strict";

import { FROM_PAGE, PROTOCOL_VERSION, VERSION } from "../src/protocol.js";

export class FakeKernel {
  /** @param {{ version?: string, iceServers?: RTCIceServer[], autostart?: boolean }} [options] */
  constructor({ version = VERSION, iceServers = [], autostart = false } = {}) {
    this.autostart = autostart;
    this.version = version;
    this.iceServers = iceServers;
    /** A dead kernel hears nothing; what it is sent is lost. */
    this.alive = true;
    /** @type {FakeComm[]} */
    this.comms = [];
    /** @type {any[]} every message, in the order in which it came */
    this.heard = [];
    /** @type {Map<object, ArrayBuffer[]>} what came along with a message */
    this.buffers = new Map();
    /** @type {Map<string, { client: string, seq: number, views: number }>} */
    this.pages = new Map();
    /** @type {{ client: string } | null} */
    this.publisher = null;
    /** @type {boolean | null} null: nobody has said anything yet, and `autostart` decides */
    this.wanted = null;
    this.hadView = false;
  }

  /** The comm of one more page. */
  comm() {
    const comm = new FakeComm(this);
    this.comms.push(comm);
    return comm;
  }

  /** Types of all messages heard, in order. */
  get types() {
    return this.heard.map(({ type }) => type);
  }

  /** @param {string} type */
  last(type) {
    return this.heard.findLast((message) => message.type === type);
  }

  /** Camera.start() */
  want() {
    this.wanted = true;
    this.#startWherePossible();
  }

  /** Camera.stop() */
  stop() {
    this.wanted = false;
    if (this.publisher) this.say({ type: "stop", to: this.publisher.client });
    this.publisher = null;
  }

  /** A new kernel: it knows no page, and no page's stream. */
  restart() {
    Object.assign(this, { alive: true, publisher: null, wanted: null, hadView: false });
    this.pages.clear();
  }

  /** @param {unknown} message */
  say(message) {
    const json = JSON.stringify(message);
    for (const comm of this.comms) queueMicrotask(() => comm.deliver(JSON.parse(json)));
  }

  /** @param {any} message */
  heed(message, buffers) {
    if (!this.alive) return;
    if (buffers) this.buffers.set(message, buffers);
    const { type, client, seq, ...fields } = message;
    assert.ok(Object.hasOwn(FROM_PAGE, type), `no such message: ${type}`);
    assert.deepEqual(Object.keys(fields).sort(), [...FROM_PAGE[type]].sort(), type);
    this.heard.push(message);
    const page = this.#pageOf(type, client, seq);
    if (!page) return;
    if (type === "hello") this.#greet(page, message);
    else if (type === "views") this.#setViews(page, message.count);
    else if (type === "bye") this.#lose(page);
    else if (type === "asking") {
      if (this.publisher && this.publisher !== page) this.say({ type: "stop", to: this.publisher.client });
      this.publisher = page;
    } else if (page === this.publisher) this.#heedPublisher(page, message);
  }

  #pageOf(type, client, seq) {
    if (!this.pages.has(client) && type === "hello")
      this.pages.set(client, { client, seq: Number.NEGATIVE_INFINITY, views: 0 });
    const page = this.pages.get(client);
    if (!page || seq <= page.seq) return null;
    page.seq = seq;
    return page;
  }

  #greet(page, { views }) {
    const taken = this.publisher && this.publisher !== page;
    this.say({
      type: "welcome",
      to: page.client,
      role: taken ? "waiting" : "publisher",
      version: this.version,
      protocol: PROTOCOL_VERSION,
      ice_servers: this.iceServers,
    });
    this.#setViews(page, views);
  }

  #setViews(page, count) {
    page.views = count;
    this.hadView ||= count > 0;
    this.#startWherePossible();
  }

  #startWherePossible() {
    if (this.publisher) return;
    const page = [...this.pages.values()].reverse().find((page) => this.#wantedIn(page));
    if (page) this.say({ type: "start", to: page.client });
  }

  #wantedIn({ views }) {
    if (this.wanted === null) return this.autostart && views > 0;
    return this.wanted && (views > 0 || !this.hadView);
  }

  #lose(page) {
    this.pages.delete(page.client);
    if (page === this.publisher) this.publisher = null;
    this.#startWherePossible();
  }

  #heedPublisher(page, { type, connection, reason }) {
    if (type === "offer")
      this.say({ type: "answer", to: page.client, connection, sdp: "v=0\r\nanswer", max_bitrate: 1_843_200 });
    if (type === "refused" || type === "lost" || type === "stopped") this.publisher = null;
    if (type === "refused") this.wanted = false;
    if (type === "stopped" && reason !== "silence") this.wanted = reason === "unseen";
  }
}

/** A page's end of the widget's comm, with the events of a widget model. */
export class FakeComm {
  /** @type {Map<string, Set<(...args: any[]) => void>>} */
  #callbacks = new Map();

  /** @param {FakeKernel} kernel */
  constructor(kernel) {
    this.kernel = kernel;
    this.closed = false;
  }

  /**
   * @param {unknown} content
   * @param {unknown} [_callbacks]
   * @param {ArrayBuffer[]} [buffers]
   */
  send(content, _callbacks, buffers) {
    if (this.closed) throw new Error("Cannot send");
    const arrived = JSON.parse(JSON.stringify(content));
    queueMicrotask(() => {
      assert.deepEqual(arrived, content, "lost on the way: not JSON");
      this.kernel.heed(arrived, buffers);
    });
  }

  on(name, callback) {
    if (!this.#callbacks.has(name)) this.#callbacks.set(name, new Set());
    this.#callbacks.get(name).add(callback);
  }

  off(name, callback) {
    this.#callbacks.get(name)?.delete(callback);
  }

  trigger(name, ...args) {
    for (const callback of [...(this.#callbacks.get(name) ?? [])]) callback(...args);
  }

  /** @param {unknown} content */
  deliver(content) {
    if (!this.closed) this.trigger("msg:custom", content, []);
  }
}
