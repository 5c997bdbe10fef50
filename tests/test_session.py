"""The kernel's half of the conversation with pages, spoken to as a page speaks."""

import asyncio
import sys
import threading
from typing import ClassVar

import pytest

from rtcwidgets import protocol
from rtcwidgets.errors import (
    CameraInUse,
    CaptureError,
    ConnectionFailed,
    CrossOrigin,
    InsecureOrigin,
    KernelIncomplete,
    MicrophoneUnavailable,
    NotDisplayed,
    NothingToCapture,
    PermissionDenied,
    ProtocolError,
    SourceFailed,
    StreamStopped,
    VersionMismatch,
)
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.stats import AudioStats, VideoStats
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.version import __version__
from rtcwidgets.widgets import session
from rtcwidgets.widgets.pages import MAX_PAGES
from rtcwidgets.widgets.session import StreamSession
from rtcwidgets.widgets.situation import Situation
from rtcwidgets.widgets.wording import CAMERA, FILE, SCREEN, WIDGET

A, B = "client-aaaa", "client-bbbb"


def on_io(coroutine):
    """Run on the io thread, where a session lives."""
    return io_loop().finish(coroutine, 5)


class FakePeer:
    """A peer that answers every offer but a bad one."""

    made: ClassVar[list["FakePeer"]] = []

    def __init__(self, publish, *, publish_audio, channels, colour, first_index, outgoing, ice_servers, on_state):
        self.publish, self.colour, self.on_state, self.first_index = publish, colour, on_state, first_index
        self.publish_audio, self.channels, self.outgoing = publish_audio, channels, outgoing
        self.video, self.audio, self.transport, self.silent_s = None, None, "direct", 0.0
        self.candidates, self.closed = [], False
        self.closing, self.may_close = asyncio.Event(), asyncio.Event()
        self.may_close.set()
        FakePeer.made.append(self)

    async def accept(self, offer, max_bitrate):
        if "bad" in offer:
            raise ProtocolError("a bad offer")
        return f"answer to {offer}"

    async def add_candidate(self, candidate, mid):
        self.candidates.append(candidate)

    async def close(self):
        self.closing.set()
        await self.may_close.wait()
        self.closed = True

    def set_colour(self, colour):
        self.colour = colour

    def stats(self):
        return VideoStats(frames_received=5, frames_decoded=4, frames_dropped=1, frames_per_second=30.0)

    def audio_stats(self):
        return AudioStats(packets_received=3, total_samples_received=2880, audio_level=0.5)

    def send_figures(self, stats):
        self.figures = stats


def track_state(**changes):
    """What a page says of a video track."""
    told = {
        "id": "t1", "kind": "video", "label": "a camera", "enabled": True, "muted": False,
        "ready_state": "live", "settings": {}, "capabilities": {},
    }  # fmt: skip
    return protocol.TrackState(**told | changes)


class Owner:
    """A widget that remembers."""

    autostart = False
    wording = CAMERA
    ice_servers = ()
    max_bitrate = None
    has_video = True

    def __init__(self):
        self.audio_track = AudioTrack(channels=1)
        self._states, self._changed = [], threading.Condition()
        self.situation = Situation(self._on_state, lambda: "")
        self.changes, self.stills, self.forgotten = 0, [], 0
        self.of_source = []

    def _on_state(self, old, new):
        with self._changed:
            self._states.append(new)
            self._changed.notify_all()

    def became(self, state):
        """Wait for that state, from now on or as the newest."""
        with self._changed:
            return self._changed.wait_for(lambda: self._states and self._states[-1] == state, 5)

    def publish(self, shown): ...

    def publish_audio(self, block): ...

    def forget_frames(self):
        self.forgotten += 1

    def captured_changed(self):
        self.changes += 1

    def devices_changed(self):
        self.changes += 1

    def still_taken(self, picture):
        self.stills.append(picture)

    def figures_changed(self): ...

    def heed_source(self, page, message):
        self.of_source.append((page, message))


