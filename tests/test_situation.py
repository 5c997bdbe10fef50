"""What a stream tells whoever waits for it."""

import time

import pytest

from rtcwidgets.errors import (
    ConnectionFailed,
    FrameTimeout,
    NotDisplayed,
    PageSilent,
    PermissionPending,
    RtcError,
    StreamClosed,
    StreamStopped,
)
from rtcwidgets.widgets.situation import CLOSED, Situation
from rtcwidgets.widgets.wording import FILE, SCREEN, WIDGET


@pytest.fixture
def changes():
    return []


@pytest.fixture
def situation(changes):
    return Situation(lambda old, new: changes.append((old, new)), lambda: " (delivery)")


def long_ago(seconds=120.0):
    return time.monotonic() - seconds


def explained(situation, timeout=0.0):
    with pytest.raises(RtcError) as caught:
        situation.patience(long_ago() if timeout is None else time.monotonic() - 1, timeout)
    return caught.value


def test_what_is_not_displayed_says_so(situation):
    assert isinstance(explained(situation), NotDisplayed)
    assert "display(cam)" in str(explained(situation))
    assert "(delivery)" in str(explained(situation))


def test_a_page_that_says_nothing_is_named(situation):
    situation.set_page(displayed=True)
    error = explained(situation)
    assert isinstance(error, PageSilent)
    assert "reload the page" in str(error)
    assert "install anywidget and ipywidgets" in str(error)


def test_a_page_that_waits_for_a_click_is_named(situation):
    situation.set_page(displayed=True, page_spoke=True, views=1)
    error = explained(situation)
    assert isinstance(error, StreamStopped)
    assert "press Start" in str(error)


def test_a_page_that_has_gone_is_named(situation):
    situation.set_page(displayed=True, page_spoke=True, views=1)
    situation.set_page(views=0)
    error = explained(situation)
    assert isinstance(error, NotDisplayed)
    assert "any more" in str(error)


def test_a_view_counts_as_display_wherever_it_is(situation):
    situation.set_page(page_spoke=True, views=1)
    assert not isinstance(explained(situation), NotDisplayed)


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        (["asking"], PermissionPending),
        (["asking", "connecting"], FrameTimeout),
        (["asking", "connecting", "live"], FrameTimeout),
    ],
)
def test_a_wait_that_ran_out_says_what_was_missing(situation, states, kind):
    for state in states:
        situation.set_state(state)
    assert type(explained(situation)) is kind


@pytest.mark.parametrize(
    ("states", "turn_s"),
    [
        ([], 3.0),
        (["asking"], 60.0),
        (["asking", "connecting"], 10.0),
        (["asking", "connecting", "live"], 10.0),
    ],
)
def test_each_turn_has_its_time(situation, states, turn_s):
    for state in states:
        situation.set_state(state)
    assert situation.patience(time.monotonic(), None) == pytest.approx(turn_s, abs=0.5)


def test_a_turn_is_counted_from_when_it_began(situation):
    situation.set_state("asking")
    situation.set_state("connecting")
    assert situation.patience(long_ago(), None) == pytest.approx(10.0, abs=0.5)


def test_a_timeout_is_absolute(situation):
    situation.set_state("asking")
    assert situation.patience(time.monotonic() - 1.0, 3.0) == pytest.approx(2.0, abs=0.5)


def test_a_failure_is_raised_to_whoever_waits(situation):
    situation.set_state("failed", ConnectionFailed("no way"))
    with pytest.raises(ConnectionFailed, match="no way"):
        situation.patience(time.monotonic(), 60.0)
    assert isinstance(situation.error, ConnectionFailed)


def test_a_new_start_forgets_the_failure(situation):
    situation.set_state("failed", ConnectionFailed("no way"))
    situation.set_state("new")
    assert situation.error is None
    assert situation.patience(time.monotonic(), 1.0) > 0


def test_what_is_closed_stays_closed(situation, changes):
    situation.set_state("closed", CLOSED)
    situation.set_state("live")
    assert situation.state == "closed"
    with pytest.raises(StreamClosed):
        situation.patience(time.monotonic(), None)
    assert changes == [("new", "closed")]


def test_frames_that_come_late_do_not_make_a_stopped_stream_live(situation):
    situation.set_state("stopped", StreamStopped("by hand"))
    situation.set_state("live")
    assert situation.state == "stopped"


@pytest.mark.parametrize("wording", [SCREEN, FILE, WIDGET], ids=lambda wording: wording.name)
def test_while_it_is_waited_for_a_source_is_called_by_its_name(wording):
    situation = Situation(lambda old, new: None, lambda: "", wording)
    situation.set_state("asking")
    asking = explained(situation)
    assert isinstance(asking, PermissionPending)
    situation.set_state("connecting")
    connecting = explained(situation)
    for error in (asking, connecting):
        assert "camera" not in str(error)


def test_a_screen_that_is_to_be_chosen_is_waited_for_as_long_as_a_permission():
    situation = Situation(lambda old, new: None, lambda: "", SCREEN)
    situation.set_state("asking")
    assert 59 < situation.patience(time.monotonic(), None) <= 60
    assert 'Press "Choose what to show"' in str(explained(situation))


def test_a_source_that_knows_why_it_is_quiet_says_so():
    situation = Situation(lambda old, new: None, lambda: "", FILE, lambda: "It is paused.")
    situation.set_state("connecting")
    situation.set_state("live")
    assert str(explained(situation)) == "It is paused."
