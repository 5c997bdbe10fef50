"""What a process saw of each frame, noted with next to no work: measuring must not slow what is measured.

It runs in the kernel and in plain aiortc's server alike. The stamps are decoded when the log is read, not before.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tests import stamps

# Of each picture's top these columns are kept: five for each block of the stamp, as good as all of them.
KEPT_COLUMNS = 5 * stamps.COLUMNS


class Note(msgspec.Struct, frozen=True, array_like=True):
    """One frame; times in seconds are `time.time()` of this machine."""

    at_s: float  # the array existed
    cpu_s: float | None  # used by the process until then, all threads together; None: not asked
    width: int
    height: int
    index: int | None  # the drawn camera's number of it; None: the stamp is not intact
    age_ms: float | None  # from the drawing of the stamp to `at_s`
    error_ms: float | None  # the capture time that was reported with it, minus the stamp


class FrameLog:
    """Takes frames for `seconds` from the first one on; then it is `complete`. For one thread at a time."""

    def __init__(self, seconds: float) -> None:
        self.complete = False
        self._seconds = seconds
        self._seen: list[_Seen] = []

    def take(self, image: NDArray[Any], captured_s: float | None = None) -> None:
        """Note an array (bgr24) that exists as of now, and when it is said to have been captured."""
        at_s = time.time()
        height, width = image.shape[:2]
        step = max(1, width // KEPT_COLUMNS)
        rows = stamps.ROWS * width // stamps.COLUMNS + step
        top = image[:rows:step, ::step, 1].copy()
        self._seen.append(_Seen(at_s, time.process_time(), width, height, top, captured_s))
        self.complete = at_s - self._seen[0].at_s >= self._seconds

    def notes(self) -> list[Note]:
        """Every frame that was taken; decodes the stamps."""
        return [_note(seen) for seen in self._seen]


class _Seen(NamedTuple):
    at_s: float
    cpu_s: float
    width: int
    height: int
    top: NDArray[np.uint8]
    captured_s: float | None


def _note(seen: _Seen) -> Note:
    stamp = stamps.decode(seen.top)
    return Note(
        at_s=seen.at_s,
        cpu_s=seen.cpu_s,
        width=seen.width,
        height=seen.height,
        index=None if stamp is None else stamp.index,
        age_ms=None if stamp is None else stamp.age_ms(seen.at_s * 1000),
        error_ms=None if stamp is None or seen.captured_s is None else stamp.age_ms(seen.captured_s * 1000),
    )


class Log(msgspec.Struct, frozen=True):
    """A finished log as it travels; `asked_at_s` is when the camera was asked for."""

    asked_at_s: float
    notes: list[Note]


def encode(asked_at_s: float, log: FrameLog) -> str:
    """Return the log as JSON, for `decode` in the process that reports."""
    return msgspec.json.encode(Log(asked_at_s, log.notes())).decode()


def decode(text: str | bytes) -> Log:
    """Return the log that another process has encoded."""
    return msgspec.json.decode(text, type=Log)
