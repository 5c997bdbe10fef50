"""Tracks that the kernel makes: from a function, from a file or URL; in real time, or at the readers' pace."""

import http.server
import threading
import time
import traceback
from fractions import Fraction

import av
import numpy as np
import pytest

from rtcwidgets.errors import SourceFailed, StreamStopped
from rtcwidgets.media.track import VideoTrack
from tests import stamps
from tests.waiting import until

FRAMES = 20
TIMES = [0.05 * n + 0.007 * (n % 3) for n in range(FRAMES)]


def numbered(index, width=320, height=240):
    image = np.full((height, width, 3), (40, 90, 160), np.uint8)
    stamps.encode(image, index, index * 100.0)
    return image


def write_file(path, times, codec="libx264", **stream_options):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, **stream_options)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for index, at in enumerate(times):
            picture = av.VideoFrame.from_ndarray(numbered(index), format="bgr24").reformat(format="yuv420p")
            picture.pts, picture.time_base = round(at * 1000), Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A file of FRAMES numbered pictures that come at uneven times."""
    return write_file(tmp_path_factory.mktemp("media") / "lesson.mkv", TIMES)


def images():
    for index in range(FRAMES):
        yield numbered(index)


@pytest.mark.parametrize("source", [images, lambda: images(), images(), list(images())], ids=str)
def test_a_generator_an_iterator_or_a_list_gives_its_pictures(source):
    track = VideoTrack.from_generator(source, frame_rate=25, real_time=False)
    shown = list(track.frames())
    assert [stamps.decode(frame.bgr).index for frame in shown] == list(range(FRAMES))
    assert [frame.time for frame in shown] == [index / 25 for index in range(FRAMES)]
    assert [frame.index for frame in shown] == list(range(FRAMES))


def test_a_function_is_called_for_each_picture():
    calls = []

    def draw():
        calls.append(1)
        return np.full((4, 4), len(calls), np.uint8)

    track = VideoTrack.from_generator(draw, real_time=False)
    with track.frames() as reader:
        assert [reader.next(timeout=5).gray[0, 0] for _ in range(3)] == [1, 2, 3]


def test_in_real_time_pictures_come_at_the_frame_rate():
    track = VideoTrack.from_generator(lambda: np.zeros((4, 4), np.uint8), frame_rate=50)
    with track, track.frames(every=True) as reader:
        first = reader.next(timeout=5)
        last = [reader.next(timeout=5) for _ in range(20)][-1]
    assert 0.35 < last.time - first.time < 0.6
    assert abs(last.time - time.time()) < 1.0


def test_a_generator_that_nobody_reads_is_not_called():
    calls = []
    track = VideoTrack.from_generator(lambda: calls.append(1) or np.zeros((4, 4), np.uint8), frame_rate=200)
    assert not calls
    track.frames().next(timeout=5)
    until(lambda: not track._demand.running)
    before = len(calls)
    VideoTrack.from_generator(lambda: np.zeros((4, 4), np.uint8), frame_rate=100).frames().next(timeout=5)
    assert len(calls) == before


def test_an_error_in_a_generator_reaches_its_readers():
    def fails():
        yield numbered(0)
        raise RuntimeError("no more paint")

    track = VideoTrack.from_generator(fails, real_time=False)
    reader = track.frames()
    reader.next(timeout=5)
    with pytest.raises(RuntimeError, match="no more paint"):
        reader.next(timeout=5)
    assert str(track.error) == "no more paint"
    assert track.ready_state == "ended"


def test_a_wrong_picture_of_a_generator_is_an_error_that_says_so():
    track = VideoTrack.from_generator(lambda: [1, 2, 3])
    with pytest.raises(TypeError, match=r"from_generator gave a list; wanted: an ndarray"):
        track.read(timeout=5)


def test_a_frame_rate_is_more_than_zero():
    with pytest.raises(ValueError, match="more than 0"):
        VideoTrack.from_generator(images, frame_rate=0)


def test_a_file_read_at_the_readers_pace_drops_nothing(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    shown = []
    for frame in track:
        if frame.index % 5 == 0:
            threading.Event().wait(0.02)  # a slow reader
        shown.append(stamps.decode(frame.bgr).index)
    assert shown == list(range(FRAMES))


def test_a_file_keeps_its_frame_times(lesson):
    times = [frame.time for frame in VideoTrack.from_file(lesson, real_time=False)]
    assert times == pytest.approx(TIMES, abs=0.001)


def test_reading_a_file_twice_gives_the_same_bits_and_times(lesson):
    def contents(track):
        return [(frame.time, frame.index, frame.bgr.tobytes()) for frame in track]

    track = VideoTrack.from_file(lesson, real_time=False)
    once = contents(track)
    assert len(once) == FRAMES
    assert contents(track) == once  # a new reader after the end begins anew
    assert contents(VideoTrack.from_file(lesson, real_time=False)) == once


def test_a_reader_that_goes_loses_no_frame_for_the_next_one(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    for frame in track:
        if frame.index == 4:
            break
    assert next(iter(track)).index == 5
    assert stamps.decode(track.read(timeout=5)).index == 6


def test_every_reader_of_a_paced_track_gets_every_frame(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    readers = [track.frames(), track.frames(), track.frames(every=True)]
    outcome = [[], [], []]

    def read(reader, into):
        into += [frame.index for frame in reader]

    threads = [threading.Thread(target=read, args=pair, daemon=True) for pair in zip(readers, outcome, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert outcome == [list(range(FRAMES))] * 3


def test_a_map_of_a_paced_track_drops_nothing_either(lesson):
    track = VideoTrack.from_file(lesson, real_time=False).map(lambda image: 255 - image)
    shown = [(frame.index, stamps.decode(255 - frame.bgr).index) for frame in track]
    assert shown == [(index, index) for index in range(FRAMES)]


async def test_a_paced_track_is_read_by_async_for_too(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    assert [frame.index async for frame in track] == list(range(FRAMES))


def test_read_says_once_that_the_end_is_reached_and_then_begins_anew(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    for index in range(FRAMES):
        assert stamps.decode(track.read(timeout=5)).index == index
    with pytest.raises(StreamStopped, match="at its end"):
        track.read(timeout=5)
    assert stamps.decode(track.read(timeout=5)).index == 0


def test_a_file_plays_in_real_time(lesson):
    track = VideoTrack.from_file(lesson)
    started = time.monotonic()
    shown = list(track.frames(every=True))
    assert 0.8 < time.monotonic() - started < 1.6
    assert [stamps.decode(frame.bgr).index for frame in shown] == list(range(FRAMES))
    assert shown[-1].time - shown[0].time == pytest.approx(0.957, abs=0.002)
    assert abs(shown[-1].time - time.time()) < 1.0


def test_a_loop_goes_on_in_time(lesson):
    track = VideoTrack.from_file(lesson, loop=True, real_time=False)
    with track, track.frames() as reader:
        shown = [reader.next(timeout=5) for _ in range(2 * FRAMES + 3)]
    assert [stamps.decode(frame.bgr).index for frame in shown] == [*range(FRAMES), *range(FRAMES), 0, 1, 2]
    assert all(np.diff([frame.time for frame in shown]) > 0)


def test_a_file_says_what_it_is(lesson):
    track = VideoTrack.from_file(lesson)
    assert (track.width, track.height) == (320, 240)
    assert track.duration == pytest.approx(0.96, abs=0.1)
    assert "lesson.mkv" in repr(track)


def test_a_closed_file_is_let_go(lesson):
    track = VideoTrack.from_file(lesson, real_time=False)
    reader = track.frames()
    reader.next(timeout=5)
    track.close()
    assert not track._demand.running
    assert track._playback._pieces is None
    with pytest.raises(StreamStopped):
        reader.next(timeout=5)


def test_a_missing_file_is_said_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file '.*absent\.mp4'"):
        VideoTrack.from_file(tmp_path / "absent.mp4")


def test_a_file_that_is_no_video_is_refused(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("no video\n" * 50)
    with pytest.raises(SourceFailed, match=r"cannot be read.*video or audio file"):
        VideoTrack.from_file(path)


def test_a_file_without_video_says_what_it_has(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(SourceFailed, match="has no video, only audio"):
        VideoTrack.from_file(path)


class MotionJpeg(http.server.BaseHTTPRequestHandler):
    """A camera as network cameras are: multipart JPEG without an end."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        index = 0
        try:
            while not self.server.over.wait(0.01):
                jpeg = VideoTrack.writer()
                jpeg.write(numbered(index))
                picture = jpeg.latest._repr_jpeg_()
                self.wfile.write(b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture))
                self.wfile.write(picture + b"\r\n")
                index += 1
        except OSError:
            self.server.left.set()

    def log_message(self, format, *args):
        pass


