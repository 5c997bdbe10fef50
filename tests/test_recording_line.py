"""A recording as a cell's result: its progress in words, and a button that stops it."""

import contextlib
import threading

import pytest

from rtcwidgets import RecordingFailed, VideoTrack
from rtcwidgets.widgets.recording_line import line_of
from tests.pictures import frame
from tests.waiting import until


@pytest.fixture
def track():
    track = VideoTrack()
    yield track
    track.close()


@pytest.fixture
def recorder(track, tmp_path):
    recorder = track.record(tmp_path / "lesson.mkv")
    yield recorder
    with contextlib.suppress(RecordingFailed):
        recorder.stop()


def words(line):
    return line.children[1].value


def test_the_line_says_time_frames_and_size(track, recorder):
    line = line_of(recorder)
    for index in range(5):
        until(lambda: track.reader_stats())
        track.publish(frame(index, at=10.0 + index / 10))
    until(lambda: recorder.progress.frames == 5)
    assert until(lambda: "5 frames" in words(line) and words(line)).startswith("● lesson.mkv: 0.")
    assert "MB" in words(line)


def test_its_button_stops_the_recording(track, recorder):
    line = line_of(recorder)
    track.publish(frame(0))
    button = line.children[0]
    button.click()
    assert recorder.state == "inactive"
    assert until(lambda: words(line).startswith("✓ lesson.mkv") and button.disabled)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "rtcwidgets recording line"])


def test_a_recorder_has_one_line_for_all_its_displays(recorder):
    assert line_of(recorder) is line_of(recorder)


def test_a_recording_of_nothing_says_so(recorder):
    line = line_of(recorder)
    line.children[0].click()
    assert until(lambda: words(line).startswith("✗ lesson.mkv: ") and words(line))
