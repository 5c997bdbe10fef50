"""The examples of the README as a type checker sees them; `make types` reads this, nothing runs it."""

from __future__ import annotations

from typing import assert_type

import ipywidgets
import numpy as np
from numpy.typing import NDArray

import rtcwidgets as rtc


def reading(cam: rtc.Camera) -> None:
    assert_type(cam.read(), NDArray[np.uint8])
    assert_type(cam.read(timeout=3, pixel_format="rgb24"), NDArray[np.uint8])
    assert_type(cam.collect(seconds=3), list[rtc.Frame])
    assert_type(cam.frames(every=True), rtc.FrameReader)
    assert_type(cam.video_track, rtc.VideoTrack)
    for frame in cam:
        assert_type(frame, rtc.Frame)
        assert_type(frame.bgr, NDArray[np.uint8])
        assert_type(frame.time, float)
        assert_type(frame.index, int)
        assert_type(frame.pts, int | None)
    with cam.frames(every=True) as reader:
        assert_type(next(reader), rtc.Frame)
        assert_type(reader.dropped, int)


async def reading_in_a_coroutine(cam: rtc.Camera) -> None:
    async for frame in cam:
        assert_type(frame, rtc.Frame)


def having_a_function_called(cam: rtc.Camera) -> None:
    @cam.on_frame
    def measure(frame: rtc.Frame) -> float:
        return float(frame.gray.mean())

    assert_type(measure(next(iter(cam))), float)


def making_tracks(cam: rtc.Camera) -> None:
    @cam.map
    def edges(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return 255 - image

    @edges.map(frames=True)
    def small(frame: rtc.Frame) -> NDArray[np.uint8]:
        return frame.bgr[::2, ::2]

    assert_type(edges, rtc.MappedTrack)
    assert_type(small.read(), NDArray[np.uint8])
    assert_type(rtc.AudioTrack.from_file("voice.wav").resample(16000).read(5.0), rtc.AudioBlock)
    with small.record("small.mp4") as recorder:
        assert_type(recorder, rtc.Recorder)
    for frame in rtc.VideoTrack.from_file("small.mp4", real_time=False):
        assert_type(frame, rtc.Frame)


def hearing(mic: rtc.Microphone, cam: rtc.Camera) -> None:
    assert_type(mic.read(seconds=1), rtc.AudioBlock)
    assert_type(mic.read(seconds=1).samples, NDArray[np.float32])
    assert_type(mic.blocks(0.1), rtc.AudioReader)
    for block in mic:
        assert_type(block, rtc.AudioBlock)

    @mic.map
    def louder(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples * 2

    assert_type(louder.read(1.0), rtc.AudioBlock)
    assert_type(cam.audio_track, rtc.AudioTrack)
    assert_type(cam.get_stats().audio, rtc.AudioStats | None)


def other_sources(plot: ipywidgets.DOMWidget) -> None:
    with rtc.Screen(display_surface="window") as screen:
        assert_type(screen.read(), NDArray[np.uint8])
    with rtc.VideoFile("film.mp4", loop=True) as video:
        video.playing = False
        video.current_time = 2.5
        assert_type(next(iter(video)), rtc.Frame)
    with rtc.WidgetStream(plot, frame_rate=15) as stream:
        assert_type(stream.video_track, rtc.VideoTrack)


def letting_go() -> None:
    with rtc.Camera(width=1280) as cam:
        assert_type(cam, rtc.Camera)
    with rtc.TestPattern() as pattern:
        assert_type(pattern, rtc.TestPattern)
