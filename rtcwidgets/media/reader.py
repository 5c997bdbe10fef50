"""One reader's place in a track: newest frame or every frame, in slots of its own, with its own counts."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from rtcwidgets.errors import StreamStopped

if TYPE_CHECKING:
    from types import TracebackType

    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.track import VideoTrack

__all__ = ["FrameReader"]

# Where a signal cannot end a lock's wait (Windows), a wait is cut in slices so that an interrupt is soon seen.
_SLICE_S = 0.1 if os.name == "nt" else 3600.0


class FrameReader:
    """Frames of a track for one reader, to iterate over: ``for`` or ``async for``; ends when the stream stops.

    With one slot the reader gets the newest frame and skips what came while it was busy; with more, it gets every
    frame, and the oldest is dropped, and counted, when all slots are full. Leave it by ``close()``, a ``with`` block or
    by letting go of it. One thread or task at a time may use it.
    """

    def __init__(self, track: VideoTrack, slots: int, name: str) -> None:
        self._track = track
        self._slots: deque[Frame] = deque(maxlen=slots)
        self._wake_task: Callable[[], None] | None = None
        self._closed = False
        self.name = name
        #: Frames this reader was given.
        self.delivered = 0
        #: Frames that came while all its slots were full: skipped on purpose by a newest-frame reader, lost by others.
        self.dropped = 0

    # -- for the track, under its lock

    def offer(self, frame: Frame) -> None:
        """Put a frame in; the oldest goes when the slots are full. Never waits."""
        if len(self._slots) == self._slots.maxlen:
            self.dropped += 1
        self._slots.append(frame)
        self.wake()

    def wake(self) -> None:
        """Let a task that waits look again (threads are woken by the track's condition)."""
        if self._wake_task is not None:
            self._wake_task()

    def forget(self) -> None:
        """The stream is over: a newest frame is stale now; an every-frame reader may still have what it was kept."""
        if self._slots.maxlen == 1:
            self._slots.clear()

    # -- for the reader

    def next(self, timeout: float | None = None) -> Frame:
        """The next frame for this reader, waiting for it up to ``timeout`` seconds (default: see ``read``)."""
        started = monotonic()
        with self._track.changed:
            while not self._slots:
                self._track.changed.wait(min(self._remaining(started, timeout), _SLICE_S))
            return self._deliver()

    async def next_async(self, timeout: float | None = None) -> Frame:
        """``next`` for coroutines; the event loop stays free."""
        started = monotonic()
        loop = asyncio.get_running_loop()
        looked_up = asyncio.Event()

        def wake() -> None:
            # The loop may be gone by now: then no one waits.
            if not loop.is_closed():
                loop.call_soon_threadsafe(looked_up.set)

        try:
            while True:
                with self._track.changed:
                    self._wake_task = wake
                    if self._slots:
                        return self._deliver()
                    remaining = self._remaining(started, timeout)
                    looked_up.clear()
                try:
                    await asyncio.wait_for(looked_up.wait(), min(remaining, 3600.0))
                except TimeoutError:
                    continue  # `_remaining` says what was missing
        finally:
            self._wake_task = None

    def next_whenever(self) -> Frame | None:
        """The next frame, however long it takes, whatever the stream goes through; None once the reader is closed."""
        with self._track.changed:
            while not self._slots and not self._closed:
                self._track.changed.wait()
            return None if self._closed else self._deliver()

    def _remaining(self, started: float, timeout: float | None) -> float:
        if self._closed:
            raise StreamStopped("This reader was closed.")
        return self._track.patience(started, timeout)

    def _deliver(self) -> Frame:
        self.delivered += 1
        return self._slots.popleft().for_another()

    def close(self) -> None:
        """Leave the track; whoever waits here gets StreamStopped. May be called again, from any thread."""
        with self._track.changed:
            self._closed = True
            self._slots.clear()
            self._track.remove_reader(self)
            self._track.changed.notify_all()
            self.wake()

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        try:
            return self.next()
        except StreamStopped:
            self.close()
            raise StopIteration from None

    def __aiter__(self) -> AsyncIterator[Frame]:
        return self

    async def __anext__(self) -> Frame:
        try:
            return await self.next_async()
        except StreamStopped:
            self.close()
            raise StopAsyncIteration from None

    def __enter__(self) -> FrameReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
