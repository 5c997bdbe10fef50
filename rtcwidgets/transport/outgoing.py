"""A track of the kernel on its way to a page: the newest frame, encoded by us, handed to aiortc as a packet.

aiortc would encode by itself, but its encoders blur what moves and its queue is the event loop's: here one thread takes
a frame when the one before has left, so that what is late is skipped before it is encoded, never after.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.encoder import LiveCodec, VideoEncoder
from rtcwidgets.transport.bitrate import bitrate_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av
    from aiortc.rtcrtpparameters import RTCRtpCodecCapability

    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.reader import FrameReader
    from rtcwidgets.media.track import VideoTrack

    Packet = av.Packet[Any]

__all__ = ["OutgoingVideo", "codecs_in_order"]

# H.264 first: half of VP8's time to encode, and it says which colours it has.
CODECS: tuple[LiveCodec, ...] = ("h264", "vp8")


def codecs_in_order(names: Sequence[LiveCodec]) -> list[RTCRtpCodecCapability]:
    """Aiortc's capabilities for these codecs in this order, retransmission (RFC 4588) last."""
    known = RTCRtpSender.getCapabilities("video").codecs
    return [codec for name in (*names, "rtx") for codec in known if codec.mimeType.lower() == f"video/{name}"]


class OutgoingVideo(MediaStreamTrack):
    """Gives aiortc's sender one packet after the other; reads ``track`` from the first packet asked for until ``stop``.

    ``codec`` is the only one to offer (None: the best that the page knows), ``max_bitrate`` in bit/s (None: what fits
    the picture), ``frame_rate`` the highest that is sent (None: the track's).
    """

    kind = "video"

    def __init__(
        self,
        track: VideoTrack,
        *,
        codec: LiveCodec | None = None,
        max_bitrate: int | None = None,
        frame_rate: float | None = None,
    ) -> None:
        super().__init__()
        self.codecs: tuple[LiveCodec, ...] = (codec,) if codec else CODECS
        self._track = track
        self._reader: FrameReader | None = None
        self._encoder = VideoEncoder(self.codecs[0])
        self._max_bitrate = max_bitrate
        # A frame that comes a little early is not a frame too many.
        self._least_interval_s = 0.8 / frame_rate if frame_rate else 0.0
        self._last_time = 0.0
        self._packet: asyncio.Future[Packet] | None = None
        self._asked = threading.Semaphore(0)
        self._key_frame = threading.Event()
        self._key_frame.set()
        self.frames_sent = 0
        self.key_frames_sent = 0
        self.bytes_sent = 0

    def use_codec(self, name: str) -> None:
        """What page and kernel have agreed on; before the first packet."""
        if name != self.codecs[0] and name in CODECS:
            self._encoder = VideoEncoder(name)

    # -- for aiortc, on the io thread

    async def recv(self) -> Packet:
        """The next packet, as soon as there is a frame for it."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._reader is None:
            self._reader = self._track.frames()
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

    # -- in the encoder's thread

    def _run(self, reader: FrameReader, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            self._asked.acquire()
            packet = self._next_packet(reader)
            if packet is None or loop.is_closed():
                return
            loop.call_soon_threadsafe(self._hand_over, packet)

    def _next_packet(self, reader: FrameReader) -> Packet | None:
        while (frame := reader.next_whenever()) is not None:
            if frame.time - self._last_time < self._least_interval_s:
                continue
            self._last_time = frame.time
            packet = self._encode(frame)
            if packet is not None:
                return packet
        return None

    def _encode(self, frame: Frame) -> Packet | None:
        key_frame = self._key_frame.is_set()
        self._key_frame.clear()
        packet = self._encoder.encode(frame, self._bitrate_for(frame), key_frame)
        if packet is not None:
            self.frames_sent += 1
            self.key_frames_sent += key_frame
            self.bytes_sent += packet.size
        return packet

    def _bitrate_for(self, frame: Frame) -> int:
        return self._max_bitrate or bitrate_for(frame.width, frame.height, 30.0)

    def _hand_over(self, packet: Packet) -> None:
        if self._packet is not None and not self._packet.done():
            self._packet.set_result(packet)
