"""Sound that the kernel makes: from Python code, from a file or URL, or written by hand."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from rtcwidgets.errors import FrameTimeout, StreamClosed
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.container import decoded_audio, is_url, opened, origin, same_source, shown
from rtcwidgets.media.generator_source import made_by
from rtcwidgets.media.media_stream_track import wait_at_most
from rtcwidgets.media.playback import Piece, Playback
from rtcwidgets.media.samples import AudioBlock, Samples, checked_samples, samples_of

__all__ = ["FileAudioTrack", "GeneratedAudioTrack", "WrittenAudioTrack"]

# A source that is slower than the clock goes on later, once it is that much behind.
_LATE_S = 0.2

# What comes in longer pieces is given in blocks of this length: readers have two seconds of room.
_BLOCK_S = 0.1

# Time stamps of files are rounded, to 1 ms in Matroska; only a greater jump is one.
_JUMP_S = 0.05


class GeneratedAudioTrack(AudioTrack):
    """Sound from an iterable, a generator function, or a function that returns some at each call.

    Arrays are what ``map`` takes: (samples,) or (samples, channels), float from -1 to 1 or int16, of any length. The
    rest is as for ``VideoTrack.from_generator``: asked for only while somebody reads; in real time or, with
    ``real_time=False``, at the readers' pace, with times from 0.
    """

    def __init__(
        self, source: Callable[[], Any] | Iterable[Any], sample_rate: int = 48000, real_time: bool = True
    ) -> None:
        super().__init__(sample_rate=sample_rate)
        self._rate = sample_rate
        self._source = source
        self._playback = Playback(
            self, self._pieces, self._give, real_time=real_time, late_s=_LATE_S, name="from_generator"
        )

    @property
    def error(self) -> Exception | None:
        """What the source raised, or None."""
        return self._playback.error

    def close(self) -> None:
        """End the thread, drop all sound, close a generator."""
        super().close()
        self._playback.close()

    def _pieces(self) -> Iterator[Piece]:
        made = 0
        for samples in made_by(self._source):
            for block in _in_blocks(checked_samples(samples, "the source of from_generator gave"), self._rate):
                yield made / self._rate, partial(_itself, block)
                made += len(block)

    def _give(self, samples: Samples, time: float) -> None:
        self.publish(AudioBlock(samples, self._rate, time))

    def __repr__(self) -> str:
        return f"<AudioTrack.from_generator: {self._rate} Hz>"


class FileAudioTrack(AudioTrack):
    """Sound of the first audio stream of whatever FFmpeg reads, at its own rate; otherwise as FileVideoTrack."""

    def __init__(
        self, path: str | os.PathLike[str], loop: bool = False, real_time: bool = True, timeout: float = 10.0
    ) -> None:
        super().__init__()
        self.path = same_source(path)
        self.loop = loop
        self._timeout = timeout
        self._rate = 0
        #: Length in seconds; None for a live stream, and for a file that does not say.
        self.duration: float | None = None
        self._look()
        self._playback = Playback(
            self,
            self._pieces,
            self._give,
            real_time=real_time,
            late_s=_LATE_S,
            name=f"from_file {os.path.basename(self.path)}",
            live=is_url(self.path) and self.duration is None,
        )

    @property
    def error(self) -> Exception | None:
        """What ended it before its end (SourceFailed), or None."""
        return self._playback.error

    def close(self) -> None:
        """End the thread, drop all sound, close the file."""
        super().close()
        self._playback.close()

    def _look(self) -> None:
        with opened(self.path, self._timeout) as container:
            if not container.streams.audio:
                next(decoded_audio(container))  # says what there is instead
            context = container.streams.audio[0].codec_context
            self.sample_rate, self.channels = context.sample_rate, context.layout.nb_channels
            self._rate = context.sample_rate
            self.duration = (container.duration or 0) / 1_000_000 or None

    def _pieces(self) -> Iterator[Piece]:
        start = end = 0.0
        while True:
            for at, samples in self._decoded():
                yield start + at, partial(_itself, samples)
                end = at + len(samples) / self._rate
            if not self.loop or end == 0.0:
                return
            start += end

    def _decoded(self) -> Iterator[tuple[float, Samples]]:
        with opened(self.path, self._timeout) as container:
            began, at = origin(container), None
            for frame in decoded_audio(container):
                if frame.pts is not None and frame.time_base:
                    stamped = float(frame.pts * frame.time_base - began)
                    at = stamped if at is None or abs(stamped - at) > _JUMP_S else at
                for samples in _in_blocks(samples_of(frame), self._rate):
                    yield at or 0.0, samples
                    at = (at or 0.0) + len(samples) / self._rate

    def _give(self, samples: Samples, time: float) -> None:
        self.publish(AudioBlock(samples, self._rate, time))

    def __repr__(self) -> str:
        return f"<AudioTrack.from_file {shown(self.path)!r}: {self._rate} Hz>"


class WrittenAudioTrack(AudioTrack):
    """Sound as it is written, from any one thread; made by ``AudioTrack.writer``. ``close()`` ends it."""

    def __init__(self, sample_rate: int = 48000) -> None:
        super().__init__(self._patience, sample_rate)
        self._rate = sample_rate
        self._next_time: float | None = None

    def write(self, samples: Any, time: float | None = None) -> None:
        """Give ``samples`` to every reader. Never waits; keeps a copy. Write at the speed of the sound.

        (samples,) or (samples, channels), float from -1 to 1 or int16. ``time`` (s) is that of the first sample;
        without it sound follows what was written before, or ends now if that has already been played.
        Raises TypeError or ValueError for anything else, StreamClosed after ``close()``.
        """
        if self.ready_state == "ended":
            raise StreamClosed("This track was closed. Make a new one by AudioTrack.writer().")
        checked = checked_samples(samples, "write was given")
        if time is None:
            time = max(self._next_time or 0.0, clock.time() - len(checked) / self._rate)
        for block in _in_blocks(checked, self._rate):
            self.publish(AudioBlock(block, self._rate, time))
            time += len(block) / self._rate
        self._next_time = time

    def _patience(self, started: float, timeout: float | None) -> float:
        if self.ready_state == "ended":
            raise StreamClosed("This track was closed by its writer.")
        try:
            return wait_at_most(started, timeout)
        except FrameTimeout:
            raise FrameTimeout("Nobody wrote sound in time: call write(samples) in another thread.") from None

    def __repr__(self) -> str:
        return f"<AudioTrack.writer: {self._rate} Hz>"


def _in_blocks(samples: Samples, sample_rate: int) -> Iterator[Samples]:
    length = max(1, round(_BLOCK_S * sample_rate))
    for first in range(0, len(samples), length):
        yield samples[first : first + length]


def _itself(samples: Samples) -> Samples:
    return samples