@pytest.fixture
def network_camera():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MotionJpeg)
    server.over, server.left = threading.Event(), threading.Event()
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_motion_jpeg_comes_over_http(network_camera):
    url = f"http://127.0.0.1:{network_camera.server_port}/camera"
    track = VideoTrack.from_file(url, timeout=5)
    with track, track.frames() as reader:
        shown = [reader.next(timeout=5) for _ in range(5)]
    numbers = [stamps.decode(frame.bgr).index for frame in shown]
    assert numbers == sorted(set(numbers))
    assert max(abs(shown[0].bgr[200, 160].astype(int) - (40, 90, 160))) <= 4
    assert abs(shown[-1].time - time.time()) < 2.0


def test_a_live_url_that_nobody_reads_any_more_is_left(network_camera):
    url = f"http://127.0.0.1:{network_camera.server_port}/camera"
    track = VideoTrack.from_file(url, timeout=5)
    network_camera.left.wait(5)  # the look at what it is
    network_camera.left.clear()
    reader = track.frames()
    reader.next(timeout=5)
    reader.close()
    assert network_camera.left.wait(5)


def test_a_url_that_refuses_is_an_error_with_a_remedy(network_camera):
    network_camera.server_close()
    with pytest.raises(SourceFailed, match="Check the address"):
        VideoTrack.from_file(f"http://127.0.0.1:{network_camera.server_port}/camera", timeout=5)


def test_the_password_of_a_url_is_in_no_text(network_camera):
    network_camera.server_close()
    secret = "sesame"[::-1]
    with pytest.raises(SourceFailed) as caught:
        VideoTrack.from_file(f"http://me:{secret}@127.0.0.1:{network_camera.server_port}/camera", timeout=5)
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert "127.0.0.1" in str(caught.value)


def test_a_camera_of_the_kernels_machine_says_what_it_needs(monkeypatch):
    monkeypatch.setattr("pathlib.Path.exists", lambda path: True)
    with pytest.raises(SourceFailed, match=r"/dev/video77.*v4l2.*rtcwidgets\.Camera"):
        VideoTrack.from_file("/dev/video77")


def test_a_url_that_says_nothing_ends_in_its_timeout():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/camera"
        started = time.monotonic()
        with pytest.raises(SourceFailed, match=r"gave nothing for 0\.3 s"):
            VideoTrack.from_file(url, timeout=0.3)
        assert time.monotonic() - started < 3
