/**
 * What getUserMedia is asked for where sound alone is wanted.
 */

/** Names of Python's wishes that are the browser's own (Media Capture and Streams, section 4.3.8). */
const PROCESSING = /** @type {const} */ (["echoCancellation", "noiseSuppression", "autoGainControl"]);

/**
 * @param {import("./capture.js").Wanted} wanted
 * @returns {MediaStreamConstraints} never with video, whatever the constraints say
 */
export function soundConstraintsOf({ constraints, chosen, deviceId, sound }) {
  const device = chosen ? { [chosen.exact ? "exact" : "ideal"]: chosen.deviceId } : undefined;
  if (constraints) {
    const audio = typeof constraints.audio === "object" ? constraints.audio : {};
    return {
      ...constraints,
      audio: device ? { ...audio, deviceId: device } : constraints.audio,
      video: false,
    };
  }
  /** @type {Record<string, object>} */
  const audio = {};
  for (const name of PROCESSING) {
    const wish = sound?.[name] ?? null;
    if (wish !== null) audio[name] = { ideal: wish };
  }
  if (sound?.channelCount) audio.channelCount = { ideal: sound.channelCount };
  if (device) audio.deviceId = device;
  else if (deviceId) audio.deviceId = { ideal: deviceId };
  return { audio: Object.keys(audio).length ? audio : true, video: false };
}
