"""Pictures and frames for tests, made without a camera."""

from __future__ import annotations

import time

import av
import numpy as np

from rtcwidgets.media.colour import Colour
from rtcwidgets.media.frame import Frame


def flat_picture(bgr: tuple[int, int, int] = (30, 120, 210), width: int = 64, height: int = 48) -> av.VideoFrame:
    """A picture of one colour, as a decoder gives it: yuv420p, BT.601, limited range, untagged."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = bgr
    return av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")


def frame(index: int = 0, at: float | None = None, width: int = 64, height: int = 48) -> Frame:
    """A frame with that index, captured now unless ``at`` says otherwise."""
    picture = flat_picture(width=width, height=height)
    return Frame(picture, index=index, time=time.time() if at is None else at, colour=Colour())
