"""The log keeps what the stamps say, at each size that arrives, and ends by itself."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests import stamps
from tests.benchmarks import frame_log
from tests.benchmarks.frame_log import FrameLog


def picture(width: int, height: int, index: int, time_ms: float) -> np.ndarray:
    image = np.full((height, width, 3), 90, np.uint8)
    stamps.encode(image, index, time_ms)
    return image


@pytest.mark.parametrize(("width", "height"), [(320, 180), (480, 360), (640, 480), (960, 540), (1280, 720)])
def test_age_and_number_are_those_of_the_stamp(width: int, height: int) -> None:
    log = FrameLog(10)
    now_ms = time.time() * 1000
    log.take(picture(width, height, 7, now_ms - 50), captured_s=now_ms / 1000 - 0.04)
    (note,) = log.notes()
    since_ms = time.time() * 1000 - now_ms
    assert (note.index, note.width, note.height) == (7, width, height)
    assert note.age_ms is not None
    assert 49.8 <= note.age_ms <= 50.2 + since_ms
    assert note.error_ms == pytest.approx(10, abs=0.2)


def test_picture_without_a_stamp_is_noted_without_an_age() -> None:
    log = FrameLog(10)
    log.take(np.zeros((480, 640, 3), np.uint8))
    (note,) = log.notes()
    assert (note.index, note.age_ms, note.error_ms) == (None, None, None)


def test_log_is_complete_after_its_seconds_from_the_first_frame_on() -> None:
    log = FrameLog(0)
    assert not log.complete
    log.take(picture(640, 480, 0, 0))
    assert log.complete


def test_log_travels_as_json() -> None:
    log = FrameLog(10)
    log.take(picture(640, 480, 3, time.time() * 1000))
    assert frame_log.decode(frame_log.encode(1.5, log)) == frame_log.Log(1.5, log.notes())
