"""Sound as arrays: float32 from -1 to 1, (samples, channels), with its rate and the time of its first sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

__all__ = ["AudioBlock", "Samples", "checked_samples", "samples_of", "with_channels"]

if TYPE_CHECKING:
    Samples = NDArray[np.float32]
else:
    Samples = np.ndarray

WANTED = "(samples,) or (samples, channels), float from -1 to 1 or int16"
MAX_CHANNELS = 8

# Silence and full scale of FFmpeg's integer formats.
_SCALES = {"uint8": (128.0, 128.0), "int16": (0.0, 2.0**15), "int32": (0.0, 2.0**31)}


@dataclass(frozen=True, eq=False, slots=True)
class AudioBlock:
    """Some contiguous sound of a track; the array is the reader's own. ``np.asarray(block)`` is ``block.samples``."""

    #: (samples, channels) float32, C-contiguous; -1 to 1 is full scale.
    samples: Samples
    #: Samples a second.
    sample_rate: int
    #: When the first sample was captured: seconds of the kernel's clock; see ``Frame.time``.
    time: float
    #: Number of the first sample in its track, from 0; a reader that lost some sees gaps.
    start: int = 0

    @property
    def channels(self) -> int:
        """1 for mono, 2 for stereo: left, right."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    def resampled(self, sample_rate: int | None = None, channels: int | None = None) -> AudioBlock:
        """The block at another rate, or with another number of channels (mono is the mean of all).

        For sound that goes on, ``AudioTrack.resample`` leaves no seams between blocks.
        """
        from rtcwidgets.media.resampling import Resampler

        resampler = Resampler(sample_rate or self.sample_rate, channels or self.channels)
        parts = [resampler.resample(self.samples, self.sample_rate), resampler.flush()]
        return AudioBlock(np.concatenate(parts), resampler.sample_rate, self.time)

    def __len__(self) -> int:
        return len(self.samples)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Samples:
        """``np.asarray(block)`` is ``block.samples``."""
        return np.array(self.samples, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return f"<AudioBlock: {self.duration:.3f} s, {self.sample_rate} Hz, {self.channels} channels>"


def checked_samples(samples: Any, giver: str) -> Samples:
    """A copy of ``samples`` as C-contiguous float32 (samples, channels).

    Raises TypeError or ValueError, which say what ``giver`` (a phrase like "louder returned") gave and what is wanted.
    """
    if not isinstance(samples, np.ndarray):
        raise TypeError(f"{giver} {type(samples).__name__}; wanted: an ndarray {WANTED}")
    given = f"{giver} {samples.shape} {samples.dtype}"
    if samples.ndim not in (1, 2) or samples.size == 0:
        raise ValueError(f"{given}; wanted: {WANTED}")
    columns = samples.reshape(len(samples), -1)
    if columns.shape[1] > MAX_CHANNELS:
        raise ValueError(f"{given}: {columns.shape[1]} channels; wanted: {WANTED}. Perhaps samples.T")
    if samples.dtype == np.int16:
        return np.ascontiguousarray(columns.astype(np.float32) / 32768)
    if not np.issubdtype(samples.dtype, np.floating):
        raise TypeError(f"{given}; wanted: {WANTED}")
    if not np.isfinite(columns).all():
        raise ValueError(f"{given} with values that are no numbers; wanted: {WANTED}")
    return np.array(columns, np.float32, order="C")


def samples_of(frame: av.AudioFrame) -> Samples:
    """A copy of a decoded frame's samples, whatever its format, as float32 (samples, channels)."""
    array = frame.to_ndarray()
    columns = array.T if frame.format.is_planar else array.reshape(frame.samples, -1)
    zero, full_scale = _SCALES.get(columns.dtype.name, (0.0, 1.0))
    return np.array((columns - zero) / full_scale, np.float32, order="C")


def with_channels(samples: Samples, channels: int) -> Samples:
    """The same sound with that many channels: mono is the mean of all, mono is copied to all, else the first ones."""
    have = samples.shape[1]
    if channels == have:
        return samples
    if channels == 1:
        return np.array(samples.mean(axis=1, keepdims=True), np.float32)
    if channels > have:
        samples = np.concatenate([samples, np.repeat(samples[:, -1:], channels - have, axis=1)], axis=1)
    return np.ascontiguousarray(samples[:, :channels])
