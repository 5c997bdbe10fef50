"""A function between two tracks: called with each piece of the source in a thread, while somebody reads the result."""

from __future__ import annotations

import functools
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, TypeVar

from rtcwidgets.errors import FrameTimeout, StreamClosed
from rtcwidgets.media.demand import LOOK_S
from rtcwidgets.media.faults import Faults, OnError
from rtcwidgets.media.media_stream_track import MediaStreamTrack, wait_at_most
from rtcwidgets.media.reader import Reader
from rtcwidgets.media.redefinition import is_redefinition

__all__ = ["Mapped", "Mapping"]

Item = TypeVar("Item")
Fn = Callable[..., Any]
OnErrorT = TypeVar("OnErrorT", bound=OnError)


class Mapping(Generic[Item]):
    """Has ``step(piece)`` call ``fn`` and publish on ``track``, for every piece that ``open_reader()`` gives.

    What the step raises goes to ``faults``; the next piece is tried. ``patience`` is the track's: it asks the source,
    so that who waits for the result is told what is missing there.
    """

    def __init__(
        self,
        track: MediaStreamTrack[Any],
        source: MediaStreamTrack[Item],
        fn: Fn,
        step: Callable[[Item], None],
        open_reader: Callable[[str], Reader[Item]],
    ) -> None:
        self._track = track
        self._source = source
        self._step = step
        self._open_reader = open_reader
        self._fn = fn
        self._reading: Reader[Item] | None = None
        # Pieces done with, of those that the reader was given; and since when the present one is being worked on.
        self._finished = 0
        self._step_began = 0.0
        self.faults = Faults(f"map {self.name}")
        self._name_the_track()
        self._demand = track.work_on_demand(self._work, f"map {self.name}", self._interrupt)
        source.derive(track)

    @property
    def name(self) -> str:
        """What errors and threads call the function."""
        return getattr(self._fn, "__name__", type(self._fn).__name__)

    @property
    def fn(self) -> Fn:
        """The function; another one takes its place from the next piece on."""
        return self._fn

    @fn.setter
    def fn(self, fn: Fn) -> None:
        self._fn = fn
        self.faults.reset()
        self._name_the_track()

    def patience(self, started: float, timeout: float | None) -> float:
        """Seconds that a wait for the result may go on (media.media_stream_track.Patience)."""
        if self._demand.over is not None:
            raise self._demand.over.with_traceback(None)
        if self._track.ready_state == "ended":
            self._source.patience(monotonic(), None)  # closed too, most likely, and has more to say
            raise StreamClosed("This track was closed. Make a new one.")
        reader = self._reading
        if self._in_hand(reader) or (reader is None and self._demand.running):
            # The result of what is here already comes yet, whatever has become of the source.
            try:
                return min(wait_at_most(started, timeout), LOOK_S)
            except FrameTimeout:
                raise self._explanation() from None
        try:
            return self._source.patience(started, timeout)
        except FrameTimeout:
            if self._step_began > started:
                raise self._explanation() from None
            raise  # the source gave nothing meanwhile: it knows why

    def _work(self) -> Exception | None:
        """Until nobody reads the result, or the source has ended: in the thread of the demand."""
        with self._open_reader(f"map {self.name}") as reader:
            self._finished = 0
            self._reading = reader
            try:
                while self._demand.lasts():
                    if self._track.paced and not self._track.wait_until_asked(self._demand.lasts):
                        break
                    piece = reader.next_within(LOOK_S)
                    if piece is not None:
                        self._try(piece)
                    elif reader.done:
                        return self._why_over()
            finally:
                self._reading = None
        return None

    def _interrupt(self) -> None:
        if (reader := self._reading) is not None:
            reader.close()

    def _try(self, piece: Item) -> None:
        self._step_began = monotonic()
        try:
            self._step(piece)
        except Exception as error:  # the user's function: its error is told, and the next piece is tried
            self.faults.report(error)
        self._finished += 1

    def _in_hand(self, reader: Reader[Item] | None) -> bool:
        return reader is not None and (reader.has_next() or reader.delivered > self._finished)

    def _why_over(self) -> Exception:
        try:
            self._source.patience(monotonic(), None)
        except Exception as reason:  # the source's own words
            return reason
        return StreamClosed("The track that this one was made from was closed.")

    def _name_the_track(self) -> None:
        """Let the track look like its function: name, docstring, signature."""
        for attribute in functools.WRAPPER_ASSIGNMENTS:
            if (value := getattr(self._fn, attribute, None)) is not None:
                setattr(self._track, attribute, value)
        self._track.__dict__["__wrapped__"] = self._fn

    def _explanation(self) -> FrameTimeout:
        if (error := self.faults.error) is not None:
            return FrameTimeout(
                f"{self.name} gives no picture: it raises {type(error).__name__}: {error}. The track's "
                "error_traceback says where. Mend the function and run its cell again."
            )
        reader = self._reading
        if reader is not None and reader.delivered > self._finished:
            return FrameTimeout(
                f"{self.name} has been at one picture for {monotonic() - self._step_began:.1f} s. Make it faster, for "
                "example on a smaller image, or read with a longer timeout."
            )
        return FrameTimeout(
            f"{self.name} gave no picture in time: it returned None for all that came, or little came. Read its "
            "source to see what does."
        )


class Mapped:
    """What a mapped track is besides a track: its function, to call and to swap, with its errors."""

    _mapping: Mapping[Any]
    #: Whether the function is given the Frame or AudioBlock as a whole, instead of its array.
    _whole: bool

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What ``fn`` returns for these arguments; the track has no part in it."""
        return self.fn(*args, **kwargs)

    @property
    def fn(self) -> Fn:
        """The function. Set another, and the next piece goes to that one; readers notice nothing else."""
        return self._mapping.fn

    @fn.setter
    def fn(self, fn: Fn) -> None:
        self._mapping.fn = fn

    @property
    def error(self) -> BaseException | None:
        """What ``fn`` last raised, or what was wrong with what it returned; None before, and for a new ``fn``."""
        return self._mapping.faults.error

    @property
    def error_traceback(self) -> str:
        """The traceback of ``error`` as text; empty without one."""
        return self._mapping.faults.traceback

    @property
    def error_count(self) -> int:
        """How often ``fn`` raised."""
        return self._mapping.faults.count

    def on_error(self, fn: OnErrorT, remove: bool = False) -> OnErrorT:
        """Call ``fn(exception)`` once for each distinct error, in the track's thread. Usable as a decorator.

        Without any such listener errors are printed to ``sys.stderr``.
        """
        self._mapping.faults.listen(fn, remove)
        return fn

    def redefine(self, fn: Fn, whole: bool) -> bool:
        """Take ``fn`` if it is this track's function after its cell was run again."""
        if not is_redefinition(fn, self.fn):
            return False
        self._whole = whole
        if fn != self.fn:
            self.fn = fn
        return True
