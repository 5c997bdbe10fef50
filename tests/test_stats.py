"""Figures of a stream: counts that add up, freezes as the W3C defines them."""

import pytest

from rtcwidgets.media.stats import FreezeMeter, VideoStats


def fed(*intervals):
    meter, now = FreezeMeter(), 100.0
    meter.frame(now)
    for interval in intervals:
        now += interval
        meter.frame(now)
    return meter


def test_a_steady_stream_does_not_freeze():
    assert fed(*[1 / 30] * 100).count == 0


def test_a_frame_half_a_second_late_ends_a_freeze():
    meter = fed(*[1 / 30] * 30, 0.5, *[1 / 30] * 30)
    assert meter.count == 1
    assert meter.duration_s == pytest.approx(0.5)


def test_a_slow_stream_is_not_a_frozen_one():
    assert fed(*[1.0] * 10).count == 0


def test_counts_of_two_connections_add_up_and_the_rest_is_of_now():
    earlier = VideoStats(frames_received=3, dropped_by={"late": 1}, frames_per_second=30.0, codec="VP8")
    later = VideoStats(frames_received=2, dropped_by={"late": 1, "incomplete": 2}, frames_per_second=15.0, codec="H264")
    assert earlier + later == VideoStats(
        frames_received=5, dropped_by={"late": 2, "incomplete": 2}, frames_per_second=15.0, codec="H264"
    )
