/**
 * The widget as anywidget wants it: a session for each model, a view for each place it is shown in.
 */

import { PlayerSession } from "./player-session.js";
import { Session } from "./session.js";
import { Signaling } from "./signaling.js";
import { showView } from "./view.js";

/**
 * @typedef {import("./widget-stream.js").OtherModel} OtherModel
 * @typedef {{ get(name: string): any,
 *   widget_manager?: { get_model(id: string): Promise<OtherModel> },
 *   send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void,
 *   on(name: string, callback: (...args: any[]) => void): void,
 *   off(name: string, callback: (...args: any[]) => void): void }} Model
 */

export default () => {
  /** @type {Session | PlayerSession} */
  let session;
  return {
    /** @param {{ model: Model, signal: AbortSignal }} context */
    initialize({ model, signal }) {
      const signaling = new Signaling(model, signal);
      session =
        model.get("_source") === "player"
          ? new PlayerSession({ signaling, signal })
          : new Session({ signaling, wanted: () => wantedOf(model), signal });
      const listen = (/** @type {string} */ event, /** @type {() => void} */ heed) => {
        model.on(event, heed);
        signal.addEventListener("abort", () => model.off(event, heed), { once: true });
      };
      listen("comm_live_update", () => session.kernelChanged());
      listen("change:device_id", () => session instanceof Session && session.deviceWanted());
    },

    /** @param {{ model: Model, el: HTMLElement, signal: AbortSignal }} context */
    render({ model, el, signal }) {
      showView({
        session,
        el,
        signal,
        mirror: model.get("mirror") ?? false,
        source: model.get("_source"),
        size: { width: model.get("width"), height: model.get("height") },
      });
      session.addView(signal);
    },
  };
};

/**
 * @param {Model} model
 * @returns {import("./capture.js").Wanted}
 */
function wantedOf(model) {
  return {
    source: model.get("_source"),
    width: model.get("width") ?? null,
    height: model.get("height") ?? null,
    frameRate: model.get("frame_rate") ?? null,
    facingMode: model.get("facing_mode") ?? null,
    deviceId: model.get("device_id") ?? null,
    audio: model.get("audio") ?? false,
    sound: {
      echoCancellation: model.get("echo_cancellation") ?? null,
      noiseSuppression: model.get("noise_suppression") ?? null,
      autoGainControl: model.get("auto_gain_control") ?? null,
      channelCount: model.get("channel_count") ?? 1,
    },
    constraints: Object.keys(model.get("constraints") ?? {}).length ? model.get("constraints") : null,
    fallback: model.get("fallback") ?? null,
    codec: model.get("codec") ?? null,
    displaySurface: model.get("display_surface") ?? null,
    cursor: model.get("cursor") ?? null,
    otherModel: () => modelOf(model.get("widget"), model),
  };
}

/**
 * The model that a trait refers to, as ipywidgets writes references; anywidget leaves them as they are.
 * @param {unknown} reference
 * @param {Model} model
 * @returns {Promise<OtherModel | null>}
 */
async function modelOf(reference, { widget_manager }) {
  const id = String(reference).match(/^IPY_MODEL_(.+)$/)?.[1];
  return id && widget_manager ? await widget_manager.get_model(id).catch(() => null) : null;
}
