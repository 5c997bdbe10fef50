"""One reader's place in a track: newest frame or every frame, in slots of its own, with its own counts."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from rtcwidgets.errors import StreamStopped

if TYPE_CHECKING:
    from types import TracebackType

    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.media_stream_track import MediaStreamTrack

__all__ = ["LINGER_S", "FrameReader", "Reader"]

Item = TypeVar("Item")

# Where a signal cannot end a lock's wait (Windows), a wait is cut in slices so that an interrupt is soon seen.
_SLICE_S = 0.1 if os.name == "nt" else 3600.0

#: How long a thread that called ``read`` counts as a reader of the track after it was last served.
LINGER_S = 3.0


class Reader(ABC, Generic[Item]):
    """What readers of frames and of samples have in common: waiting for the next piece, each in its own way.

    A reader makes its track run from its making to its ``close()`` (or until it is let go); one that ``lingers`` (the
    place of a thread that calls ``read``) does so only while it waits and that many seconds after.
    """

    def __init__(self, track: MediaStreamTrack[Item], name: str, lingers: float | None = None) -> None:
        self._track = track
        self._wake_task: Callable[[], None] | None = None
        self._closed = False
        self._lingers = lingers
        self._last_served = monotonic()
        #: Whether somebody waits here right now; under the track's lock.
        self.waits = False
        self.name = name
        #: Pieces this reader was given.
        self.delivered = 0
        #: Pieces that came while it had no room: skipped on purpose by a newest-frame reader, lost by others.
        self.dropped = 0

    # -- for the track, under its lock

    @abstractmethod
    def offer(self, item: Item) -> None:
        """Put a piece in; the oldest goes when there is no room. Never waits."""

    @abstractmethod
    def forget(self) -> None:
        """The stream is over: drop what is stale now."""

    @abstractmethod
    def has_room(self) -> bool:
        """Whether nothing would be dropped for the next piece."""

    @abstractmethod
    def has_next(self) -> bool:
        """Whether there is something to be read without waiting."""

    @abstractmethod
    def _take(self) -> Item: ...

    @abstractmethod
    def _clear(self) -> None: ...

    def counts(self) -> bool:
        """Whether the track has to run for this reader."""
        return self._lingers is None or self.waits or monotonic() - self._last_served < self._lingers

    def wake(self) -> None:
        """Let a task that waits look again (threads are woken by the track's condition)."""
        if self._wake_task is not None:
            self._wake_task()

    # -- for the reader

    @property
    def done(self) -> bool:
        """Whether nothing will come any more: closed, or the track has ended, and nothing is left to read."""
        with self._track.changed:
            return not self.has_next() and (self._closed or self._track.ready_state == "ended")

    def next(self, timeout: float | None = None) -> Item:
        """The next piece for this reader, waiting for it up to ``timeout`` seconds (default: see ``read``)."""
        started = monotonic()
        with self._track.changed:
            self._ask()
            try:
                while not self.has_next():
                    self._track.changed.wait(min(self._remaining(started, timeout), _SLICE_S))
                return self._deliver()
            finally:
                self._served()

    async def next_async(self, timeout: float | None = None) -> Item:
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
                    self._ask()
                    if self.has_next():
                        return self._deliver()
                    remaining = self._remaining(started, timeout)
                    looked_up.clear()
                try:
                    await asyncio.wait_for(looked_up.wait(), min(remaining, 3600.0))
                except TimeoutError:
                    continue  # `_remaining` says what was missing
        finally:
            self._wake_task = None
            with self._track.changed:
                self._served()

    def next_whenever(self) -> Item | None:
        """The next piece, however long it takes, whatever the stream goes through; None once the reader is closed."""
        with self._track.changed:
            self._ask()
            while not self.has_next() and not self._closed:
                self._track.changed.wait()
            self._served()
            return self._deliver() if self.has_next() else None

    def next_within(self, seconds: float) -> Item | None:
        """The next piece if one comes in that time; else None, at once when the reader is ``done``."""
        until = monotonic() + seconds
        with self._track.changed:
            self._ask()
            while not self.has_next() and not self.done and (remaining := until - monotonic()) > 0:
                self._track.changed.wait(remaining)
            self._served()
            return self._deliver() if self.has_next() else None

    def _ask(self) -> None:
        self.waits = True
        self._track.asked_by(self)

    def _served(self) -> None:
        self.waits = False
        self._last_served = monotonic()

    def _remaining(self, started: float, timeout: float | None) -> float:
        if self._closed:
            raise StreamStopped("This reader was closed.")
        return self._track.patience(started, timeout)

    def _deliver(self) -> Item:
        self.delivered += 1
        item = self._take()
        if self._track.paced:
            self._track.changed.notify_all()  # its publisher waits for room
        return item

    def leave(self) -> None:
        """Take nothing more from the track; what is here already can still be read."""
        with self._track.changed:
            self._closed = True
            self._track.remove_reader(self)
            self._track.changed.notify_all()
            self.wake()

    def close(self) -> None:
        """Leave the track; whoever waits here gets StreamStopped. May be called again, from any thread."""
        with self._track.changed:
            self._clear()
            self.leave()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        try:
            return self.next()
        except StreamStopped:
            self.close()
            raise StopIteration from None

    def __aiter__(self) -> AsyncIterator[Item]:
        return self

    async def __anext__(self) -> Item:
        try:
            return await self.next_async()
        except StreamStopped:
            self.close()
            raise StopAsyncIteration from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FrameReader(Reader["Frame"]):
    """Frames of a track for one reader, to iterate over: ``for`` or ``async for``; ends when the stream stops.

    With one slot the reader gets the newest frame and skips what came while it was busy; with more, it gets every
    frame, and the oldest is dropped, and counted, when all slots are full. Leave it by ``close()``, a ``with`` block or
    by letting go of it. One thread or task at a time may use it.
    """

    def __init__(self, track: MediaStreamTrack[Frame], slots: int, name: str, lingers: float | None = None) -> None:
        super().__init__(track, name, lingers)
        self._slots: deque[Frame] = deque(maxlen=slots)

    def offer(self, frame: Frame) -> None:
        """Put a frame in; the oldest goes when the slots are full. Never waits."""
        if not self.has_room():
            self.dropped += 1
        self._slots.append(frame)
        self.wake()

    def forget(self) -> None:
        """The stream is over: a newest frame is stale now; an every-frame reader may still have what it was kept."""
        if self._slots.maxlen == 1:
            self._slots.clear()

    def has_room(self) -> bool:
        """Whether a slot is free."""
        return len(self._slots) != self._slots.maxlen

    def has_next(self) -> bool:
        """Whether a frame is there."""
        return bool(self._slots)

    def _take(self) -> Frame:
        return self._slots.popleft().for_another()

    def _clear(self) -> None:
        self._slots.clear()
