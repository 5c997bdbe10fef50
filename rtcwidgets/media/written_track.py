"""A track whose pictures somebody writes: the end of any Python code that makes images."""

from __future__ import annotations

import time as clock
from typing import Any

from rtcwidgets.errors import FrameTimeout, StreamClosed
from rtcwidgets.media.channels import PixelFormat
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.image import checked_image
from rtcwidgets.media.media_stream_track import wait_at_most
from rtcwidgets.media.track import VideoTrack

__all__ = ["WrittenVideoTrack"]

# Two pictures in the same tick of the clock: the later one is this much later.
_TICK_S = 1e-6


class WrittenVideoTrack(VideoTrack):
    """Frames as they are written, from any one thread; made by ``VideoTrack.writer``. ``close()`` ends it."""

    def __init__(self, pixel_format: PixelFormat = "bgr24") -> None:
        super().__init__(self._patience, pixel_format)
        self._next_index = 0
        self._last_time = float("-inf")

    def write(self, image: Any, time: float | None = None) -> None:
        """Give ``image`` to every reader, as taken at ``time`` (s, default: now). Never waits; keeps a copy.

        An ndarray (height, width, 3), (height, width, 4) or (height, width), uint8 or float in 0–1. Raises TypeError or
        ValueError for anything else and for a time that does not grow, StreamClosed after ``close()``.
        """
        if self.ready_state == "ended":
            raise StreamClosed("This track was closed. Make a new one by VideoTrack.writer().")
        pixels, format = checked_image(image, self.pixel_format, "write was given")
        if time is None:
            time = max(clock.time(), self._last_time + _TICK_S)
        elif time <= self._last_time:
            raise ValueError(f"the time of a picture must grow: {time} after {self._last_time}")
        frame = Frame(pixels, index=self._next_index, time=time, pixel_format=format)
        self._next_index, self._last_time = self._next_index + 1, time
        self.publish(frame)

    def _patience(self, started: float, timeout: float | None) -> float:
        if self.ready_state == "ended":
            raise StreamClosed("This track was closed by its writer.")
        try:
            return wait_at_most(started, timeout)
        except FrameTimeout:
            raise FrameTimeout("Nobody wrote a picture in time: call write(image) in another thread.") from None

    def __repr__(self) -> str:
        return f"<VideoTrack.writer: {self._next_index} written>"
