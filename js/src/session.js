/**
 * One stream in one page, from `hello` to the last track stopped: asks the kernel, runs, lets go.
 *
 * The kernel says when to start; views may come and go, the session is one. Whatever is open belongs to the current
 * run, and ends with it.
 */

import { Audience, makeRoom } from "./audience.js";
import { capture } from "./capture.js";
import { Devices } from "./devices.js";
import { Greeting } from "./greeting.js";
import { PROTOCOL_VERSION, VERSION } from "./protocol.js";
import { applyConstraints, stopTrack, takeStill } from "./requests.js";
import { Run } from "./run.js";
import { IDLE } from "./status.js";
import { keptNote } from "./texts.js";
import { Wish } from "./wish.js";

/**
 * @typedef {import("./capture.js").Wanted} Wanted
 * @typedef {import("./protocol.js").FromKernel} FromKernel
 * @typedef {import("./protocol.js").FromPage} FromPage
 * @typedef {import("./refusal.js").CaptureRefused} CaptureRefused
 * @typedef {import("./status.js").Status} Status
 *
 * @typedef {{ client: string,
 *   send<T extends keyof FromPage>(type: T, fields: FromPage[T], buffers?: ArrayBuffer[]): void,
 *   listen(heed: (message: FromKernel, buffers: DataView[]) => void, signal?: AbortSignal): void }} Talk
 */

/** What an end that the page did not ask for is: of a device a failure, of these somebody's wish. */
/** @type {Record<string, import("./status.js").State>} */
const ENDED = { screen: "stopped", file: "stopped", widget: "stopped" };

const OURS = { version: VERSION, protocol: PROTOCOL_VERSION };

/** Tells by `change` that the status or the devices are others, by `still` that a picture was taken. */
export class Session extends EventTarget {
  /**
   * @param {object} parts
   * @param {Talk} parts.signaling
   * @param {() => Wanted} parts.wanted what Python asks for, as of now
   * @param {AbortSignal} parts.signal ends everything
   * @param {typeof capture} [parts.capture]
   * @param {typeof import("./peer.js").Peer} [parts.PeerClass]
   */
  constructor({ signaling, wanted, signal, capture: getStream = capture, PeerClass }) {
    super();
    this.signaling = signaling;
    this.wish = new Wish(wanted);
    this.capture = getStream;
    this.PeerClass = PeerClass;
    /** @type {Status} */
    this.status = IDLE;
    this.welcomed = false;
    /** @type {RTCIceServer[]} */
    this.iceServers = [];
    /** @type {Run | null} */
    this.run = null;

    this.audience = new Audience({
      changed: (count) => this.signaling.send("views", { count }),
      unseen: () => this.#stopBecause("unseen"),
      signal,
    });
    this.devices = new Devices({
      mediaDevices: navigator.mediaDevices,
      changed: () => {
        this.#tellDevices();
        this.#show(this.status);
      },
      signal,
    });
    this.greeting = new Greeting({
      say: () => signaling.send("hello", { ...OURS, views: this.audience.count }),
      unanswered: () => this.#show({ ...IDLE, card: "offline" }),
      signal,
    });

    signaling.listen((message) => this.#heed(message));
    signal.addEventListener("abort", () => this.#leave(), { once: true });
    addEventListener("pagehide", () => this.#leave(), { signal });
    this.hello();
  }

  /** Ask the kernel what to do; no camera opens before it has answered. */
  hello() {
    this.welcomed = false;
    this.greeting.begin();
  }

  /**
   * A view is shown until its signal aborts.
   * @param {AbortSignal} signal
   */
  addView(signal) {
    this.audience.add(signal);
  }

  // -- what a user does in a view

  /**
   * Begin, unless it already did: by the kernel's word or by a click.
   * @param {Partial<Wanted>} [instead] what a click changes about what Python asks for
   * @param {boolean} [byClick]
   */
  async start(instead = {}, byClick = true) {
    if (this.run && byClick) this.#press();
    if (this.run || !this.welcomed) return;
    makeRoom();
    this.run = this.#runOf({ ...this.wish.now(), ...instead }, byClick);
    this.#show({ ...IDLE, state: "asking" });
    this.signaling.send("asking", {});
    await this.run.begin();
  }

  /** The click that a source was waiting for. */
  #press() {
    if (this.status.card === "offered") this.#show({ ...this.status, card: "" });
    this.run?.press();
  }

  /** A click on Stop. */
  stop() {
    if (!this.#stopBecause("user")) this.#show({ ...IDLE, state: "stopped", card: "stopped" });
  }

  /**
   * A click on a device: what runs goes on with it, what does not starts with it.
   * @param {string} deviceId
   */
  async chooseDevice(deviceId) {
    const wanted = this.wish.choose(deviceId);
    if (this.run) await this.run.change(wanted);
    else await this.start();
  }

  /**
   * @param {string} track its id
   * @param {boolean} enabled
   */
  enableTrack(track, enabled) {
    this.run?.tracks?.enable(track, enabled);
  }

  /** A still picture for the kernel. */
  async takeStill() {
    if (this.run) await takeStill(this.run, this.signaling, null);
  }

  /** The note was read. */
  dismissNote() {
    this.#show({ ...this.status, note: null });
  }

  // -- what comes from the kernel

  /** The kernel restarted or died: nothing may stay on, and a new kernel is asked. */
  kernelChanged() {
    this.#end();
    this.#show(IDLE);
    this.hello();
  }

  /** Python asks for another device. */
  async deviceWanted() {
    const wanted = this.wish.obey();
    await this.run?.change(wanted);
  }

  /** @param {FromKernel} message */
  #heed(message) {
    const { run } = this;
    switch (message.type) {
      case "welcome":
        return this.#heedWelcome(message);
      case "start":
        return void this.start({}, false);
      case "stop":
        this.#end();
        return this.#show({ ...IDLE, state: "stopped", card: "stopped" });
      case "answer":
        return void run?.link?.accept(message);
      case "limit":
        return void run?.link?.limit(message.max_bitrate);
      case "enable-track":
        return this.enableTrack(message.track, message.enabled);
      case "stop-track":
        return stopTrack(run, message.track);
      case "apply-constraints":
        return void applyConstraints(run, this.signaling, message);
      case "take-still":
        return void takeStill(run, this.signaling, message.request);
      case "failure":
        if (message.fatal) return this.#fail("kernel", { detail: message.message });
        return this.#show({ ...this.status, note: { message: message.message, detail: message.detail } });
    }
  }

  /** @param {import("./protocol.js").Welcome} message */
  #heedWelcome({ version, role, ice_servers }) {
    this.greeting.end();
    this.iceServers = ice_servers;
    this.welcomed = version === VERSION;
    this.#tellDevices();
    this.devices.look();
    if (!this.welcomed) this.#show({ ...IDLE, card: "version" });
    else if (!this.run) this.#show({ ...IDLE, card: role === "waiting" ? "waiting" : "idle" });
  }

  #tellDevices() {
    const { list } = this.devices;
    if (this.welcomed && list.length) this.signaling.send("devices", { devices: list });
  }

