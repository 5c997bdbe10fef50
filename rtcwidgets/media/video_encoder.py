"""Frames into an encoder: their times kept to the tick, their colours tagged, a key frame every second."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rtcwidgets.media.encodable import encodable, even_size
from rtcwidgets.media.frame import Frame

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer

__all__ = ["VideoEncoder"]

# What `encodable` gives, for the tags of the stream.
_SMPTE170M, _BT709, _LIMITED = 6, 1, 1  # as ITU-T H.273 numbers them

_KEY_FRAME_S = 1.0
_TYPICAL_S = Fraction(1, 30)
_BITS_A_PIXEL = 0.2
_LEAST_BITRATE = 1_000_000

# Threads of libvpx wait for each other by spinning: on a busy machine a second one makes small pictures slower.
_PIXELS_A_THREAD = 640 * 480
_MOST_THREADS = 4

# No frame waits in the encoder: what was captured is in the file at once, also if the process is killed.
_OPTIONS = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "crf": "20", "forced-idr": "1"},
    "libvpx": {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0", "qmin": "4", "qmax": "32"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "row-mt": "1"},
}


class VideoEncoder:
    """Encodes frames of one size, the first one's, for ``container``; an odd size loses its last row or column."""

    def __init__(
        self, container: OutputContainer, codec: str, tick: Fraction, first: Frame, bitrate: int | None
    ) -> None:
        self.width, self.height = even_size(first)
        self._tick = tick
        self._last_tick = -1
        self._last_key = -1
        self._palette = _Palette(self.width, self.height, tick) if codec == "gif" else None
        options = dict(_OPTIONS.get(codec, {}))
        if bitrate is not None:
            options.pop("crf", None)
        self._stream: Any = container.add_stream(codec, rate=30, options=options)
        context: Any = self._stream.codec_context
        context.width, context.height = self.width, self.height
        context.pix_fmt = "pal8" if self._palette else "yuv420p"
        context.time_base = tick
        self._stream.time_base = tick
        context.gop_size = 600  # key frames are asked for by the clock
        if not codec.startswith("libx264") or bitrate is not None:
            by_size = round(self.width * self.height * 30 * _BITS_A_PIXEL)
            context.bit_rate = bitrate or max(_LEAST_BITRATE, by_size)
        if codec.startswith("libvpx"):
            context.thread_count = min(_MOST_THREADS, max(1, self.width * self.height // _PIXELS_A_THREAD))
        if not self._palette:
            context.colorspace, context.color_range = _SMPTE170M, _LIMITED
            context.color_primaries = context.color_trc = _BT709
        context.open(strict=False)

    def encode(self, frame: Frame, at: float) -> list[av.Packet[Any]] | None:
        """Packets for a frame that is shown ``at`` (s from the beginning); None if the frame before has that tick."""
        tick = round(at / self._tick)
        if tick <= self._last_tick:
            return None
        picture = self._picture(frame)
        picture.pts, picture.time_base = tick, self._tick
        if self._last_key < 0 or (tick - self._last_key) * self._tick >= _KEY_FRAME_S:
            self._last_key = tick
            picture.pict_type = 1  # AV_PICTURE_TYPE_I
        duration = tick - self._last_tick if self._last_tick >= 0 else round(_TYPICAL_S / self._tick)
        self._last_tick = tick
        return list(self._with_duration(self._encoded(picture), duration))

    def flush(self) -> list[av.Packet[Any]]:
        """The packets that are left."""
        return list(self._stream.encode(None))

    def _encoded(self, picture: av.VideoFrame) -> Iterator[av.Packet[Any]]:
        pictures = self._palette.reduced(picture) if self._palette else [picture]
        for reduced in pictures:
            yield from self._stream.encode(reduced)

    def _with_duration(self, packets: Iterator[av.Packet[Any]], duration: int) -> Iterator[av.Packet[Any]]:
        for packet in packets:
            packet.duration = duration
            yield packet

    def _picture(self, frame: Frame) -> av.VideoFrame:
        """A picture that is nobody else's: its time stamp and type are written to."""
        if self._palette:
            return self._palette.picture(frame, self.width, self.height)
        return encodable(frame, self.width, self.height)


class _Palette:
    """256 colours of its own for each picture: FFmpeg's palettegen and paletteuse."""

    def __init__(self, width: int, height: int, tick: Fraction) -> None:
        import av

        self._graph = av.filter.Graph()
        source = self._graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=tick)
        split = self._graph.add("split")
        palette = self._graph.add("palettegen", "stats_mode=single")
        # The default, error diffusion, takes three times as long: a third of a second for 1280x720.
        use = self._graph.add("paletteuse", "new=1:dither=bayer:bayer_scale=4")
        sink = self._graph.add("buffersink")
        source.link_to(split)
        split.link_to(palette, 0, 0)
        split.link_to(use, 1, 0)
        palette.link_to(use, 0, 1)
        use.link_to(sink)
        self._graph.configure()

    def picture(self, frame: Frame, width: int, height: int) -> av.VideoFrame:
        """The frame as the filters take it."""
        import av

        return av.VideoFrame.from_ndarray(frame.rgb, format="rgb24").reformat(width, height)

    def reduced(self, picture: av.VideoFrame) -> Iterator[av.VideoFrame]:
        import av

        self._graph.vpush(picture)
        while True:
            try:
                yield self._graph.vpull()
            except av.error.BlockingIOError:
                return
