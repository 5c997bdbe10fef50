"""One encoder for live video: frames in, packets out, sharp from the first one on and without a frame of delay.

Quality is held (constant rate factor) and the bitrate is only a ceiling: a picture that stands still costs next to
nothing, and one that moves is not blurred to meet an average. There are no key frames but those asked for.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rtcwidgets.media.encodable import encodable, even_size

if TYPE_CHECKING:
    import av

    from rtcwidgets.media.frame import Frame

__all__ = ["VIDEO_CLOCK_HZ", "LiveCodec", "VideoEncoder"]

LiveCodec = Literal["h264", "vp8"]

VIDEO_CLOCK_HZ = 90_000
# A quarter of a second of the highest bitrate may be sent at once: a key frame needs it, more would queue on the way.
BUFFER_S = 0.25
# Beyond this one core has no time left for the rest.
PIXELS_FOR_ONE_THREAD = 1280 * 720

_BT709, _BT601, _LIMITED_RANGE = 1, 6, 1


class _Shape(NamedTuple):
    """What an encoder is made for; another one needs another encoder."""

    width: int
    height: int
    max_bitrate: int


class VideoEncoder:
    """Encodes frames of any size; a new size begins with a key frame. One thread at a time may use it."""

    def __init__(self, codec: LiveCodec, frame_rate: float = 30.0) -> None:
        self._codec = codec
        self._frame_rate = Fraction(frame_rate).limit_denominator(1000)
        self._shape: _Shape | None = None
        self._context: av.VideoCodecContext | None = None
        self._began: float | None = None
        self._pts = -1

    def encode(self, frame: Frame, max_bitrate: int, key_frame: bool = False) -> av.Packet[Any] | None:
        """The frame as one packet, its pts in 1/90000 s from the first frame on; None where the codec left it out.

        ``max_bitrate`` is in bit/s, ``key_frame`` asks for one that can be decoded by itself.
        """
        import av

        picture = encodable(frame, *even_size(frame))
        context = self._context_for(_Shape(picture.width, picture.height, max_bitrate))
        picture.pts = self._pts = self._pts_of(frame)
        picture.time_base = Fraction(1, VIDEO_CLOCK_HZ)
        kinds = av.video.frame.PictureType
        picture.pict_type = kinds.I if key_frame else kinds.NONE
        encoded = b"".join(bytes(packet) for packet in context.encode(picture))
        if not encoded:
            return None
        packet: av.Packet[Any] = av.Packet(encoded)
        packet.pts, packet.time_base = self._pts, Fraction(1, VIDEO_CLOCK_HZ)
        return packet

    def _pts_of(self, frame: Frame) -> int:
        if self._began is None:
            self._began = frame.time
        return max(round((frame.time - self._began) * VIDEO_CLOCK_HZ), self._pts + 1)

    def _context_for(self, shape: _Shape) -> av.VideoCodecContext:
        if self._context is None or self._shape != shape:
            self._shape = shape
            self._context = (_h264 if self._codec == "h264" else _vp8)(shape, self._frame_rate)
        return self._context


def _context(name: Literal["libx264", "libvpx"], shape: _Shape, frame_rate: Fraction) -> av.VideoCodecContext:
    import av

    context = av.CodecContext.create(name, "w")
    context.width, context.height, context.pix_fmt = shape.width, shape.height, "yuv420p"
    context.time_base = Fraction(1, VIDEO_CLOCK_HZ)
    context.framerate = frame_rate
    context.gop_size = 1_000_000
    context.thread_count = 1 if shape.width * shape.height <= PIXELS_FOR_ONE_THREAD else 2
    return context


def _h264(shape: _Shape, frame_rate: Fraction) -> av.VideoCodecContext:
    context = _context("libx264", shape, frame_rate)
    # What `encodable` makes (ITU-T H.273): BT.601's matrix, limited range; primaries and transfer as screens have them.
    context.colorspace, context.color_range = _BT601, _LIMITED_RANGE
    context.color_primaries = context.color_trc = _BT709
    context.profile = "Baseline"
    context.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "crf": "20",
        "maxrate": str(shape.max_bitrate),
        "bufsize": str(round(shape.max_bitrate * BUFFER_S)),
        "forced-idr": "1",
    }
    return context


def _vp8(shape: _Shape, frame_rate: Fraction) -> av.VideoCodecContext:
    context = _context("libvpx", shape, frame_rate)
    context.bit_rate = shape.max_bitrate
    context.options = {
        "deadline": "realtime",
        "cpu-used": "-8",
        "lag-in-frames": "0",
        "crf": "10",
        "maxrate": str(shape.max_bitrate),
        "bufsize": str(round(shape.max_bitrate * BUFFER_S)),
        "static-thresh": "0",
    }
    return context
