/**
 * How loud a stream is at this moment, as the page itself hears it.
 */

const WINDOW_SAMPLES = 1024;
const QUIETEST_DB = -60;

export class Loudness {
  /**
   * @param {MediaStream} stream with sound
   * @param {AbortSignal} signal
   */
  constructor(stream, signal) {
    this.context = new AudioContext();
    this.analyser = new AnalyserNode(this.context, { fftSize: WINDOW_SAMPLES });
    this.samples = new Float32Array(WINDOW_SAMPLES);
    // The pictures' track stays out of it.
    const sound = new MediaStream(stream.getAudioTracks());
    new MediaStreamAudioSourceNode(this.context, { mediaStream: sound }).connect(this.analyser);
    signal.addEventListener("abort", () => void this.context.close(), { once: true });
    // Some browsers let it run only once the page was clicked.
    for (const event of ["pointerdown", "keydown"])
      addEventListener(event, () => void this.context.resume(), { signal, once: true });
  }

  /** From 0, nothing, to 1, as loud as can be; in equal steps for the ear. */
  get now() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }
}

/**
 * @param {Float32Array} samples
 * @returns {number} 0 to 1
 */
export function levelOf(samples) {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  const decibel = 10 * Math.log10(energy / samples.length + 1e-12);
  return Math.min(Math.max(1 - decibel / QUIETEST_DB, 0), 1);
}
