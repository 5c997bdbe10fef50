"""What is measured beside what: each Measurement gives one round's Log when it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.benchmarks import plain, widget
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

FIRST_ARRAY = "first array"
FIRST_ARRAYS = 5


Measure = Callable[[LabServer, Browser, float], tuple[Log, Sender]]


@dataclass(frozen=True)
class Measurement:
    """A system at a size."""

    system: str
    width: int
    height: int
    measure: Measure

    @property
    def name(self) -> str:
        return f"{self.system} {self.width}x{self.height}"


def measurements() -> list[Measurement]:
    """Return all there is, in the order in which a round takes them: what is compared comes side by side."""
    return [measurement for width, height in SIZES for measurement in _at(width, height)]


def _at(width: int, height: int) -> list[Measurement]:
    def of_widget(loop: str) -> Measure:
        return lambda lab, browser, seconds: widget.measure(lab, browser, width, height, FRAME_RATE, seconds, loop=loop)

    def of_plain(tuning: plain.Tuning) -> Measure:
        return lambda _lab, browser, seconds: plain.measure(browser, width, height, FRAME_RATE, seconds, tuning=tuning)

    bitrate = int(BITS_PER_PIXEL * width * height * FRAME_RATE)
    systems = {
        READING: of_widget("read"),
        PLAIN_FULL: of_plain(plain.FULL_SIZE),
        SPINNING: of_widget("spinning"),
        PLAIN_EQUAL: of_plain(plain.at_once(bitrate)),
        TIMING: of_widget("frames"),
        PLAIN: of_plain(plain.AS_IT_COMES),
    }
    return [Measurement(system, width, height, measure) for system, measure in systems.items()]
