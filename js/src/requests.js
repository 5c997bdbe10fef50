/**
 * What the kernel asks of the tracks of a run; every question has its answer, also where nothing runs.
 */

import { photograph } from "./photograph.js";
import { asRefused, CaptureRefused, inWords } from "./refusal.js";

/**
 * @typedef {import("./run.js").Run} Run
 * @typedef {import("./session.js").Talk} Talk
 * @typedef {import("./protocol.js").ApplyConstraints} ApplyConstraints
 */

/**
 * `done` comes after the `granted` that tells what has changed.
 * @param {Run | null} run
 * @param {Talk} signaling
 * @param {ApplyConstraints} asked
 */
export async function applyConstraints(run, signaling, { request, track: id, constraints }) {
  const track = run?.tracks?.find(id);
  let outcome = new CaptureRefused("", "");
  try {
    if (!track) throw new CaptureRefused("NotFoundError", "no such track");
    await track.applyConstraints(constraints);
  } catch (error) {
    outcome = asRefused(error);
    outcome.possible = inWords(outcome.constraint, track?.getCapabilities?.() ?? {});
  }
  run?.tracks?.look();
  signaling.send("done", { request, ...outcome.fields });
}

/**
 * A photograph, or the word that the next frame will do.
 * @param {Run | null} run
 * @param {Talk} signaling
 * @param {number | null} request the kernel's, if it was the kernel who asked
 */
export async function takeStill(run, signaling, request) {
  const picture = run?.captured ? await photograph(run.captured.track) : null;
  signaling.send("still", { request }, picture ? [picture] : undefined);
  if (run && !run.signal.aborted) run.on.still();
}

/**
 * The picture is the stream: without it nothing is left to run.
 * @param {Run | null} run
 * @param {string} id
 */
export function stopTrack(run, id) {
  const track = run?.tracks?.find(id);
  if (run && track && track === run.captured?.track) return run.on.stopped();
  track?.stop();
  run?.tracks?.look();
}
