"""A track of the page by remote control, spoken to as the page speaks."""

import pytest

from rtcwidgets import protocol
from rtcwidgets.errors import ConstraintsNotMet, StreamStopped
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.spelling import in_python, in_w3c

STATE = protocol.TrackState(
    id="t1",
    kind="video",
    label="a camera",
    enabled=True,
    muted=False,
    ready_state="live",
    settings={"width": 640, "frameRate": 30, "deviceId": "d1"},
    capabilities={"zoom": protocol.Range(min=1, max=4), "facingMode": ["user"]},
)


class Page:
    """Takes what a track says and answers as it is told."""

    def __init__(self, **answer):
        self.said, self.answer = [], answer

    def tell(self, message_to):
        self.said.append(message_to("client-aaaa"))

    def ask(self, message_to, timeout_s):
        self.said.append(message_to("client-aaaa", 7))
        return protocol.Done(client="client-aaaa", seq=0, request=7, **self.answer)


def test_a_track_speaks_python():
    track = PageTrack(STATE, Page())
    assert (track.id, track.kind, track.label) == ("t1", "video", "a camera")
    assert (track.enabled, track.muted, track.ready_state) == (True, False, "live")
    assert track.settings == {"width": 640, "frame_rate": 30, "device_id": "d1"}
    assert track.capabilities == {"zoom": {"min": 1, "max": 4}, "facing_mode": ["user"]}


def test_constraints_are_spelt_as_the_w3c_does():
    page = Page()
    PageTrack(STATE, page).apply_constraints(frame_rate=15, width={"min": 320}, torch=True)
    (message,) = page.said
    assert (message.track, message.request) == ("t1", 7)
    assert message.constraints == {"frameRate": 15, "width": {"min": 320}, "torch": True}


def test_a_constraint_that_cannot_be_met_says_which_and_what_is_possible():
    page = Page(name="OverconstrainedError", constraint="zoom", possible="zoom 1 to 4")
    with pytest.raises(ConstraintsNotMet, match=r"constraint zoom: possible is zoom 1 to 4"):
        PageTrack(STATE, page).apply_constraints(zoom={"exact": 9})


def test_a_track_that_the_page_has_no_more_is_named():
    with pytest.raises(StreamStopped, match="has ended"):
        PageTrack(STATE, Page(name="NotFoundError")).apply_constraints(zoom=2)


def test_enabled_and_stop_are_told_to_the_page():
    page = Page()
    track = PageTrack(STATE, page)
    track.enabled = False
    track.stop()
    assert page.said == [
        protocol.EnableTrack(to="client-aaaa", track="t1", enabled=False),
        protocol.StopTrack(to="client-aaaa", track="t1"),
    ]
    assert track.enabled  # until the page says otherwise


@pytest.mark.parametrize("name", ["width", "frameRate", "deviceId", "whiteBalanceMode", "backgroundBlur"])
def test_a_name_survives_the_way_to_python_and_back(name):
    assert in_w3c(in_python({name: 1})) == {name: 1}
