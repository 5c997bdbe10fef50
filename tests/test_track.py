"""Readers of a track: each has its own place, none delays the publisher."""

import asyncio
import gc
import signal
import threading
import time

import pytest

from rtcwidgets.errors import FrameTimeout, StreamStopped
from rtcwidgets.media.track import VideoTrack
from tests.pictures import frame


def publish(track, *indices, step=0.0):
    for index in indices:
        track.publish(frame(index, at=index * step if step else None))


class Thread(threading.Thread):
    """A thread whose result, or exception, comes with ``result()``."""

    def __init__(self, fn):
        super().__init__(daemon=True)
        self._fn = fn
        self._outcome = None
        self.start()

    def run(self):
        try:
            self._outcome = (True, self._fn())
        except BaseException as error:
            self._outcome = (False, error)

    def result(self):
        self.join(5)
        good, value = self._outcome
        if not good:
            raise value
        return value


def waiting(track):
    """Wait until someone waits on the track."""
    deadline = time.monotonic() + 5
    while not track.changed._waiters:
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


def test_a_slow_reader_gets_the_newest_frame():
    track = VideoTrack()
    reader = track.frames()
    publish(track, 0, 1, 2, 3)
    assert reader.next().index == 3
    assert (reader.delivered, reader.dropped) == (1, 3)


def test_no_frame_is_given_twice_to_one_reader():
    track = VideoTrack()
    reader = track.frames()
    publish(track, 0)
    assert reader.next().index == 0
    with pytest.raises(FrameTimeout):
        reader.next(timeout=0.01)


def test_a_reader_of_every_frame_gets_them_in_order():
    track = VideoTrack()
    reader = track.frames(every=True)
    publish(track, *range(10))
    assert [reader.next().index for _ in range(10)] == list(range(10))
    assert reader.dropped == 0


def test_a_reader_of_every_frame_loses_the_oldest_and_counts_them():
    track = VideoTrack()
    reader = track.frames(every=True, slots=4)
    publish(track, *range(10))
    assert [reader.next().index for _ in range(4)] == [6, 7, 8, 9]
    assert reader.dropped == 6


def test_readers_do_not_take_frames_from_each_other():
    track = VideoTrack()
    first, second = track.frames(), track.frames()
    publish(track, 5)
    assert first.next().index == second.next().index == 5


def test_read_gives_what_is_there_already():
    track = VideoTrack()
    publish(track, 0)
    assert track.read(timeout=0.01).shape == (48, 64, 3)


def test_read_waits_for_a_frame_that_this_thread_has_not_had():
    track = VideoTrack()
    publish(track, 0)
    track.read()
    reading = Thread(lambda: track.read(timeout=5))
    assert reading.result().shape == (48, 64, 3)  # another thread has not had it
    with pytest.raises(FrameTimeout):
        track.read(timeout=0.01)  # this one has


def test_a_waiting_read_wakes_with_the_frame():
    track = VideoTrack()
    reading = Thread(lambda: track.read(timeout=5))
    waiting(track)
    publish(track, 0)
    assert reading.result().shape == (48, 64, 3)


def test_read_takes_the_format_of_the_call_then_of_the_track():
    track = VideoTrack(pixel_format="gray")
    publish(track, 0)
    assert track.read().shape == (48, 64)
    publish(track, 1)
    assert track.read(pixel_format="rgba").shape == (48, 64, 4)


def test_a_wait_ends_when_patience_does():
    stopped = threading.Event()

    def patience(started, timeout):
        if stopped.is_set():
            raise StreamStopped("over")
        return 60.0

    track = VideoTrack(patience)
    reading = Thread(lambda: track.read())
    waiting(track)
    stopped.set()
    track.reconsider()
    with pytest.raises(StreamStopped, match="over"):
        reading.result()


def test_iteration_ends_when_the_stream_stops():
    def patience(started, timeout):
        raise StreamStopped("over")

    track = VideoTrack(patience)
    reader = track.frames(every=True)
    publish(track, 0, 1)
    assert [shown.index for shown in reader] == [0, 1]


def test_iteration_passes_an_error_on():
    def patience(started, timeout):
        raise FrameTimeout("late")

    with pytest.raises(FrameTimeout, match="late"):
        next(iter(VideoTrack(patience)))


def test_a_stream_that_is_over_leaves_no_stale_frame_to_read():
    track = VideoTrack()
    publish(track, 0)
    track.read()
    publish(track, 1)
    track.forget()
    with pytest.raises(FrameTimeout):
        track.read(timeout=0.01)
    assert track.latest is None


