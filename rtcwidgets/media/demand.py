"""A track nobody reads runs nothing: its work has a thread only as long as somebody reads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtcwidgets.media.media_stream_track import MediaStreamTrack

__all__ = ["LOOK_S", "Demand"]

JOIN_TIMEOUT_S = 2.0

#: How often a thread that waits looks whether anybody still reads: readers that were let go do not say good-bye.
LOOK_S = 0.25

#: Works until ``demand.lasts()`` is false, then returns None; or returns why there is nothing more to do.
Work = Callable[[], "Exception | None"]


class Demand:
    """Runs ``work`` in a thread from the moment that ``track`` gets a reader until it has none.

    ``arise`` and ``lasts`` are the two moments, both decided under the track's lock, so that no reader falls between.
    The track owns it and ends it by ``close``, and then ``interrupt()`` ends a wait of the work elsewhere than at the
    track.
    """

    def __init__(
        self, track: MediaStreamTrack[Any], work: Work, name: str, interrupt: Callable[[], None] | None = None
    ) -> None:
        self._track = track
        self._work = work
        self._name = name
        self._interrupt = interrupt
        self._thread: threading.Thread | None = None
        self._closed = False
        #: Why the work ended by itself (the end of a file, a failure); a new reader begins it again.
        self.over: Exception | None = None

    @property
    def running(self) -> bool:
        """Whether the work has a thread now."""
        return self._thread is not None

    # -- under the track's lock

    def arise(self, anew: bool) -> None:
        """Somebody wants to read; ``anew``: a reader who was not there before, for whom what is over begins again."""
        if self._closed or self._thread is not None:
            return
        if anew:
            self.over = None
        if self.over is None:
            self._thread = threading.Thread(target=self._run, name=f"rtcwidgets {self._name}", daemon=True)
            self._thread.start()

    # -- in the thread

    def lasts(self) -> bool:
        """Whether somebody still reads."""
        with self._track.changed:
            return not self._closed and self._track.is_read()

    def _run(self) -> None:
        while True:
            try:
                over = self._work()
            except Exception as error:  # told to every reader, see `over`
                over = error
            with self._track.changed:
                if over is None and self.lasts():
                    continue
                self.over = over
                self._thread = None
                if over is None:
                    self._track.idle()
            self._track.reconsider()
            return

    # -- in any thread

    def close(self) -> None:
        """End the thread for good; waits for the piece that is being made, but not for ever."""
        with self._track.changed:
            self._closed = True
            thread = self._thread
            self._track.changed.notify_all()
        if self._interrupt is not None:
            self._interrupt()
        if thread is not None and thread is not threading.current_thread():
            thread.join(JOIN_TIMEOUT_S)