  // -- the run

  /**
   * @param {Wanted} wanted
   * @param {boolean} byClick
   */
  #runOf(wanted, byClick) {
    const { iceServers, signaling, capture: getStream, PeerClass } = this;
    const show = (/** @type {Partial<Status>} */ change) => this.#show({ ...this.status, ...change });
    return new Run({
      wanted,
      iceServers,
      signaling,
      capture: getStream,
      PeerClass,
      byClick,
      on: {
        offered: () => show({ card: "offered" }),
        progress: (progress) => show({ progress }),
        captured: ({ stream, pattern, playback = null }) => {
          show({ stream, pattern, playback, ...(this.status.stream ? {} : { state: "connecting" }) });
          this.devices.look(); // names are told now
        },
        tracks: (tracks) => show({ tracks }),
        refused: (refused) => this.#refuse(refused),
        kept: (refused) => show({ note: keptNote(refused, wanted.source) }),
        stopped: () => this.stop(),
        ended: () => this.#stopBecause("ended", { state: ENDED[wanted.source] ?? "failed", card: "ended" }),
        still: () => this.dispatchEvent(new Event("still")),
        connecting: () => show({ state: "connecting", figures: null }),
        live: () => this.#showState("live"),
        busy: () => this.#showState("busy"),
        figures: (figures) => show({ figures }),
        lost: (detail, why) => this.#fail(why, { detail }),
        silent: () => this.#askAnew(),
      },
    });
  }

  /** @param {import("./status.js").State} state */
  #showState(state) {
    if (this.status.state !== state) this.#show({ ...this.status, state });
  }

  /** A kernel that has left or says nothing may be gone: the light goes off, and on again when it answers. */
  #askAnew() {
    this.#stopBecause("silence", IDLE);
    this.hello();
  }

  /**
   * End the run, and say why. Whether there was one.
   * @param {FromPage["stopped"]["reason"]} reason
   * @param {Partial<Status>} status what is shown then
   */
  #stopBecause(reason, status = { state: "stopped", card: "stopped" }) {
    if (!this.#end()) return false;
    this.signaling.send("stopped", { reason });
    this.#show({ ...IDLE, ...status });
    return true;
  }

  /** @param {CaptureRefused} refused */
  #refuse(refused) {
    const { fields } = refused;
    this.signaling.send("refused", fields);
    const { message: detail, constraint, possible } = fields;
    this.#fail(fields.name, { detail, constraint, possible });
    this.devices.look();
  }

  /**
   * @param {string} card
   * @param {Partial<Status>} status
   */
  #fail(card, status) {
    this.#end();
    this.#show({ ...IDLE, ...status, state: "failed", card });
  }

  /** Tracks stopped, connection closed. Whether there was anything to end. */
  #end() {
    const { run } = this;
    this.run = null;
    run?.end();
    return run !== null;
  }

  /** The page or the widget goes away. */
  #leave() {
    this.greeting.end();
    this.audience.end();
    this.#end();
    this.signaling.send("bye", {});
  }

  /** @param {Status} status */
  #show(status) {
    this.status = status;
    this.dispatchEvent(new Event("change"));
  }
}
