"""The kernel's end of the way from a page: one peer at a time, and the counts of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rtcwidgets.errors import KernelIncomplete
from rtcwidgets.media.colour import Colour
from rtcwidgets.media.stats import AudioStats, VideoStats
from rtcwidgets.transport.loop import io_loop

if TYPE_CHECKING:
    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.samples import AudioBlock
    from rtcwidgets.transport.outgoing import OutgoingVideo
    from rtcwidgets.transport.peer import Peer

__all__ = ["Link"]


class Link:
    """Takes a page's offers: each new one replaces the connection before, and the frames' numbers go on.

    ``publish`` gets each frame, ``publish_audio`` each block of sound, in their decoders' threads; ``outgoing`` makes
    the tracks to send, anew for each connection. ``on_lost`` is called when a connection ended by itself. All methods
    are for the io thread, the properties for any.
    """

    def __init__(
        self,
        publish: Callable[[Frame], None] | None = None,
        *,
        publish_audio: Callable[[AudioBlock], None] | None = None,
        outgoing: Callable[[], Sequence[OutgoingVideo]] = tuple,
        on_lost: Callable[[], None],
    ) -> None:
        self._publish = publish
        self._publish_audio = publish_audio
        self._outgoing = outgoing
        self._on_lost = on_lost
        self._peer: Peer | None = None
        self._connection = ""
        self._colour = Colour()
        self._stats_before = VideoStats()
        self._audio_stats_before = AudioStats()

    async def accept(
        self, connection: str, offer: str, *, ice_servers: list[dict[str, Any]], max_bitrate: int, channels: int = 1
    ) -> str | None:
        """The answer (SDP) to an offer; None when the link was closed meanwhile.

        Raises ProtocolError, ConnectionFailed or KernelIncomplete.
        """
        Peer = _peer_class()
        await self.close()
        self._connection = connection
        peer = self._peer = Peer(
            self._publish,
            publish_audio=self._publish_audio,
            channels=channels,
            colour=self._colour,
            first_index=self._stats_before.frames_decoded,
            outgoing=self._outgoing(),
            ice_servers=ice_servers,
            on_state=lambda state: self._follow(connection, state),
        )
        try:
            answer = await peer.accept(offer, max_bitrate)
        except Exception:  # whatever it is, it only matters while the connection does
            if self._peer is not peer:
                return None
            raise
        return answer if self._peer is peer else None

    async def add_candidate(self, connection: str, candidate: str, mid: str) -> None:
        """Take a candidate of the connection that is in use; others are too late."""
        if self._peer is not None and self.carries(connection):
            await self._peer.add_candidate(candidate, mid)

    def carries(self, connection: str) -> bool:
        """Whether that connection is the one in use."""
        return self._peer is not None and connection == self._connection

    def set_colour(self, colour: Colour) -> None:
        """What the page says of its pictures."""
        self._colour = colour
        if self._peer is not None:
            self._peer.set_colour(colour)

    def send_figures(self) -> None:
        """Tell the page what arrives here, or what is sent to it."""
        if self._peer is not None:
            self._peer.send_figures(self.stats)

    async def close(self) -> None:
        """End the connection, if there is one."""
        peer, self._peer, self._connection = self._peer, None, ""
        if peer is not None:
            await peer.close()
            # What remains is the counts: nothing flows any more.
            self._stats_before = self._stats_before + peer.stats() + VideoStats()
            self._audio_stats_before = self._audio_stats_before + (peer.audio_stats() or AudioStats()) + AudioStats()

    def _follow(self, connection: str, state: str) -> None:
        if state in ("failed", "closed") and self.carries(connection):
            io_loop().start_task(self._end_lost(connection), "rtcwidgets lost connection")

    async def _end_lost(self, connection: str) -> None:
        if self.carries(connection):
            # Before the wait: whatever is said while the peer closes is newer than the loss.
            self._on_lost()
            await self.close()

    # -- figures

    @property
    def stats(self) -> VideoStats:
        """The figures of now; counts are of all connections so far."""
        peer = self._peer
        return self._stats_before + (peer.stats() if peer else VideoStats())

    @property
    def audio_stats(self) -> AudioStats:
        """The sound's figures of now; counts are of all connections so far."""
        peer = self._peer
        return self._audio_stats_before + ((peer.audio_stats() if peer else None) or AudioStats())

    @property
    def transport(self) -> str:
        """``"direct"`` or ``"relay"``; empty without a connection."""
        peer = self._peer
        return peer.transport if peer and (peer.video or peer.audio or peer.outgoing) else ""

    @property
    def silent_s(self) -> float:
        """Seconds since the page was last heard; 0 without a connection."""
        peer = self._peer
        return peer.silent_s if peer else 0.0


def _peer_class() -> type[Peer]:
    try:
        from rtcwidgets.transport.peer import Peer  # aiortc, which takes a while to import
    except ImportError as error:
        raise KernelIncomplete(
            f"The kernel cannot take a stream: {error}. Install what is missing in the kernel's environment: "
            "pip install --upgrade rtcwidgets 'aiortc>=1.16,<1.17'; then restart the kernel."
        ) from error
    return Peer
