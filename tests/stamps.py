"""The stamp in each picture of the drawn camera: which picture it is, and when it was taken.

Three rows of 32 square blocks across the top, most significant bit first, white is one: the picture's number, its
capture time in 0.1 ms since 1970 modulo 2**32, and the CRC-32 of both. `tests/e2e/drawn_camera.js` writes it.
"""

from __future__ import annotations

import struct
import time
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = 32
ROWS = 3
UNIT_MS = 0.1
PERIOD_MS = 2**32 * UNIT_MS


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a picture says of itself; `time_ms` wraps every 119 hours."""

    index: int
    time_ms: float

    def age_ms(self, now_ms: float | None = None) -> float:
        """Return how old the picture is, now or at a time in milliseconds since 1970 of this machine's clock."""
        now_ms = time.time() * 1000 if now_ms is None else now_ms
        half = PERIOD_MS / 2
        return (now_ms - self.time_ms + half) % PERIOD_MS - half


def decode(image: NDArray[Any]) -> Stamp | None:
    """Return the stamp of a gray or colour picture, at any size; None where there is no intact one."""
    words = [_word(image, row) for row in range(ROWS)]
    index, ticks, checksum = words
    if checksum != zlib.crc32(struct.pack(">II", index, ticks)):
        return None
    return Stamp(index, ticks * UNIT_MS)


def encode(image: NDArray[Any], index: int, time_ms: float) -> None:
    """Draw a stamp into a picture, as the drawn camera does."""
    ticks = int(time_ms / UNIT_MS) % 2**32
    words = (index, ticks, zlib.crc32(struct.pack(">II", index, ticks)))
    for row, word in enumerate(words):
        for column in range(COLUMNS):
            rows, columns = _block(image.shape[1], row, column)
            image[rows, columns] = 255 * (word >> (COLUMNS - 1 - column) & 1)


def _word(image: NDArray[Any], row: int) -> int:
    word = 0
    for column in range(COLUMNS):
        rows, columns = _block(image.shape[1], row, column, margin=0.25)
        word = word << 1 | int(np.mean(image[rows, columns]) > 127)
    return word


def _block(width: int, row: int, column: int, margin: float = 0.0) -> tuple[slice, slice]:
    """Return a block's pixels, without a margin, in parts of its side, where compression blurs it."""

    def pixels(at: int) -> slice:
        first, after = round(at * width / COLUMNS), round((at + 1) * width / COLUMNS)
        inset = int(margin * (after - first))
        return slice(first + inset, after - inset)

    return pixels(row), pixels(column)
