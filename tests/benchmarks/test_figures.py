"""A round's figures are those of its log; what is missing is said, not averaged."""

from __future__ import annotations

import msgspec
import pytest

from tests.benchmarks import bars, plan, report
from tests.benchmarks.figures import Figures, Unusable, figures_of, median_of, percentile
from tests.benchmarks.frame_log import Log, Note
from tests.benchmarks.sender import Sender
from tests.benchmarks.widget import FirstArray

SENDER = Sender(frames=300, bytes_a_frame=7000, packets_a_frame=6, encode_ms=4, codec="video/VP8", limited_by="none")


def note(number: int, **changes: object) -> Note:
    """Return a frame of a stream of 30 a second, 8 ms old, for which the process worked 3 ms."""
    at_s = 100 + number / 30
    usual = Note(at_s, number * 0.003, 640, 480, number, 8.0, -1.0)
    return msgspec.structs.replace(usual, **changes)


def log_of(*notes: Note) -> Log:
    return Log(99.5, list(notes))


def test_figures_of_a_steady_stream() -> None:
    figures = figures_of(log_of(*(note(number) for number in range(301))), SENDER)
    assert (figures.age_p50_ms, figures.age_p95_ms, figures.delivered) == (8, 8, 1)
    assert figures.frame_rate == pytest.approx(30)
    assert figures.cpu_ms == pytest.approx(3)
    assert figures.first_ms == pytest.approx(500)
    assert figures.frames_in_second_s == pytest.approx(30, abs=1)
    assert figures.first_size == figures.size_after_1s == figures.last_size == (640, 480)
    assert (figures.error_p50_ms, figures.error_abs_p95_ms) == (-1, 1)


def test_age_is_that_of_the_last_part_of_a_round() -> None:
    notes = [note(number, age_ms=100.0 if number < 150 else 8.0) for number in range(301)]
    assert figures_of(log_of(*notes), SENDER).age_p95_ms == 8


def test_size_is_followed_from_the_first_frame_to_the_last() -> None:
    notes = [note(number, width=320 if number < 20 else 640 if number < 290 else 480) for number in range(301)]
    figures = figures_of(log_of(*notes), SENDER)
    assert [size[0] for size in (figures.first_size, figures.size_after_1s, figures.last_size)] == [320, 640, 480]
    assert report.figures_row(plan.PLAIN, figures, 1, 1)[1] == "320x480 → 640x480 → 480x480"


def test_skipped_frames_are_those_the_camera_numbered() -> None:
    notes = [note(number) for number in range(0, 301, 2)]
    assert figures_of(log_of(*notes), SENDER).delivered == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("notes", "reason"),
    [
        ([], "no frame came"),
        ([note(0), note(200)], "only 2 frames came in 6.7 s"),
        ([note(n, age_ms=None) for n in range(301)], "121 of 121 frames had no intact stamp"),
    ],
)
def test_round_that_says_nothing_is_refused_with_a_reason(notes: list[Note], reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        figures_of(log_of(*notes), SENDER)


def test_median_is_taken_figure_by_figure() -> None:
    rounds = [figures_of(log_of(*(note(n, age_ms=age) for n in range(301))), SENDER) for age in (9.0, 7.0, 30.0)]
    assert (median_of(rounds).age_p50_ms, median_of(rounds).last_size) == (9, (640, 480))


def test_percentile_of_few_values() -> None:
    assert percentile([4.0], 95) == 4
    assert percentile([1.0, 2.0, 3.0], 50) == 2


def test_bars_compare_what_was_measured_in_the_same_run() -> None:
    medians = {
        f"{plan.READING} 640x480": aged(8),
        f"{plan.PLAIN_FULL} 640x480": aged(40),
        f"{plan.SPINNING} 640x480": aged(24),
    }
    found = {bar.what: bar for bar in bars.bars(medians, [FirstArray(200, 5, 400, 300)])}
    reading = found[f"age p50, 640x480: rtcwidgets / {plan.PLAIN_FULL}"]
    assert (reading.value, reading.met) == (0.2, True)
    assert found[f"age p50, 640x480: a cell spins / {plan.PLAIN_FULL}"].met is False
    assert found["size asked for, 640x480: first frame, after 1 s"].met is True
    assert found["display → first array, new page and kernel"].met is True
    missing = found[f"age p50, 1280x720: rtcwidgets / {plan.PLAIN_FULL}"]
    assert (missing.value, missing.met) == (None, None)
    assert report.bar_row(missing)[1:] == ["not measured", "≤ 0.4 ×", ""]


def test_table_is_aligned_and_names_what_was_left_out() -> None:
    rows = [
        ("640x480", *report.HEADINGS),
        report.figures_row(plan.READING, aged(8), 3, 3),
        report.figures_row(plan.PLAIN, None, 0, 3),
    ]
    lines = report.aligned(rows).splitlines()
    assert lines[1].endswith("3 of 3")
    assert lines[2].endswith("0 of 3")
    assert len(set(map(len, lines))) == 1


def aged(age_ms: float) -> Figures:
    return figures_of(log_of(*(note(number, age_ms=age_ms) for number in range(301))), SENDER)
