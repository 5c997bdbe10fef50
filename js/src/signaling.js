/**
 * The widget's comm as a channel of typed messages: the only module that calls `model.send`.
 *
 * Every page of a notebook hears everything the kernel sends, so each page has a random id and heeds its own mail only.
 */

import { parse } from "./protocol.js";
import { randomId } from "./random-id.js";

/**
 * @typedef {import("./protocol.js").FromPage} FromPage
 * @typedef {import("./protocol.js").FromKernel} FromKernel
 * @typedef {{ send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void,
 *   on(name: string, callback: (...args: any[]) => void): void,
 *   off(name: string, callback: (...args: any[]) => void): void }} Comm
 */

export class Signaling {
  /**
   * @param {Comm} model
   * @param {AbortSignal} signal ends it
   */
  constructor(model, signal) {
    this.client = randomId();
    this.seq = 0;
    this.model = model;
    this.signal = signal;
  }

  /**
   * @template {keyof FromPage} T
   * @param {T} type
   * @param {FromPage[T]} fields
   * @param {ArrayBuffer[]} [buffers]
   */
  send(type, fields, buffers) {
    try {
      this.model.send({ type, client: this.client, seq: this.seq++, ...fields }, undefined, buffers);
    } catch {
      // The comm is closed already: then the kernel knows, or is gone itself.
    }
  }

  /** @param {(message: FromKernel) => void} heed */
  listen(heed) {
    /** @param {unknown} content */
    const onMessage = (content) => {
      const message = parse(content);
      if (message?.to === this.client) heed(message);
    };
    this.model.on("msg:custom", onMessage);
    this.signal.addEventListener("abort", () => this.model.off("msg:custom", onMessage), { once: true });
  }
}
