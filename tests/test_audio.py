"""Sound in the kernel: contiguous blocks with their times, two seconds of room for each reader."""

import threading
import time

import av
import numpy as np
import pytest

from rtcwidgets.errors import FrameTimeout, SourceFailed, StreamStopped
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.samples import AudioBlock
from rtcwidgets.media.stats import ReaderStats
from tests.waiting import until

RATE = 8000


def ramp(first, count, channels=1):
    """Samples that tell their number."""
    numbers = np.arange(first, first + count, dtype=np.float32) / 2**20
    return np.repeat(numbers[:, None], channels, axis=1)


def publish(track, count, size=80, first=0):
    for n in range(count):
        start = first + n * size
        track.publish(AudioBlock(ramp(start, size), RATE, start / RATE))


def tone(hertz, seconds, rate=RATE, channels=1):
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate, dtype=np.float64)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def pitch(block):
    samples = np.asarray(block)[:, 0]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return np.argmax(spectrum) * block.sample_rate / len(samples)


def test_a_reader_gets_every_block_in_order():
    track = AudioTrack()
    reader = track.blocks()
    publish(track, 5)
    blocks = [reader.next(timeout=1) for _ in range(5)]
    assert np.array_equal(np.concatenate(blocks), ramp(0, 400))
    assert [block.start for block in blocks] == [0, 80, 160, 240, 320]
    assert blocks[1].time == pytest.approx(0.01)
    assert (blocks[0].samples.shape, blocks[0].samples.dtype) == ((80, 1), np.float32)
    assert (track.sample_rate, track.channels) == (RATE, 1)


def test_blocks_can_have_the_length_that_is_asked_for():
    track = AudioTrack()
    reader = track.blocks(seconds=0.025)
    publish(track, 5)
    blocks = [reader.next(timeout=1) for _ in range(2)]
    assert [(len(block), block.start) for block in blocks] == [(200, 0), (200, 200)]
    assert blocks[1].time == pytest.approx(0.025)
    with pytest.raises(FrameTimeout):
        reader.next(timeout=0.01)


def test_read_gives_exactly_that_long_without_a_seam():
    track = AudioTrack()
    reader = track.blocks()
    publish(track, 20)
    assert len(reader.read(0.033)) == 264
    second = reader.read(0.05)
    assert np.array_equal(second.samples, ramp(264, 400))


def test_a_read_longer_than_the_ring_waits_for_it():
    track = AudioTrack.from_generator([ramp(0, 5 * RATE)], RATE, real_time=False)
    assert np.array_equal(track.read(4.0, timeout=5).samples, ramp(0, 4 * RATE))


def test_what_overflows_the_ring_is_counted_and_the_newest_kept():
    track = AudioTrack()
    reader = track.blocks()
    publish(track, 300)  # three seconds
    assert reader.dropped == 100
    assert reader.lost_s == pytest.approx(1.0)
    assert reader.next().start == 8000
    assert track.reader_stats() == (ReaderStats("blocks", delivered=1, dropped=100),)


def test_the_ring_never_holds_more_than_two_seconds():
    track = AudioTrack()
    reader = track.blocks()
    track.publish(AudioBlock(ramp(0, 5 * RATE), RATE, 0.0))
    assert reader.lost_s == pytest.approx(3.0)
    block = reader.next()
    assert (block.start, len(block), block.time) == (3 * RATE, 2 * RATE, 3.0)


def test_readers_share_no_memory():
    track = AudioTrack()
    mine, yours = track.blocks(), track.blocks()
    publish(track, 1)
    mine.next().samples[:] = 9
    assert np.array_equal(yours.next().samples, ramp(0, 80))


def test_a_track_has_one_format():
    track = AudioTrack()
    publish(track, 1)
    with pytest.raises(ValueError, match=r"8000 Hz and 2 channels in a track of 8000 Hz and 1"):
        track.publish(AudioBlock(ramp(0, 8, channels=2), RATE, 0.0))


