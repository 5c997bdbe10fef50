"""The browser pages that have loaded a widget: who they are, and how often each shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rtcwidgets import protocol

__all__ = ["MAX_PAGES", "Page", "Pages"]

MAX_PAGES = 32


@dataclass
class Page:
    """A page that said ``hello``."""

    client: str
    seq: int = -1
    views: int = 0
    #: Whether it has loaded the version of rtcwidgets that the kernel runs.
    fits: bool = True


class Pages:
    """Pages in the order in which they spoke, at most MAX_PAGES; who was silent longest is forgotten first."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        #: Whether there ever was a view, in any page.
        self.had_view = False

    def speaker_of(self, message: protocol.FromPage) -> Page | None:
        """The page that speaks; None for a stranger, and for what was already heard."""
        page = self._pages.pop(message.client, None)
        if page is None:
            if not isinstance(message, protocol.Hello):
                return None
            page = Page(message.client)
            if len(self._pages) >= MAX_PAGES:
                self._pages.pop(next(iter(self._pages)))
        self._pages[message.client] = page  # last in the dictionary: who spoke last
        if message.seq <= page.seq:
            return None
        page.seq = message.seq
        return page

    def set_views(self, page: Page, count: int) -> None:
        """Note how many views the page has."""
        page.views = count
        self.had_view = self.had_view or count > 0

    def forget(self, page: Page) -> None:
        """The page has gone."""
        self._pages.pop(page.client, None)

    @property
    def views(self) -> int:
        """Views in all pages."""
        return sum(page.views for page in self._pages.values())

    def __iter__(self) -> Iterator[Page]:
        """Who spoke last comes first."""
        return reversed(list(self._pages.values()))

    def __len__(self) -> int:
        return len(self._pages)
