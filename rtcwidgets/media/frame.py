"""One video frame: when it was taken, in which order, and its pixels in whatever format is asked for."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from rtcwidgets.media.channels import PIXEL_FORMATS, Image, PixelFormat, reordered
from rtcwidgets.media.colour import RGB, Colour
from rtcwidgets.media.still import save

if TYPE_CHECKING:
    import os

    import av

__all__ = ["PIXEL_FORMATS", "Frame", "Image", "PixelFormat"]

# FFmpeg's names of the formats whose first plane is luma of 8 bits.
_WITH_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")


class Frame:
    """A picture of a track.

    Each reader is given a Frame of its own: the arrays that it asks for are made for it, once for each format, and are
    its to draw into. They stay valid as long as they are referenced, whatever the stream does.
    A Frame as the result of a cell shows itself as a picture.

    It holds what its maker had: the decoder's picture, or the array that a function returned, which comes back bit by
    bit when its own format is asked for. The array that a Frame is made of belongs to the Frame from then on.
    """

    __slots__ = ("_arrays", "_colour", "_index", "_picture", "_pixel_format", "_source_index", "_time")

    def __init__(
        self,
        picture: av.VideoFrame | Image,
        *,
        index: int,
        time: float,
        colour: Colour | None = None,
        pixel_format: PixelFormat = "bgr24",
        source_index: int | None = None,
    ) -> None:
        self._picture = picture
        #: How the channels of an array are ordered; without meaning for a decoder's picture.
        self._pixel_format: PixelFormat = pixel_format
        self._colour = RGB if isinstance(picture, np.ndarray) else (colour or Colour()).of_stream(picture)
        self._index = index
        self._source_index = index if source_index is None else source_index
        self._time = time
        self._arrays: dict[str, Image] = {}

    @property
    def index(self) -> int:
        """Number of this frame in its track, from 0; a reader that skips frames sees gaps."""
        return self._index

    @property
    def source_index(self) -> int:
        """``index`` of the picture that ``map`` made this one from; its own for all that no ``map`` made."""
        return self._source_index

    @property
    def time(self) -> float:
        """When the page captured it, in seconds of the kernel's clock (``time.time()``); grows with every frame.

        From the browser's own time stamps: right to about 10 ms, and to 1 or 2 ms between frames of one start.
        A mapped frame has the time of the picture it was made from. A file that is read as fast as it can be
        (``real_time=False``) counts from its own beginning instead.
        """
        return self._time

    @property
    def age(self) -> float:
        """Seconds since the page captured it, as of now."""
        return max(0.0, time.time() - self._time)

    @property
    def pts(self) -> int | None:
        """Presentation time stamp in the stream's time base (1/90000 s over WebRTC); None for a frame of an array."""
        return None if isinstance(self._picture, np.ndarray) else self._picture.pts

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self._picture.shape[1] if isinstance(self._picture, np.ndarray) else self._picture.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self._picture.shape[0] if isinstance(self._picture, np.ndarray) else self._picture.height

    @property
    def colour(self) -> Colour:
        """Matrix and range of ``video_frame()``, for whoever encodes it."""
        return self._colour

    @property
    def bgr(self) -> Image:
        """Pixels as OpenCV wants them: (height, width, 3) uint8, blue first."""
        return self.to_ndarray("bgr24")

    @property
    def rgb(self) -> Image:
        """Pixels as matplotlib, Pillow and scikit-image want them: (height, width, 3) uint8, red first."""
        return self.to_ndarray("rgb24")

    @property
    def gray(self) -> Image:
        """Brightness from 0 (black) to 255 (white): (height, width) uint8."""
        return self.to_ndarray("gray")

    @property
    def y(self) -> Image:
        """The luma plane as it was decoded, without a copy: (height, width) uint8, read-only.

        For a camera black is 16 and white 235 (limited range, ITU-R BT.601); ``gray`` stretches that to 0–255.
        Rows may be padded in memory. A picture that has no such plane (a frame of an array, a GIF) gives its ``gray``.
        """
        if isinstance(self._picture, np.ndarray) or self._picture.format.name not in _WITH_LUMA:
            luma = self.gray.view()
            luma.flags.writeable = False
            return luma
        plane = self._picture.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        luma = rows[: self.height, : self.width]
        luma.flags.writeable = False
        return luma

    def to_ndarray(self, format: PixelFormat = "bgr24") -> Image:
        """Pixels in the ``format`` of that name in FFmpeg, converted at the first call and kept.

        Returns uint8, C-contiguous: (height, width, 3) for ``"bgr24"`` and ``"rgb24"``, (height, width, 4) for
        ``"bgra"`` and ``"rgba"``, (height, width) for ``"gray"``. Raises ValueError for any other name.
        """
        if format not in PIXEL_FORMATS:
            raise ValueError(f"unknown pixel format {format!r}: one of {', '.join(PIXEL_FORMATS)}")
        if format not in self._arrays:
            self._arrays[format] = self._converted(format)
        return self._arrays[format]

    def video_frame(self) -> av.VideoFrame:
        """The picture as PyAV has it, for an encoder: not to be written to, it may be shared with other readers."""
        if isinstance(self._picture, np.ndarray):
            import av

            return av.VideoFrame.from_ndarray(self._picture, format=self._pixel_format)
        return self._picture

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file, as JPEG or PNG by its name's ending; an existing file is replaced."""
        save(self, path)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Image:
        """``np.asarray(frame)`` is ``frame.bgr``."""
        array = self.bgr
        return np.array(array, dtype=dtype, copy=copy)

    def for_another(self) -> Frame:
        """The same picture for another reader, with arrays of its own."""
        other: Frame = object.__new__(Frame)
        other._picture, other._pixel_format, other._colour = self._picture, self._pixel_format, self._colour
        other._index, other._source_index, other._time = self._index, self._source_index, self._time
        other._arrays = {}
        return other

    def _converted(self, format: PixelFormat) -> Image:
        if isinstance(self._picture, np.ndarray) and (format != "gray" or self._pixel_format == "gray"):
            return reordered(self._picture, self._pixel_format, format)
        # One thread: on the small machines that kernels run on, swscale's own threads cost more than they save.
        array = self.video_frame().to_ndarray(format=format, threads=1, **self._colour.as_options())
        return np.ascontiguousarray(array)

    def _repr_jpeg_(self) -> bytes:
        import av

        encoder = av.CodecContext.create("mjpeg", "w")
        full = self.video_frame().reformat(
            format="yuvj420p",
            dst_colorspace=5,
            dst_color_range=2,
            threads=1,
            **self._colour.as_options(),
        )
        full.pts = 0
        encoder.width, encoder.height, encoder.pix_fmt = full.width, full.height, full.format.name
        encoder.time_base = Fraction(1, 30)
        encoder.options = {"qmin": "3", "qmax": "3"}
        return b"".join(bytes(packet) for packet in [*encoder.encode(full), *encoder.encode(None)])

    def __repr__(self) -> str:
        return f"<Frame {self.index}: {self.width}x{self.height}, {self.age * 1000:.0f} ms old>"
