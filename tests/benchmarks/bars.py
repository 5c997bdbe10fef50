"""The bars: what "fast" means, as figures of one run with limits, most of them ratios to plain aiortc beside it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from tests.benchmarks.figures import Figures
from tests.benchmarks.plan import (
    FRAME_RATE,
    MAPPED,
    PAGE_ALONE,
    PLAIN_EQUAL,
    PLAIN_FULL,
    PLAIN_TRANSFORM,
    READING,
    SIZES,
    SPINNING,
    TIMING,
)
from tests.benchmarks.widget import FirstArray

AGE_LIMITS = {(640, 480): 0.25, (1280, 720): 0.4}
SPINNING_LIMIT = 0.5
CPU_LIMIT = 1.1
DISPLAYED_LIMIT = 1.35
FIRST_ARRAY_LIMIT_S = 0.7
# A frame may fall on either side of a second's end.
RATE_LIMIT = FRAME_RATE - 1


class Bar(msgspec.Struct, frozen=True):
    """One figure beside its limit; without a limit it is there to be looked at."""

    what: str
    value: float | None  # None: something it needs could not be measured
    unit: Literal["×", "s", "ms", "/s", "of 2"] = "×"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Return whether the limit is kept, None where there is no limit or no value."""
        if self.value is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )


def bars(medians: Mapping[str, Figures], first_arrays: Sequence[FirstArray]) -> list[Bar]:
    """Return all bars; `medians` are by the measurement's name."""
    found: list[Bar] = []
    for size in SIZES:
        found += _of_size(medians, size)
    first = [first.read_ms / 1000 for first in first_arrays]
    found.append(
        Bar(
            "display → first array, new page and kernel",
            statistics.median(first) if first else None,
            "s",
            at_most=FIRST_ARRAY_LIMIT_S,
        )
    )
    return found


def _of_size(medians: Mapping[str, Figures], size: tuple[int, int]) -> list[Bar]:
    text = f"{size[0]}x{size[1]}"

    def figure(system: str, name: str) -> float | None:
        figures = medians.get(f"{system} {text}")
        value: float | None = getattr(figures, name, None)
        return value

    def ratio(system: str, other: str, name: str) -> float | None:
        value, beside = figure(system, name), figure(other, name)
        return value / beside if value is not None and beside else None

    reading = medians.get(f"{READING} {text}")
    right = None if reading is None else [reading.first_size, reading.size_after_1s].count(size)
    age, late, cpu = "age_p50_ms", "age_p95_ms", "cpu_ms"
    return [
        Bar(f"age p50, {text}: rtcwidgets / {PLAIN_FULL}", ratio(READING, PLAIN_FULL, age), at_most=AGE_LIMITS[size]),
        Bar(f"    the same / {PLAIN_EQUAL}", ratio(READING, PLAIN_EQUAL, age)),
        Bar(f"age p50, {text}: a cell spins / {PLAIN_FULL}", ratio(SPINNING, PLAIN_FULL, age), at_most=SPINNING_LIMIT),
        Bar(f"    the same / {PLAIN_EQUAL}", ratio(SPINNING, PLAIN_EQUAL, age)),
        Bar(f"CPU a frame, {text}: rtcwidgets / {PLAIN_EQUAL}", ratio(READING, PLAIN_EQUAL, cpu), at_most=CPU_LIMIT),
        Bar(f"    the same / {PLAIN_FULL}", ratio(READING, PLAIN_FULL, cpu)),
        Bar(f"size asked for, {text}: first frame, after 1 s", right, "of 2", at_least=2),
        Bar(f"frames in the second second, {text}", figure(READING, "frames_in_second_s"), "/s", at_least=RATE_LIMIT),
        Bar(f"|frame.time − stamp| p50, {text}", figure(TIMING, "error_abs_p50_ms"), "ms"),
        Bar(f"|frame.time − stamp| p95, {text}", figure(TIMING, "error_abs_p95_ms"), "ms"),
        Bar(
            f"displayed p50, {text}: rtcwidgets / browser to browser",
            ratio(MAPPED, PAGE_ALONE, age),
            at_most=DISPLAYED_LIMIT,
        ),
        Bar("    the same, p95", ratio(MAPPED, PAGE_ALONE, late)),
        Bar(f"displayed p50, {text}: rtcwidgets / plain aiortc", ratio(MAPPED, PLAIN_TRANSFORM, age)),
    ]