async def test_async_for_gets_the_blocks():
    track = AudioTrack.from_generator([ramp(0, RATE)], RATE, real_time=False)
    blocks = [block async for block in track]
    assert np.array_equal(np.concatenate(blocks), ramp(0, RATE))


def test_iteration_ends_with_the_source_and_the_rest_is_read():
    track = AudioTrack.from_generator([ramp(0, RATE)], RATE, real_time=False)
    lengths = [len(block) for block in track.blocks(seconds=0.3)]
    assert lengths == [2400, 2400, 2400, 800]


def test_a_wait_without_sound_says_so():
    with pytest.raises(FrameTimeout, match="No sound came"):
        AudioTrack().read(0.1, timeout=0.01)


def test_a_function_maps_the_sound():
    source = AudioTrack.from_generator([tone(440, 0.5)], RATE, real_time=False)

    @source.map
    def quieter(samples):
        """Half as loud."""
        samples *= 0.5
        return samples

    block = quieter.read(0.5, timeout=5)
    assert np.array_equal(block.samples, tone(440, 0.5) * 0.5)
    assert block.time == 0.0
    assert quieter.__doc__ == "Half as loud."
    assert quieter(np.ones((1, 1), np.float32)) == 0.5


def test_a_function_may_change_the_channels_and_give_silence():
    source = AudioTrack.from_generator([ramp(0, 80), ramp(80, 80)], RATE, real_time=False)
    track = source.map(lambda block: None if block.start else block.samples.repeat(2, axis=1), blocks=True)
    block = track.read(0.02, timeout=5)
    assert np.array_equal(block.samples[:80], ramp(0, 80, channels=2))
    assert not block.samples[80:].any()


def test_an_error_leaves_silence_and_the_sound_goes_on():
    source = AudioTrack.from_generator([ramp(0, 80)] * 6, RATE, real_time=False)
    calls, told = [], []

    def sometimes(samples):
        calls.append(1)
        if len(calls) % 3 == 0:
            raise ValueError("no")
        return samples

    track = source.map(sometimes)
    track.on_error(told.append)
    blocks = list(track)
    assert [bool(block.samples.any()) for block in blocks] == [True, True, False] * 2
    assert (len(told), track.error_count) == (1, 2)
    assert "in sometimes" in track.error_traceback


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ([0.0], r"short returned list; wanted: an ndarray"),
        (np.zeros(3, np.float32), r"short returned 3 samples; wanted: as many as it was given, 80"),
        (np.zeros((80, 1), np.int64), r"short returned \(80, 1\) int64"),
        (np.zeros((1, 80), np.float32), r"80 channels.*Perhaps samples\.T"),
        (np.full(80, np.nan), "no numbers"),
    ],
)
def test_a_wrong_return_value_says_what_is_wanted(returned, said):
    def short(samples):
        return returned

    source = AudioTrack.from_generator([ramp(0, 80)], RATE, real_time=False)
    track = source.map(short)
    told = []
    track.on_error(told.append)
    assert len(list(track)) == 1
    with pytest.raises(type(told[0]), match=said):
        raise told[0]


def test_an_audio_track_nobody_reads_runs_nothing():
    calls = []

    def made():
        while True:
            calls.append(1)
            yield ramp(0, 80)

    source = AudioTrack.from_generator(made, RATE)
    track = source.map(lambda samples: samples)
    assert not calls
    with track.blocks() as reader:
        reader.next(timeout=5)
    until(lambda: not source._demand.running)
    assert source.reader_stats() == ()


