"""One reader's place in an audio track: a ring of two seconds, contiguous, that counts what it could not keep."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from rtcwidgets.media.reader import Reader
from rtcwidgets.media.samples import AudioBlock

if TYPE_CHECKING:
    from rtcwidgets.media.media_stream_track import MediaStreamTrack

__all__ = ["RING_S", "AudioReader"]

#: Seconds of sound kept for a reader that is behind; the oldest goes first.
RING_S = 2.0


class AudioReader(Reader[AudioBlock]):
    """Blocks of a track for one reader, to iterate over: ``for`` or ``async for``; ends when the stream stops.

    Blocks come as they were made, or, with ``seconds``, each of that length (the last one may be shorter). Nothing is
    skipped as long as the reader is at most RING_S behind; beyond that the oldest blocks are dropped and counted.
    One thread or task at a time may use it.
    """

    def __init__(
        self,
        track: MediaStreamTrack[AudioBlock],
        seconds: float | None,
        name: str,
        lingers: float | None = None,
    ) -> None:
        super().__init__(track, name, lingers)
        self._ring: deque[AudioBlock] = deque()
        self._kept = 0  # samples in the ring
        self._seconds = seconds
        self._last_offer = 0.0
        #: Seconds of sound that were dropped because the reader was too far behind.
        self.lost_s = 0.0

    def read(self, seconds: float, timeout: float | None = None) -> AudioBlock:
        """Exactly ``seconds`` of contiguous sound, from where the last read ended; shorter only at the stream's end.

        Waits for it: up to ``timeout`` in all, without one as long as sound comes. Raises as ``AudioTrack.read``.
        """
        if not seconds > 0:
            raise ValueError(f"seconds must be more than 0, not {seconds}")
        before, self._seconds = self._seconds, seconds
        try:
            return self.next(timeout)
        finally:
            self._seconds = before

    # -- Reader

    def offer(self, block: AudioBlock) -> None:
        """Put a block in; the oldest go when there are more than RING_S. Never waits."""
        self._last_offer = monotonic()
        self._ring.append(block)
        self._kept += len(block)
        while self._kept > self._limit() and len(self._ring) > 1:
            self._drop(self._ring.popleft())
        if self._kept > self._limit():
            whole = self._ring[0]
            self._ring[0] = _part(whole, len(whole) - self._limit(), len(whole))
            self._drop(_part(whole, 0, len(whole) - self._limit()))
        self.wake()

    def forget(self) -> None:
        """The stream is over: what was kept may still be read, but not by a thread that comes back later."""
        if self._lingers is not None:
            self._clear()

    def has_room(self) -> bool:
        """Whether the ring is not full; a block that is being read may need more than the ring has."""
        return not self._ring or self._kept < self._limit() / 2

    def has_next(self) -> bool:
        """Whether the next block is there as a whole, or the rest before the end."""
        if self._seconds is None or not self._ring:
            return bool(self._ring)
        return self._kept >= self._wanted() or self._closed or self._track.ready_state == "ended"

    def _remaining(self, started: float, timeout: float | None) -> float:
        # Without a timeout a long read goes on as long as sound comes.
        return super()._remaining(max(started, self._last_offer) if timeout is None else started, timeout)

    def _take(self) -> AudioBlock:
        count = len(self._ring[0]) if self._seconds is None else min(self._wanted(), self._kept)
        parts = self._take_parts(count)
        first = parts[0]
        samples = np.concatenate([part.samples for part in parts])  # a copy: the reader's own
        self._kept -= count
        return AudioBlock(samples, first.sample_rate, first.time, first.start)

    def _take_parts(self, count: int) -> list[AudioBlock]:
        parts = []
        while count > 0:
            block = self._ring.popleft()
            if len(block) > count:
                self._ring.appendleft(_part(block, count, len(block)))
                block = _part(block, 0, count)
            parts.append(block)
            count -= len(block)
        return parts

    def _wanted(self) -> int:
        return max(1, round((self._seconds or 0.0) * self._ring[0].sample_rate))

    def _limit(self) -> int:
        return round(max(RING_S, 2 * (self._seconds or 0.0)) * self._ring[0].sample_rate)

    def _drop(self, block: AudioBlock) -> None:
        self.dropped += 1
        self.lost_s += block.duration
        self._kept -= len(block)

    def _clear(self) -> None:
        self._ring.clear()
        self._kept = 0


def _part(block: AudioBlock, first: int, after: int) -> AudioBlock:
    samples = block.samples[first:after]
    return AudioBlock(samples, block.sample_rate, block.time + first / block.sample_rate, block.start + first)
