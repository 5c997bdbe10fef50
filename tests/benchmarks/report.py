"""What the terminal shows of a run: a table of medians for each size, then each bar with its limit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tests.benchmarks.bars import Bar
from tests.benchmarks.figures import Figures
from tests.benchmarks.plan import SPINNING

HEADINGS = (
    "size",
    "1st s",
    "2nd s",
    "fps",
    "age p50",
    "age p95",
    "CPU",
    "encoding",
    "kB",
    "codec",
    "start s",
    "rounds",
)
LEGEND = (
    "size: of the first frame → after 1 s → at the end, where they differ. 1st s, 2nd s: frames that came in them; "
    "fps: from then on.\nage: capture → array, or → displayed (expectedDisplayTime of requestVideoFrameCallback), ms. "
    "CPU: of the receiving process, encoding: in the page, ms a frame. kB: a frame as sent.\ncodec: there, and back if "
    "it is another. start s: from asking for the camera to the first array or picture. All are medians over the rounds."
)

_DIGITS = {"×": ".2f", "s": ".2f", "ms": ".1f", "/s": "g", "of 2": "g"}


def figures_row(system: str, figures: Figures | None, usable: int, rounds: int) -> list[str]:
    """Return one line of the table as words."""
    if figures is None:
        return [system, *[""] * (len(HEADINGS) - 1), f"{usable} of {rounds}"]
    return [
        system,
        _sizes(figures.first_size, figures.size_after_1s, figures.last_size),
        f"{figures.frames_in_first_s:.0f}",
        f"{figures.frames_in_second_s:.0f}",
        f"{figures.frame_rate:.1f}",
        f"{figures.age_p50_ms:.1f}",
        f"{figures.age_p95_ms:.1f}",
        # A cell that spins takes a whole core, whatever comes.
        "" if system == SPINNING or figures.cpu_ms is None else f"{figures.cpu_ms:.2f}",
        f"{figures.encode_ms:.1f}",
        f"{figures.kbytes_a_frame:.1f}",
        figures.codec,
        f"{figures.first_ms / 1000:.2f}",
        f"{usable} of {rounds}",
    ]


def bar_row(bar: Bar) -> list[str]:
    """Return one bar as words."""
    value = "not measured" if bar.value is None else f"{bar.value:{_DIGITS[bar.unit]}} {bar.unit}"
    limit = ""
    if bar.at_most is not None:
        limit = f"≤ {bar.at_most:g} {bar.unit}"
    elif bar.at_least is not None:
        limit = f"≥ {bar.at_least:g} {bar.unit}"
    verdict = {True: "met", False: "MISSED", None: ""}[bar.met]
    return [bar.what, value, limit, verdict]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a table: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        first, *others = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    return "\n".join(line(row) for row in rows)


def _sizes(*sizes: tuple[int, int]) -> str:
    changes = [sizes[0], *(after for before, after in pairwise(sizes) if after != before)]
    return " → ".join(f"{width}x{height}" for width, height in changes)
