"""A picture is complete with its marker bit (RFC 3550, section 5.1), not with the first packet of the next one."""

from __future__ import annotations

import time
from typing import NamedTuple

from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket

__all__ = ["CompletedFrames", "EncodedFrame", "MarkerJitterBuffer"]

VIDEO_CAPACITY_PACKETS = 512
GAP_PATIENCE_S = 0.4


class EncodedFrame(NamedTuple):
    """A complete frame as it came over the network."""

    data: bytes
    rtp_timestamp: int


class CompletedFrames(JitterFrame):
    """One or more frames that one packet has completed: aiortc asks for one, a filled gap may complete several."""

    def __init__(self, frames: list[EncodedFrame], after_gap: bool) -> None:
        super().__init__(frames[0].data, frames[0].rtp_timestamp)
        self.frames = frames
        self.after_gap = after_gap
        self.arrival = time.time()


class MarkerJitterBuffer(JitterBuffer):
    """A jitter buffer for video that hands a frame on as soon as its last packet, the one with the marker, is there."""

    def __init__(self, capacity: int = VIDEO_CAPACITY_PACKETS) -> None:
        super().__init__(capacity=capacity, is_video=True)
        self.ssrc: int | None = None
        self._after_gap = False
        self._incomplete_since: float | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """A packet has come: whether a picture is lost for good, and what is complete now."""
        self.ssrc = packet.ssrc
        lost_some, completed = super().add(packet)
        if lost_some:
            self._after_gap = True
        if completed is not None:
            self._incomplete_since = None
        elif self._incomplete_since is None:
            self._incomplete_since = time.monotonic()
        return lost_some, completed

    def _remove_frame(self, sequence_number: int) -> JitterFrame | None:
        if not self._may_complete(sequence_number):
            return None
        assert self._origin is not None
        frames: list[EncodedFrame] = []
        packets: list[RtpPacket] = []
        length = 0
        for count in range(self.capacity):
            packet = self._packets[(self._origin + count) % self.capacity]
            if packet is None:
                break
            packets.append(packet)
            if packet.marker:
                # Padding may stand between frames, with the time stamp of the one before (RFC 8888 probes).
                own = [p._data for p in packets if p.timestamp == packet.timestamp]  # type: ignore[attr-defined]
                frames.append(EncodedFrame(b"".join(own), packet.timestamp))
                packets, length = [], count + 1
        if not frames:
            return None
        self.remove(length)
        after_gap, self._after_gap = self._after_gap, False
        return CompletedFrames(frames, after_gap)

    def _may_complete(self, sequence_number: int) -> bool:
        """Only a marker completes a frame, or a packet that fills a gap."""
        packet = self._packets[sequence_number % self.capacity]
        return packet is not None and (
            bool(packet.marker) or self._packets[(sequence_number + 1) % self.capacity] is not None
        )

    def is_stuck(self) -> bool:
        """Whether a packet has been missing, with others behind it, for longer than a retransmission takes."""
        since = self._incomplete_since
        return since is not None and time.monotonic() - since > GAP_PATIENCE_S and self._has_gap()

    def _has_gap(self) -> bool:
        assert self._origin is not None
        run = 0
        while run < self.capacity and self._packets[(self._origin + run) % self.capacity] is not None:
            run += 1
        return sum(packet is not None for packet in self._packets) > run

    def restart(self) -> None:
        """Give up what is here; begin with the next packet that comes."""
        self.remove(self.capacity)
        self._origin = None
        self._after_gap = True
        self._incomplete_since = None
