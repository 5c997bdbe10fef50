"""A Player as its user has it, without a browser: pages that speak as pages do."""

import threading
from typing import ClassVar

import numpy as np
import pytest

from rtcwidgets import Camera, Player, VideoTrack, __version__, protocol
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets import player_session
from rtcwidgets.widgets.player import player_of
from tests.pictures import frame
from tests.waiting import until

A, B = "client-aaaa", "client-bbbb"


class FakePeer:
    """A peer that answers every offer but a bad one."""

    made: ClassVar[list["FakePeer"]] = []

    def __init__(self, publish, *, outgoing, on_state, **_options):
        self.outgoing, self.on_state = outgoing, on_state
        self.video, self.audio, self.transport, self.silent_s, self.closed = None, None, "direct", 0.0, False
        FakePeer.made.append(self)

    async def accept(self, offer, max_bitrate):
        return f"answer to {offer}"

    async def add_candidate(self, candidate, mid):
        self.candidate = candidate

    async def close(self):
        self.closed = True
        for track in self.outgoing:
            track.stop()

    def stats(self):
        return VideoStats(frame_width=64)

    def audio_stats(self):
        return None

    def send_figures(self, stats): ...


@pytest.fixture
def pages(monkeypatch):
    from rtcwidgets.transport import peer

    monkeypatch.setattr(peer, "Peer", FakePeer)
    FakePeer.made = []
    return Pages()


class Pages:
    """Speaks for any page to any player, and keeps what is answered."""

    def __init__(self):
        self.said, self._seq = [], 0

    def hear(self, player, client, kind, **fields):
        player._session._say = self.said.append
        self._seq += 1
        message = kind(client=client, seq=self._seq, **fields)
        io_loop().finish(player._session.heed(message), 30)

    def look(self, player, client=A, connection="c-1"):
        self.hear(player, client, protocol.Hello, version=__version__, protocol=1, views=1)
        self.hear(player, client, protocol.Offer, connection=connection, sdp="offer")

    def said_to(self, client):
        return [message for message in self.said if message.to == client]


@pytest.fixture
def track():
    track = VideoTrack()
    yield track
    track.close()


@pytest.fixture
def player(track, pages):
    player = Player(track)
    yield player
    player.close()


def test_a_page_is_welcome_to_look_and_gets_an_answer_to_its_offer(player, pages):
    pages.look(player)
    welcome, answer = pages.said_to(A)
    assert (welcome.role, welcome.version) == ("viewer", __version__)
    assert (answer.connection, answer.sdp) == ("c-1", "answer to offer")
    assert len(FakePeer.made[0].outgoing) == 1
    assert player.pages == 1
    assert player.transport == "direct"


def test_each_page_has_a_connection_of_its_own(player, pages):
    pages.look(player, A)
    pages.look(player, B, "c-2")
    assert player.pages == 2
    pages.hear(player, A, protocol.Bye)
    assert [peer.closed for peer in FakePeer.made] == [True, False]
    assert player.pages == 1


def test_a_new_offer_of_a_page_replaces_its_connection(player, pages):
    pages.look(player, A, "c-1")
    pages.hear(player, A, protocol.Offer, connection="c-2", sdp="offer")
    assert [peer.closed for peer in FakePeer.made] == [True, False]
    pages.hear(player, A, protocol.Candidate, connection="c-2", candidate="candidate:1", mid="0")
    assert FakePeer.made[1].candidate == "candidate:1"


def test_a_page_that_looks_away_ends_its_connection(player, pages):
    pages.look(player)
    pages.hear(player, A, protocol.Stopped, reason="unseen")
    assert FakePeer.made[0].closed
    assert player.pages == 0


def test_a_page_that_fell_silent_is_let_go(player, pages, monkeypatch):
    monkeypatch.setattr(player_session, "CHECK_INTERVAL_S", 0.01)
    pages.look(player)
    FakePeer.made[0].silent_s = player_session.SILENCE_S + 1
    until(lambda: FakePeer.made[0].closed)
    until(lambda: player.pages == 0)


