"""Every change to aiortc's behaviour, each tested for, each with plain aiortc as its fallback.

Written against aiortc 1.16 and aioice 0.13; tests/test_tuning_contract.py says what of their private side is relied on.

* A frame is complete with its marker bit (picture_buffer.py), not with the first packet of the next frame.
* The decoder's backlog is bounded: what is too late to be of use is not decoded, up to the next key frame.
* Decoded pictures go straight to their sink, in the decoder's thread, not through a queue on the event loop.
* Sound does so too, without aiortc's four packets of delay (sound_buffer.py).
* A picture that the page has lost is told to whoever encodes.
* A packet that never comes ends in a picture loss indication (RFC 4585, section 6.3.1) and a fresh start.
* Sender reports reach the capture clock.
* The candidate pair in use can be asked for.
* 127.0.0.1 is a candidate where the machine has no other address.
* A connection that is closed while its checks succeed does not go on asking for consent (RFC 7675) for ever.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, cast

import aioice.ice
import aiortc
import av
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, rtcrtpreceiver
from aiortc.codecs import get_decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtcpSrPacket

from rtcwidgets.transport.counts import FrameCounts
from rtcwidgets.transport.picture_buffer import MarkerJitterBuffer
from rtcwidgets.transport.sound_buffer import SoundBuffer

__all__ = ["PictureSink", "SoundSink", "TunedAudio", "TunedVideo", "install"]

logger = logging.getLogger(__name__)

BACKLOG_FRAMES = 8
KEY_FRAME_PATIENCE_S = 0.5
VIDEO_CLOCK_HZ = 90_000
# Packets of sound that wait for a decoder that has no time: two seconds, as much as a reader keeps.
BACKLOG_PACKETS = 100
AUDIO_CLOCK_HZ = 48_000  # Opus, whatever its sampling rate (RFC 7587, section 4.1)
OLDEST_AIORTC = (1, 16)


class PictureSink(Protocol):
    """Where decoded pictures go."""

    def picture(self, picture: av.VideoFrame, rtp_timestamp: int, arrival: float) -> None:
        """A picture, in the decoder's thread; ``arrival`` is ``time.time()`` when its last packet came."""

    def sender_report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """A sender report, on the io thread."""


class SoundSink(Protocol):
    """Where decoded sound goes."""

    def sound(self, frame: av.AudioFrame, rtp_timestamp: int, arrival: float) -> None:
        """What was in a packet, in the decoder's thread; ``arrival`` is ``time.time()`` when it could go on."""

    def sender_report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """A sender report, on the io thread."""


class Packets(NamedTuple):
    """Figures of RTP packets (RFC 3550, section 6.4.1)."""

    received: int = 0
    lost: int = 0
    jitter_s: float = 0.0


class CandidatePair(NamedTuple):
    """Types ("host", "srflx", "prflx", "relay") of both ends of the way, and what it goes by ("udp")."""

    local: str
    remote: str
    transport: str

    @property
    def is_relayed(self) -> bool:
        """Whether a TURN server stands between."""
        return "relay" in (self.local, self.remote)

    def __str__(self) -> str:
        return f"{self.remote} ↔ {self.local}, {self.transport.lower()}"