class Conversation:
    """A session, what it said, and pages to speak for."""

    def __init__(self):
        self.owner = Owner()
        self.said = []
        self.session = StreamSession(self.owner, self.said.append)
        self.seq = 0

    def hear(self, client, kind, **fields):
        self.seq += 1
        on_io(self.session.heed(kind(client=client, seq=self.seq, **fields)))

    def hello(self, client=A, views=0):
        self.hear(client, protocol.Hello, version=__version__, protocol=1, views=views)

    def want(self):
        on_io(self._want())

    async def _want(self):
        self.session.want()

    def granted(self, client=A, width=640, matrix="rgb"):
        self.hear(
            client,
            protocol.Granted,
            tracks=[track_state(settings={"width": width, "height": 480, "frameRate": 30})],
            colour_space=protocol.ColourSpace(matrix, True),
        )

    def offer(self, client=A, connection="c-1", sdp="offer"):
        self.hear(client, protocol.Offer, connection=connection, sdp=sdp)

    def go_live(self, client=A):
        self.hello(client, views=1)
        self.hear(client, protocol.Asking)
        self.granted(client)
        self.offer(client)
        self.owner.situation.set_state("live")

    def said_to(self, client):
        return [message for message in self.said if message.to == client]

    @property
    def state(self):
        return self.owner.situation.state

    @property
    def error(self):
        return self.owner.situation.error


@pytest.fixture
def talk(monkeypatch):
    from rtcwidgets.transport import peer

    monkeypatch.setattr(peer, "Peer", FakePeer)
    FakePeer.made = []
    conversation = Conversation()
    yield conversation
    on_io(conversation.session.stop(StreamStopped("end of test")))


def test_a_page_that_says_hello_is_welcome_to_publish(talk):
    talk.hello()
    (welcome,) = talk.said
    assert (welcome.to, welcome.role, welcome.protocol) == (A, "publisher", 1)


def test_a_page_is_started_when_it_shows_the_stream(talk):
    talk.want()
    talk.hello()
    assert isinstance(talk.said[-1], protocol.Start)


def test_a_page_without_a_view_is_not_started_once_there_was_one(talk):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Views, count=0)
    talk.want()
    talk.hello(B, views=0)
    assert not [message for message in talk.said if isinstance(message, protocol.Start)]
    talk.hear(B, protocol.Views, count=1)
    assert isinstance(talk.said[-1], protocol.Start)


def test_nothing_starts_unasked(talk):
    talk.hello(A, views=1)
    assert not [message for message in talk.said if isinstance(message, protocol.Start)]


def test_a_view_starts_it_where_autostart_says_so(talk):
    talk.owner.autostart = True
    talk.hello(A, views=0)
    assert not [message for message in talk.said if isinstance(message, protocol.Start)]
    talk.hear(A, protocol.Views, count=1)
    assert isinstance(talk.said[-1], protocol.Start)


def test_a_stranger_is_not_heeded(talk):
    talk.hear(A, protocol.Asking)
    assert talk.state == "new"


def test_a_message_that_was_heard_before_is_not_heeded_again(talk):
    talk.hello()
    talk.seq = -1
    talk.hear(A, protocol.Asking)
    assert talk.state == "new"


def test_the_way_to_a_live_stream(talk):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    assert talk.state == "asking"
    talk.granted()
    assert talk.state == "connecting"
    assert talk.owner.changes == 1
    assert talk.session.captured.settings == {
        "label": "a camera", "pattern": False, "width": 640, "height": 480, "frame_rate": 30,
    }  # fmt: skip
    talk.offer()
    answer = talk.said[-1]
    assert (answer.to, answer.connection, answer.sdp) == (A, "c-1", "answer to offer")
    talk.hear(A, protocol.Candidate, connection="c-1", candidate="candidate:1", mid="0")
    assert FakePeer.made[0].candidates == ["candidate:1"]


def test_the_bitrate_follows_the_size_of_the_picture(talk):
    talk.go_live()
    assert talk.said[-1].max_bitrate == pytest.approx(640 * 480 * 30 * 0.2)
    talk.granted(width=1920)
    assert isinstance(talk.said[-1], protocol.Limit)
    assert talk.said[-1].max_bitrate == pytest.approx(1920 * 480 * 30 * 0.2)
    talk.offer(connection="c-2")
    assert talk.said[-1].max_bitrate == pytest.approx(1920 * 480 * 30 * 0.2)


def test_what_the_page_learns_of_its_colours_reaches_the_connection(talk):
    talk.go_live()
    talk.granted(matrix="smpte170m")
    assert FakePeer.made[0].colour.matrix == 5


