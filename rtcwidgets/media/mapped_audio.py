"""Tracks made from an audio track: by a function, or by a resampler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.mapping import Mapped, Mapping
from rtcwidgets.media.resampling import Resampler
from rtcwidgets.media.samples import AudioBlock, Samples, checked_samples, with_channels

__all__ = ["AudioFunction", "MappedAudioTrack", "ResampledAudioTrack"]

#: From samples (or an AudioBlock) to as many samples, or None for silence.
AudioFunction = Callable[..., Any]


class MappedAudioTrack(Mapped, AudioTrack):
    """Sound of ``source`` as ``fn`` returns it, block by block, each with the time of the block it was made from.

    Made by ``AudioTrack.map``. ``fn`` is called in a thread of the track with every block, and only while somebody
    reads the track. Calling the track calls ``fn``.
    """

    def __init__(self, source: AudioTrack, fn: AudioFunction, blocks: bool = False) -> None:
        super().__init__(sample_rate=source.sample_rate)
        self.source = source
        self.paced = source.paced
        self._whole = blocks
        self._mapping = Mapping(self, source, fn, self._step, lambda name: source.blocks(name=name))
        self.patience = self._mapping.patience

    def _step(self, block: AudioBlock) -> None:
        silence = np.zeros((len(block), self.channels or block.channels), np.float32)
        samples = silence
        try:
            returned = self.fn(block if self._whole else block.samples)
            if returned is not None:
                samples = self._checked(returned, len(silence))
        finally:  # an error leaves silence, so that what follows keeps its time
            self.publish(AudioBlock(samples, block.sample_rate, block.time))

    def _checked(self, returned: Any, count: int) -> Samples:
        giver = f"{self._mapping.name} returned"
        samples = checked_samples(returned, giver)
        if len(samples) != count:
            raise ValueError(f"{giver} {len(samples)} samples; wanted: as many as it was given, {count}")
        return with_channels(samples, self.channels or samples.shape[1])

    def __repr__(self) -> str:
        return f"<MappedAudioTrack {self._mapping.name} of {self.source!r}>"


class ResampledAudioTrack(AudioTrack):
    """Sound of ``source`` at another rate or with another number of channels; made by ``AudioTrack.resample``."""

    def __init__(self, source: AudioTrack, sample_rate: int, channels: int) -> None:
        super().__init__(sample_rate=sample_rate, channels=channels)
        self.source = source
        self.paced = source.paced
        self._resampler = Resampler(sample_rate, channels)
        self._mapping = Mapping(self, source, self._resampler.resample, self._step, self._open_reader)
        self.patience = self._mapping.patience

    def _open_reader(self, name: str) -> Any:
        self._resampler = Resampler(self._resampler.sample_rate, self._resampler.channels)  # without what was before
        return self.source.blocks(name=name)

    def _step(self, block: AudioBlock) -> None:
        time = block.time - self._resampler.delay
        samples = self._resampler.resample(block.samples, block.sample_rate)
        if len(samples):
            self.publish(AudioBlock(samples, self._resampler.sample_rate, time))

    def __repr__(self) -> str:
        return f"<AudioTrack {self.sample_rate} Hz of {self.source!r}>"
