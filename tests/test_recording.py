"""Recordings: the times, colours and sounds that went in come out; nothing is lost in silence; a kill leaves a file."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rtcwidgets.errors import RecordingFailed
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.recording import Recorder
from rtcwidgets.media.samples import AudioBlock
from rtcwidgets.media.track import VideoTrack
from tests import stamps
from tests.pictures import flat_picture
from tests.waiting import until

RATE = 48000
VIDEO = [".mp4", ".mkv", ".webm"]
SECONDS = 10


def stamped(index, time_ms, width=320, height=240):
    image = np.full((height, width, 3), (40, 90, 160), np.uint8)
    stamps.encode(image, index, time_ms)
    return image


def uneven_times(count, interval=1 / 30):
    """Times as a camera has them: growing, not in step."""
    return [index * interval + 0.004 * np.sin(index) for index in range(count)]


def record(path, pictures, at, **options):
    """A recording of these pictures at those times, none of them lost."""
    track = VideoTrack.writer()
    with Recorder(path, track, **options) as recorder:
        for number, (picture, when) in enumerate(zip(pictures, at, strict=True)):
            track.write(picture, time=when)
            until(lambda number=number: recorder.progress.frames + recorder.progress.dropped > number)
    return recorder


def decoded(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(float(picture.pts * picture.time_base), picture) for picture in container.decode(stream)]


@pytest.mark.parametrize("ending", VIDEO)
def test_frames_keep_their_times_and_their_order(tmp_path, ending):
    at = [1000.0 + when for when in uneven_times(40)]
    path = tmp_path / f"stamps{ending}"
    record(path, [stamped(index, index) for index in range(40)], at)
    shown = decoded(path)
    assert [stamps.decode(picture.to_ndarray(format="bgr24")).index for _, picture in shown] == list(range(40))
    times = [when for when, _ in shown]
    assert np.abs(np.subtract(times, times[0]) - np.subtract(at, at[0])).max() <= 0.001


@pytest.mark.parametrize("ending", VIDEO)
def test_a_replay_has_the_same_times_and_twice_the_same_bits(tmp_path, ending):
    at = uneven_times(20)
    path = tmp_path / f"lesson{ending}"
    record(path, [stamped(index, index) for index in range(20)], at)

    def contents():
        return [(frame.time, frame.bgr.tobytes()) for frame in VideoTrack.from_file(path, real_time=False)]

    once = contents()
    times = [when for when, _ in once]
    assert np.abs(np.subtract(times, times[0]) - np.subtract(at, at[0])).max() <= 0.001
    assert contents() == once


@pytest.mark.parametrize("ending", [*VIDEO, ".gif"])
@pytest.mark.parametrize("bgr", [(30, 120, 210), (200, 60, 30), (255, 255, 255), (0, 0, 0)])
def test_a_flat_patch_comes_back_in_its_colour(tmp_path, ending, bgr):
    path = tmp_path / f"flat{ending}"
    record(path, [np.full((48, 64, 3), bgr, np.uint8)] * 3, [0.0, 0.1, 0.2])
    for frame in VideoTrack.from_file(path, real_time=False):
        assert np.abs(frame.bgr[8:40, 8:56].astype(int) - bgr).max() <= 4


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_the_colours_are_tagged(tmp_path, ending):
    path = tmp_path / f"tagged{ending}"
    record(path, [stamped(0, 0)] * 2, [0.0, 0.1])
    picture = decoded(path)[0][1]
    assert (picture.colorspace, picture.color_range) == (6, 1)


def publish_and_record(path, pictures):
    track = VideoTrack()
    with track.record(path) as recorder:
        for index, picture in enumerate(pictures):
            track.publish(Frame(picture, index=index, time=index / 10))
        until(lambda: recorder.progress.frames == len(pictures))
    return [frame.bgr for frame in VideoTrack.from_file(path, real_time=False)]


def test_a_decoded_picture_is_encoded_as_it_is_and_left_as_it_was(tmp_path):
    picture = flat_picture()
    picture.pts, before = 77, flat_picture().to_ndarray()
    shown = publish_and_record(tmp_path / "camera.mkv", [picture] * 3)
    assert np.abs(shown[0][24, 32].astype(int) - (30, 120, 210)).max() <= 4
    assert (picture.pts, picture.time_base) == (77, flat_picture().time_base)
    assert np.array_equal(picture.to_ndarray(), before)


def test_a_canvas_of_full_range_keeps_its_colours(tmp_path):
    image = np.full((48, 64, 3), (200, 60, 30), np.uint8)
    picture = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(
        format="yuv420p", dst_colorspace=1, dst_color_range=2
    )
    picture.colorspace, picture.color_range = 1, 2
    shown = publish_and_record(tmp_path / "canvas.mp4", [picture] * 3)
    assert np.abs(shown[0][24, 32].astype(int) - (200, 60, 30)).max() <= 4


@pytest.mark.parametrize("ending", [*VIDEO, ".gif"])
def test_an_odd_size_loses_its_last_row_and_column(tmp_path, ending):
    image = np.zeros((37, 51, 3), np.uint8)
    image[:, 26:] = 255
    path = tmp_path / f"odd{ending}"
    record(path, [image] * 2, [0.0, 0.1])
    frame = next(iter(VideoTrack.from_file(path, real_time=False)))
    assert (frame.height, frame.width) == (36, 50)
    if ending != ".gif":
        assert frame.gray[18, 20] < 20
        assert frame.gray[18, 30] > 235


def test_frames_of_another_size_are_scaled_to_the_first(tmp_path):
    path = tmp_path / "sizes.mp4"
    record(path, [stamped(0, 0), stamped(1, 1, 640, 480), stamped(2, 2, 160, 120)], [0.0, 0.1, 0.2])
    shown = list(VideoTrack.from_file(path, real_time=False))
    assert {(frame.width, frame.height) for frame in shown} == {(320, 240)}
    assert stamps.decode(shown[1].bgr).index == 1


def test_gray_and_alpha_are_recorded_too(tmp_path):
    path = tmp_path / "kinds.mkv"
    record(path, [np.full((48, 64), 200, np.uint8), np.full((48, 64, 4), 100, np.uint8)], [0.0, 0.1])
    shown = list(VideoTrack.from_file(path, real_time=False))
    assert [abs(int(frame.gray[20, 20]) - value) <= 4 for frame, value in zip(shown, (200, 100), strict=True)] == [
        True,
        True,
    ]


def test_two_frames_of_one_tick_are_counted_as_one_dropped(tmp_path):
    recorder = record(tmp_path / "twins.mkv", [stamped(n, n) for n in range(3)], [0.0, 0.0002, 0.1])
    assert (recorder.progress.frames, recorder.progress.dropped) == (2, 1)


def test_a_slow_encoder_drops_frames_counted_and_delays_nobody(tmp_path, monkeypatch):
    go_on = threading.Event()
    add_frame = "rtcwidgets.media.recorded_file.RecordedFile.add_frame"
    from rtcwidgets.media.recorded_file import RecordedFile

    original = RecordedFile.add_frame
    monkeypatch.setattr(add_frame, lambda self, frame: go_on.wait(10) and original(self, frame))
    track = VideoTrack.writer()
    recorder = track.record(tmp_path / "slow.mkv")
    started = time.monotonic()
    for index in range(100):
        track.write(stamped(index, index), time=index / 30)
    assert time.monotonic() - started < 5
    go_on.set()
    done = recorder.stop()
    assert done.frames + done.dropped == 100
    assert done.dropped >= 100 - 34
    assert len(decoded(tmp_path / "slow.mkv")) == done.frames


class Lesson:
    """Ten seconds of stamps and of a tone, with a flash and a click each second, played faster than real time."""

    ZERO = 5000.0

    def __init__(self, path):
        self.video, self.audio = VideoTrack.writer(), AudioTrack.writer(RATE)
        self.path = path
        self.frames = 0

    def record(self):
        with self.video.record(self.path, audio=self.audio) as recorder:
            for number, at in enumerate(uneven_times(SECONDS * 30)):
                self.video.write(self.picture(number, at), time=self.ZERO + at)
                if number == 0:
                    until(lambda: recorder._file.begun.is_set())
                if number % 30 == 0:
                    self.write_sound(number // 30)
                until(lambda number=number: number - recorder.progress.frames < 8)
                self.frames += 1
            until(lambda: not self.audio_waits(recorder))
        return recorder

    def picture(self, number, at):
        image = stamped(number, at * 1000)
        if number % 30 == 15:
            image[120:] = 255
        return image

    def write_sound(self, second):
        at = (second * RATE + np.arange(RATE)) / RATE
        wave = 0.3 * np.sin(2 * np.pi * 440 * at)
        click = np.abs(at - uneven_times(SECONDS * 30)[second * 30 + 15]) < 0.005
        self.audio.write(np.where(click, 0.95 * np.sign(np.sin(2 * np.pi * 4000 * at)), wave), time=self.ZERO + second)
        until(lambda: not self.audio._readers or all(reader._kept < RATE for reader in self.audio._readers))

    def audio_waits(self, recorder):
        return recorder._block_reader.has_next()


@pytest.fixture(scope="module", params=VIDEO)
def lesson(request, tmp_path_factory):
    made = Lesson(tmp_path_factory.mktemp("lesson") / f"lesson{request.param}")
    return made, made.record()


def test_a_recording_has_its_length_and_every_frame(lesson):
    made, recorder = lesson
    with av.open(str(made.path)) as container:
        assert container.duration / 1e6 == pytest.approx(SECONDS, abs=0.1)
    assert recorder.progress.frames == made.frames - recorder.progress.dropped == SECONDS * 30
    assert len(decoded(made.path)) == recorder.progress.frames
    assert recorder.progress.seconds == pytest.approx(SECONDS, abs=0.1)
    assert recorder.progress.bytes == made.path.stat().st_size
    assert recorder.progress.lost_seconds == 0
    assert "300 frames" in str(recorder.progress)


def test_each_stamp_in_the_picture_is_its_time_in_the_file(lesson):
    made, _ = lesson
    shown = [(when, stamps.decode(picture.to_ndarray(format="bgr24"))) for when, picture in decoded(made.path)]
    first = shown[0][0]
    assert all(abs((when - first) * 1000 - stamp.time_ms) <= 1.1 for when, stamp in shown)


def test_the_tone_has_its_pitch(lesson):
    made, _ = lesson
    block = AudioTrack.from_file(made.path, real_time=False).read(9.0, timeout=10)
    spectrum = np.abs(np.fft.rfft(block.samples[:, 0] * np.hanning(len(block))))
    assert np.argmax(spectrum) * block.sample_rate / len(block) == pytest.approx(440, abs=0.5)


def test_flash_and_click_come_together(lesson):
    made, _ = lesson
    flashes = [when for when, picture in decoded(made.path) if picture.to_ndarray(format="gray")[200, 100] > 230]
    block = AudioTrack.from_file(made.path, real_time=False).read(20.0, timeout=10)
    loud = np.flatnonzero(np.abs(block.samples[:, 0]) > 0.7) / block.sample_rate + block.time
    clicks = [loud[0], *(later for earlier, later in itertools.pairwise(loud) if later - earlier > 0.5)]
    assert len(flashes) == len(clicks) == SECONDS
    assert np.abs(np.subtract(flashes, clicks)).max() < 0.04


def blocks(seconds, first=0.0, size=480):
    for start in range(0, round(seconds * RATE), size):
        at = (start + np.arange(size)) / RATE
        yield AudioBlock(np.sin(2 * np.pi * 440 * at).astype(np.float32)[:, None] / 2, RATE, first + start / RATE)


def test_sound_alone_is_recorded_as_wav_bit_by_bit(tmp_path):
    track = AudioTrack()
    wave = (np.sin(np.arange(8000) / 5) * 20000).astype(np.int16)
    with track.record(tmp_path / "tone.wav") as recorder:
        track.publish(AudioBlock((wave / 32768).astype(np.float32)[:, None], 8000, 3.0))
    assert recorder.progress.seconds == pytest.approx(1.0)
    replay = AudioTrack.from_file(tmp_path / "tone.wav", real_time=False)
    assert (replay.sample_rate, replay.channels) == (8000, 1)
    assert np.array_equal(np.round(replay.read(1.0, timeout=5).samples[:, 0] * 32768), wave)


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".webm", ".wav"])
def test_missing_sound_is_silence_so_that_the_rest_keeps_its_time(tmp_path, ending):
    track = AudioTrack()
    path = tmp_path / f"gap{ending}"
    with track.record(path):
        for block in [*blocks(0.5), *blocks(0.5, first=1.5)]:
            track.publish(block)
    sound = AudioTrack.from_file(path, real_time=False).read(5.0, timeout=5)
    assert sound.duration == pytest.approx(2.0, abs=0.1)
    middle = sound.samples[int(0.7 * RATE) : int(1.3 * RATE)]
    assert np.abs(middle).max() < 0.05
    assert np.abs(sound.samples[int(1.6 * RATE) : int(1.8 * RATE)]).max() > 0.4


def test_sound_before_the_first_frame_is_left_out(tmp_path):
    video, audio = VideoTrack.writer(), AudioTrack()
    with video.record(tmp_path / "late.mkv", audio=audio) as recorder:
        for block in blocks(1.0):
            audio.publish(block)
        video.write(stamped(0, 0), time=0.5)
        until(lambda: recorder.progress.seconds > 0.45)
    assert recorder.progress.seconds == pytest.approx(0.5, abs=0.05)
    assert recorder.progress.lost_seconds == 0


def test_nothing_is_overwritten_unasked(tmp_path):
    path = tmp_path / "mine.mp4"
    path.write_text("precious")
    track = VideoTrack.writer()
    with pytest.raises(FileExistsError, match=r"mine\.mp4.*overwrite=True"):
        track.record(path)
    assert path.read_text() == "precious"
    assert track.reader_stats() == ()
    record(path, [stamped(0, 0)] * 2, [0.0, 0.1], overwrite=True)
    assert len(decoded(path)) == 2


@pytest.mark.parametrize(
    ("name", "kinds", "said"),
    [
        ("x.avi", "v", r"a recording ends in \.mp4, \.mkv"),
        ("x.wav", "v", r"\.wav holds no video"),
        ("x.gif", "a", r"\.gif holds no audio"),
        ("x.mp4", "vv", "one of each"),
        ("x.mp4", "", "one of each"),
    ],
)
def test_what_a_file_cannot_hold_is_refused(tmp_path, name, kinds, said):
    tracks = [VideoTrack() if kind == "v" else AudioTrack() for kind in kinds]
    with pytest.raises(ValueError, match=said):
        Recorder(tmp_path / name, *tracks)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        VideoTrack().record(tmp_path / "no" / "x.mp4")


def test_a_recording_of_nothing_says_so_and_leaves_no_file(tmp_path):
    recorder = VideoTrack.writer().record(tmp_path / "empty.mp4")
    with pytest.raises(RecordingFailed, match="nothing came"):
        recorder.stop()
    assert list(tmp_path.iterdir()) == []
    assert recorder.state == "inactive"


def test_an_error_while_encoding_ends_the_recording_and_is_told(tmp_path, monkeypatch):
    def full(self, packets):
        raise OSError("No space left on device")

    monkeypatch.setattr("rtcwidgets.media.recorded_file.RecordedFile._mux", full)
    track = VideoTrack.writer()
    recorder = track.record(tmp_path / "full.mp4")
    track.write(stamped(0, 0))
    until(lambda: recorder.state == "inactive")
    with pytest.raises(RecordingFailed, match="No space left"):
        recorder.stop()
    assert track.reader_stats() == ()


def test_a_recording_ends_with_its_tracks(tmp_path):
    track = VideoTrack.from_generator((stamped(n, n) for n in range(60)), real_time=False)
    recorder = track.map(lambda image: image[::2, ::2]).record(tmp_path / "all.mkv")
    recorder.wait(20)
    assert recorder.state == "inactive"
    assert (recorder.progress.frames, recorder.progress.dropped) == (60, 0)


def test_a_recording_makes_its_track_run_until_it_is_stopped(tmp_path):
    track = VideoTrack.from_generator(lambda: stamped(0, 0), frame_rate=100)
    recorder = track.record(tmp_path / "run.mp4")
    until(lambda: recorder.progress.frames > 3)
    recorder.stop()
    recorder.stop()  # may be called again
    until(lambda: not track._demand.running)
    assert not [thread for thread in threading.enumerate() if "record" in thread.name]


RECORDING = """
import sys, time
import numpy as np
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.track import VideoTrack
from tests import stamps

