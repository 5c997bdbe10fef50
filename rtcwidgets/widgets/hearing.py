"""A microphone's own ``read``, ``blocks``, ``map`` ... are its audio track's."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import overload

from rtcwidgets.media.audio_reader import AudioReader
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.mapped_audio import AudioFunction, MappedAudioTrack, ResampledAudioTrack
from rtcwidgets.media.recording import Recorder
from rtcwidgets.media.samples import AudioBlock

__all__ = ["AudioReading"]


class AudioReading:
    """What can be heard of a widget that is sound alone."""

    audio_track: AudioTrack

    def read(self, seconds: float = 1.0, timeout: float | None = None) -> AudioBlock:
        """The next ``seconds`` of sound for this thread, as one contiguous block: from where its last read ended.

        The first read begins now. Works in the very cell that shows the microphone, and in callbacks. Without
        ``timeout`` (in seconds, counted from now) the wait ends 10 s after the permission is there, 60 s while the
        browser is still asking, and goes on as long as sound comes.

        Returns an AudioBlock: ``.samples`` is float32 (samples, channels), the caller's alone.

        Raises NotDisplayed, PageSilent, PermissionPending, FrameTimeout (all of them TimeoutErrors), CaptureError,
        ConnectionFailed or StreamStopped: each says what to do.
        """
        return self.audio_track.read(seconds, timeout)

    def blocks(self, seconds: float | None = None) -> AudioReader:
        """An iterator over blocks, for ``for`` and ``async for``: as they come (20 ms), or of ``seconds`` each.

        It ends when the stream stops. What does not fit into two seconds of room is dropped, and counted in ``lost_s``.
        """
        return self.audio_track.blocks(seconds)

    @overload
    def map(self, fn: AudioFunction, blocks: bool = False) -> MappedAudioTrack: ...

    @overload
    def map(self, fn: None = None, blocks: bool = False) -> Callable[[AudioFunction], MappedAudioTrack]: ...

    def map(
        self, fn: AudioFunction | None = None, blocks: bool = False
    ) -> MappedAudioTrack | Callable[[AudioFunction], MappedAudioTrack]:
        """A new track of what ``fn(samples)`` makes of the sound. Usable as a decorator; see ``AudioTrack.map``."""
        return self.audio_track.map(fn, blocks)

    def resample(self, sample_rate: int, channels: int = 1) -> ResampledAudioTrack:
        """A new track of the same sound at ``sample_rate`` (Hz) and with ``channels``."""
        return self.audio_track.resample(sample_rate, channels)

    def record(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Recorder:
        """Record the sound from now on until ``stop()`` of what is returned; see ``Recorder``."""
        return self.audio_track.record(path, overwrite=overwrite)

    def __iter__(self) -> Iterator[AudioBlock]:
        return iter(self.audio_track)

    def __aiter__(self) -> AsyncIterator[AudioBlock]:
        return aiter(self.audio_track)
