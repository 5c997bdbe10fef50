"""From logs to figures: each round's own, then the median over the rounds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tests.benchmarks.frame_log import Log, Note
from tests.benchmarks.sender import Sender

# How fast frames come is counted from here on.
SETTLED_S = 2.0
# Age and load are those of the last part of a round: what rises for seconds, as bitrates do, has risen by then.
STEADY_PART = 0.4
FEWEST_FRAMES = 3
LEAST_INTACT = 0.5


class Unusable(Exception):
    """A round that says nothing, and why."""


class Figures(msgspec.Struct, frozen=True):
    """What one round comes to. Times are from the first frame on; sizes are (width, height)."""

    age_p50_ms: float
    age_p95_ms: float
    frame_rate: float
    delivered: float  # of those that the camera took, the part that became arrays, or was shown
    cpu_ms: float | None  # of the process, for each frame delivered
    first_ms: float  # from asking for the camera to the first array or picture
    first_size: tuple[int, int]
    size_after_1s: tuple[int, int]
    last_size: tuple[int, int]
    frames_in_first_s: float
    frames_in_second_s: float
    kbytes_a_frame: float  # as the page sent it
    packets_a_frame: float
    encode_ms: float  # in the page, for each frame
    codec: str
    error_p50_ms: float | None  # reported capture time minus stamp
    error_abs_p50_ms: float | None
    error_abs_p95_ms: float | None


def figures_of(log: Log, sender: Sender) -> Figures:
    """Return a round's figures; raises Unusable where there is too little to go by."""
    notes = log.notes
    if not notes:
        raise Unusable("no frame came")
    begin_s, took_s = notes[0].at_s, notes[-1].at_s - notes[0].at_s
    settled = [note for note in notes if note.at_s - begin_s >= SETTLED_S]
    steady = [note for note in notes if note.at_s - begin_s >= took_s * (1 - STEADY_PART)]
    if min(len(settled), len(steady)) < FEWEST_FRAMES:
        raise Unusable(f"only {len(notes)} frames came in {took_s:.1f} s")
    ages = [note.age_ms for note in steady if note.age_ms is not None]
    if len(ages) < LEAST_INTACT * len(steady):
        raise Unusable(f"{len(steady) - len(ages)} of {len(steady)} frames had no intact stamp")
    indices = [note.index for note in settled if note.index is not None]
    errors = [note.error_ms for note in steady if note.error_ms is not None]
    return Figures(
        age_p50_ms=percentile(ages, 50),
        age_p95_ms=percentile(ages, 95),
        frame_rate=(len(settled) - 1) / (settled[-1].at_s - settled[0].at_s),
        delivered=len(indices) / (max(indices) - min(indices) + 1),
        cpu_ms=_cpu_ms(steady),
        first_ms=(begin_s - log.asked_at_s) * 1000,
        first_size=_size(notes[0]),
        size_after_1s=_size(next(note for note in notes if note.at_s - begin_s >= 1)),
        last_size=_size(notes[-1]),
        frames_in_first_s=sum(note.at_s - begin_s < 1 for note in notes),
        frames_in_second_s=sum(1 <= note.at_s - begin_s < 2 for note in notes),
        kbytes_a_frame=sender.bytes_a_frame / 1000,
        packets_a_frame=sender.packets_a_frame,
        encode_ms=sender.encode_ms,
        codec=_codecs(sender),
        error_p50_ms=percentile(errors, 50) if errors else None,
        error_abs_p50_ms=percentile(map(abs, errors), 50) if errors else None,
        error_abs_p95_ms=percentile(map(abs, errors), 95) if errors else None,
    )


def percentile(values: Iterable[float], percent: int) -> float:
    """Return the value that `percent` of the others do not exceed."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return ordered[0]
    return statistics.quantiles(ordered, n=100, method="inclusive")[percent - 1]


def median_of(rounds: Sequence[Figures]) -> Figures:
    """Return the median over rounds, figure by figure; what is no number is what came most often."""
    merged: dict[str, Any] = {}
    for name in Figures.__struct_fields__:
        values = [value for figures in rounds if (value := getattr(figures, name)) is not None]
        if not values:
            merged[name] = None
        elif isinstance(values[0], tuple | str):
            merged[name] = statistics.mode(values)
        else:
            merged[name] = statistics.median(values)
    return Figures(**merged)


def _cpu_ms(notes: Sequence[Note]) -> float | None:
    first, last = notes[0].cpu_s, notes[-1].cpu_s
    return None if first is None or last is None else (last - first) / (len(notes) - 1) * 1000


def _codecs(sender: Sender) -> str:
    """The codec there, and the one back if it is another."""
    there, back = (codec.removeprefix("video/") for codec in (sender.codec, sender.returned_codec))
    return f"{there}, {back}" if back and back != there else there


def _size(note: Note) -> tuple[int, int]:
    return note.width, note.height