class TunedVideo:
    """One incoming video track: takes the place of its track's queue, and runs its decoder."""

    def __init__(self, receiver: RTCRtpReceiver, sink: PictureSink) -> None:
        self._receiver = receiver
        self._sink = sink
        self._buffer = MarkerJitterBuffer()
        self._needs_key_frame = True
        self._asked_for_key_frame = 0.0
        self.counts = FrameCounts()
        self._attach()

    def _attach(self) -> None:
        receiver: Any = self._receiver
        receiver._RTCRtpReceiver__jitter_buffer = self._buffer
        receiver.track._queue = self
        _pass_sender_reports(receiver, self._sink)

    async def put(self, item: object) -> None:
        """Part of asyncio.Queue that the receiver calls at the end of a track; there is nothing to tell anyone."""

    def decode(self, input_queue: queue.Queue[Any], picture_lost: threading.Event) -> None:
        """Decode until told to stop; runs in the decoder's thread."""
        codec_name, decoder, missed = "", None, "incomplete"
        while (task := input_queue.get()) is not None:
            codec, completed = task
            if codec.name != codec_name:
                decoder, codec_name = get_decoder(codec), codec.name
            assert decoder is not None
            if completed.after_gap or input_queue.qsize() > BACKLOG_FRAMES:
                self._needs_key_frame = True
                missed = "incomplete" if completed.after_gap else "late"
            for frame in completed.frames:
                self.counts.receive(codec_name, len(frame.data))
                is_key = is_key_frame(codec_name, frame.data)
                if self._needs_key_frame and not is_key:
                    self.counts.dropped[missed] += 1
                    continue
                self._needs_key_frame = False
                pts = completed.timestamp + _ticks(completed.frames[0].rtp_timestamp, frame.rtp_timestamp)
                try:
                    pictures = cast("list[av.VideoFrame]", decoder.decode(JitterFrame(frame.data, pts)))
                except av.FFmpegError as error:
                    logger.debug("a frame of %d bytes could not be decoded: %s", len(frame.data), error)
                    self.counts.dropped["undecodable"] += 1
                    self._needs_key_frame, missed = True, "incomplete"
                    picture_lost.set()
                    continue
                self.counts.key_frames += is_key
                for picture in pictures:
                    self.counts.decoded += 1
                    self._sink.picture(picture, frame.rtp_timestamp, completed.arrival)

    def packets(self) -> Packets:
        """What the receiver knows of the packets on their way."""
        return _packets(self._receiver, self._buffer.ssrc, VIDEO_CLOCK_HZ)

    async def watch(self) -> None:
        """Called several times a second on the io thread: ask for a key frame where only that helps."""
        stuck = self._buffer.is_stuck()
        if stuck:
            self._buffer.restart()
        waiting = self._needs_key_frame and self.counts.received > 0
        if (stuck or waiting) and time.monotonic() - self._asked_for_key_frame > KEY_FRAME_PATIENCE_S:
            self._asked_for_key_frame = time.monotonic()
            receiver: Any = self._receiver
            await receiver._send_rtcp_pli(self._buffer.ssrc)


class TunedAudio:
    """One incoming track of Opus (RFC 7587): takes the place of its track's queue, and runs its decoder."""

    def __init__(self, receiver: Any, sink: SoundSink) -> None:
        self._receiver = receiver
        self._sink = sink
        self._buffer = SoundBuffer()
        self._receiver._RTCRtpReceiver__jitter_buffer = self._buffer
        self._receiver.track._queue = self
        self.bytes = 0
        _pass_sender_reports(receiver, sink)

    async def put(self, item: object) -> None:
        """Part of asyncio.Queue that the receiver calls at the end of a track; there is nothing to tell anyone."""

    def decode(self, input_queue: queue.Queue[Any], picture_lost: threading.Event) -> None:
        """Decode until told to stop; runs in the decoder's thread. What is not decoded, the sink finds missing."""
        decoder: Any = None
        while (task := input_queue.get()) is not None:
            codec, arrived = task
            if codec.name.lower() != "opus" or input_queue.qsize() > BACKLOG_PACKETS:
                continue
            decoder = decoder or get_decoder(codec)
            for data, rtp_timestamp in arrived.packets:
                self.bytes += len(data)
                try:
                    frames = decoder.decode(JitterFrame(data, rtp_timestamp)) if data else []
                except av.FFmpegError as error:
                    logger.debug("a packet of %d bytes could not be decoded: %s", len(data), error)
                    continue
                for frame in frames:
                    self._sink.sound(frame, rtp_timestamp, arrived.arrival)

    def packets(self) -> Packets:
        """What the receiver knows of the packets on their way."""
        return _packets(self._receiver, self._buffer.ssrc, AUDIO_CLOCK_HZ)


