"""A track of a file's pictures, or of a URL's: at the speed of the clock, or as fast as its readers read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from rtcwidgets.errors import SourceFailed
from rtcwidgets.media.channels import PixelFormat
from rtcwidgets.media.container import decoded_video, is_url, opened, origin, same_source, shown
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.playback import Piece, Playback
from rtcwidgets.media.track import VideoTrack

if TYPE_CHECKING:
    import av

__all__ = ["FileVideoTrack"]

# A decoder that is slower than the clock plays the file slower, once it is that much behind.
_LATE_S = 0.5


class FileVideoTrack(VideoTrack):
    """Frames of the first video stream of whatever FFmpeg reads: files, http (also MJPEG), ``rtsp://``.

    It is opened once to see what it is: raises FileNotFoundError or SourceFailed there and then, for a URL that
    does not answer after ``timeout`` (s). It is read in a thread of the track and only while somebody reads
    the track; a file goes on where it was left, a live URL is opened afresh.

    In real time frames come when the clock says so, and ``frame.time`` is the kernel's clock. With ``real_time=False``
    each frame is given when all readers have taken the one before: none is dropped, and ``frame.time`` is its time in
    the file (s), the same at each reading. At the end iteration stops (StreamStopped), unless ``loop``; a new reader
    after the end begins anew.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        loop: bool = False,
        real_time: bool = True,
        timeout: float = 10.0,
        pixel_format: PixelFormat = "bgr24",
    ) -> None:
        super().__init__(pixel_format=pixel_format)
        self.path = same_source(path)
        self.loop = loop
        self._timeout = timeout
        self._next_index = 0
        #: Length in seconds; None for a live stream, and for a file that does not say.
        self.duration: float | None = None
        #: Pictures a second on average; None where unknown.
        self.frame_rate: float | None = None
        #: Size in pixels.
        self.width = self.height = 0
        self._look()
        self._playback = Playback(
            self,
            self._pieces,
            self._give,
            real_time=real_time,
            late_s=_LATE_S,
            name=f"from_file {os.path.basename(self.path)}",
            live=self._live,
        )

    @property
    def error(self) -> Exception | None:
        """What ended it before its end (SourceFailed), or None."""
        return self._playback.error

    def close(self) -> None:
        """End the thread, drop all frames, close the file."""
        super().close()
        self._playback.close()

    def _look(self) -> None:
        with opened(self.path, self._timeout) as container:
            if not container.streams.video:
                next(decoded_video(container))  # says what there is instead
            stream = container.streams.video[0]
            self.width, self.height = stream.width, stream.height
            self.duration = (container.duration or 0) / 1_000_000 or None
            self._live = not self.duration and (is_url(self.path) or self.path.startswith("/dev/"))
            self.frame_rate = float(stream.average_rate or 0) or None

    def _pieces(self) -> Iterator[Piece]:
        self._next_index = 0
        start, at = 0.0, 0.0
        interval = 1 / (self.frame_rate or 30.0)
        while True:
            for at, picture in self._pictures(interval):
                yield start + at, partial(_itself, picture)
            if not self.loop:
                return
            if self._next_index == 0:
                raise SourceFailed(f"{shown(self.path)!r} has not one whole picture.")
            start += at + interval

    def _pictures(self, interval: float) -> Iterator[tuple[float, av.VideoFrame]]:
        with opened(self.path, self._timeout) as container:
            began, opened_at, at = origin(container), monotonic(), -interval
            for picture in decoded_video(container):
                if self._live:
                    at = monotonic() - opened_at  # as it comes: its own time stamps may be made up
                elif picture.pts is None or not picture.time_base:
                    at += interval
                else:
                    at = float(picture.pts * picture.time_base - began)
                yield at, picture

    def _give(self, picture: av.VideoFrame, time: float) -> None:
        frame = Frame(picture, index=self._next_index, time=time)
        self._next_index += 1
        self.publish(frame)

    def __repr__(self) -> str:
        return f"<VideoTrack.from_file {shown(self.path)!r}: {self.width}x{self.height}>"


def _itself(picture: av.VideoFrame) -> av.VideoFrame:
    return picture
