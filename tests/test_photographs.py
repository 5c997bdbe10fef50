"""The moving photograph is what the sharpness test says it is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from tests import photographs, stamps


@pytest.fixture(scope="module")
def mosaic() -> np.ndarray:
    return photographs.mosaic()


def test_photographs_fill_the_mosaic(mosaic: np.ndarray) -> None:
    assert mosaic.shape == (1080, 1920, 3)
    assert all(piece.std() > 5 for band in np.split(mosaic, 4) for piece in np.split(band, 8, axis=1))


def test_window_moves_three_pixels_a_frame_and_back(mosaic: np.ndarray) -> None:
    below = slice(photographs.STAMP_HEIGHT, None)
    first, second = (window[below] for window in islice(photographs.pan(mosaic), 2))
    assert np.array_equal(first[:, 3:], second[:, :-3])
    turn = -(-(1920 - 1280) // photographs.STEP)
    before, after = (photographs.window(mosaic, index)[below] for index in (turn, turn + 1))
    assert np.array_equal(before[:, :-3], after[:, 3:])


def test_window_tells_its_index(mosaic: np.ndarray) -> None:
    stamp = stamps.decode(photographs.window(mosaic, 4711)[:, : photographs.STAMP_WIDTH])
    assert stamp is not None
    assert stamp.index == 4711


def test_psnr_is_that_of_luma_outside_of_the_stamp(mosaic: np.ndarray) -> None:
    wanted = photographs.luma(photographs.window(mosaic, 0))
    shown = wanted + 2
    shown[: photographs.STAMP_HEIGHT, : photographs.STAMP_WIDTH] = 0
    assert photographs.psnr(shown, wanted) == pytest.approx(20 * np.log10(255 / 2))
