"""What is measured beside what: each Measurement gives one round's Log when it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Browser

from tests.benchmarks import plain, returned, widget
from tests.benchmarks.frame_log import Log
from tests.benchmarks.sender import Sender
from tests.e2e.lab import LabServer

FRAME_RATE = 30
SIZES = ((640, 480), (1280, 720))
# As rtcwidgets chooses when it is not told.
BITS_PER_PIXEL = 0.2

READING = "rtcwidgets"
SPINNING = "rtcwidgets, a cell spins"
TIMING = "rtcwidgets, frame.time"
PLAIN = "plain aiortc"
PLAIN_FULL = "plain aiortc, 4 Mbit/s"
PLAIN_EQUAL = "plain aiortc, same bitrate"

# There and back: the age is that of the picture that the page shows in the end.
PAGE_ALONE = "browser to browser, displayed"
MAPPED = "rtcwidgets, map, displayed"
PLAIN_TRANSFORM = "plain aiortc, displayed"

FIRST_ARRAY = "first array"
FIRST_ARRAYS = 5


Goal = Literal["array", "displayed"]
Measure = Callable[[LabServer, Browser, float], tuple[Log, Sender]]


@dataclass(frozen=True)
class Measurement:
    """A system at a size."""

    system: str
    width: int
    height: int
    measure: Measure
    goal: Goal = "array"

    @property
    def name(self) -> str:
        return f"{self.system} {self.width}x{self.height}"


def measurements() -> list[Measurement]:
    """Return all there is, in the order in which a round takes them: what is compared comes side by side."""
    there = [measurement for width, height in SIZES for measurement in _arrays_at(width, height)]
    back = [measurement for width, height in SIZES for measurement in _displayed_at(width, height)]
    return there + back


def _arrays_at(width: int, height: int) -> list[Measurement]:
    def of_widget(loop: str) -> Measure:
        return lambda lab, browser, seconds: widget.measure(lab, browser, width, height, FRAME_RATE, seconds, loop=loop)

    def of_plain(tuning: plain.Tuning) -> Measure:
        return lambda _lab, browser, seconds: plain.measure(browser, width, height, FRAME_RATE, seconds, tuning=tuning)

    systems = {
        READING: of_widget("read"),
        PLAIN_FULL: of_plain(plain.FULL_SIZE),
        SPINNING: of_widget("spinning"),
        PLAIN_EQUAL: of_plain(plain.at_once(_bitrate(width, height))),
        TIMING: of_widget("frames"),
        PLAIN: of_plain(plain.AS_IT_COMES),
    }
    return [Measurement(system, width, height, measure) for system, measure in systems.items()]


def _displayed_at(width: int, height: int) -> list[Measurement]:
    bitrate = _bitrate(width, height)
    where = (width, height, FRAME_RATE)
    systems: dict[str, Measure] = {
        PAGE_ALONE: lambda _lab, browser, s: returned.measure_page(browser, *where, s, bitrate_bps=bitrate),
        MAPPED: lambda lab, browser, s: returned.measure_widgets(lab, browser, *where, s),
        PLAIN_TRANSFORM: lambda _lab, browser, s: returned.measure_plain(browser, *where, s, bitrate_bps=bitrate),
    }
    return [Measurement(system, width, height, measure, "displayed") for system, measure in systems.items()]


def _bitrate(width: int, height: int) -> int:
    return int(BITS_PER_PIXEL * width * height * FRAME_RATE)
