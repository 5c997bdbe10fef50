"""The kernel's half of a player's conversation with its pages; lives on the io thread.

Each page that shows the player offers a connection of its own, and is sent the tracks over it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from rtcwidgets import protocol
from rtcwidgets.errors import RtcError
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.transport.link import Link
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.version import __version__
from rtcwidgets.widgets.pages import Page, Pages

if TYPE_CHECKING:
    from rtcwidgets.transport.outgoing import OutgoingVideo

__all__ = ["PlayerOwner", "PlayerSession"]

logger = logging.getLogger(__name__)

CHECK_INTERVAL_S = 1.0
SILENCE_S = 8.0
# What a page sends to the kernel here is nothing but its heartbeat.
START_BITRATE = 1_000_000


class PlayerOwner(Protocol):
    """What a session needs of its widget."""

    ice_servers: list[dict[str, Any]]

    def outgoing(self) -> Sequence[OutgoingVideo]:
        """The tracks to send over one connection, made anew."""

    def watched_changed(self, pages: int) -> None:
        """Another number of pages is connected now."""

    def figures_changed(self) -> None:
        """About once a second while a page is connected."""


class PlayerSession:
    """Pages, and a connection for each. All methods are for the io thread."""

    def __init__(self, owner: PlayerOwner, say: Callable[[protocol.ToPage], None]) -> None:
        self._owner = owner
        self._say = say
        self._pages = Pages()
        self._links: dict[str, Link] = {}
        self._note: tuple[str, str] | None = None
        self._watch: asyncio.Task[Any] | None = None
        # One message after the other: a candidate must find the description that it belongs to.
        self._in_turn = asyncio.Lock()

    @property
    def stats(self) -> VideoStats:
        """The figures of the page that was connected last; from any thread."""
        links = list(self._links.values())
        return links[-1].stats if links else VideoStats()

    @property
    def transport(self) -> str:
        """How media travels to the page that was connected last; from any thread."""
        links = list(self._links.values())
        return links[-1].transport if links else ""

    # -- from Python

    async def reconnect(self) -> None:
        """Have every page connect afresh."""
        for client in list(self._links):
            self._say(protocol.Start(to=client))

    async def close(self) -> None:
        """End all connections, and the watch over them."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
        for page in self._pages:
            self._say(protocol.Stop(to=page.client))
        for client in list(self._links):
            await self._unlink(client)

    def show_note(self, message: str, detail: str) -> None:
        """Show in all pages, of now and later, that a function raised; the picture stays."""
        self._note = (message, detail)
        for page in self._pages:
            self._show_note_in(page)

    def _show_note_in(self, page: Page) -> None:
        if self._note is not None:
            message, detail = self._note
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
            case protocol.Hello(views=views):
                self._pages.set_views(page, views)
                self._greet(page)
            case protocol.Views(count=count):
                self._pages.set_views(page, count)
            case protocol.Offer(connection=connection, sdp=sdp):
                await self._accept(page, connection, sdp)
            case protocol.Candidate(connection=connection, candidate=candidate, mid=mid):
                if (link := self._links.get(page.client)) is not None:
                    await link.add_candidate(connection, candidate, mid)
            case protocol.Bye():
                self._pages.forget(page)
                await self._unlink(page.client)
            case protocol.Lost() | protocol.Stopped():
                await self._unlink(page.client)
            case _:
                logger.debug("passed over %s: a player's page captures nothing", type(message).__name__)

    def _greet(self, page: Page) -> None:
        self._say(
            protocol.Welcome(
                to=page.client,
                role="viewer",
                version=__version__,
                protocol=protocol.PROTOCOL_VERSION,
                ice_servers=list(self._owner.ice_servers),
            )
        )
        self._show_note_in(page)

    # -- the connections

    async def _accept(self, page: Page, connection: str, offer: str) -> None:
        await self._unlink(page.client)
        link = self._links[page.client] = Link(
            outgoing=self._owner.outgoing, on_lost=lambda: self._forget(page.client, link)
        )
        try:
            answer = await link.accept(
                connection, offer, ice_servers=list(self._owner.ice_servers), max_bitrate=START_BITRATE
            )
        except RtcError as error:
            await self._unlink(page.client)
            self._say(protocol.Failure(to=page.client, message=str(error)))
            return
        if answer is None:
            return  # closed meanwhile
        self._say(protocol.Answer(to=page.client, connection=connection, sdp=answer, max_bitrate=START_BITRATE))
        self._owner.watched_changed(len(self._links))
        if self._watch is None:
            self._watch = io_loop().start_task(self._watch_over(), "rtcwidgets player")

    async def _unlink(self, client: str) -> None:
        link = self._links.pop(client, None)
        if link is not None:
            await link.close()
            self._owner.watched_changed(len(self._links))

    def _forget(self, client: str, link: Link) -> None:
        """A connection ended by itself: its page offers a fresh one if it is still there."""
        if self._links.get(client) is link:
            del self._links[client]
            self._owner.watched_changed(len(self._links))

    async def _watch_over(self) -> None:
        """Report figures, and end the connections that pages have left; ends with the last one."""
        while self._links:
            await asyncio.sleep(CHECK_INTERVAL_S)
            for client, link in list(self._links.items()):
                link.send_figures()
                if link.silent_s > SILENCE_S:
                    await self._unlink(client)
            self._owner.figures_changed()
        self._watch = None
