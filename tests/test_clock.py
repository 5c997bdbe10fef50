"""When a frame was captured: by sender report where there is one, by the fastest frame until then."""

import pytest

from rtcwidgets.transport.clock import NTP_TO_UNIX_S, CaptureClock

START = 1_800_000_000.0


def ntp(unix_s):
    return int((unix_s + NTP_TO_UNIX_S) * 2**32)


def test_without_a_report_the_fastest_frame_is_taken_to_be_new():
    clock = CaptureClock()
    assert clock.capture_time(0, START + 0.050) == pytest.approx(START + 0.050)
    assert clock.capture_time(3000, START + 0.070) == pytest.approx(START + 0.070)  # 33 ms later, but came after 20
    assert clock.capture_time(6000, START + 0.120) == pytest.approx(START + 0.0703 + 0.0330, abs=1e-3)


def test_a_sender_report_sets_the_time():
    clock = CaptureClock()
    clock.add_sender_report(ntp(START), 90_000)
    assert clock.capture_time(90_000 + 4500, START + 0.057) == pytest.approx(START + 0.050, abs=1e-5)


def test_the_pages_clock_is_brought_to_the_kernels():
    clock = CaptureClock()
    clock.set_offset(-3.0)
    clock.add_sender_report(ntp(START), 0)
    assert clock.capture_time(0, START - 2.990) == pytest.approx(START - 3.0, abs=1e-5)


def test_time_stamps_may_wrap():
    clock = CaptureClock()
    clock.add_sender_report(ntp(START), 2**32 - 900)
    assert clock.capture_time(900, START + 0.030) == pytest.approx(START + 0.020, abs=1e-5)


def test_a_report_from_another_world_is_not_believed():
    clock = CaptureClock()
    clock.add_sender_report(ntp(START - 86_400), 0)
    assert clock.capture_time(0, START) == pytest.approx(START)


def test_no_frame_was_captured_after_it_arrived():
    clock = CaptureClock()
    clock.add_sender_report(ntp(START + 0.5), 0)
    assert clock.capture_time(0, START) <= START


def test_times_grow_with_every_frame():
    clock = CaptureClock()
    times = [clock.capture_time(stamp, START + stamp / 90_000) for stamp in (0, 3000, 3000, 2000, 6000)]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
