"""One measurement of the way there and back: from the drawn camera to the picture that the page shows in the end."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Browser, Page

from tests.benchmarks import plain
from tests.benchmarks.frame_log import Log, Note
from tests.benchmarks.sender import Sender, new_page, received_codec, sender_of
from tests.e2e.lab import LabServer
from tests.e2e.notebook import Notebook

HERE = Path(__file__).parent
PAGE = HERE / "returned_page.html"
SCRIPT = HERE.parent / "e2e" / "shown_picture.js"
# Answered by the test itself: a page that needs no server, and may use a camera.
ADDRESS = "http://localhost/"
# To set the connection up, besides the seconds that are measured.
PATIENCE_S = 30.0

# Both pictures side by side, so that the page has both in sight at any size.
SHOW = """
    import rtcwidgets as rtc
    from ipywidgets import HBox
    from tests.benchmarks.marking import marked

    cam = rtc.Camera(width={width}, height={height}, frame_rate={frame_rate})
    player = rtc.Player(cam.map(marked))
    HBox([cam, player])
"""
FOLLOW = """(wanted) => window.__shownPicture.follow(() => document.querySelectorAll("video")[1], wanted)"""


class Shown(msgspec.Struct, frozen=True):
    """A picture that the page has shown; times are of this machine's clock."""

    displayed_ms: float  # expectedDisplayTime (HTMLVideoElement.requestVideoFrameCallback)
    now_ms: float  # when the callback ran
    width: int
    height: int
    index: int | None
    age_ms: float | None  # from the drawing of the stamp to the display


class Followed(msgspec.Struct, frozen=True):
    """What shown_picture.js has seen."""

    asked_at_ms: float
    pictures: list[Shown]


def measure_page(
    browser: Browser, width: int, height: int, frame_rate: int, seconds: float, *, bitrate_bps: int
) -> tuple[Log, Sender]:
    """Return what a page showed that sends the drawn camera to itself."""
    page = _page(browser)
    try:
        page.route(ADDRESS, lambda route: route.fulfill(path=PAGE))
        page.goto(ADDRESS)
        page.evaluate("(wanted) => void throughPage(wanted)", _wanted(width, height, frame_rate, bitrate_bps))
        return _followed(page, seconds)
    finally:
        page.context.close()


def measure_plain(
    browser: Browser, width: int, height: int, frame_rate: int, seconds: float, *, bitrate_bps: int
) -> tuple[Log, Sender]:
    """Return what a page showed of its camera after plain aiortc had it."""
    with plain.server("tests.benchmarks.plain_transform") as url:
        page = _page(browser)
        try:
            page.goto(url)
            page.evaluate("(wanted) => void throughServer(wanted)", _wanted(width, height, frame_rate, bitrate_bps))
            return _followed(page, seconds)
        finally:
            page.context.close()


def measure_widgets(
    lab: LabServer, browser: Browser, width: int, height: int, frame_rate: int, seconds: float
) -> tuple[Log, Sender]:
    """Return what a notebook showed of its camera after `map`."""
    source = textwrap.dedent(SHOW).format(width=width, height=height, frame_rate=frame_rate)
    notebook = Notebook.of_cells(lab, _page(browser), source)
    try:
        notebook.open()
        notebook.start_cell(0)
        return _followed(notebook.page, seconds)
    finally:
        notebook.close()


def _page(browser: Browser) -> Page:
    page = new_page(browser)
    page.context.add_init_script(path=SCRIPT)
    return page


def _wanted(width: int, height: int, frame_rate: int, bitrate_bps: int) -> dict[str, Any]:
    return {"video": {"width": width, "height": height, "frameRate": frame_rate}, **plain.at_once(bitrate_bps)}


def _followed(page: Page, seconds: float) -> tuple[Log, Sender]:
    wanted = {"seconds": seconds, "patience": seconds + PATIENCE_S}
    followed = msgspec.convert(page.evaluate(FOLLOW, wanted), Followed)
    return log_of(followed), msgspec.structs.replace(sender_of(page), returned_codec=received_codec(page))


def log_of(followed: Followed) -> Log:
    """Return the log of what a page has shown: what `at_s` is of arrays, the display is of pictures."""
    return Log(
        followed.asked_at_ms / 1000,
        [
            Note(shown.displayed_ms / 1000, None, shown.width, shown.height, shown.index, shown.age_ms, None)
            for shown in followed.pictures
        ],
    )
