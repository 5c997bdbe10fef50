"""Every change to aiortc's behaviour, each tested for, each with plain aiortc as its fallback.

Written against aiortc 1.16 and aioice 0.13; tests/test_tuning_contract.py says what of their private side is relied on.

* A frame is complete with its marker bit (RFC 3550, section 5.1), not with the first packet of the next frame.
* The decoder's backlog is bounded: what is too late to be of use is not decoded, up to the next key frame.
* Decoded pictures go straight to their sink, in the decoder's thread, not through a queue on the event loop.
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
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtcpSrPacket, RtpPacket

from rtcwidgets.transport.counts import FrameCounts

__all__ = ["PictureSink", "TunedVideo", "install"]

logger = logging.getLogger(__name__)

VIDEO_CAPACITY_PACKETS = 512
BACKLOG_FRAMES = 8
GAP_PATIENCE_S = 0.4
KEY_FRAME_PATIENCE_S = 0.5
VIDEO_CLOCK_HZ = 90_000
OLDEST_AIORTC = (1, 16)


class PictureSink(Protocol):
    """Where decoded pictures go."""

    def picture(self, picture: av.VideoFrame, rtp_timestamp: int, arrival: float) -> None:
        """A picture, in the decoder's thread; ``arrival`` is ``time.time()`` when its last packet came."""

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


class EncodedFrame(NamedTuple):
    """A complete frame as it came over the network."""

    data: bytes
    rtp_timestamp: int


class CompletedFrames(JitterFrame):
    """One or more frames that one packet has completed: aiortc asks for one, a filled gap may complete several."""

    def __init__(self, frames: list[EncodedFrame], after_gap: bool) -> None:
        super().__init__(frames[0].data, frames[0].rtp_timestamp)
        self.frames = frames
        self.after_gap = after_gap
        self.arrival = time.time()


class MarkerJitterBuffer(JitterBuffer):
    """A jitter buffer for video that hands a frame on as soon as its last packet, the one with the marker, is there."""

    def __init__(self, capacity: int = VIDEO_CAPACITY_PACKETS) -> None:
        super().__init__(capacity=capacity, is_video=True)
        self.ssrc: int | None = None
        self._after_gap = False
        self._incomplete_since: float | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        self.ssrc = packet.ssrc
        lost_some, completed = super().add(packet)
        if lost_some:
            self._after_gap = True
        if completed is not None:
            self._incomplete_since = None
        elif self._incomplete_since is None:
            self._incomplete_since = time.monotonic()
        return lost_some, completed

    def _remove_frame(self, sequence_number: int) -> JitterFrame | None:
        if not self._may_complete(sequence_number):
            return None
        assert self._origin is not None
        frames: list[EncodedFrame] = []
        packets: list[RtpPacket] = []
        length = 0
        for count in range(self.capacity):
            packet = self._packets[(self._origin + count) % self.capacity]
            if packet is None:
                break
            packets.append(packet)
            if packet.marker:
                # Padding may stand between frames, with the time stamp of the one before (RFC 8888 probes).
                own = [p._data for p in packets if p.timestamp == packet.timestamp]  # type: ignore[attr-defined]
                frames.append(EncodedFrame(b"".join(own), packet.timestamp))
                packets, length = [], count + 1
        if not frames:
            return None
        self.remove(length)
        after_gap, self._after_gap = self._after_gap, False
        return CompletedFrames(frames, after_gap)

    def _may_complete(self, sequence_number: int) -> bool:
        """Only a marker completes a frame, or a packet that fills a gap."""
        packet = self._packets[sequence_number % self.capacity]
        return packet is not None and (
            bool(packet.marker) or self._packets[(sequence_number + 1) % self.capacity] is not None
        )

    def is_stuck(self) -> bool:
        """Whether a packet has been missing, with others behind it, for longer than a retransmission takes."""
        since = self._incomplete_since
        return since is not None and time.monotonic() - since > GAP_PATIENCE_S and self._has_gap()

    def _has_gap(self) -> bool:
        assert self._origin is not None
        run = 0
        while run < self.capacity and self._packets[(self._origin + run) % self.capacity] is not None:
            run += 1
        return sum(packet is not None for packet in self._packets) > run

    def restart(self) -> None:
        """Give up what is here; begin with the next packet that comes."""
        self.remove(self.capacity)
        self._origin = None
        self._after_gap = True
        self._incomplete_since = None


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
        handle_rtcp_packet = receiver._handle_rtcp_packet

        async def heed_sender_reports(packet: Any) -> None:
            if isinstance(packet, RtcpSrPacket):
                self._sink.sender_report(packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)
            await handle_rtcp_packet(packet)

        receiver._handle_rtcp_packet = heed_sender_reports

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
        streams = getattr(self._receiver, "_RTCRtpReceiver__remote_streams", {})
        stream = streams.get(self._buffer.ssrc)
        if stream is None:
            return Packets()
        return Packets(stream.packets_received, max(stream.packets_lost, 0), stream.jitter / VIDEO_CLOCK_HZ)

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
    if isinstance(output_q, TunedVideo):
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
    """Whether this aiortc has the private parts that TunedVideo works with."""
    return all(
        hasattr(receiver, name)
        for name in ("_RTCRtpReceiver__jitter_buffer", "_handle_rtcp_packet", "_send_rtcp_pli", "track")
    ) and hasattr(rtcrtpreceiver, "decoder_worker")
