/**
 * The test pattern: colour bars, a moving disc and a clock, where a camera would be.
 */

const BARS = ["#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"];

/**
 * A MediaStream of the drawn pattern; ends when its track is stopped.
 * @param {{ width: number, height: number, frameRate: number, label: string }} options
 * @returns {MediaStream}
 */
export function patternStream({ width, height, frameRate, label }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  const stream = canvas.captureStream(0); // a picture leaves when requestFrame is called, not before
  const [track] = stream.getVideoTracks();
  // Firefox has the method on the stream (Mozilla's bug 1231131).
  const shutter = /** @type {CanvasCaptureMediaStreamTrack} */ ("requestFrame" in track ? track : stream);
  dress(track, label, frameRate);
  const started = performance.now();
  const stopTicking = everyFrame(frameRate, () => {
    if (track.readyState === "ended") return stopTicking();
    drawPattern(context, (performance.now() - started) / 1000, label);
    shutter.requestFrame();
  });
  return stream;
}

/**
 * A canvas's track bears a random name and does not know its pace; here both are known.
 * @param {MediaStreamTrack} track
 * @param {string} label
 * @param {number} frameRate
 */
function dress(track, label, frameRate) {
  const settings = track.getSettings.bind(track);
  Object.defineProperties(track, {
    label: { value: label },
    getSettings: { value: () => ({ ...settings(), frameRate }) },
  });
}

/**
 * Call `tick` at that rate until the returned function is called.
 * @param {number} frameRate
 * @param {() => void} tick
 * @returns {() => void}
 */
function everyFrame(frameRate, tick) {
  const interval = 1000 / frameRate;
  let stop = () => {};
  // For a page whose content security policy forbids workers: told by an exception or by an event.
  const tickHere = () => {
    const timer = setInterval(tick, interval);
    stop = () => clearInterval(timer);
  };
  try {
    // A worker's timer keeps its pace in a hidden tab; the page's own would run once a second there.
    const source = new Blob([`setInterval(() => postMessage(0), ${interval})`], { type: "text/javascript" });
    const url = URL.createObjectURL(source);
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = tick;
    worker.onerror = tickHere;
    stop = () => worker.terminate();
  } catch {
    tickHere();
  }
  return () => stop();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} seconds
 * @param {string} label
 */
export function drawPattern(context, seconds, label) {
  const { width, height } = context.canvas;
  const barWidth = width / BARS.length;
  BARS.forEach((colour, i) => {
    context.fillStyle = colour;
    context.fillRect(Math.floor(i * barWidth), 0, Math.ceil(barWidth), height);
  });
  drawRamp(context, height * 0.72, height * 0.1);

  context.fillStyle = "#101418";
  context.fillRect(0, height * 0.82, width, height * 0.18);
  const size = Math.max(10, Math.round(height * 0.075));
  context.font = `600 ${size}px ui-monospace, "DejaVu Sans Mono", monospace`;
  context.textBaseline = "middle";
  context.fillStyle = "#ffffff";
  context.textAlign = "left";
  context.fillText(label, width * 0.03, height * 0.872, width * 0.55);
  context.textAlign = "right";
  context.fillText(`${seconds.toFixed(2)} s`, width * 0.97, height * 0.872, width * 0.35);

  drawDisc(context, seconds);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} top
 * @param {number} height
 */
function drawRamp(context, top, height) {
  const { width } = context.canvas;
  const ramp = context.createLinearGradient(0, 0, width, 0);
  ramp.addColorStop(0, "#000000");
  ramp.addColorStop(1, "#ffffff");
  context.fillStyle = ramp;
  context.fillRect(0, top, width, height);
}

/**
 * Something that moves, to look at and to track: once around in four seconds.
 * @param {CanvasRenderingContext2D} context
 * @param {number} seconds
 */
function drawDisc(context, seconds) {
  const { width, height } = context.canvas;
  const angle = (seconds / 4) * 2 * Math.PI;
  context.beginPath();
  context.arc(
    width * (0.5 + 0.33 * Math.cos(angle)),
    height * (0.36 + 0.22 * Math.sin(angle)),
    height * 0.09,
    0,
    2 * Math.PI,
  );
  context.fillStyle = "#ff7a00";
  context.fill();
  context.lineWidth = Math.max(2, height * 0.012);
  context.strokeStyle = "#ffffff";
  context.stroke();
}
