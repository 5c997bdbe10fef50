"""The way there and back: what the page has shown becomes a log like any other, and its bar a ratio."""

from __future__ import annotations

import numpy as np
import pytest

from tests import stamps
from tests.benchmarks import bars, plan, report
from tests.benchmarks.figures import Figures, figures_of
from tests.benchmarks.marking import marked
from tests.benchmarks.returned import Followed, Shown, log_of
from tests.benchmarks.sender import Sender


def sender(codec: str = "video/H264", returned_codec: str = "") -> Sender:
    return Sender(300, 7000, 6, 4, codec, "none", returned_codec)


def followed(age_ms: float) -> Followed:
    times = [1_000_000 + 1000 * number / 30 for number in range(301)]
    return Followed(999_700, [Shown(ms, ms - 9, 640, 480, number, age_ms) for number, ms in enumerate(times)])


def shown(age_ms: float) -> Figures:
    return figures_of(log_of(followed(age_ms)), sender())


def test_figures_are_those_of_the_display() -> None:
    figures = shown(31)
    assert (figures.age_p50_ms, figures.age_p95_ms, figures.delivered, figures.cpu_ms) == (31, 31, 1, None)
    assert (figures.frame_rate, figures.first_ms) == pytest.approx((30, 300))
    assert report.figures_row(plan.MAPPED, figures, 1, 1)[7] == ""


@pytest.mark.parametrize(
    ("back", "text"),
    [("", "H264"), ("video/H264", "H264"), ("video/VP8", "H264, VP8")],
    ids=["one way", "same", "other"],
)
def test_codec_back_is_told_where_it_is_another(back: str, text: str) -> None:
    assert figures_of(log_of(followed(31)), sender(returned_codec=back)).codec == text


def test_bar_is_the_ratio_to_the_page_alone() -> None:
    medians = {
        f"{plan.PAGE_ALONE} 640x480": shown(30),
        f"{plan.MAPPED} 640x480": shown(39),
        f"{plan.PLAIN_TRANSFORM} 640x480": shown(78),
    }
    found = {bar.what: bar for bar in bars.bars(medians, [])}
    ours = found["displayed p50, 640x480: rtcwidgets / browser to browser"]
    assert ours.value == pytest.approx(1.3)
    assert ours.met
    assert found["displayed p50, 640x480: rtcwidgets / plain aiortc"].value == 0.5


@pytest.mark.parametrize(("width", "height"), plan.SIZES)
def test_marked_picture_keeps_its_stamp(width: int, height: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    stamps.encode(image, 5, 1000)
    changed = marked(image)
    assert stamps.decode(changed) == stamps.decode(image)
    assert not np.array_equal(changed, image)
