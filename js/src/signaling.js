/**
 * The widget's comm as a channel of typed messages: the only module that calls `model.send`.
 *
 * Every page of a notebook hears everything the kernel sends, so each page has a random id and heeds its own mail only.
 */

import { within } from "./lifetime.js";
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

  /**
   * @param {(message: FromKernel, buffers: DataView[]) => void} heed
   * @param {AbortSignal} [signal] ends it sooner
   */
  listen(heed, signal = this.signal) {
    /**
     * @param {unknown} content
     * @param {DataView[]} [buffers]
     */
    const onMessage = (content, buffers = []) => {
      const message = parse(content);
      if (message?.to === this.client) heed(message, buffers);
    };
    this.model.on("msg:custom", onMessage);
    const end = within(this.signal);
    end.signal.addEventListener("abort", () => this.model.off("msg:custom", onMessage), { once: true });
    if (signal.aborted) end.abort();
    else signal.addEventListener("abort", () => end.abort(), { once: true, signal: end.signal });
  }
}
