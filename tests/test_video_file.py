"""A file that the page plays: what travels, what is steered, what readers are told at its end."""

import threading

import pytest
import traitlets

from rtcwidgets import FrameTimeout, SourceFailed, VideoFile
from rtcwidgets.widgets import video_file
from tests.pictures import frame
from tests.test_media_stream import Sent, go_live, io_is_done, say

CONTENT = bytes(range(256)) * 40


def all_is_heard():
    """What a page said so far was heard: its message starts a task on the io thread, and that takes a turn more."""
    io_is_done()
    io_is_done()


class SentWithBuffers(Sent):
    """Messages to the page, and the buffers that came with them."""

    def __init__(self):
        super().__init__()
        self.buffers = []

    def __call__(self, content, buffers=None):
        if buffers:
            self.buffers += buffers
        super().__call__(content)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "film.mp4"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def playing(request):
    """Make a VideoFile whose page has asked for nothing yet."""
    made = []

    def video_of(source, **options):
        video = VideoFile(source, **options)
        video.send = SentWithBuffers()
        made.append(video)
        say(video, type="hello", seq=0, version="0.1.0", protocol=1, views=1)
        say(video, type="asking", seq=1)
        all_is_heard()
        return video

    yield video_of
    for video in made:
        video.close()


def plays(video, seq, **changes):
    """What the page tells of it."""
    told = {
        "playing": True, "current_time": 1.0, "duration": 2.0, "playback_rate": 1.0, "loop": False, "muted": True,
        "ended": False,
    }  # fmt: skip
    say(video, type="playback", seq=seq, **told | changes)
    all_is_heard()


def last_play(video):
    return [message for message in video.send if message["type"] == "play"][-1]


# -- the way of the file


@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "a path"])
def test_the_page_gets_the_file_part_by_part(playing, path, monkeypatch, as_bytes):
    monkeypatch.setattr(video_file, "PART_BYTES", 4000)
    video = playing(CONTENT if as_bytes else path)
    for seq, offset in enumerate((0, 4000, 8000), start=2):
        say(video, type="read-file", seq=seq, offset=offset)
        wait_for_part(video, offset)
    assert b"".join(video.send.buffers) == CONTENT
    assert [m["size"] for m in video.send if m["type"] == "file-part"] == [len(CONTENT)] * 3


def wait_for_part(video, offset):
    with video.send.changed:
        assert video.send.changed.wait_for(
            lambda: any(m["type"] == "file-part" and m["offset"] == offset for m in video.send), 5
        )
    all_is_heard()


def test_a_url_is_the_pages_own_to_load(playing):
    video = playing("https://example.org/film.mp4")
    say(video, type="read-file", seq=2, offset=0)
    part = video.send.expect("file-part")
    assert part["url"] == "https://example.org/film.mp4"
    assert video.send.buffers == []


def test_nothing_of_the_file_is_saved_with_the_notebook(playing, path):
    for source in (CONTENT, path, "https://user:secret@example.org/film.mp4"):
        state = str(playing(source).get_state())
        assert "film" not in state
        assert "secret" not in state


def test_a_page_that_does_not_publish_gets_nothing(path):
    with VideoFile(path) as video:
        video.send = SentWithBuffers()
        say(video, type="hello", seq=0, version="0.1.0", protocol=1, views=1)
        say(video, type="read-file", seq=1, offset=0)
        all_is_heard()
        assert video.send.buffers == []


def test_a_part_beyond_the_end_is_empty(playing, path):
    video = playing(path)
    say(video, type="read-file", seq=2, offset=2**40)
    video.send.expect("file-part")
    assert b"".join(video.send.buffers) == b""


def test_a_file_that_is_gone_when_it_is_to_play_is_told_to_page_and_readers(playing, path):
    video = playing(path)
    path.unlink()
    say(video, type="read-file", seq=2, offset=0)
    assert "There is no file" in video.send.expect("failure")["message"]
    all_is_heard()
    with pytest.raises(SourceFailed, match="There is no file"):
        video.read(timeout=1)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("nowhere.mp4", "There is no file nowhere.mp4"),
        ("rtsp://camera.example.org/1", r"A page loads no rtsp: URL.*VideoTrack\.from_file"),
        (b"", "0 bytes"),
    ],
)
def test_what_cannot_be_played_is_refused_at_once(source, why):
    with pytest.raises(SourceFailed, match=why):
        VideoFile(source)


