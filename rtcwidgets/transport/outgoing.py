"""A track of the kernel on its way to a page: the newest frame, encoded by us, handed to aiortc as a packet.

aiortc would encode by itself, but its encoders blur what moves and its queue is the event loop's: here one thread takes
a frame when the one before has left, so that what is late is skipped before it is encoded, never after.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.encoder import LiveCodec, VideoEncoder
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.transport.bitrate import bitrate_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import av
    from aiortc.rtcrtpparameters import RTCRtpCodecCapability

    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.reader import FrameReader
    from rtcwidgets.media.track import VideoTrack

    Packet = av.Packet[Any]

__all__ = ["OutgoingVideo", "SendingOptions", "codecs_in_order"]

logger = logging.getLogger(__name__)

RATE_WINDOW_FRAMES = 31
# How long a picture may be alone before it is sent again to a page that has lost it.
STILL_S = 0.1

# H.264 first: half of VP8's time to encode, and it says which colours it has.
CODECS: tuple[LiveCodec, ...] = ("h264", "vp8")


def _log(error: BaseException) -> None:
    logger.error("a frame could not be encoded", exc_info=error)


def codecs_in_order(names: Sequence[LiveCodec]) -> list[RTCRtpCodecCapability]:
    """Aiortc's capabilities for these codecs in this order, retransmission (RFC 4588) last."""
    known = RTCRtpSender.getCapabilities("video").codecs
    return [codec for name in (*names, "rtx") for codec in known if codec.mimeType.lower() == f"video/{name}"]


@dataclass
class SendingOptions:
    """How a track is sent; a change takes effect with the next frame, another ``codec`` with the next connection.

    ``codec`` is the only one to offer (None: the best that the page knows), ``max_bitrate`` in bit/s (None: what fits
    the picture), ``frame_rate`` the highest that is sent (None: the track's).
    """

    codec: LiveCodec | None = None
    max_bitrate: int | None = None
    frame_rate: float | None = None


class OutgoingVideo(MediaStreamTrack):
    """Gives aiortc's sender one packet after the other; reads ``track`` from the first packet asked for until ``stop``.

    ``on_error`` is told, in the encoder's thread, of a frame that could not be encoded; the next one is tried.
    """

    kind = "video"

    def __init__(
        self, track: VideoTrack, options: SendingOptions, on_error: Callable[[BaseException], None] = _log
    ) -> None:
        super().__init__()
        self.codecs: tuple[LiveCodec, ...] = (options.codec,) if options.codec else CODECS
        self._track = track
        self._options = options
        self._on_error = on_error
        self._encoder = VideoEncoder(self.codecs[0])
        self._codec: str = self.codecs[0]
        self._reader: FrameReader | None = None
        self._packet: asyncio.Future[Packet] | None = None
        self._asked = threading.Semaphore(0)
        self._key_frame = threading.Event()
        self._key_frame.set()
        self._last: Frame | None = None
        self._sent: deque[tuple[float, int]] = deque(maxlen=RATE_WINDOW_FRAMES)
        self._ages: deque[float] = deque(maxlen=RATE_WINDOW_FRAMES)
        self.frames_sent = 0
        self.key_frames_sent = 0
        self.bytes_sent = 0

    def use_codec(self, name: str) -> None:
        """What page and kernel have agreed on; before the first packet."""
        if name != self._codec and name in CODECS:
            self._codec, self._encoder = name, VideoEncoder(name)

    # -- for aiortc, on the io thread

    async def recv(self) -> Packet:
        """The next packet, as soon as there is a frame for it."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._reader is None:
            # What the track shows already is shown at once: the next frame of a drawing may be long in coming.
            self._last = self._track.latest
            self._reader = self._track.frames(name="player")
            work = threading.Thread(target=self._run, args=(self._reader, loop), name="rtcwidgets encoder", daemon=True)
            work.start()
        self._packet = loop.create_future()
        self._asked.release()
        return await self._packet

    def request_key_frame(self) -> None:
        """The other end has lost a picture: the next one must stand by itself."""
        self._key_frame.set()

    def stop(self) -> None:
        """End the encoder's thread and the reading. May be called again."""
        super().stop()
        if self._reader is not None:
            self._reader.close()
        self._asked.release()
        if self._packet is not None and not self._packet.done():
            self._packet.set_exception(MediaStreamError())

    def stats(self, round_trip_s: float | None) -> VideoStats:
        """The figures of what is sent, in the fields that incoming video has."""
        last, sent, ages = self._last, list(self._sent), sorted(self._ages)
        recent = len(sent) > 1 and time.monotonic() - sent[-1][0] < 2.0
        seconds = max(sent[-1][0] - sent[0][0], 1e-6) if recent else 0.0
        return VideoStats(
            frame_width=last.width if last else 0,
            frame_height=last.height if last else 0,
            frames_per_second=(len(sent) - 1) / seconds if recent else 0.0,
            bitrate=8 * (sent[-1][1] - sent[0][1]) / seconds if recent else 0.0,
            age=ages[len(ages) // 2] if ages else None,
            current_round_trip_time=round_trip_s,
            codec=self._codec.upper(),
        )

    # -- in the encoder's thread

    def _run(self, reader: FrameReader, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            self._asked.acquire()
            packet = self._next_packet(reader)
            if loop.is_closed():
                return
            if packet is None:
                loop.call_soon_threadsafe(self.stop)
                return
            loop.call_soon_threadsafe(self._hand_over, packet)

    def _next_packet(self, reader: FrameReader) -> Packet | None:
        while not reader.done:
            frame = reader.next_within(STILL_S) or self._still()
            if frame is None or self._is_too_early(frame):
                continue
            packet = self._encode(frame)
            self._last = frame
            if packet is not None:
                return packet
        return None

    def _still(self) -> Frame | None:
        """The last frame again, where no other comes and the page has none to show."""
        return self._last if self._key_frame.is_set() else None

    def _is_too_early(self, frame: Frame) -> bool:
        if self._options.frame_rate is None or self._last is None or frame is self._last:
            return False
        # A frame that comes a little early is not a frame too many.
        return frame.time - self._last.time < 0.8 / self._options.frame_rate

    def _encode(self, frame: Frame) -> Packet | None:
        key_frame = self._key_frame.is_set()
        self._key_frame.clear()
        max_bitrate = self._options.max_bitrate or bitrate_for(frame.width, frame.height, self._options.frame_rate or 0)
        try:
            packet = self._encoder.encode(frame, max_bitrate, key_frame)
        except Exception as error:  # whatever a picture does to an encoder: it is told, and the next is tried
            self._on_error(error)
            return None
        if packet is not None:
            self._count(packet, key_frame, frame.age)
        return packet

    def _count(self, packet: Packet, key_frame: bool, age_s: float) -> None:
        self.frames_sent += 1
        self.key_frames_sent += key_frame
        self.bytes_sent += packet.size
        self._sent.append((time.monotonic(), self.bytes_sent))
        self._ages.append(age_s)

    def _hand_over(self, packet: Packet) -> None:
        if self._packet is not None and not self._packet.done():
            self._packet.set_result(packet)
