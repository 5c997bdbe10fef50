"""`map`: a new track of what a function returns; the function can be slow or wrong, the tracks around it are not."""

import gc
import inspect
import threading
import time
import weakref

import numpy as np
import pytest

import rtcwidgets as rtc
from rtcwidgets.errors import FrameTimeout, NotDisplayed, StreamClosed, StreamStopped
from rtcwidgets.media import reader as reader_module
from rtcwidgets.media.track import VideoTrack
from tests.pictures import frame
from tests.waiting import until


def noise(height=48, width=64, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


class Feed:
    """A written track that goes on, in a thread, until the end of the test."""

    def __init__(self, interval=0.005):
        self.track = VideoTrack.writer()
        self._over = threading.Event()
        self._interval = interval
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        image = noise()
        while not self._over.wait(self._interval):
            self.track.write(image)

    def close(self):
        self._over.set()
        self._thread.join(5)
        self.track.close()


@pytest.fixture
def live():
    feed = Feed()
    yield feed.track
    feed.close()


def mapped_once(fn, image=None, **options):
    """What comes out of `map(fn)` for one picture."""
    source = VideoTrack.writer()
    with source, source.map(fn, **options) as track, track.frames() as reader:
        until(lambda: source.reader_stats())
        source.write(noise() if image is None else image)
        return reader.next(timeout=5)


def test_a_mapped_track_gives_what_the_function_returns():
    returned = noise(seed=1)
    shown = mapped_once(lambda image: returned)
    assert np.array_equal(shown.bgr, returned)


def test_the_function_is_given_the_image_in_the_format_of_the_track():
    given = []
    source = VideoTrack.writer(pixel_format="rgb24")
    image = noise()
    with source, source.map(lambda image: given.append(image) or image) as track, track.frames() as reader:
        until(lambda: source.reader_stats())
        source.write(image)
        assert np.array_equal(reader.next(timeout=5).rgb, image)
    assert np.array_equal(given[0], image)


@pytest.mark.parametrize("shape", [(48, 64, 3), (37, 51, 3), (1, 1, 3), (480, 640, 3)])
def test_pictures_of_any_size_come_back_bit_by_bit(shape):
    returned = noise(*shape)
    assert np.array_equal(mapped_once(lambda image: returned).bgr, returned)


def test_four_channels_keep_their_alpha():
    returned = noise(channels=4)
    shown = mapped_once(lambda image: returned)
    assert np.array_equal(shown.to_ndarray("bgra"), returned)
    assert np.array_equal(shown.bgr, returned[..., :3])


def test_two_dimensions_are_gray():
    returned = noise()[..., 0]
    shown = mapped_once(lambda image: returned)
    assert np.array_equal(shown.gray, returned)
    assert np.array_equal(shown.bgr, np.repeat(returned[..., None], 3, axis=2))


def test_floats_go_from_0_to_1():
    shown = mapped_once(lambda image: np.array([[0.0, 0.5, 1.0, 1.2]], np.float32))
    assert shown.gray.tolist() == [[0, 128, 255, 255]]


def test_a_mask_of_true_and_false_is_white_and_black():
    assert mapped_once(lambda image: np.array([[True, False]])).gray.tolist() == [[255, 0]]


def test_none_drops_the_picture():
    source = VideoTrack.writer()
    track = source.map(lambda image: image if image[0, 0, 0] else None)
    with source, track.frames(every=True) as reader:
        until(lambda: source.reader_stats())
        for value in (0, 1, 0, 2):
            source.write(np.full((2, 2, 3), value, np.uint8))
            until(lambda: all(reader.delivered for reader in source.reader_stats()))
            until(lambda: not track._mapping._in_hand(track._mapping._reading))
        shown = [reader.next(timeout=5) for _ in range(2)]
    assert [one.bgr[0, 0, 0] for one in shown] == [1, 2]
    assert [one.index for one in shown] == [0, 1]
    assert [one.source_index for one in shown] == [1, 3]


def test_a_frame_keeps_the_time_of_the_picture_it_was_made_from():
    source = VideoTrack.writer()
    with source, source.map(lambda image: image) as track, track.frames() as reader:
        until(lambda: source.reader_stats())
        source.write(noise(), time=1234.5)
        assert reader.next(timeout=5).time == 1234.5


def test_frames_true_gives_the_frame():
    shown = mapped_once(lambda frame: np.full((2, 2), frame.width, np.uint8), frames=True)
    assert shown.gray[0, 0] == 64


def test_map_is_a_decorator_and_the_track_is_still_the_function():
    source = VideoTrack()

    @source.map
    def inverted(image: np.ndarray) -> np.ndarray:
        """Black for white."""
        return 255 - image

    @source.map(frames=True)
    def bright(frame):
        return frame.bgr // 2 + 128

    assert inverted(np.zeros((1, 1, 3), np.uint8)).max() == 255
    assert (inverted.__name__, inverted.__doc__) == ("inverted", "Black for white.")
    assert list(inspect.signature(inverted).parameters) == ["image"]
    assert isinstance(bright, rtc.MappedTrack)
    assert bright(frame()).min() >= 128


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("text", r"edges returned a str; wanted: an ndarray \(height, width, 3\)"),
        (np.zeros((4, 4, 2)), r"edges returned \(4, 4, 2\) float64; wanted: \(height, width, 3\)"),
        (np.zeros((4, 4), np.int64), r"edges returned \(4, 4\) int64.*astype\(np.uint8\)"),
        (np.full((4, 4), 200.0), r"values from 200 to 200.*0–1"),
        (np.full((4, 4), np.nan), r"values from nan"),
        (np.zeros((0, 4, 3), np.uint8), "empty picture"),
    ],
)
def test_a_wrong_return_value_is_an_error_that_says_what_is_wanted(returned, said, live):
    def edges(image):
        return returned

    track = live.map(edges)
    errors, told = [], threading.Event()
    track.on_error(lambda error: (errors.append(error), told.set()))
    with track.frames():
        assert told.wait(5)
    with pytest.raises(type(errors[0]), match=said):
        raise errors[0]


