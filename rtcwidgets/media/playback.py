"""Pieces with their times, given to a track when the clock says so, or when its readers ask for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from rtcwidgets.errors import StreamClosed, StreamStopped
from rtcwidgets.media.demand import LOOK_S
from rtcwidgets.media.media_stream_track import MediaStreamTrack, wait_at_most

__all__ = ["Piece", "Playback"]

#: When it is due, in seconds from the beginning, and what makes it then; None or StopIteration: nothing, the end.
Piece = tuple[float, Callable[[], Any]]


class Playback:
    """Calls ``give(what, time)`` in a thread that runs only while ``track`` is read, and goes on where it was.

    ``begin()`` opens the pieces; it is called for the first reader, and for a new reader after the end. In real time
    ``time`` is the kernel's clock, and what is more than ``late_s`` behind it is played later instead of in a hurry;
    otherwise ``time`` is the piece's own and the readers' pace is the track's: nothing is dropped.
    With ``live`` the source's clock runs on when nobody reads: it is closed then, and begun again.
    """

    def __init__(
        self,
        track: MediaStreamTrack[Any],
        begin: Callable[[], Iterator[Piece]],
        give: Callable[[Any, float], None],
        *,
        real_time: bool,
        late_s: float,
        name: str,
        live: bool = False,
    ) -> None:
        self._track = track
        self._begin = begin
        self._give = give
        self._real_time = real_time
        self._late_s = late_s
        self._live = live
        self._pieces: Iterator[Piece] | None = None
        self._ahead: Piece | None = None
        # What to add to a piece's time to get the time on either clock; set anew after each pause.
        self._to_monotonic: float | None = None
        self._to_wall = 0.0
        track.paced = not real_time
        track.patience = self.patience
        self._demand = track.work_on_demand(self._work, name)

    @property
    def error(self) -> Exception | None:
        """What ended it, if that was not its end."""
        over = self._demand.over
        return None if isinstance(over, StreamStopped) else over

    def patience(self, started: float, timeout: float | None) -> float:
        """Seconds that a wait for the track may go on (media.media_stream_track.Patience)."""
        if self._demand.over is not None:
            raise self._demand.over.with_traceback(None)
        if self._track.ready_state == "ended":
            raise StreamClosed("This track was closed. Make a new one.")
        return wait_at_most(started, timeout)

    def close(self) -> None:
        """Close what ``begin`` opened; after the track's own close, which ended the thread."""
        if not self._demand.running:
            self._end()

    def _work(self) -> Exception | None:
        self._to_monotonic = None
        if self._pieces is None:
            self._pieces = self._begin()
        try:
            while self._demand.lasts():
                self._ahead = piece = self._ahead or next(self._pieces)
                if not (self._wait_until_due(piece[0]) if self._real_time else self._wait_until_asked()):
                    break
                self._ahead = None
                if (what := piece[1]()) is not None:
                    self._give(what, piece[0] + (self._to_wall if self._real_time else 0.0))
        except StopIteration:
            self._end()
            return StreamStopped("This track is at its end. Read again, and it begins anew.")
        except BaseException:
            self._end()
            raise
        if self._live or self._track.ready_state == "ended":
            self._end()
        return None

    def _wait_until_asked(self) -> bool:
        return self._track.wait_until_asked(self._demand.lasts)

    def _wait_until_due(self, at: float) -> bool:
        now = monotonic()
        if self._to_monotonic is None or at + self._to_monotonic < now - self._late_s:
            self._to_monotonic, self._to_wall = now - at, time.time() - at
        while (remaining := at + self._to_monotonic - monotonic()) > 0:
            with self._track.changed:
                if not self._demand.lasts():
                    return False
                self._track.changed.wait(min(remaining, LOOK_S))
        return True

    def _end(self) -> None:
        pieces, self._pieces, self._ahead = self._pieces, None, None
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
