"""A track of pictures that Python code makes: a function called for each, or an iterator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rtcwidgets.media.channels import PixelFormat
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.image import checked_image
from rtcwidgets.media.playback import Piece, Playback
from rtcwidgets.media.track import VideoTrack

__all__ = ["GeneratedVideoTrack", "made_by"]


class GeneratedVideoTrack(VideoTrack):
    """Frames at ``frame_rate`` from an iterable, a generator function, or a function that returns one at each call.

    Pictures are what ``map`` takes: ndarrays, any size; None gives no picture this time. They are asked for in a thread
    of the track, and only while somebody reads it. In real time a slow function lowers the frame rate, and
    ``frame.time`` is the kernel's clock; with ``real_time=False`` each picture is made when the readers have taken the
    one before, none is dropped, and ``frame.time`` is ``index / frame_rate``.

    It ends with the iterator (StreamStopped; iteration stops); a new reader after the end begins it anew, where the
    source can. What the source raises ends it too, and every reader is given that exception.
    """

    def __init__(
        self,
        source: Callable[[], Any] | Iterable[Any],
        frame_rate: float = 30.0,
        real_time: bool = True,
        pixel_format: PixelFormat = "bgr24",
    ) -> None:
        if not frame_rate > 0:
            raise ValueError(f"frame_rate is in pictures a second, more than 0, not {frame_rate}")
        super().__init__(pixel_format=pixel_format)
        self.frame_rate = frame_rate
        self._source = source
        self._next_index = 0
        self._playback = Playback(
            self, self._pieces, self._give, real_time=real_time, late_s=1 / frame_rate, name="from_generator"
        )

    @property
    def error(self) -> Exception | None:
        """What the source raised, or None."""
        return self._playback.error

    def close(self) -> None:
        """End the thread, drop all frames, close a generator."""
        super().close()
        self._playback.close()

    def _pieces(self) -> Iterator[Piece]:
        self._next_index = 0
        images = made_by(self._source)
        tick = 0
        while True:
            yield tick / self.frame_rate, images.__next__
            tick += 1

    def _give(self, image: Any, time: float) -> None:
        pixels, format = checked_image(image, self.pixel_format, "the source of from_generator gave")
        frame = Frame(pixels, index=self._next_index, time=time, pixel_format=format)
        self._next_index += 1
        self.publish(frame)

    def __repr__(self) -> str:
        return f"<VideoTrack.from_generator: {self.frame_rate:g} frames a second>"


def made_by(source: Callable[[], Any] | Iterable[Any]) -> Iterator[Any]:
    """The pieces of an iterable, of what a function returns if that is an iterator, or the function's returns."""
    if not callable(source):
        return iter(source)
    first = source()
    return first if isinstance(first, Iterator) else _calls(source, first)


def _calls(source: Callable[[], Any], first: Any) -> Iterator[Any]:
    yield first
    while True:
        yield source()
