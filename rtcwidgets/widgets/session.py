"""The kernel's half of one stream's conversation with its pages; lives on the io thread.

A page says ``hello`` and is told its role. One page at a time publishes: it asks for the camera, then offers a
connection, which replaces the one before. The kernel decides when to start, the page what it can do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from rtcwidgets import protocol
from rtcwidgets.errors import ConnectionFailed, KernelIncomplete, ProtocolError, RtcError
from rtcwidgets.media.colour import Colour
from rtcwidgets.transport.bitrate import bitrate_for, bitrate_for_sound
from rtcwidgets.transport.link import Link
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.version import __version__
from rtcwidgets.widgets.captured import Captured
from rtcwidgets.widgets.endings import no_way, why_stopped
from rtcwidgets.widgets.pages import Page, Pages

if TYPE_CHECKING:
    from rtcwidgets.widgets.situation import State
    from rtcwidgets.widgets.stream_owner import StreamOwner

__all__ = ["StreamSession"]

logger = logging.getLogger(__name__)

CHECK_INTERVAL_S = 1.0
CONNECT_TIMEOUT_S = 10.0
SILENCE_S = 8.0
# A page that lost its connection offers another at once; one that was left cannot always say so (Firefox).
RETURN_S = 2.0


class StreamSession:
    """Pages, publisher and connection of one stream. All methods are for the io thread."""

    def __init__(self, owner: StreamOwner, say: Callable[[protocol.ToPage], None]) -> None:
        self._owner = owner
        self._say = say
        #: The way that frames come; its figures may be asked for from any thread.
        self.link = Link(
            owner.publish if owner.has_video else None,
            publish_audio=owner.publish_audio,
            on_lost=self._on_lost,
        )
        self.captured = Captured(say)
        self._pages = Pages()
        self._publisher: Page | None = None
        self._limit_bps = 0
        self._lost_at: float | None = None
        self._watch: asyncio.Task[Any] | None = None
        # None: nobody has said anything yet, so a view starts it if the owner's ``autostart`` says so.
        self._wanted: bool | None = None
        # One message after the other: a candidate must find the description that it belongs to.
        self._in_turn = asyncio.Lock()

    # -- from Python

    def want(self) -> None:
        """Start, in a page that shows the stream, now or as soon as there is one."""
        self._wanted = True
        self._start_where_possible()

    async def stop(self, reason: RtcError) -> None:
        """Stop capture and connection; waits raise ``reason``."""
        self._wanted = False
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            self._say(protocol.Stop(to=publisher.client))
        await self._end(reason)

    async def fail(self, reason: RtcError) -> None:
        """Give up, as the kernel's half of the source cannot go on; the page says why."""
        publisher, self._publisher = self._publisher, None
        self._wanted = False
        if publisher is not None:
            self._say(protocol.Failure(to=publisher.client, message=str(reason)))
        await self._end(reason, "failed")

    def show_note(self, message: str, detail: str) -> None:
        """Show in all pages that a user's function raised; the stream goes on."""
        for page in self._pages:
            self._say(protocol.Failure(to=page.client, message=message, detail=detail, fatal=False))

    # -- from a page

    async def heed(self, message: protocol.FromPage) -> None:
        """Do what a page's message asks for, in the order in which they came."""
        async with self._in_turn:
            page = self._pages.speaker_of(message)
            if page is not None:
                await self._heed_page(page, message)

    async def _heed_page(self, page: Page, message: protocol.FromPage) -> None:
        match message:
            case protocol.Hello(views=views, version=version):
                self._greet(page, version)
                self._set_views(page, views)
            case protocol.Views(count=count):
                self._set_views(page, count)
            case protocol.Bye():
                self._pages.forget(page)
                await self._lose(page)
            case protocol.Asking():
                if self._publisher not in (None, page):
                    self._say(protocol.Stop(to=self._publisher.client))
                self._publisher = page
                self._owner.situation.set_state("asking")
            case protocol.Devices(devices=devices) if self._publisher in (None, page):
                self.captured.devices = devices
                self._owner.devices_changed()
            case _ if page is self._publisher:
                await self._heed_publisher(page, message)
            case _:
                logger.debug("passed over %s of a page that does not publish", type(message).__name__)

    async def _heed_publisher(self, page: Page, message: protocol.FromPage) -> None:
        match message:
            case protocol.Granted():
                self._take_tracks(page, message)
            case protocol.Refused(name=name, message=detail, constraint=constraint, possible=possible):
                self._publisher, self._wanted = None, False
                await self._end(self._owner.wording.refusal(name, detail, constraint, possible), "failed")
            case protocol.Still(request=None, picture=picture):
                self._owner.still_taken(picture)
            case protocol.ReadFile() | protocol.Playback():
                self._owner.heed_source(page.client, message)
            case protocol.Done() | protocol.Still():
                self.captured.answer(message)
            case protocol.Offer(connection=connection, sdp=sdp):
                await self._accept(page, connection, sdp)
            case protocol.Candidate(connection=connection, candidate=candidate, mid=mid):
                await self.link.add_candidate(connection, candidate, mid)
            case protocol.Lost(reason=reason):
                # Whichever connection it was, even one that could not be offered: the page has given up.
                self._publisher = None
                await self._end(no_way(reason), "failed")
            case protocol.Stopped(reason=reason):
                await self._stopped(reason)

    def _greet(self, page: Page, version: str) -> None:
        page.fits = version == __version__
        self._owner.situation.set_page(page_spoke=True, page_version="" if page.fits else version)
        taken = self._publisher is not None and self._publisher is not page
        self._say(
            protocol.Welcome(
                to=page.client,
                role="waiting" if taken else "publisher",
                version=__version__,
                protocol=protocol.PROTOCOL_VERSION,
                ice_servers=list(self._owner.ice_servers),
            )
        )

    def _set_views(self, page: Page, count: int) -> None:
        self._pages.set_views(page, count)
        self._owner.situation.set_page(views=self._pages.views)
        self._start_where_possible()

    def _start_where_possible(self) -> None:
        """Have a page start; before its first view exists any page will do, since the view is on its way."""
        if self._publisher is not None:
            return
        for page in self._pages:
            if self._wanted_in(page):
                self._say(protocol.Start(to=page.client))
                return

    def _wanted_in(self, page: Page) -> bool:
        if not page.fits:
            return False
        if self._wanted is None:
            return self._owner.autostart and page.views > 0
        return self._wanted and (page.views > 0 or not self._pages.had_view)

    async def _lose(self, page: Page) -> None:
        """A page is gone, or as good as gone: its stream waits for the next page, or for this one's ``hello``."""
        self._pages.set_views(page, 0)
        if page is self._publisher:
            self._publisher = None
            await self._end(None, "new")
        self._owner.situation.set_page(views=self._pages.views)
        self._start_where_possible()

    def _take_tracks(self, page: Page, granted: protocol.Granted) -> None:
        self.captured.grant(page.client, granted)
        self.link.set_colour(Colour.of_page(granted.colour_space.matrix, granted.colour_space.full_range))
        self._owner.captured_changed()
        if self._owner.situation.state not in ("connecting", "live"):
            self._owner.situation.set_state("connecting")
        if self._limit_bps and self._limit_bps != self._bitrate():
            self._limit_bps = self._bitrate()
            self._say(protocol.Limit(to=page.client, max_bitrate=self._limit_bps))

    async def _stopped(self, reason: str) -> None:
        self._publisher = None
        if reason == "silence":
            await self._end(None, "new")
            return
        # Shown again, a stream that was only out of sight comes back by itself.
        self._wanted = reason == "unseen"
        self._owner.situation.set_page(displayed=False)
        await self._end(*why_stopped(reason, self._owner.wording))

    # -- the connection

    async def _accept(self, page: Page, connection: str, offer: str) -> None:
        if self._owner.situation.state != "connecting":
            self._owner.situation.set_state("connecting")
        self._limit_bps = bitrate = self._bitrate()
        self._lost_at = None
        try:
            answer = await self.link.accept(
                connection,
                offer,
                ice_servers=list(self._owner.ice_servers),
                max_bitrate=bitrate,
                channels=self._channels,
            )
        except (ProtocolError, ConnectionFailed, KernelIncomplete) as error:
            self._say(protocol.Failure(to=page.client, message=str(error)))
            await self._end(error, "failed")
            return
        if answer is None:
            return  # stopped meanwhile
        self._say(protocol.Answer(to=page.client, connection=connection, sdp=answer, max_bitrate=bitrate))
        if self._watch is None:
            self._watch = io_loop().start_task(self._watch_over(), "rtcwidgets session")

    def _bitrate(self) -> int:
        """Bit/s for the page's encoder: as asked, else by size and rate of the picture, or what sound alone needs."""
        if not self._owner.has_video:
            return self._owner.max_bitrate or bitrate_for_sound(self._channels)
        return self._owner.max_bitrate or bitrate_for(*self.captured.video_format)

    @property
    def _channels(self) -> int:
        return self._owner.audio_track.channels or 1

    def _on_lost(self) -> None:
        """A connection ended by itself: the page notices too, and offers a fresh one if it is still there."""
        if self._owner.situation.state == "live":
            self._lost_at = monotonic()
        self._owner.situation.set_state("connecting")

    @property
    def _page_is_gone(self) -> bool:
        """Whether the page says nothing any more, or lost its connection and offers no other."""
        left = self._lost_at is not None and monotonic() - self._lost_at > RETURN_S
        return left or self.link.silent_s > SILENCE_S

    async def _watch_over(self) -> None:
        """Report figures, and end what the page has left."""
        connecting_s = 0.0
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            if self._owner.situation.state == "live":
                connecting_s = 0.0
            else:
                connecting_s += CHECK_INTERVAL_S
            self.link.send_figures()
            self._owner.figures_changed()
            if self._publisher is not None and self._page_is_gone:
                await self._lose(self._publisher)
                return
            if connecting_s > CONNECT_TIMEOUT_S:
                if self._publisher is not None:
                    self._say(protocol.Failure(to=self._publisher.client, message=str(no_way())))
                self._publisher = None
                await self._end(no_way(), "failed")
                return

    async def _end(self, reason: RtcError | None, state: State = "stopped") -> None:
        """Close the connection, drop its frames, and let waits know why."""
        await self.link.close()
        self._limit_bps = 0
        self.captured.end(reason)
        self._lost_at = None
        self._owner.forget_frames()
        self._owner.situation.set_state(state, reason)
        watch, self._watch = self._watch, None
        if watch is not None and watch is not asyncio.current_task():
            watch.cancel()
