"""A stamp survives what happens to a picture on its way, and a broken one is noticed."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests import stamps

SIZES = [(320, 240), (640, 360), (640, 480), (1280, 720), (1920, 1080), (1000, 562)]


def picture(width: int, height: int, channels: int = 3) -> np.ndarray:
    image = np.random.default_rng(1).integers(0, 256, (height, width, channels), dtype=np.uint8)
    return image if channels > 1 else image[:, :, 0]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_stamp_is_read_back_at_every_size(width: int, height: int, channels: int) -> None:
    image = picture(width, height, channels)
    stamps.encode(image, 123_456, 98_765.4)
    stamp = stamps.decode(image)
    assert stamp is not None
    assert stamp.index == 123_456
    assert stamp.time_ms == pytest.approx(98_765.4, abs=stamps.UNIT_MS)


def test_stamp_survives_noise_limited_range_and_blur() -> None:
    image = picture(640, 480)
    stamps.encode(image, 7, 1000)
    worse = 16 + image * (219 / 255) + np.random.default_rng(2).normal(0, 25, image.shape)
    blurred = sum(np.roll(worse, shift, axis) for shift in (-2, -1, 0, 1, 2) for axis in (0, 1)) / 10
    stamp = stamps.decode(np.clip(blurred, 0, 255).astype(np.uint8))
    assert stamp is not None
    assert stamp.index == 7


def test_stamp_is_read_from_a_smaller_picture() -> None:
    image = picture(1280, 960)
    stamps.encode(image, 9, 1000)
    stamp = stamps.decode(image[::2, ::2])
    assert stamp is not None
    assert stamp.index == 9


def test_broken_stamp_is_no_stamp() -> None:
    image = picture(640, 480)
    stamps.encode(image, 9, 1000)
    image[:20, :20] = 255 - image[:20, :20]
    assert stamps.decode(image) is None


@pytest.mark.parametrize("value", [0, 255])
def test_plain_picture_has_no_stamp(value: int) -> None:
    assert stamps.decode(np.full((480, 640, 3), value, np.uint8)) is None


def test_age_is_counted_across_the_wrap_of_the_clock() -> None:
    now_ms = time.time() * 1000
    image = picture(640, 480)
    stamps.encode(image, 1, now_ms - 40)
    stamp = stamps.decode(image)
    assert stamp is not None
    assert stamp.age_ms(now_ms) == pytest.approx(40, abs=0.2)
    just_before, just_after = stamps.Stamp(1, stamps.PERIOD_MS - 5), 10 * stamps.PERIOD_MS + 5
    assert just_before.age_ms(just_after) == pytest.approx(10, abs=0.01)
