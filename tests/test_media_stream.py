"""A stream as its user has it, without a browser: a fake page on the other end."""

import gc
import threading
import time

import pytest
import traitlets

from rtcwidgets import (
    Camera,
    MediaDeviceInfo,
    NotDisplayed,
    PageSilent,
    ReaderStats,
    Screen,
    StreamClosed,
    StreamStopped,
    TestPattern,
    VideoFile,
    WidgetStream,
    __version__,
)
from rtcwidgets.transport.loop import io_loop
from tests.pictures import frame


def io_is_done():
    """Wait until what was posted to the io thread so far has been done."""
    done = threading.Event()
    io_loop().call(done.set)
    assert done.wait(5)


class Sent(list):
    """Messages to the page, to wait for."""

    def __init__(self):
        super().__init__()
        self.changed = threading.Condition()

    def __call__(self, content, buffers=None):
        with self.changed:
            self.append(content)
            self.changed.notify_all()

    def expect(self, kind):
        def found():
            return next((content for content in self if content["type"] == kind), None)

        with self.changed:
            assert self.changed.wait_for(found, 5), f"no {kind} in {list(self)}"
            return found()


@pytest.fixture
def cam():
    camera = Camera()
    camera.send = Sent()
    yield camera
    camera.close()


def go_live(cam):
    cam.situation.set_state("asking")
    cam.situation.set_state("connecting")


def say(cam, *buffers, **content):
    """Speak as a page does, over the comm."""
    cam._on_comm_message(cam, {"client": "client-aaaa", **content}, buffers)


def test_an_unknown_option_is_refused_with_the_closest_name():
    with pytest.raises(TypeError, match="Camera has no option 'frame_rat'; did you mean 'frame_rate'"):
        Camera(frame_rat=15)


@pytest.mark.parametrize(
    "options",
    [
        {"width": 0},
        {"height": 100_000},
        {"frame_rate": -1},
        {"facing_mode": "up"},
        {"pixel_format": "yuv420p"},
        {"transport_policy": "pigeon"},
        {"max_bitrate": 1},
        {"fallback": "cat"},
        {"ice_servers": "stun:example.org"},
        {"ice_servers": [{"urls": "http://example.org"}]},
    ],
    ids=str,
)
def test_an_impossible_option_is_refused(options):
    with pytest.raises(traitlets.TraitError):
        Camera(**options)


@pytest.mark.parametrize("kind", [Camera, Screen, TestPattern, VideoFile, WidgetStream])
def test_every_trait_of_ours_is_described(kind):
    inherited = set(kind.__mro__[-1].__dict__) | set(__import__("ipywidgets").DOMWidget.class_traits())
    for name, trait in kind.class_traits().items():
        if name not in inherited and not name.startswith("_"):
            assert len(trait.help) > 20, name


def test_only_options_are_synced_and_secrets_are_not():
    state = Camera(ice_servers=[{"urls": "turn:example.org", "credential": "secret"}]).get_state()
    assert {"width", "height", "frame_rate", "mirror", "constraints"} <= set(state)
    assert not {"state", "error", "stats", "frame", "settings", "transport", "ice_servers"} & set(state)


def test_another_widget_travels_as_a_reference():
    with TestPattern() as pattern, WidgetStream(pattern) as stream:
        assert stream.get_state()["widget"] == f"IPY_MODEL_{pattern.model_id}"


def test_only_a_widget_has_a_picture_to_capture():
    with pytest.raises(traitlets.TraitError, match="widget"):
        WidgetStream("canvas")


def test_reports_are_read_only(cam):
    with pytest.raises(traitlets.TraitError):
        cam.state = "live"


def test_what_is_not_displayed_says_so_in_time(cam):
    started = time.monotonic()
    with pytest.raises(NotDisplayed, match="display"):
        cam.read(timeout=0.1)
    assert time.monotonic() - started < 0.6


def test_a_displayed_stream_without_a_page_says_so(cam):
    cam._repr_mimebundle_()
    with pytest.raises(PageSilent, match="no page answered"):
        cam.read(timeout=0.1)


def test_a_page_may_speak_the_moment_the_widget_exists(monkeypatch):
    """The comm is opened by the constructor, and a page that is quick answers before the constructor has ended."""
    heard = []
    monkeypatch.setattr(Camera, "_heed", lambda self, message: heard.append(message))

    def open_and_hear(self):
        opened(self)
        self._handle_custom_msg(
            {"type": "hello", "client": "client-aaaa", "seq": 0, "version": "0.1.0", "protocol": 1, "views": 0}, []
        )

    opened = Camera.open
    monkeypatch.setattr(Camera, "open", open_and_hear)
    with Camera():
        io_is_done()
    assert [type(message).__name__ for message in heard] == ["Hello"]


def test_showing_it_starts_it_unless_told_otherwise(cam):
    say(cam, type="hello", seq=0, version="0.1.0", protocol=1, views=0)
    cam.send.expect("welcome")
    cam._repr_mimebundle_()
    cam.send.expect("start")