async def test_async_for_gets_the_newest_frame_and_leaves_the_loop_free():
    track = VideoTrack()
    got = asyncio.Queue()
    reader = track.frames()

    async def read_two():
        async for shown in reader:
            got.put_nowait(shown.index)

    reading = asyncio.create_task(read_two())
    for index in (0, 1):
        await asyncio.to_thread(publish, track, index)
        assert await asyncio.wait_for(got.get(), 5) == index
    reader.close()
    await asyncio.wait_for(reading, 5)


async def test_async_waits_end_with_patience():
    with pytest.raises(FrameTimeout):
        await VideoTrack().frames().next_async(timeout=0.01)


async def test_async_iteration_ends_when_the_stream_stops():
    def patience(started, timeout):
        raise StreamStopped("over")

    assert [shown async for shown in VideoTrack(patience)] == []


async def test_a_cancelled_async_wait_leaves_the_reader_usable():
    track = VideoTrack()
    reader = track.frames()
    task = asyncio.create_task(reader.next_async())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    publish(track, 3)
    assert (await reader.next_async()).index == 3


def test_collect_gives_every_frame_of_that_time():
    track = VideoTrack()
    collecting = Thread(lambda: track.collect(seconds=1.0, timeout=5))
    waiting(track)
    publish(track, *range(40), step=0.1)
    collected = collecting.result()
    assert [shown.index for shown in collected] == list(range(10))


def test_a_reader_that_was_let_go_gets_no_more_frames():
    track = VideoTrack()
    reader = track.frames()
    assert [reader.name for reader in track.reader_stats()] == ["newest frame"]
    del reader
    gc.collect()
    assert track.reader_stats() == ()


def test_a_closed_reader_ends_its_wait():
    track = VideoTrack()
    reader = track.frames()
    reading = Thread(lambda: reader.next(timeout=5))
    waiting(track)
    reader.close()
    with pytest.raises(StreamStopped, match="closed"):
        reading.result()


def test_a_callback_is_called_with_the_newest_frame_in_a_thread_of_its_own():
    track = VideoTrack()
    entered, go_on, seen = threading.Event(), threading.Event(), []

    def slow(shown):
        seen.append((shown.index, threading.current_thread().name))
        entered.set()
        assert go_on.wait(5)

    track.on_frame(slow, on_error=pytest.fail)
    publish(track, 0)
    assert entered.wait(5)
    publish(track, 1, 2, 3)  # never waits for the callback
    entered.clear()
    go_on.set()
    assert entered.wait(5)
    track.close()
    assert [index for index, _ in seen] == [0, 3]
    assert seen[0][1] != threading.current_thread().name


def test_a_callback_that_raises_is_reported_and_called_again():
    track = VideoTrack()
    errors, second = [], threading.Event()

    def fails(shown):
        if shown.index == 1:
            second.set()
        raise ValueError(f"frame {shown.index}")

    reported = threading.Event()
    track.on_frame(fails, on_error=lambda error: (errors.append(str(error)), reported.set()))
    publish(track, 0)
    assert reported.wait(5)
    publish(track, 1)
    assert second.wait(5)
    track.close()
    assert errors[0] == "frame 0"


def test_a_callback_of_the_same_name_takes_the_place_of_the_first():
    track = VideoTrack()
    calls, called = [], threading.Event()

    def define(mark):
        def measure(shown):
            calls.append(mark)
            called.set()

        return measure

    track.on_frame(define("old"), on_error=pytest.fail)
    track.on_frame(define("new"), on_error=pytest.fail)
    publish(track, 0)
    assert called.wait(5)
    track.close()
    assert calls == ["new"]


def test_closing_ends_every_thread_of_the_track():
    def workers():
        return [thread for thread in threading.enumerate() if "on_frame" in thread.name]

    track = VideoTrack()
    track.on_frame(lambda shown: None, on_error=pytest.fail)
    assert len(workers()) == 1
    track.close()
    assert workers() == []


def test_an_interrupt_ends_the_wait_at_once():
    track = VideoTrack()
    main = threading.main_thread().ident
    assert main is not None

    def interrupt():
        waiting(track)
        signal.pthread_kill(main, signal.SIGINT)

    interrupting = Thread(interrupt)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        track.read(timeout=30)
    assert time.monotonic() - started < 5
    interrupting.result()
    publish(track, 4)
    assert track.read(timeout=1).shape == (48, 64, 3)  # the stream and the reader live on
