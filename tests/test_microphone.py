"""A stream of sound alone, without a browser: a fake page on the other end."""

import threading

import numpy as np
import pytest
import traitlets

from rtcwidgets import (
    AudioBlock,
    AudioStats,
    Camera,
    ConstraintsNotMet,
    FrameTimeout,
    MediaStream,
    Microphone,
    MicrophoneUnavailable,
    NotDisplayed,
    PermissionDenied,
    StreamStopped,
    VideoStats,
    VideoStream,
    __version__,
)
from rtcwidgets.widgets.wording import MICROPHONE
from tests.pictures import frame
from tests.test_media_stream import Sent, say
from tests.waiting import until

RATE = 48_000


@pytest.fixture
def mic():
    microphone = Microphone()
    microphone.send = Sent()
    yield microphone
    microphone.close()


@pytest.fixture
def cam():
    camera = Camera(audio=True)
    camera.send = Sent()
    yield camera
    camera.close()


def block(value=0.5, seconds=0.02, channels=1, at=100.0):
    return AudioBlock(np.full((round(seconds * RATE), channels), value, np.float32), RATE, at)


def grant(stream, *kinds):
    """Speak as a page that has opened these devices."""
    say(stream, type="hello", seq=0, version=__version__, protocol=1, views=1)
    say(stream, type="asking", seq=1)
    told = {"label": "a device", "enabled": True, "muted": False, "ready_state": "live", "capabilities": {}}
    tracks = [
        {**told, "id": kind, "kind": kind, "settings": {"sampleRate": RATE} if kind == "audio" else {"width": 64}}
        for kind in kinds
    ]
    say(stream, type="granted", seq=2, tracks=tracks, colour_space={"matrix": "", "full_range": False})
    until(lambda: stream.state == "connecting" and stream.tracks)


def test_the_first_sound_makes_a_microphone_live(mic):
    grant(mic, "audio")
    assert mic.state == "connecting"
    reader = mic.blocks()
    mic.publish_audio(block())
    assert mic.state == "live"
    heard = reader.next(1)
    assert (heard.samples.shape, heard.sample_rate, heard.time) == ((960, 1), RATE, 100.0)
    assert mic.settings == {"label": "a device", "pattern": False, "sample_rate": RATE}
    assert [track.kind for track in mic.tracks] == ["audio"]


def test_a_read_is_as_long_as_asked_for(mic):
    grant(mic, "audio")
    heard = []
    thread = threading.Thread(target=lambda: heard.append(mic.read(seconds=0.05, timeout=5)))
    thread.start()
    while thread.is_alive():
        mic.publish_audio(block())
    assert heard[0].samples.shape == (2400, 1)


def test_iterating_ends_with_stop(mic):
    grant(mic, "audio")
    blocks = iter(mic)
    mic.publish_audio(block())
    mic.stop()
    assert len(list(blocks)) == 1


def test_sound_is_mapped_and_resampled(mic):
    assert mic.resample(16_000).sample_rate == 16_000

    @mic.map
    def louder(samples):
        return samples * 2

    grant(mic, "audio")
    reader = louder.blocks()
    mic.publish_audio(block(0.25))
    assert reader.next(5).samples.max() == 0.5


def test_sound_after_the_stop_is_not_taken(mic):
    grant(mic, "audio")
    reader = mic.blocks()
    mic.stop()
    mic.publish_audio(block())
    with pytest.raises(StreamStopped):
        reader.next(0.1)


def test_what_is_missing_is_said_of_the_microphone(mic):
    with pytest.raises(NotDisplayed, match=r"only a page has a microphone.*display\(mic\)"):
        mic.read(1, timeout=0.01)
    grant(mic, "audio")
    with pytest.raises(FrameTimeout, match="The microphone is on"):
        mic.read(1, timeout=0.01)
    mic.publish_audio(block())
    with pytest.raises(FrameTimeout, match="no sound came in time"):
        mic.read(1, timeout=0.01)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NotAllowedError", PermissionDenied),
        ("NotFoundError", MicrophoneUnavailable),
        ("NotReadableError", MicrophoneUnavailable),
        ("AbortError", MicrophoneUnavailable),
        ("ended", MicrophoneUnavailable),
        ("OverconstrainedError", ConstraintsNotMet),
        ("Whatever", Exception),
    ],
)
def test_a_refusal_speaks_of_the_microphone_and_never_of_a_camera(name, kind):
    error = MICROPHONE.refusal(name, "detail")
    assert isinstance(error, kind)
    assert "microphone" in str(error)
    assert "camera" not in str(error)


def test_a_refusal_in_the_page_is_the_error_in_python(mic):
    grant(mic, "audio")
    say(mic, type="refused", seq=5, name="NotFoundError", message="Requested device not found")
    until(lambda: mic.state == "failed")
    with pytest.raises(MicrophoneUnavailable, match="found no microphone"):
        mic.read(1)


def test_options_are_synced_and_what_is_video_is_not_there(mic):
    state = mic.get_state()
    assert {"device_id", "echo_cancellation", "noise_suppression", "auto_gain_control", "channel_count"} <= set(state)
    assert state["_source"] == "microphone"
    for name in ("frame", "still", "snapshot", "frames", "video_track", "mirror", "codec", "fallback"):
        assert not hasattr(mic, name), name
    assert isinstance(mic, MediaStream)
    assert not isinstance(mic, VideoStream)


def test_the_number_of_channels_stays():
    with Microphone(channel_count=2) as stereo:
        assert (stereo.audio_track.channels, stereo.channel_count) == (2, 2)
        with pytest.raises(traitlets.TraitError):
            stereo.channel_count = 1
    with pytest.raises(traitlets.TraitError):
        Microphone(channel_count=3)
    with pytest.raises(TypeError, match="did you mean 'echo_cancellation'"):
        Microphone(echo_cancelation=False)


def test_stats_are_of_the_sound(mic):
    grant(mic, "audio")
    mic.blocks()
    assert isinstance(mic.stats, AudioStats)
    assert repr(mic) == "<Microphone: connecting>"


# -- beside pictures


def test_a_cameras_sound_begins_with_its_first_picture(cam):
    grant(cam, "video", "audio")
    blocks = cam.audio_track.blocks()
    cam.publish_audio(block(0.1))
    assert cam.state == "connecting"
    cam.publish(frame(0))
    cam.publish_audio(block(0.2))
    assert blocks.next(1).samples[0, 0] == np.float32(0.2)
    assert isinstance(cam.stats, VideoStats)
    assert isinstance(cam.stats.audio, AudioStats)


def test_a_camera_without_sound_says_so_to_who_listens(cam):
    grant(cam, "video")
    cam.publish(frame(0))
    with pytest.raises(MicrophoneUnavailable, match="audio=True"):
        cam.audio_track.read(0.1)
    assert cam.stats.audio is None


def test_closing_ends_the_sound_too(cam):
    cam.close()
    assert cam.audio_track.ready_state == "ended"