def test_a_new_offer_replaces_the_connection(talk):
    talk.go_live()
    talk.offer(connection="c-2")
    old, new = FakePeer.made
    assert old.closed
    assert not new.closed
    talk.hear(A, protocol.Candidate, connection="c-1", candidate="candidate:late", mid="0")
    assert new.candidates == []


def test_an_offer_that_cannot_be_answered_is_told_to_page_and_reader(talk):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.granted()
    talk.offer(sdp="bad")
    assert isinstance(talk.said[-1], protocol.Failure)
    assert talk.state == "failed"
    assert isinstance(talk.error, ProtocolError)


@pytest.mark.parametrize(("name", "kind"), [("NotAllowedError", PermissionDenied), ("NotReadableError", CameraInUse)])
def test_a_refusal_is_an_exception_with_a_remedy(talk, name, kind):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.hear(A, protocol.Refused, name=name, message="said the browser")
    assert talk.state == "failed"
    assert isinstance(talk.error, kind)
    assert "call start()" in str(talk.error)
    assert "said the browser" in str(talk.error)


def test_a_refusal_of_the_microphone_alone_does_not_blame_the_camera(talk):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.hear(A, protocol.Refused, name="NotFoundError", message="said the browser", constraint="audio")
    assert isinstance(talk.error, MicrophoneUnavailable)
    assert "audio=False" in str(talk.error)


def test_a_refused_stream_does_not_ask_again_by_itself(talk):
    talk.want()
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.hear(A, protocol.Refused, name="NotAllowedError")
    before = len(talk.said)
    talk.hear(A, protocol.Views, count=2)
    assert len(talk.said) == before


def test_a_stream_out_of_sight_stops_and_comes_back_when_shown(talk):
    talk.go_live()
    talk.hear(A, protocol.Views, count=0)
    talk.hear(A, protocol.Stopped, reason="unseen")
    assert isinstance(talk.error, NotDisplayed)
    assert FakePeer.made[0].closed
    assert talk.owner.forgotten
    talk.hear(A, protocol.Views, count=1)
    assert isinstance(talk.said[-1], protocol.Start)


def test_a_stream_stopped_by_a_click_stays_stopped(talk):
    talk.want()
    talk.go_live()
    talk.hear(A, protocol.Stopped, reason="user")
    assert isinstance(talk.error, StreamStopped)
    before = len(talk.said)
    talk.hear(A, protocol.Views, count=2)
    assert len(talk.said) == before


def test_a_camera_that_is_pulled_out_is_an_error(talk):
    talk.go_live()
    talk.hear(A, protocol.Stopped, reason="ended")
    assert talk.state == "failed"


def test_a_click_on_stop_stands_though_its_connection_is_found_closed_at_the_same_time(talk):
    talk.go_live()
    (peer,) = FakePeer.made

    async def close_while_the_page_says_stopped():
        peer.may_close.clear()
        peer.on_state("closed")
        await asyncio.wait_for(peer.closing.wait(), 5)
        talk.seq += 1
        await talk.session.heed(protocol.Stopped(client=A, seq=talk.seq, reason="user"))
        peer.may_close.set()
        await asyncio.gather(*(t for t in asyncio.all_tasks() if t.get_name() == "rtcwidgets lost connection"))

    on_io(close_while_the_page_says_stopped())
    assert talk.state == "stopped"
    assert isinstance(talk.error, StreamStopped)


def test_stop_tells_the_page_and_closes_the_connection(talk):
    talk.go_live()
    on_io(talk.session.stop(StreamStopped("by hand")))
    assert isinstance(talk.said[-1], protocol.Stop)
    assert FakePeer.made[0].closed
    assert talk.state == "stopped"


def test_a_second_page_waits(talk):
    talk.go_live(A)
    talk.hello(B, views=1)
    assert talk.said_to(B)[0].role == "waiting"
    assert len(talk.said_to(B)) == 1


def test_a_second_page_takes_over_by_a_click(talk):
    talk.go_live(A)
    talk.hello(B, views=1)
    talk.hear(B, protocol.Asking)
    assert isinstance(talk.said_to(A)[-1], protocol.Stop)
    talk.granted(B)
    talk.offer(B, connection="c-b")
    assert FakePeer.made[0].closed
    talk.hear(A, protocol.Stopped, reason="user")  # of a page that does not publish any more
    assert talk.state == "connecting"


