"""A frame as encoders want it: yuv420p of even size, BT.601 limited range, exact to the last bit that this allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rtcwidgets.media.colour import Colour
from rtcwidgets.media.frame import Frame

if TYPE_CHECKING:
    import av

__all__ = ["encodable", "even_size"]

# As cameras in browsers send it, so that their pictures are encoded as they are.
_WANTED = Colour()
_SAME = (_WANTED, Colour(6))  # H.273 has two numbers for one matrix
_LIMITED = 1

# swscale's SWS_BILINEAR | SWS_ACCURATE_RND: without the second white comes out as a dirty 250.
_EXACT = 0x2 | 0x40000


def even_size(frame: Frame) -> tuple[int, int]:
    """Width and height of the frame, without the last column or row of an odd size."""
    return max(2, frame.width & ~1), max(2, frame.height & ~1)


def encodable(frame: Frame, width: int, height: int) -> av.VideoFrame:
    """The frame's picture at that (even) size, scaled if it is not its ``even_size``.

    It is the caller's alone: encoders write a time stamp to it. A decoder's picture that is as wanted is only copied.
    """
    picture = frame.video_frame()
    cropped = (width, height) == even_size(frame)
    if cropped and picture.format.name == "yuv420p" and frame.colour in _SAME:
        return _copied(picture, width, height)
    if cropped and (picture.width, picture.height) != (width, height):
        picture = _from_array(frame.bgr[:height, :width])
    return picture.reformat(
        width,
        height,
        "yuv420p",
        dst_colorspace=_WANTED.matrix,
        dst_color_range=_LIMITED,
        interpolation=_EXACT,
        threads=1,
        **frame.colour.as_options(),
    )


def _from_array(array: Any) -> av.VideoFrame:
    import av

    return av.VideoFrame.from_ndarray(np.ascontiguousarray(array), format="bgr24")


def _copied(picture: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
    """The upper left part of a yuv420p picture, plane by plane."""
    import av

    copy = av.VideoFrame(width, height, "yuv420p")
    for source, target, shrink in zip(picture.planes, copy.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(memoryview(source), np.uint8).reshape(-1, source.line_size)
        into = np.frombuffer(memoryview(target), np.uint8).reshape(-1, target.line_size)
        into[: height // shrink, : width // shrink] = rows[: height // shrink, : width // shrink]
    return copy