def test_a_source_of_another_kind_is_refused():
    with pytest.raises(traitlets.TraitError, match="a path, bytes or a URL, not int"):
        VideoFile(7)


# -- steering


def test_the_options_are_how_it_begins(playing, path):
    video = playing(path, playing=False, loop=True, playback_rate=0.5, current_time=3.0, muted=False)
    say(video, type="read-file", seq=2, offset=0)
    play = video.send.expect("play")
    assert {name: play[name] for name in ("playing", "loop", "playback_rate", "current_time", "muted")} == {
        "playing": False, "loop": True, "playback_rate": 0.5, "current_time": 3.0, "muted": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [("playback_rate", 0), ("playback_rate", 99.0), ("current_time", -1.0), ("playing", "yes")]
)
def test_an_impossible_value_is_refused_by_name(path, name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        VideoFile(path, **{name: value})


def test_a_trait_that_is_set_asks_the_page_and_nothing_else(playing, path):
    video = playing(path)
    plays(video, 2)
    video.playing = False
    assert last_play(video) == {
        "type": "play", "to": "client-aaaa", "playing": False, "current_time": None, "playback_rate": None,
        "loop": None, "muted": None,
    }  # fmt: skip
    assert video.playing is False


def test_what_the_user_does_in_the_page_is_an_event_in_python(playing, path):
    video = playing(path)
    heard, told = [], threading.Event()
    video.observe(lambda change: (heard.append(change["new"]), told.set()), "playback_rate")
    plays(video, 2, playback_rate=2.0)
    assert told.wait(5)
    assert heard == [2.0]
    assert video.playback_rate == 2.0


def test_between_two_words_of_the_page_the_time_goes_on(playing, path):
    video = playing(path)
    plays(video, 2, current_time=1.0, duration=1000.0, playback_rate=16.0)
    first = video.current_time
    assert 1.0 <= first < 1000.0
    plays(video, 3, current_time=5.0, playing=False)
    assert video.current_time == 5.0
    plays(video, 4, current_time=1.9, duration=2.0, playback_rate=1000.0)
    assert video.current_time <= 2.0


def test_a_page_that_comes_later_goes_on_where_the_one_before_was(playing, path):
    video = playing(path)
    plays(video, 2, current_time=1.5, playing=False)
    say(video, type="stopped", seq=3, reason="user")
    say(video, type="asking", seq=4)
    say(video, type="read-file", seq=5, offset=0)
    play = video.send.expect("play")
    assert (play["current_time"], play["playing"]) == (1.5, False)


# -- the end of the file


def test_at_the_end_the_last_picture_is_not_given_for_ever_and_readers_are_told(playing, path, monkeypatch):
    monkeypatch.setattr(video_file, "LAST_PICTURE_S", 0.0)
    video = playing(path)
    go_live(video)
    video.publish(frame(1))
    assert video.read(timeout=1) is not None
    plays(video, 2, playing=False, ended=True, current_time=2.0)
    video.publish(frame(2))
    with pytest.raises(FrameTimeout, match=r"at its end.*video\.loop = True"):
        video.read(timeout=0.05)
    assert video.state == "live"
    video.current_time = 0.0
    video.publish(frame(3))
    assert video.read(timeout=1) is not None


def test_readers_of_a_paused_video_are_told(playing, path):
    video = playing(path)
    go_live(video)
    video.publish(frame(1))
    video.read(timeout=1)
    plays(video, 2, playing=False)
    with pytest.raises(FrameTimeout, match=r"paused.*video\.playing = True"):
        video.read(timeout=0.05)


def test_a_video_at_its_end_begins_anew_when_it_is_started_again(playing, path):
    video = playing(path)
    plays(video, 2, playing=False, ended=True, current_time=2.0)
    say(video, type="stopped", seq=3, reason="user")
    say(video, type="asking", seq=4)
    say(video, type="read-file", seq=5, offset=0)
    play = video.send.expect("play")
    assert (play["current_time"], play["playing"]) == (0.0, True)