def test_a_connection_that_ended_by_itself_is_forgotten(player, pages):
    pages.look(player)
    io_loop().call(FakePeer.made[0].on_state, "failed")
    until(lambda: player.pages == 0)


def test_a_page_that_captures_is_passed_over(player, pages):
    pages.look(player)
    before = len(pages.said)
    pages.hear(player, A, protocol.Asking)
    pages.hear(player, A, protocol.Refused, name="NotAllowedError")
    assert len(pages.said) == before


def test_an_ended_track_says_so_in_the_page(pages):
    track = VideoTrack()
    player = Player(track)
    track.close()
    pages.look(player)
    assert "has ended" in pages.said_to(A)[-1].message
    player.close()


def test_what_a_mapped_function_raises_is_shown_once_in_every_page(track, pages):
    @track.map
    def breaks(image):
        raise ValueError("mine")

    player = player_of(breaks)
    errors, told = [], threading.Event()
    player.observe(lambda change: (errors.append(change["new"]), told.set()), "error")
    pages.look(player, A)
    with breaks.frames():
        until(lambda: track.reader_stats())
        for index in range(5):
            track.publish(frame(index))
            until(lambda index=index: breaks.error_count > index)
    assert told.wait(5)
    notes = until(lambda: [m for m in pages.said_to(A) if isinstance(m, protocol.Failure)])
    assert (notes[0].message, notes[0].fatal, len(notes)) == ("ValueError: mine", False, 1)
    assert "in breaks" in notes[0].detail
    assert [str(error) for error in errors] == ["mine"]
    assert str(player.error) == "mine"
    pages.look(player, B, "c-2")  # who comes later sees it too
    assert isinstance(pages.said_to(B)[1], protocol.Failure)
    player.close()


def test_data_beside_pictures_is_an_event_with_the_frames_index(track, pages):
    @track.map
    def count(image):
        return image, {"mean": int(image.mean())}

    player = Player(count)
    events, enough = [], threading.Event()

    def on_data(change):
        events.append(change["new"])
        if len(events) == 3:
            enough.set()

    player.observe(on_data, "data")
    until(lambda: track.reader_stats())
    for index in range(10, 13):
        track.publish(frame(index))
        until(lambda index=index: len(events) > index - 10)
    assert enough.wait(5)
    assert [(event.index, event.source_index) for event in events] == [(0, 10), (1, 11), (2, 12)]
    assert events[0].data.keys() == {"mean"}
    assert player.data is events[-1]
    player.close()
    until(lambda: not track.reader_stats())


def test_what_is_sent_follows_the_traits(player, pages):
    pages.look(player)
    options = FakePeer.made[0].outgoing[0]._options
    player.max_bitrate, player.frame_rate = 500_000, 10.0
    assert (options.max_bitrate, options.frame_rate) == (500_000, 10.0)
    player.codec = "vp8"
    assert isinstance(pages.said_to(A)[-1], protocol.Start)


def test_closing_a_player_ends_its_connections_and_not_its_track(track, pages):
    player = Player(track)
    pages.look(player)
    player.close()
    player.close()
    assert FakePeer.made[0].closed
    assert isinstance(pages.said_to(A)[-1], protocol.Stop)
    assert track.ready_state == "live"


def test_a_track_has_one_player_for_all_its_displays(track, pages):
    player = player_of(track)
    assert player_of(track) is player
    player.close()
    another = player_of(track)
    assert another is not player
    another.close()


@pytest.mark.parametrize("other", [None, np.zeros((2, 2)), Camera])
def test_what_is_no_track_is_refused_with_what_is(other):
    with pytest.raises(TypeError, match="Player shows a VideoTrack"):
        Player(other)


def test_ipython_shows_a_track_by_its_player(track, pages, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    from rtcwidgets.widgets.formatters import register_formatters

    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    register_formatters()
    bundle, _ = shell.display_formatter.format(track)
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == player_of(track).model_id
    player_of(track).close()


def test_nothing_of_a_player_is_left_on_the_loop_when_it_is_closed(track, pages):
    player = Player(track)
    pages.look(player)
    watch = player._session._watch
    player.close()
    until(watch.done)
