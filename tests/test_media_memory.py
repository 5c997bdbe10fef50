"""Memory stays flat while a source, a slow map, a stalled reader and a recorder run together."""

import os
import threading
import time

import numpy as np
import pytest

from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.track import VideoTrack


def resident_mb():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured by /proc")
@pytest.mark.parametrize("seconds", [2.5, pytest.param(60.0, marks=pytest.mark.soak)])
def test_memory_stays_flat(tmp_path, seconds):
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    slow = threading.Event()
    video = VideoTrack.from_generator(lambda: image, frame_rate=100)
    audio = AudioTrack.from_generator(lambda: np.zeros(480, np.float32))

    @video.map
    def slowly(picture):
        slow.wait(0.05)
        return picture

    stalled = [video.frames(every=True), slowly.frames(every=True), audio.blocks()]
    with video.record(tmp_path / "all.mkv", audio=audio), slowly.frames() as reader:
        sizes = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            reader.next(timeout=5)
            sizes.append(resident_mb())
    settled = len(sizes) * 2 // 5  # by then every buffer is full
    assert max(sizes[settled:]) - sizes[settled] < 20
    assert all(place.dropped for place in stalled[:1])
    for track in (video, audio):
        track.close()