def test_a_page_that_leaves_makes_room_for_the_next(talk):
    talk.want()
    talk.go_live(A)
    talk.hello(B, views=1)
    talk.hear(A, protocol.Bye)
    assert FakePeer.made[0].closed
    assert isinstance(talk.said_to(B)[-1], protocol.Start)
    assert talk.state == "new"


def test_a_page_that_fell_silent_makes_room_and_is_known_when_it_speaks_again(talk, monkeypatch):
    monkeypatch.setattr(session, "CHECK_INTERVAL_S", 0.01)
    talk.want()
    talk.go_live(A)
    FakePeer.made[0].silent_s = session.SILENCE_S + 1
    assert talk.owner.became("new")
    assert FakePeer.made[0].closed
    talk.hello(A, views=1)
    assert isinstance(talk.said[-1], protocol.Start)
    talk.hear(A, protocol.Asking)
    assert talk.state == "asking"


def test_a_page_that_closed_its_connection_and_offers_no_other_makes_room(talk, monkeypatch):
    """So a page leaves in Firefox, which closes its WebSocket before it can say ``bye``."""
    monkeypatch.setattr(session, "CHECK_INTERVAL_S", 0.01)
    monkeypatch.setattr(session, "RETURN_S", 0.05)
    talk.want()
    talk.go_live(A)
    talk.hello(B, views=1)
    FakePeer.made[0].on_state("closed")
    assert talk.owner.became("new")
    assert isinstance(talk.said_to(B)[-1], protocol.Start)


def test_a_page_that_closed_its_connection_and_offers_another_goes_on(talk, monkeypatch):
    monkeypatch.setattr(session, "CHECK_INTERVAL_S", 0.01)
    monkeypatch.setattr(session, "RETURN_S", 0.05)
    talk.go_live(A)
    FakePeer.made[0].on_state("closed")
    assert talk.owner.became("connecting")
    talk.offer(connection="c-2")
    checks = threading.Semaphore(0)
    talk.owner.figures_changed = checks.release
    for _ in range(10):
        assert checks.acquire(timeout=5)
    assert talk.state == "connecting"
    assert not FakePeer.made[1].closed


def test_a_connection_that_does_not_come_about_is_an_error_in_time(talk, monkeypatch):
    monkeypatch.setattr(session, "CHECK_INTERVAL_S", 0.01)
    monkeypatch.setattr(session, "CONNECT_TIMEOUT_S", 0.05)
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.granted()
    talk.offer()
    assert talk.owner.became("failed")
    assert isinstance(talk.error, ConnectionFailed)
    assert isinstance(talk.said[-1], protocol.Failure)


def test_a_connection_that_the_page_could_not_even_offer_is_an_error(talk):
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.granted()
    talk.hear(A, protocol.Lost, connection="never-offered", reason="a bad ICE server")
    assert isinstance(talk.error, ConnectionFailed)
    assert "a bad ICE server" in str(talk.error)


def test_a_connection_that_the_page_lost_is_an_error(talk):
    talk.go_live()
    talk.hear(A, protocol.Lost, connection="c-1", reason="ICE failed")
    assert isinstance(talk.error, ConnectionFailed)
    assert "ICE failed" in str(talk.error)
    assert "TURN" in str(talk.error)


def test_the_number_of_pages_is_bounded(talk):
    for number in range(MAX_PAGES + 5):
        talk.hello(f"client-{number:04}")
    assert len(talk.session._pages) == MAX_PAGES


def test_a_note_goes_to_every_page(talk):
    talk.hello(A)
    talk.hello(B)
    talk.session.show_note("ValueError: mine", "Traceback ...")
    assert {(m.to, m.fatal) for m in talk.said[-2:]} == {(A, False), (B, False)}


def test_frames_are_counted_and_numbered_on_across_connections(talk):
    talk.go_live()
    talk.offer(connection="c-2")
    assert FakePeer.made[1].first_index == 4
    stats = talk.session.link.stats
    assert (stats.frames_received, stats.frames_decoded, stats.frames_dropped) == (10, 8, 2)
    talk.hear(A, protocol.Stopped, reason="user")
    assert talk.session.link.stats == VideoStats(frames_received=10, frames_decoded=8, frames_dropped=2)


