"""What video and audio tracks have in common: one publisher, any number of readers, none of whom can delay it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar

from rtcwidgets.errors import FrameTimeout
from rtcwidgets.media.demand import LOOK_S, Demand, Work
from rtcwidgets.media.stats import ReaderStats

if TYPE_CHECKING:
    from types import TracebackType

    from rtcwidgets.media.reader import Reader

__all__ = ["READ_TIMEOUT_S", "MediaStreamTrack", "Patience", "wait_at_most"]

Item = TypeVar("Item")

#: Says how many seconds a wait that ``started`` (``time.monotonic()``) with ``timeout`` may still go on; raises when
#: there is nothing more to wait for. Called under the track's lock: it must not wait.
Patience = Callable[[float, "float | None"], float]

READ_TIMEOUT_S = 10.0


def wait_at_most(started: float, timeout: float | None, missing: str = "No new frame came in time.") -> float:
    """The patience of a track that has nothing to say about itself."""
    remaining = started + (READ_TIMEOUT_S if timeout is None else timeout) - monotonic()
    if remaining <= 0:
        raise FrameTimeout(missing)
    return remaining


class MediaStreamTrack(Generic[Item]):
    """The readers of a track, and the thread that works for them if the track has work of its own.

    All methods may be called from any thread. ``publish`` belongs to whoever makes the pieces: frames or samples.
    """

    def __init__(self, patience: Patience) -> None:
        #: Notified at every new piece and whenever ``patience`` may have changed its mind.
        self.changed = threading.Condition()
        self.patience = patience
        #: Whether the publisher goes at its readers' pace, so that nothing is dropped (``wait_until_asked``).
        self.paced = False
        self._readers: weakref.WeakSet[Reader[Item]] = weakref.WeakSet()
        self._derived: weakref.WeakSet[MediaStreamTrack[Any]] = weakref.WeakSet()
        self._demand: Demand | None = None
        self._closed = False

    @property
    def ready_state(self) -> Literal["live", "ended"]:
        """Either "live", or "ended" when nothing will come any more (W3C Media Capture and Streams, 4.3.1)."""
        over = self._demand is not None and self._demand.over is not None
        return "ended" if self._closed or over else "live"

    # -- for the publisher

    def publish(self, item: Item) -> None:
        """Give a piece to every reader. Never waits for one."""
        with self.changed:
            for reader in self._readers:
                reader.offer(item)
            self.changed.notify_all()

    def wait_until_asked(self, lasts: Callable[[], bool]) -> bool:
        """Wait until a reader waits for the next piece and every reader has room; False when it no longer ``lasts``.

        For the publisher of a ``paced`` track: the slowest reader drives it.
        """
        with self.changed:
            while lasts():
                if self._is_asked():
                    return True
                self.changed.wait(LOOK_S)
        return False

    def reconsider(self) -> None:
        """Let everyone who waits ask ``patience`` again, here and at the tracks made from this one."""
        with self.changed:
            self.changed.notify_all()
            for reader in self._readers:
                reader.wake()
        for track in list(self._derived):
            track.reconsider()

    def forget(self) -> None:
        """Drop what was not yet read: the stream it came from is over."""
        with self.changed:
            for reader in self._readers:
                reader.forget()
        for track in list(self._derived):
            track.forget()

    def close(self) -> None:
        """End the threads of this track and of those made from it; ``patience`` is expected to raise from now on."""
        with self.changed:
            self._closed = True
        if self._demand is not None:
            self._demand.close()
        self.forget()
        self.reconsider()
        for track in list(self._derived):
            track.close()

    # -- demand, under the lock

    def is_read(self) -> bool:
        """Whether anybody reads this track.

        A reader counts from its making until it is closed or let go; a thread that calls ``read`` counts while it
        waits and LINGER_S after.
        """
        return any(reader.counts() for reader in self._readers)

    def asked_by(self, reader: Reader[Item]) -> None:
        """A reader begins to wait; called by it."""
        if self._demand is not None:
            self._demand.arise(anew=False)
        if self.paced and not reader.has_next():
            self.changed.notify_all()

    def idle(self) -> None:
        """Nobody reads any more: what is left would be stale for the next reader. A paced track drops nothing."""
        if not self.paced:
            self.forget()

    def remove_reader(self, reader: Reader[Item]) -> None:
        """Offer no more to ``reader``; called by it."""
        self._readers.discard(reader)

    def reader_stats(self) -> tuple[ReaderStats, ...]:
        """Delivered and dropped pieces of each reader that is there."""
        with self.changed:
            return tuple(ReaderStats(reader.name, reader.delivered, reader.dropped) for reader in self._readers)

    # -- for those who make tracks

    def work_on_demand(self, work: Work, name: str, interrupt: Callable[[], None] | None = None) -> Demand:
        """Have ``work`` make the pieces, in a thread that runs only while somebody reads; see Demand."""
        self._demand = Demand(self, work, name, interrupt)
        return self._demand

    def derive(self, track: MediaStreamTrack[Any]) -> None:
        """Tell ``track``, made from this one, of all that ends or may end a wait."""
        self._derived.add(track)

    def _add_reader(self, reader: Reader[Item]) -> None:
        with self.changed:
            self._readers.add(reader)
            if self._demand is not None:
                self._demand.arise(anew=True)

    def _is_asked(self) -> bool:
        counting = [reader for reader in self._readers if reader.counts()]
        hungry = any(reader.waits and not reader.has_next() for reader in counting)
        return all(reader.has_room() for reader in counting) and (hungry or not counting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
