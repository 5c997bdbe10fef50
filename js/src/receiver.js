/**
 * A peer that receives a track of the kernel, to be shown at once: no picture waits for the next.
 */

import { Peer } from "./peer.js";

export class Receiver extends Peer {
  addMedia() {
    this.pc.ontrack = ({ track, receiver }) => {
      // What is looked at live is not smoothed: smoothing is delay.
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      this.on.stream?.(new MediaStream([track]));
    };
    this.pc.addTransceiver("video", { direction: "recvonly" });
  }

  close() {
    this.pc.ontrack = null;
    super.close();
  }
}