def test_devices_are_known_before_there_is_a_permission(talk):
    talk.hello(A, views=1)
    device = protocol.MediaDeviceInfo("d1", "videoinput", "a camera", "g1")
    talk.hear(A, protocol.Devices, devices=[device])
    assert talk.session.captured.devices == [device]
    assert talk.owner.changes == 1


def test_a_page_that_only_looks_on_does_not_change_the_devices(talk):
    talk.go_live(A)
    talk.hello(B)
    talk.hear(B, protocol.Devices, devices=[protocol.MediaDeviceInfo("d9", "videoinput", "", "")])
    assert talk.session.captured.devices == []


def test_a_track_stays_the_same_object_and_ends_with_the_stream(talk):
    talk.go_live()
    (track,) = talk.session.captured.tracks
    talk.granted(width=320)
    assert talk.session.captured.tracks == [track]
    assert (track.settings["width"], track.ready_state) == (320, "live")
    talk.hear(A, protocol.Stopped, reason="user")
    assert track.ready_state == "ended"


def test_a_press_of_the_shutter_reaches_the_stream(talk):
    talk.go_live()
    talk.hear(A, protocol.Still, picture=b"photograph")
    talk.hear(A, protocol.Still)
    assert talk.owner.stills == [b"photograph", None]


def test_a_page_of_another_version_is_not_started_and_named(talk):
    talk.owner.autostart = True
    talk.hear(A, protocol.Hello, version="0.0.9", protocol=1, views=1)
    assert [type(message) for message in talk.said] == [protocol.Welcome]
    with pytest.raises(VersionMismatch, match=r"The page has loaded rtcwidgets 0\.0\.9.*Reload the page"):
        talk.owner.situation.patience(0.0, 0.0)
    talk.hello(B, views=1)
    assert isinstance(talk.said[-1], protocol.Start)


def test_a_kernel_without_aiortc_tells_page_and_reader_what_to_install(talk, monkeypatch):
    monkeypatch.setitem(sys.modules, "rtcwidgets.transport.peer", None)
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.granted()
    talk.offer()
    assert "pip install" in talk.said[-1].message
    assert isinstance(talk.error, KernelIncomplete)


# -- sources that are no camera


@pytest.mark.parametrize(
    ("wording", "name", "kind", "says"),
    [
        (SCREEN, "NotAllowedError", PermissionDenied, "Nothing was chosen to show"),
        (SCREEN, "InsecureOrigin", InsecureOrigin, "show screens only"),
        (SCREEN, "UnheardOfError", CaptureError, "could not show the screen"),
        (FILE, "HttpError", SourceFailed, "does not give this video"),
        (FILE, "CrossOrigin", CrossOrigin, "Access-Control-Allow-Origin"),
        (WIDGET, "NotDisplayed", NothingToCapture, "not shown in this page"),
        (WIDGET, "SecurityError", CrossOrigin, "another origin"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_refusal_speaks_of_its_source(talk, wording, name, kind, says):
    talk.owner.wording = wording
    talk.hello(A, views=1)
    talk.hear(A, protocol.Asking)
    talk.hear(A, protocol.Refused, name=name, message="the page's words")
    assert type(talk.error) is kind
    assert says in str(talk.error)
    assert str(talk.error).endswith(f"({name}: the page's words)")
    assert "camera" not in str(talk.error)
    assert getattr(talk.error, "name", name) == name


@pytest.mark.parametrize("wording", [SCREEN, FILE, WIDGET], ids=lambda wording: wording.name)
def test_an_end_that_somebody_wished_stops_the_stream_and_does_not_fail_it(talk, wording):
    talk.owner.wording = wording
    talk.go_live()
    talk.hear(A, protocol.Stopped, reason="ended")
    assert isinstance(talk.error, StreamStopped)
    assert "camera" not in str(talk.error)
    assert talk.owner.situation.state == "stopped"


def test_only_the_page_that_publishes_speaks_for_the_source(talk):
    talk.go_live()
    talk.hello(B)
    talk.hear(B, protocol.ReadFile, offset=0)
    talk.hear(A, protocol.ReadFile, offset=0)
    assert [page for page, _ in talk.owner.of_source] == [A]