def _pass_sender_reports(receiver: Any, sink: PictureSink | SoundSink) -> None:
    handle_rtcp_packet = receiver._handle_rtcp_packet

    async def heed_sender_reports(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket):
            sink.sender_report(packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)
        await handle_rtcp_packet(packet)

    receiver._handle_rtcp_packet = heed_sender_reports


def _packets(receiver: Any, ssrc: int | None, clock_hz: int) -> Packets:
    stream = getattr(receiver, "_RTCRtpReceiver__remote_streams", {}).get(ssrc)
    if stream is None:
        return Packets()
    return Packets(stream.packets_received, max(stream.packets_lost, 0), stream.jitter / clock_hz)


def is_key_frame(codec_name: str, data: bytes) -> bool:
    """Whether a frame can be decoded without the ones before it."""
    if codec_name == "VP8":
        return bool(data) and data[0] & 1 == 0  # RFC 6386, section 9.1
    if codec_name == "H264":
        # An instantaneous decoder refresh, or the parameter sets before it (H.264, table 7-1), in Annex B form.
        return any(nal[:1] and nal[0] & 0x1F in (5, 7) for nal in data.split(b"\x00\x00\x01")[1:4])
    return True


def _ticks(earlier: int, later: int) -> int:
    return (later - earlier) & 0xFFFFFFFF


def on_key_frame_request(sender: RTCRtpSender, requested: Callable[[], None]) -> None:
    """Have ``requested`` called, on the io thread, for each picture loss (RFC 4585) that the other end tells of."""
    if hasattr(sender, "_send_keyframe"):
        sender._send_keyframe = requested  # type: ignore[method-assign]


def selected_pair(pc: RTCPeerConnection) -> CandidatePair | None:
    """The candidates that packets travel between; None before there are any, or where aioice does not tell."""
    connections = [receiver.transport.transport._connection for receiver in pc.getReceivers()]
    pairs = [pair for ice in connections for pair in getattr(ice, "_nominated", {}).values()]
    if not pairs:
        return None
    local, remote = pairs[0].local_candidate, pairs[0].remote_candidate
    return CandidatePair(local.type, remote.type, local.transport)


_plain_decoder_worker: Callable[..., None] = rtcrtpreceiver.decoder_worker
_plain_get_host_addresses = aioice.ice.get_host_addresses
_plain_query_consent = aioice.ice.Connection.query_consent


def _decoder_worker(loop: Any, input_q: Any, output_q: Any, decode_error: threading.Event) -> None:
    if isinstance(output_q, TunedVideo | TunedAudio):
        output_q.decode(input_q, decode_error)
    else:
        _plain_decoder_worker(loop, input_q, output_q, decode_error)


def _get_host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    addresses = _plain_get_host_addresses(use_ipv4, use_ipv6)
    return addresses or (["127.0.0.1"] if use_ipv4 else [])


async def _query_consent(self: aioice.ice.Connection) -> None:
    if not self._closing:
        await _plain_query_consent(self)


def require_aiortc() -> None:
    """Raise ImportError where aiortc is older than what this is written against."""
    release = tuple(int(part) for part in aiortc.__version__.split(".")[:2])
    if release < OLDEST_AIORTC:
        raise ImportError(f"aiortc {aiortc.__version__} is too old, {'.'.join(map(str, OLDEST_AIORTC))} is needed")


def install() -> None:
    """Put the changes that sit in the modules of aiortc and aioice into place; other users do not notice them."""
    rtcrtpreceiver.decoder_worker = _decoder_worker
    aioice.ice.get_host_addresses = _get_host_addresses
    aioice.ice.Connection.query_consent = _query_consent  # type: ignore[method-assign]


def tunable(receiver: RTCRtpReceiver) -> bool:
    """Whether this aiortc has the private parts that TunedVideo and TunedAudio work with."""
    return all(
        hasattr(receiver, name)
        for name in ("_RTCRtpReceiver__jitter_buffer", "_handle_rtcp_packet", "_send_rtcp_pli", "track")
    ) and hasattr(rtcrtpreceiver, "decoder_worker")
