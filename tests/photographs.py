"""A moving photograph that is known pixel by pixel: a window over a mosaic of scikit-image's bundled photographs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests import stamps

Pixels = NDArray[Any]

MOSAIC = (1920, 1080)
WINDOW = (1280, 720)
STEP = 3
# All that scikit-image brings with itself, without a download, and that a camera took.
PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "cell", "chelsea", "clock", "coffee", "coins", "grass", "gravel",
    "hubble_deep_field", "immunohistochemistry", "moon", "stereo_motorcycle", "rocket", "retina",
)  # fmt: skip
SHELF = 270
# A stamp of this width is in the upper left corner of each window.
STAMP_WIDTH = 256
STAMP_HEIGHT = stamps.ROWS * STAMP_WIDTH // stamps.COLUMNS


def mosaic() -> Pixels:
    """Return the photographs side by side on shelves, unscaled, what is too tall or too wide cut off; RGB."""
    width, height = MOSAIC
    image = np.zeros((height, width, 3), np.uint8)
    x = y = 0
    for photograph in _photographs():
        if y == height:
            break
        top = max(0, (photograph.shape[0] - SHELF) // 2)
        piece = photograph[top : top + SHELF, : width - x]
        image[y : y + SHELF, x : x + piece.shape[1]] = piece
        x += piece.shape[1]
        if x == width:
            x, y = 0, y + SHELF
    assert y == height, "the photographs do not fill the mosaic"
    return image


def window(mosaic: Pixels, index: int) -> Pixels:
    """Return what is seen at that step, to and fro, with its index in the stamp; a copy."""
    width, height = WINDOW
    x, y = _bounced(STEP * index, mosaic.shape[1] - width), (mosaic.shape[0] - height) // 2
    image = mosaic[y : y + height, x : x + width].copy()
    stamps.encode(image[:, :STAMP_WIDTH], index, 0)
    return image


def pan(mosaic: Pixels) -> Iterator[Pixels]:
    """Yield one window after the other, for ever."""
    index = 0
    while True:
        yield window(mosaic, index)
        index += 1


def luma(rgb: Pixels) -> Pixels:
    """Return the luma of RGB pixels (Rec. ITU-R BT.601), full range."""
    return rgb @ np.array([0.299, 0.587, 0.114])


def psnr(shown: Pixels, wanted: Pixels) -> float:
    """Return the peak signal-to-noise ratio of two windows' luma in dB, without the stamp."""
    errors = np.square(shown.astype(float) - wanted.astype(float))
    errors[:STAMP_HEIGHT, :STAMP_WIDTH] = np.nan
    return float(10 * np.log10(255**2 / np.nanmean(errors)))


def _photographs() -> Iterator[Pixels]:
    from skimage import data  # takes a while

    for name in PHOTOGRAPHS:
        loaded = getattr(data, name)()
        image = loaded[0] if isinstance(loaded, tuple) else loaded  # of two eyes the left one
        yield image if image.ndim == 3 else image[..., np.newaxis]


def _bounced(way: int, room: int) -> int:
    return room - abs(room - way % (2 * room))