path = sys.argv[1]
tracks = []
if not path.endswith(".wav"):
    video = VideoTrack.writer()
    tracks.append(video)
if not path.endswith(".gif"):
    audio = AudioTrack.writer(48000)
    tracks.append(audio)
from rtcwidgets.media.recording import Recorder
recorder = Recorder(path, *tracks)
for n in range(10**6):
    at = n / 30
    if not path.endswith(".wav"):
        image = np.full((240, 320, 3), (40, 90, 160), np.uint8)
        stamps.encode(image, n, at * 1000)
        video.write(image, time=at)
    if not path.endswith(".gif"):
        audio.write(np.sin(np.arange(1600) / 20) / 2, time=at)
    readers = [recorder._frame_reader, recorder._block_reader]
    while any(reader is not None and reader.has_next() for reader in readers):
        time.sleep(0.001)  # faster than the clock, but not than the encoders
    print(at, flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".webm", ".wav", ".gif"])
def test_a_killed_process_leaves_a_file_up_to_about_its_last_second(tmp_path, ending):
    path = tmp_path / f"killed{ending}"
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        while float(process.stdout.readline()) < 3.0:
            process.stdin.write("\n")
            process.stdin.flush()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        process.stdin.close()
        process.stdout.close()
    if ending == ".wav":
        assert AudioTrack.from_file(path, real_time=False).read(10.0, timeout=5).duration > 2.0
        return
    shown = list(VideoTrack.from_file(path, real_time=False))
    assert shown[-1].time - shown[0].time > 2.0
    assert stamps.decode(shown[-1].bgr).index == len(shown) - 1


def test_the_clock_of_mp4_is_fine():
    from rtcwidgets.media.file_format import FILE_FORMATS

    assert FILE_FORMATS[".mp4"].tick == Fraction(1, 90_000)
