"""The kernel's end of one peer connection with one page: an offer comes in, an answer goes out, frames flow."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from rtcwidgets import protocol
from rtcwidgets.errors import ConnectionFailed, ProtocolError
from rtcwidgets.media.colour import Colour
from rtcwidgets.media.stats import AudioStats, VideoStats
from rtcwidgets.transport import tuning
from rtcwidgets.transport.bitrate import bitrate_for_sound
from rtcwidgets.transport.incoming import IncomingVideo
from rtcwidgets.transport.incoming_audio import IncomingAudio
from rtcwidgets.transport.loop import io_loop, quick_switching
from rtcwidgets.transport.outgoing import OutgoingVideo, codecs_in_order
from rtcwidgets.transport.sdp import cleaned, first_video_codec, usable_candidate, with_opus_wishes, with_start_bitrate

if TYPE_CHECKING:
    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.samples import AudioBlock

__all__ = ["CONTROL_LABEL", "Peer"]

logger = logging.getLogger(__name__)

CONTROL_LABEL = "rtcwidgets-control"
ACCEPT_TIMEOUT_S = 8.0
CLOSE_TIMEOUT_S = 2.0

tuning.require_aiortc()
tuning.install()


class Peer:
    """One RTCPeerConnection; all methods are for the io thread.

    ``publish`` gets each frame of the page, ``publish_audio`` its sound with so many ``channels``, in their decoders'
    threads; ``outgoing`` are the tracks to send to it.
    ``on_state`` gets the W3C's connection states ("connecting", "connected", "failed", "closed").
    """

    def __init__(
        self,
        publish: Callable[[Frame], None] | None = None,
        *,
        publish_audio: Callable[[AudioBlock], None] | None = None,
        channels: int = 1,
        colour: Colour | None = None,
        first_index: int = 0,
        outgoing: Sequence[OutgoingVideo] = (),
        ice_servers: list[dict[str, Any]],
        on_state: Callable[[str], None],
    ) -> None:
        self.video: IncomingVideo | None = None
        self.audio: IncomingAudio | None = None
        self.outgoing = tuple(outgoing)
        self.colour = colour or Colour()
        self._publish = publish
        self._publish_audio = publish_audio
        self._channels = channels
        self._first_index = first_index
        self._on_state = on_state
        self._control: RTCDataChannel | None = None
        self._watches: list[asyncio.Task[Any]] = []
        self._heard_at = time.monotonic()
        self._round_trip_s: float | None = None
        self._closed = False
        self._while_open = ExitStack()
        # An empty list, not None: None would ask a public STUN server.
        self._pc = RTCPeerConnection(
            RTCConfiguration(
                iceServers=[RTCIceServer(**server) for server in ice_servers],
                bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
            )
        )
        self._pc.on("track", self._add_track)
        self._pc.on("datachannel", self._add_channel)
        self._pc.on("connectionstatechange", self._report_state)

    async def accept(self, offer: str, max_bitrate: int) -> str:
        """Answer an offer (SDP in, SDP with all candidates out). Raises ProtocolError or ConnectionFailed."""
        self._while_open.enter_context(quick_switching())
        offer = cleaned(offer)
        try:
            async with asyncio.timeout(ACCEPT_TIMEOUT_S):
                self._attach_outgoing()
                await self._pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
                await self._pc.setLocalDescription(await self._pc.createAnswer())
        except TimeoutError:
            raise ConnectionFailed("The kernel found no network address in time.") from None
        except Exception as error:  # aiortc raises whatever it stumbles over in a foreign SDP
            raise ProtocolError(f"aiortc does not accept the offer: {error!r}") from error
        answer = self._pc.localDescription.sdp
        for track in self.outgoing:
            track.use_codec(first_video_codec(answer))
        sound_bitrate = bitrate_for_sound(self._channels) if self._publish else max_bitrate
        return with_opus_wishes(with_start_bitrate(answer, max_bitrate // 1000), self._channels, sound_bitrate)

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """Take a trickled candidate; passes over what aiortc cannot use."""
        if self._closed or not usable_candidate(candidate):
            return
        parsed = candidate_from_sdp(candidate.removeprefix("candidate:"))
        parsed.sdpMid = mid
        await self._pc.addIceCandidate(parsed)

    def _attach_outgoing(self) -> None:
        """Before the offer is taken: that is when aiortc looks which codecs are preferred."""
        for track in self.outgoing:
            sender = self._pc.addTrack(track)
            tuning.on_key_frame_request(sender, track.request_key_frame)
            transceiver = next(t for t in self._pc.getTransceivers() if t.sender is sender)
            transceiver.setCodecPreferences(codecs_in_order(track.codecs))

    async def close(self) -> None:
        """End the connection, its tasks, its decoder and its encoders. May be called again."""
        if self._closed:
            return
        self._closed = True
        for track in self.outgoing:
            track.stop()
        self._while_open.close()
        for watch in self._watches:
            watch.cancel()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._pc.close()
        except TimeoutError:
            logger.warning("a peer connection did not close within %s s", CLOSE_TIMEOUT_S)

    def set_colour(self, colour: Colour) -> None:
        """The page knows better now what its pictures look like."""
        self.colour = colour
        if self.video is not None:
            self.video.colour = colour

    def stats(self) -> VideoStats:
        """The figures of this connection so far."""
        if self.video is not None:
            return self.video.stats(self._round_trip_s)
        return self.outgoing[0].stats(self._round_trip_s) if self.outgoing else VideoStats()

    def audio_stats(self) -> AudioStats | None:
        """The figures of this connection's sound so far; None where there is none."""
        return self.audio.stats(self._round_trip_s) if self.audio else None

    def send_figures(self, stats: VideoStats) -> None:
        """Tell the page what arrives here, or what is sent to it."""
        audio = self.audio_stats()
        if self._control is None or self._control.readyState != "open":
            return
        flow = stats if self.video or audio is None else audio
        pair, round_trip_s = tuning.selected_pair(self._pc), flow.current_round_trip_time
        figures = protocol.Figures(
            width=stats.frame_width,
            height=stats.frame_height,
            frame_rate=stats.frames_per_second,
            age_ms=None if flow.age is None else flow.age * 1000,
            transport=self.transport,
            codec=flow.codec,
            bitrate_bps=flow.bitrate,
            round_trip_ms=None if round_trip_s is None else round_trip_s * 1000,
            jitter_ms=flow.jitter * 1000,
            packets_lost=flow.packets_lost,
            frames_dropped=stats.frames_dropped,
            freeze_count=stats.freeze_count,
            candidate_pair=str(pair or ""),
        )
        self._control.send(protocol.encode_control(figures))

    @property
    def transport(self) -> str:
        """``"direct"``, or ``"relay"`` where a TURN server stands between."""
        pair = tuning.selected_pair(self._pc)
        return "relay" if pair and pair.is_relayed else "direct"

    @property
    def silent_s(self) -> float:
        """Seconds since the page was last heard, by frame, sound or heartbeat."""
        frame_at = self.video.last_frame_at if self.video else None
        sound_at = self.audio.last_block_at if self.audio else None
        return time.monotonic() - max(self._heard_at, frame_at or 0.0, sound_at or 0.0)

    # -- events of the connection

    def _add_track(self, remote: Any) -> None:
        receiver = next(r for r in self._pc.getReceivers() if r.track is remote)
        if remote.kind == "video" and self.video is None and self._publish is not None:
            self.video = IncomingVideo(receiver, self._publish, self.colour, self._first_index)
            self._watches.append(io_loop().start_task(self.video.run(), "rtcwidgets watch"))
        elif remote.kind == "audio" and self.audio is None and self._publish_audio is not None:
            self.audio = IncomingAudio(receiver, self._publish_audio, self._channels)
            self._watches.append(io_loop().start_task(self.audio.run(), "rtcwidgets sound"))

    def _add_channel(self, channel: RTCDataChannel) -> None:
        if channel.label == CONTROL_LABEL and self._control is None:
            self._control = channel
            channel.on("message", self._heed)

    def _heed(self, data: str | bytes) -> None:
        try:
            ping = protocol.parse_control(data)
        except ProtocolError as error:
            logger.debug("passed over on the control channel: %s", error)
            return
        self._heard_at = time.monotonic()
        if ping.round_trip_ms is not None:
            self._round_trip_s = ping.round_trip_ms / 1000
        for track in (self.video, self.audio):
            if ping.offset_ms is not None and track is not None:
                track.clock.set_offset(ping.offset_ms / 1000)
        assert self._control is not None
        self._control.send(protocol.encode_control(protocol.Pong(ping.sent_ms, time.time() * 1000)))

    def _report_state(self) -> None:
        if not self._closed:
            self._on_state(self._pc.connectionState)
