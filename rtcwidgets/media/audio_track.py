"""An audio track in the kernel: sound for any number of readers, and what can be made of it."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from rtcwidgets.errors import StreamStopped
from rtcwidgets.media.audio_reader import AudioReader
from rtcwidgets.media.media_stream_track import MediaStreamTrack, Patience, wait_at_most
from rtcwidgets.media.reader import LINGER_S
from rtcwidgets.media.samples import AudioBlock

if TYPE_CHECKING:
    from rtcwidgets.media.audio_sources import FileAudioTrack, GeneratedAudioTrack, WrittenAudioTrack
    from rtcwidgets.media.mapped_audio import AudioFunction, MappedAudioTrack, ResampledAudioTrack
    from rtcwidgets.media.recording import Recorder

__all__ = ["AudioTrack", "wait_for_sound"]


def wait_for_sound(started: float, timeout: float | None) -> float:
    """The patience of a track that has nothing to say about itself."""
    return wait_at_most(started, timeout, "No sound came in time.")


class AudioTrack(MediaStreamTrack[AudioBlock]):
    """Sound of one track: ``read`` some seconds of it, or iterate over its blocks.

    All methods may be called from any thread. ``publish`` belongs to whoever makes the sound.
    """

    kind = "audio"

    def __init__(
        self,
        patience: Patience = wait_for_sound,
        sample_rate: int | None = None,
        channels: int | None = None,
    ) -> None:
        super().__init__(patience)
        #: Samples a second, the same for the whole track; None until the first block where it is not known before.
        self.sample_rate = sample_rate
        #: 1 for mono, 2 for stereo; None until the first block where it is not known before.
        self.channels = channels
        self._next_start = 0
        self._of_thread = threading.local()

    def publish(self, block: AudioBlock) -> None:
        """Give a block to every reader. Never waits for one.

        Blocks follow each other without gaps: who loses some sound publishes silence. The track numbers the samples.
        Raises ValueError if rate or channels are not those of the track.
        """
        with self.changed:
            self.sample_rate = self.sample_rate or block.sample_rate
            self.channels = self.channels or block.channels
            if (block.sample_rate, block.channels) != (self.sample_rate, self.channels):
                raise ValueError(
                    f"a block of {block.sample_rate} Hz and {block.channels} channels in a track of {self.sample_rate} "
                    f"Hz and {self.channels}: use AudioBlock.resampled or AudioTrack.resample"
                )
            super().publish(replace(block, start=self._next_start))
            self._next_start += len(block)

    # -- for readers

    def read(self, seconds: float, timeout: float | None = None) -> AudioBlock:
        """The next ``seconds`` of sound for this thread, as one contiguous block: from where its last read ended.

        The first read begins now. A thread that comes back after more than RING_S gets the newest RING_S; what was
        lost in between is counted. Waits up to ``timeout`` seconds, without one as long as sound comes, and raises what
        ``MediaStream.read`` does. At the end of a stream the block is shorter, then comes StreamStopped.
        """
        reader = self._reader_of_this_thread()
        try:
            return reader.read(seconds, timeout)
        except StreamStopped:
            self._of_thread.reader = None  # told of the end once; who reads on begins anew
            raise

    def blocks(self, seconds: float | None = None, name: str = "") -> AudioReader:
        """A reader to iterate over: of blocks as they were made (mostly 10 or 20 ms), or of ``seconds`` each."""
        reader = AudioReader(self, seconds, name or "blocks")
        self._add_reader(reader)
        return reader

    def __iter__(self) -> Iterator[AudioBlock]:
        return iter(self.blocks())

    def __aiter__(self) -> AsyncIterator[AudioBlock]:
        return aiter(self.blocks())

    def _reader_of_this_thread(self) -> AudioReader:
        reader: AudioReader | None = getattr(self._of_thread, "reader", None)
        if reader is None:
            reader = AudioReader(self, None, f"read in {threading.current_thread().name}", LINGER_S)
            self._add_reader(reader)
            self._of_thread.reader = reader
        return reader

    # -- tracks made from this one

    @overload
    def map(self, fn: AudioFunction, blocks: bool = False) -> MappedAudioTrack: ...

    @overload
    def map(self, fn: None = None, blocks: bool = False) -> Callable[[AudioFunction], MappedAudioTrack]: ...

    def map(
        self, fn: AudioFunction | None = None, blocks: bool = False
    ) -> MappedAudioTrack | Callable[[AudioFunction], MappedAudioTrack]:
        """A new track of what ``fn(samples)`` makes of this one's sound; also as ``@track.map``, ``@track.map(...)``.

        ``fn`` is given float32 (samples, channels) that is its own to change (with ``blocks=True`` the AudioBlock) and
        returns as many samples, (samples,) or (samples, channels), float or int16; or None for silence. It is called in
        a thread of the new track, with every block, and only while the new track is read; if it is slower than the
        sound, sound is lost and counted. Errors and running a cell again: as ``VideoTrack.map``; silence for an error.
        """
        from rtcwidgets.media.mapped_audio import MappedAudioTrack  # which is an AudioTrack itself

        if fn is None:
            return lambda fn: self.map(fn, blocks)
        if not callable(fn):
            raise TypeError(f"map wants a function from samples to samples, not {type(fn).__name__}")
        for track in list(self._derived):
            if isinstance(track, MappedAudioTrack) and track.ready_state == "live" and track.redefine(fn, blocks):
                return track
        return MappedAudioTrack(self, fn, blocks)

    def resample(self, sample_rate: int, channels: int = 1) -> ResampledAudioTrack:
        """A new track of the same sound at ``sample_rate`` (Hz) and with ``channels``; mono is the mean of all."""
        from rtcwidgets.media.mapped_audio import ResampledAudioTrack

        return ResampledAudioTrack(self, sample_rate, channels)

    def record(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Recorder:
        """Record to ``path`` from now on until ``stop()`` of what is returned: a Recorder."""
        from rtcwidgets.media.recording import Recorder

        return Recorder(path, self, overwrite=overwrite)

    # -- tracks made in the kernel

    @staticmethod
    def from_generator(
        source: Callable[[], Any] | Iterable[Any], sample_rate: int = 48000, real_time: bool = True
    ) -> GeneratedAudioTrack:
        """A track of the samples that an iterable yields, or that a function returns or yields; see the class."""
        from rtcwidgets.media.audio_sources import GeneratedAudioTrack

        return GeneratedAudioTrack(source, sample_rate, real_time)

    @staticmethod
    def from_file(
        path: str | os.PathLike[str], loop: bool = False, real_time: bool = True, timeout: float = 10.0
    ) -> FileAudioTrack:
        """A track of a file's or URL's audio: whatever FFmpeg reads; see the class."""
        from rtcwidgets.media.audio_sources import FileAudioTrack

        return FileAudioTrack(path, loop, real_time, timeout)

    @staticmethod
    def writer(sample_rate: int = 48000) -> WrittenAudioTrack:
        """A track to ``write(samples)`` to."""
        from rtcwidgets.media.audio_sources import WrittenAudioTrack

        return WrittenAudioTrack(sample_rate)