def test_what_raises_on_every_third_picture_keeps_the_others_flowing():
    track = VideoTrack.from_generator((noise(seed=n) for n in range(30)), real_time=False)
    calls = []

    def sometimes(image):
        calls.append(image)
        if len(calls) % 3 == 0:
            raise ValueError(f"picture {len(calls)}")
        return image

    result = track.map(sometimes)
    told = []
    result.on_error(told.append)
    with result:
        assert [one.source_index for one in result.frames()] == [n for n in range(30) if n % 3 != 2]
    assert len(told) == 1  # the same error, whatever number its text has
    assert result.error_count == 10
    assert "picture 30" in str(result.error)
    assert "in sometimes" in result.error_traceback
    assert "mapping.py" not in result.error_traceback


def test_without_a_listener_errors_are_printed(capsys, live):
    def broken(image):
        raise KeyError("no such thing")

    track = live.map(broken)
    with track.frames():
        until(lambda: track.error_count > 2)
    assert capsys.readouterr().err.count("KeyError: 'no such thing'") == 1


def test_a_slow_function_lowers_the_frame_rate_of_its_own_track_only(live):
    def slow(image):
        threading.Event().wait(0.5)
        return image

    def quick(image):
        return image

    slow_track, quick_track = live.map(slow), live.map(quick)
    with slow_track.frames(every=True) as slow_reader, quick_track.frames() as quick_reader, live.frames() as direct:
        slow_reader.next(timeout=5)
        counts = {"quick": 0, "direct": 0}
        ages = []
        until_at = time.monotonic() + 0.8
        while time.monotonic() < until_at:
            ages.append(quick_reader.next(timeout=5).age)
            counts["quick"] += 1
            direct.next(timeout=5)
            counts["direct"] += 1
        assert slow_reader.dropped + slow_reader.delivered <= 4
    assert counts["quick"] > 40
    assert sorted(ages)[len(ages) // 2] < 0.05


def test_a_track_nobody_reads_runs_nothing(live):
    calls = []

    def observed(image):
        calls.append(1)
        return image

    track = live.map(observed)
    assert live.reader_stats() == ()
    reader = track.frames()
    reader.next(timeout=5)
    reader.close()
    until(lambda: not live.reader_stats())
    before = len(calls)
    live.frames().next(timeout=5)
    assert len(calls) == before
    assert not [thread for thread in threading.enumerate() if "map observed" in thread.name]


def test_a_reader_that_was_let_go_stops_the_work_too(live):
    track = live.map(lambda image: image)
    reader = track.frames()
    reader.next(timeout=5)
    del reader
    gc.collect()
    until(lambda: not live.reader_stats())


def test_a_thread_that_reads_counts_for_some_seconds_only(live, monkeypatch):
    monkeypatch.setattr("rtcwidgets.media.track.LINGER_S", 0.1)
    track = live.map(lambda image: image)
    first = track.read(timeout=5)
    until(lambda: not live.reader_stats())
    assert track.latest is None  # stale by now
    assert track.read(timeout=5).shape == first.shape
    assert reader_module.LINGER_S == 3.0


def test_a_track_and_its_thread_go_when_nobody_holds_them(live):
    track = live.map(lambda image: image)
    track.frames().next(timeout=5)
    gone = weakref.ref(track)
    del track

    def collected():
        gc.collect()
        return gone() is None

    until(collected)


def test_data_beside_the_picture_comes_as_an_event_with_its_index():
    track = VideoTrack.from_generator((noise(seed=n) for n in range(5)), real_time=False)
    result = track.map(lambda frame: (frame.bgr, {"n": frame.index}), frames=True)
    events = []
    reader = result.frames(every=True)
    result.on_data(events.append)
    assert [shown.index for shown in reader] == [0, 1, 2, 3, 4]
    until(lambda: len(events) == 5)
    assert [(event.index, event.source_index, event.data) for event in events] == [(n, n, {"n": n}) for n in range(5)]
    assert [event.time for event in events] == [n / 30 for n in range(5)]


def test_data_without_a_picture_has_no_index(live):
    events, told = [], threading.Event()
    track = live.map(lambda image: (None, "seen"))
    track.on_data(lambda event: (events.append(event), told.set()))
    assert told.wait(5)  # a listener is a reader
    track.close()
    assert (events[0].data, events[0].index) == ("seen", None)


def test_a_listener_of_data_that_was_removed_reads_no_more(live):
    track = live.map(lambda image: (image, 1))
    told = threading.Event()

    def seen(event):
        told.set()

    track.on_data(seen)
    assert told.wait(5)
    track.on_data(seen, remove=True)
    until(lambda: not live.reader_stats())


def test_a_new_fn_takes_the_place_of_the_old_live(live):
    track = live.map(lambda image: np.zeros((2, 2), np.uint8))
    with track.frames() as reader:
        assert reader.next(timeout=5).gray[0, 0] == 0
        track.fn = lambda image: np.full((2, 2), 9, np.uint8)
        until(lambda: reader.next(timeout=5).gray[0, 0] == 9)


def test_a_listener_whose_cell_is_run_again_is_called_once(live):
    track = live.map(lambda image: (None, 1))
    names = {"track": track, "events": []}
    for mark in ("old", "new"):
        exec(compile(f"@track.on_data\ndef heed(event): events.append({mark!r})", "<cell>", "exec"), names)
    until(lambda: len(names["events"]) > 5)
    assert names["events"][-5:] == ["new"] * 5
    assert len(track._data_listeners) == 1


CELL = """
def edges(image):
    return image[:{rows}]
track = source.map(edges)
"""


def run_cell(source, rows):
    names = {"source": source, "__name__": "__main__"}
    exec(compile(CELL.format(rows=rows), "<cell>", "exec"), names)
    return names["track"]


def test_running_the_cell_again_swaps_the_function_in_the_same_track(live):
    track = run_cell(live, 10)
    with track.frames() as reader:
        assert reader.next(timeout=5).height == 10
        assert run_cell(live, 20) is track
        until(lambda: reader.next(timeout=5).height == 20)


def test_mapping_the_same_function_twice_gives_the_same_track():
    source = VideoTrack()

    def edges(image):
        return image

    assert source.map(edges) is source.map(edges)


def test_functions_made_in_a_loop_and_lambdas_are_different_ones():
    source = VideoTrack()

    def make(rows):
        def cut(image):
            return image[:rows]

        return cut

    tracks = [source.map(make(rows)) for rows in (1, 2, 3)]
    tracks += [source.map(lambda image: image), source.map(lambda image: -image)]
    assert len({id(track) for track in tracks}) == 5


def test_maps_chain_and_one_source_feeds_many(live):
    half = live.map(lambda image: image[::2, ::2])
    quarter = half.map(lambda image: image[::2, ::2])
    assert quarter.read(timeout=5).shape == (12, 16, 3)
    assert half.read(timeout=5).shape == (24, 32, 3)


def test_nobody_shares_memory_with_the_function_or_another_reader():
    kept = []
    returned = noise(seed=3)

    def keeps(image):
        kept.append(image)
        return returned

    source = VideoTrack.writer()
    image = noise()
    with source, source.map(keeps) as track, track.frames() as one, track.frames() as other, source.frames() as direct:
        until(lambda: len(source.reader_stats()) == 2)
        source.write(image)
        mine, yours = one.next(timeout=5), other.next(timeout=5)
        kept[0][:] = 0
        expected = returned.copy()
        returned[:] = 0
        mine.bgr[:] = 1
        assert np.array_equal(yours.bgr, expected)
        assert np.array_equal(direct.next(timeout=5).bgr, image)


def test_a_stream_maps_and_records_its_video_track(tmp_path):
    with rtc.Camera() as cam:

        @cam.map
        def edges(image):
            return image

        assert edges.source is cam.video_track
        with pytest.raises(NotDisplayed, match=r"display\(cam\)"):
            edges.read(timeout=0.05)
        cam.video_track.publish(frame(0, at=1.0))
        recorder = cam.record(tmp_path / "cam.mp4")
        cam.video_track.publish(frame(1, at=2.0))
        cam.video_track.publish(frame(2, at=3.0))
        assert recorder.stop().frames == 2


def test_a_wait_says_what_is_missing_at_the_source():
    def patience(started, timeout):
        raise NotDisplayed("This stream is not shown in any page.")

    with pytest.raises(NotDisplayed, match="not shown"):
        VideoTrack(patience).map(lambda image: image).read()


def test_a_source_that_stops_ends_the_wait_for_its_maps():
    stopped = threading.Event()

    def patience(started, timeout):
        if stopped.is_set():
            raise StreamStopped("The stream was stopped by stop().")
        return 60.0

    source = VideoTrack(patience)
    track = source.map(lambda image: image).map(lambda image: image)
    outcome = []

    def read():
        with pytest.raises(StreamStopped, match="by stop") as caught:
            track.read()
        outcome.append(caught)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    until(lambda: source.reader_stats())
    stopped.set()
    source.forget()
    source.reconsider()
    reading.join(5)
    assert outcome


def test_a_wait_for_a_function_that_raises_says_so(live):
    def broken(image):
        raise KeyError("nose")

    track = live.map(broken)
    track.on_error(lambda error: None)
    with pytest.raises(FrameTimeout, match="broken gives no picture: it raises KeyError: 'nose'"):
        track.read(timeout=0.3)


def test_a_wait_for_a_function_that_is_slow_says_so(live):
    go_on = threading.Event()
    track = live.map(lambda image: go_on.wait(5) and image)
    with pytest.raises(FrameTimeout, match=r"has been at one picture for 0\.\d s"):
        track.read(timeout=0.4)
    go_on.set()
    track.close()


def closing(image):
    return image


def test_closing_the_source_closes_its_maps():
    feed = Feed()
    reader = feed.track.map(closing).frames()
    reader.next(timeout=5)
    feed.close()
    with pytest.raises(StreamClosed):
        reader.next(timeout=5)
    assert not [thread for thread in threading.enumerate() if "closing" in thread.name]


def test_a_map_of_a_track_that_was_closed_ends_at_once():
    source = VideoTrack()
    source.close()
    with pytest.raises(StreamClosed, match="was closed"):
        source.map(lambda image: image).read(timeout=5)


def test_a_written_track_ends_when_it_is_closed():
    track = VideoTrack.writer()
    reader = track.frames(every=True)
    for _ in range(3):
        track.write(noise())
    track.close()
    assert len(list(reader)) == 3
    with pytest.raises(StreamClosed, match="Make a new one"):
        track.write(noise())


def test_a_written_picture_must_be_later_than_the_one_before():
    track = VideoTrack.writer()
    track.write(noise(), time=2.0)
    with pytest.raises(ValueError, match="must grow"):
        track.write(noise(), time=2.0)


def test_a_wait_for_a_writer_that_does_not_write_says_so():
    with pytest.raises(FrameTimeout, match=r"call write\(image\)"):
        VideoTrack.writer().read(timeout=0.01)


def test_a_decoded_frame_can_be_mapped_too():
    source = VideoTrack()
    with source.map(lambda image: image) as track, track.frames() as reader:
        until(lambda: source.reader_stats())
        source.publish(frame(7))
        shown = reader.next(timeout=5)
    assert shown.source_index == 7
    assert np.array_equal(shown.bgr, frame(7).bgr)