def test_in_real_time_sound_comes_at_its_speed():
    track = AudioTrack.from_generator(lambda: tone(440, 0.05), RATE)
    started = time.monotonic()
    block = track.read(0.4, timeout=5)
    assert 0.25 < time.monotonic() - started < 1.0
    assert abs(block.time - time.time()) < 1.0


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (48000, 2), (44100, 1)])
def test_sound_is_resampled_without_seams(rate, channels):
    source = AudioTrack.from_generator(
        (tone(440, 1, channels=2)[n : n + 160] for n in range(0, 8000, 160)), RATE, False
    )
    track = source.resample(rate, channels)
    block = track.read(0.9, timeout=5)
    assert block.samples.shape == (round(0.9 * rate), channels)
    assert pitch(block) == pytest.approx(440, abs=1.2)
    assert np.abs(block.samples).max() == pytest.approx(0.5, abs=0.02)
    expected = tone(440, 0.9, rate)[:, 0]
    assert np.abs(block.samples[200:, 0] - expected[200:]).max() < 0.1  # a seam would be a jump
    assert abs(block.time) < 0.005


def test_a_block_can_be_resampled_alone():
    block = AudioBlock(tone(440, 0.5, channels=2), RATE, 7.0).resampled(16000, channels=1)
    assert (len(block), block.channels, block.sample_rate, block.time) == (8000, 1, 16000, 7.0)
    assert pitch(block) == pytest.approx(440, abs=2)


def test_mono_is_the_mean_and_stereo_a_copy():
    stereo = np.array([[1.0, 0.0]], np.float32)
    assert AudioBlock(stereo, RATE, 0.0).resampled(channels=1).samples.tolist() == [[0.5]]
    assert AudioBlock(stereo[:, :1], RATE, 0.0).resampled(channels=2).samples.tolist() == [[1.0, 1.0]]


def test_written_sound_is_read():
    track = AudioTrack.writer(RATE)
    reader = track.blocks()
    track.write(ramp(0, 100), time=5.0)
    track.write((np.ones(100) * 16384).astype(np.int16))
    block = reader.read(0.025)
    assert np.array_equal(block.samples[:100], ramp(0, 100))
    assert (block.samples[100:] == 0.5).all()
    assert block.time == 5.0
    track.close()
    with pytest.raises(StreamStopped, match="closed by its writer"):
        reader.next()


def write_wav(path, samples):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono" if samples.shape[1] == 1 else "stereo")
        array = np.round(samples * 32768).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(array, format="s16", layout=stream.layout.name)
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_file_gives_its_sound_twice_the_same(tmp_path):
    path = write_wav(tmp_path / "tone.wav", tone(440, 1.5, channels=2))
    track = AudioTrack.from_file(path, real_time=False)
    assert (track.sample_rate, track.channels) == (RATE, 2)
    assert track.duration == pytest.approx(1.5)
    once = track.read(10.0, timeout=5)
    assert (len(once), once.time) == (12000, 0.0)
    assert np.abs(once.samples - tone(440, 1.5, channels=2)).max() < 1e-4
    with pytest.raises(StreamStopped, match="at its end"):
        track.read(1.0)
    assert np.array_equal(track.read(10.0, timeout=5).samples, once.samples)


def test_a_loop_of_sound_has_no_end(tmp_path):
    path = write_wav(tmp_path / "short.wav", ramp(0, 800) * 100)
    block = AudioTrack.from_file(path, loop=True, real_time=False).read(0.5, timeout=5)
    assert len(block) == 4000
    assert np.allclose(block.samples[:800], block.samples[1600:2400])


def test_a_file_without_sound_says_what_it_has(tmp_path):
    path = tmp_path / "still.png"
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 8, 8, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")))
    with pytest.raises(SourceFailed, match="has no audio, only video"):
        AudioTrack.from_file(path)


def test_a_thread_that_reads_goes_on_where_it_was():
    track = AudioTrack()
    read, go_on = [], threading.Event()

    def reading():
        read.append(track.read(0.02, timeout=5))
        go_on.set()
        read.append(track.read(0.02, timeout=5))

    thread = threading.Thread(target=reading, daemon=True)
    thread.start()
    until(lambda: track.reader_stats())
    publish(track, 3)
    assert go_on.wait(5)
    publish(track, 3, first=240)
    thread.join(5)
    assert [block.start for block in read] == [0, 160]
    assert np.array_equal(read[1].samples, ramp(160, 160))
