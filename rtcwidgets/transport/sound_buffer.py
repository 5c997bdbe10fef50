"""Sound in order: a packet goes on at once, and waits only for one that others have overtaken.

aiortc's own buffer holds four packets back always (80 ms), and once a packet is lost it stays sixteen behind for good.
Sound is not sent again (RFC 4585 is for video here), so what three others have overtaken is lost.
"""

from __future__ import annotations

import time

from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

__all__ = ["OVERTAKING_PACKETS", "SoundBuffer", "SoundPackets"]

#: So many packets may come before one that was sent before them; at 20 ms each.
OVERTAKING_PACKETS = 3
# Further back than any network turns things round: the sender has begun anew.
ANEW_PACKETS = 100


class SoundPackets(JitterFrame):
    """The packets that one packet has put in order: itself, and those that waited for it. Never none."""

    def __init__(self, packets: list[RtpPacket]) -> None:
        super().__init__(b"", packets[0].timestamp)
        #: Payload and RTP time stamp of each.
        self.packets = [(packet._data, packet.timestamp) for packet in packets]  # type: ignore[attr-defined]
        self.arrival = time.time()


class SoundBuffer:
    """Takes the place of an aiortc JitterBuffer for sound; keeps OVERTAKING_PACKETS at most."""

    def __init__(self) -> None:
        self.ssrc: int | None = None
        self._next: int | None = None
        self._waiting: dict[int, RtpPacket] = {}

    def add(self, packet: RtpPacket) -> tuple[bool, SoundPackets | None]:
        """A packet has come: False (no picture is lost), and what can go on now."""
        self.ssrc = packet.ssrc
        number = packet.sequence_number
        if self._next is None or (self._next - number) & 0xFFFF in range(ANEW_PACKETS, 0x8000):
            self._next = number
            self._waiting.clear()
        if (number - self._next) & 0xFFFF >= 0x8000:
            return False, None  # too late, or a second time
        self._waiting[number] = packet
        if len(self._waiting) > OVERTAKING_PACKETS and self._next not in self._waiting:
            self._next = min(self._waiting, key=self._ahead)
        in_order = []
        while (waiting := self._waiting.pop(self._next, None)) is not None:
            in_order.append(waiting)
            self._next = (self._next + 1) & 0xFFFF
        return False, SoundPackets(in_order) if in_order else None

    def _ahead(self, number: int) -> int:
        assert self._next is not None
        return (number - self._next) & 0xFFFF