def test_without_autostart_nothing_starts_by_itself():
    cam = Camera(autostart=False)
    cam.send = Sent()
    say(cam, type="hello", seq=0, version="0.1.0", protocol=1, views=1)
    cam.send.expect("welcome")
    cam._repr_mimebundle_()
    io_is_done()
    assert not [content for content in cam.send if content["type"] == "start"]
    cam.start()
    cam.send.expect("start")
    cam.close()


def test_ice_servers_go_to_the_page_with_the_welcome():
    servers = [{"urls": "stun:stun.example.org"}]
    cam = Camera(ice_servers=servers)
    cam.send = Sent()
    say(cam, type="hello", seq=0, version="0.1.0", protocol=1, views=0)
    assert cam.send.expect("welcome")["ice_servers"] == servers
    cam.close()


def test_what_is_no_message_is_passed_over(cam):
    for content in (None, 7, "hello", {}, {"type": "hello"}, {"type": ["x"]}):
        cam._on_comm_message(cam, content, [])
    io_is_done()
    assert cam.state == "new"
    assert cam.send == []


def test_the_first_frame_makes_the_stream_live(cam):
    go_live(cam)
    cam.publish(frame(0))
    assert cam.state == "live"
    assert cam.read(timeout=1).shape == (48, 64, 3)
    assert cam.frame.index == 0


def test_a_frame_after_the_stop_is_not_taken(cam):
    go_live(cam)
    cam.stop()
    cam.publish(frame(0))
    assert cam.frame is None


def test_a_stopped_stream_says_how_to_go_on(cam):
    go_live(cam)
    cam.stop()
    with pytest.raises(StreamStopped, match=r"start\(\)"):
        cam.read()


def test_a_closed_stream_stays_closed(cam):
    cam.close()
    cam.close()
    with pytest.raises(StreamClosed):
        cam.read()
    with pytest.raises(StreamClosed):
        cam.start()
    assert cam.state == "closed"


def test_a_with_block_closes():
    with Camera() as cam:
        assert cam.state == "new"
    assert cam.state == "closed"


def test_pixel_format_may_change_at_any_time(cam):
    go_live(cam)
    cam.publish(frame(0))
    cam.pixel_format = "gray"
    assert cam.read(timeout=1).shape == (48, 64)


def test_a_frame_is_an_event_in_a_thread_of_the_widgets_own(cam):
    seen, arrived = [], threading.Event()

    def on_change(change):
        seen.append((change["new"].index, change["name"], threading.current_thread() is threading.main_thread()))
        arrived.set()

    cam.observe(on_change, "frame")
    go_live(cam)
    cam.publish(frame(4))
    assert arrived.wait(5)
    assert seen == [(4, "frame", False)]


def test_states_are_events_in_order(cam):
    seen, last = [], threading.Event()

    def on_change(change):
        seen.append((change["old"], change["new"]))
        if change["new"] == "live":
            last.set()

    cam.observe(on_change, "state")
    go_live(cam)
    cam.publish(frame(0))
    assert last.wait(5)
    assert seen == [("new", "asking"), ("asking", "connecting"), ("connecting", "live")]


def test_an_observer_can_be_taken_back(cam):
    seen, arrived = [], threading.Event()

    def unwanted(change):
        seen.append(change)

    cam.observe(unwanted, "frame")
    cam.unobserve(unwanted, "frame")
    cam.observe(lambda change: arrived.set(), "frame")
    go_live(cam)
    cam.publish(frame(0))
    assert arrived.wait(5)
    assert seen == []


def test_an_observer_that_raises_is_shown_and_silences_nobody(cam):
    arrived = threading.Event()

    def fails(change):
        raise ValueError("mine")

    cam.observe(fails, "frame")
    cam.observe(lambda change: arrived.set(), "frame")
    say(cam, type="hello", seq=0, version="0.1.0", protocol=1, views=1)
    cam.send.expect("welcome")
    go_live(cam)
    cam.publish(frame(0))
    assert arrived.wait(5)
    note = cam.send.expect("failure")
    assert (note["message"], note["fatal"]) == ("ValueError: mine", False)
    assert "in fails" in note["detail"]
    assert "reports.py" not in note["detail"]
    assert str(cam.error) == "mine"
    assert cam.stats.callback_errors == 1
    assert cam.state == "live"


def test_an_observer_of_an_option_raises_to_who_set_it(cam):
    def fails(change):
        raise ValueError("mine")

    cam.observe(fails, "width")
    with pytest.raises(ValueError, match="mine"):
        cam.width = 320


def test_stats_count_for_each_reader(cam):
    go_live(cam)
    reader = cam.frames()
    for index in range(3):
        cam.publish(frame(index))
    cam.read(timeout=1)
    reader.next()
    by_name = {reader.name: reader for reader in cam.stats.readers}
    assert by_name["newest frame"] == ReaderStats("newest frame", delivered=1, dropped=2)
    assert cam.stats.frames_delivered == 2
    assert cam.get_stats().as_dict()["readers"][0].keys() == {"name", "delivered", "dropped"}


