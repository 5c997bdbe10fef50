"""A stream's own ``read``, ``frames``, ``on_frame`` ... are its video track's."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar, overload

from rtcwidgets.media.frame import Frame, Image, PixelFormat
from rtcwidgets.media.mapped_track import MapFunction, MappedTrack
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.recording import Recorder
from rtcwidgets.media.track import EVERY_FRAME_SLOTS, VideoTrack

__all__ = ["VideoReading"]

OnFrame = TypeVar("OnFrame", bound=Callable[[Frame], Any])


class VideoReading:
    """What can be read of a widget that has a video track."""

    video_track: VideoTrack

    def _report_callback_error(self, error: BaseException) -> None:
        raise NotImplementedError

    def read(self, timeout: float | None = None, pixel_format: PixelFormat | None = None) -> Image:
        """The newest frame as an array: one that this thread has not been given before, else it waits for one.

        Works in the very cell that shows the stream, and in callbacks. ``timeout`` is in seconds, counted from now;
        without it the wait ends 10 s after the permission is there, and 60 s while the browser is still asking.

        Returns a C-contiguous uint8 array of the frame's full size, (height, width, 3) in BGR unless ``pixel_format``
        (here or of the stream) says otherwise. It is the caller's alone, to keep and to draw into.

        Raises NotDisplayed, PageSilent, PermissionPending, FrameTimeout (all of them TimeoutErrors), CaptureError,
        ConnectionFailed or StreamStopped: each says what to do.
        """
        return self.video_track.read(timeout, pixel_format)

    def frames(self, every: bool = False, slots: int = EVERY_FRAME_SLOTS) -> FrameReader:
        """An iterator over frames, for ``for`` and ``async for``, that ends when the stream stops.

        By default each step gives the newest frame, never a backlog. With ``every=True`` no frame is skipped as long as
        at most ``slots`` of them wait; beyond that the oldest are dropped and counted in ``.dropped``.
        """
        return self.video_track.frames(every, slots)

    def collect(self, seconds: float, timeout: float | None = None) -> list[Frame]:
        """Every frame of the next ``seconds``, as a list; ``timeout`` (s) is for each single frame."""
        return self.video_track.collect(seconds, timeout)

    def on_frame(self, fn: OnFrame, remove: bool = False) -> OnFrame:
        """Call ``fn(frame)`` with the newest frame, again and again, in a thread of its own. Usable as a decorator.

        A slow function skips frames and delays nothing. What it raises is shown in the view and kept in ``error``;
        the next frame is tried. Defining it again under the same name takes the place of the first;
        ``remove=True`` ends it.
        """
        self.video_track.on_frame(fn, self._report_callback_error, remove)
        return fn

    @overload
    def map(self, fn: MapFunction, frames: bool = False) -> MappedTrack: ...

    @overload
    def map(self, fn: None = None, frames: bool = False) -> Callable[[MapFunction], MappedTrack]: ...

    def map(
        self, fn: MapFunction | None = None, frames: bool = False
    ) -> MappedTrack | Callable[[MapFunction], MappedTrack]:
        """A new track of what ``fn(image)`` makes of the pictures. Usable as a decorator; see ``VideoTrack.map``."""
        return self.video_track.map(fn, frames)

    def record(self, path: str | os.PathLike[str], *, overwrite: bool = False, bitrate: int | None = None) -> Recorder:
        """Record the pictures from now on until ``stop()`` of what is returned; see ``Recorder``."""
        return self.video_track.record(path, overwrite=overwrite, bitrate=bitrate)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.video_track)

    def __aiter__(self) -> AsyncIterator[Frame]:
        return aiter(self.video_track)