def grant(cam, seq=2):
    """Speak as a page that has opened its camera."""
    for number, kind in enumerate(["hello", "asking"]):
        fields = {"version": __version__, "protocol": 1, "views": 1} if kind == "hello" else {}
        say(cam, type=kind, seq=number, **fields)
    track = {
        "id": "t1", "kind": "video", "label": "a camera", "enabled": True, "muted": False,
        "ready_state": "live", "settings": {"width": 64, "height": 48}, "capabilities": {},
    }  # fmt: skip
    say(cam, type="granted", seq=seq, tracks=[track], colour_space={"matrix": "", "full_range": False})
    io_is_done()


def jpeg():
    return frame(width=320, height=240)._repr_jpeg_()


def answer_stills(cam, *buffers):
    """Answer the next request for a still from a thread of its own, as the comm does."""

    def answer():
        request = cam.send.expect("take-still")["request"]
        say(cam, *buffers, type="still", seq=10, request=request)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_a_snapshot_is_the_photograph_that_the_page_takes(cam, tmp_path):
    grant(cam)
    cam.publish(frame(7))
    answering = answer_stills(cam, jpeg())
    still = cam.snapshot(tmp_path / "still.png", timeout=5)
    answering.join()
    assert (still.width, still.height, still.index) == (320, 240, 7)
    assert cam.still is still
    assert (tmp_path / "still.png").stat().st_size > 100


def test_where_a_page_takes_no_photographs_the_next_frame_is_the_snapshot(cam):
    grant(cam)
    cam.publish(frame(7))
    answering = answer_stills(cam)
    threading.Thread(target=lambda: (answering.join(), io_is_done(), cam.publish(frame(8)))).start()
    assert cam.snapshot(timeout=5).index == 8


def test_a_snapshot_of_nothing_says_what_is_missing(cam):
    with pytest.raises(NotDisplayed):
        cam.snapshot(timeout=0.01)


def test_a_press_of_the_shutter_is_an_event(cam):
    grant(cam)
    cam.publish(frame(7))
    stills, taken = [], threading.Event()
    cam.observe(lambda change: (stills.append(change["new"]), taken.set()), "still")
    say(cam, jpeg(), type="still", seq=5)
    assert taken.wait(5)
    assert (stills[0].width, cam.still is stills[0]) == (320, True)


def test_a_still_that_is_no_picture_is_told_in_the_view(cam):
    grant(cam)
    say(cam, b"\xff\xd8\xff and nothing more", type="still", seq=5)
    assert "No still was taken" in cam.send.expect("failure")["message"]
    assert cam.still is None


def test_devices_and_tracks_are_what_the_page_says(cam):
    told, known = [], threading.Event()
    cam.observe(lambda change: (told.append(change["new"]), known.set()), "devices")
    grant(cam)
    device = {"device_id": "d1", "kind": "videoinput", "label": "a camera", "group_id": "g1"}
    say(cam, type="devices", seq=5, devices=[device])
    assert known.wait(5)
    io_is_done()
    assert cam.devices == [MediaDeviceInfo("d1", "videoinput", "a camera", "g1")]
    assert [(track.kind, track.label) for track in cam.tracks] == [("video", "a camera")]
    assert repr(cam) == "<Camera: connecting 64x48>"


def test_nothing_of_the_page_is_in_the_state_that_a_notebook_saves(cam):
    grant(cam)
    say(cam, type="devices", seq=5, devices=[])
    io_is_done()
    saved = {name: value for name, value in cam.get_state().items() if name not in ("_esm", "_css")}
    assert "a camera" not in str(saved)


def test_iterating_ends_with_stop(cam):
    go_live(cam)
    every, newest = cam.frames(every=True), cam.frames()
    cam.publish(frame(0))
    cam.publish(frame(1))
    cam.stop()
    assert [shown.index for shown in every] == [0, 1]  # what was kept for it
    assert list(newest) == []  # a stale frame is not the newest


def test_on_frame_is_a_decorator_and_ends_with_close(cam):
    called = threading.Event()

    @cam.on_frame
    def measure(shown):
        called.set()

    go_live(cam)
    cam.publish(frame(0))
    assert called.wait(5)
    assert measure.__name__ == "measure"
    cam.close()
    assert not [thread for thread in threading.enumerate() if "measure" in thread.name]


def test_a_closed_widget_lets_its_frames_go(cam):
    go_live(cam)
    shown = frame(0)
    cam.publish(shown)
    cam.read(timeout=1)
    cam.close()
    gc.collect()
    holders = [ref for ref in gc.get_referrers(shown) if isinstance(ref, (list, dict)) and ref is not locals()]
    assert cam.video_track.latest is None
    assert not [ref for ref in holders if ref is cam.__dict__]
