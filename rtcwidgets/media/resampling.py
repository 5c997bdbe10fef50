"""Sound at another rate, block by block without seams: PyAV's AudioResampler keeps what it needs between them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from rtcwidgets.media.samples import Samples, samples_of, with_channels

if TYPE_CHECKING:
    import av

__all__ = ["Resampler", "audio_frame"]

_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def audio_frame(samples: Samples, sample_rate: int) -> av.AudioFrame:
    """The samples as PyAV has them: packed float."""
    import av

    layout = _LAYOUTS[samples.shape[1]]
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout=layout)
    frame.sample_rate = sample_rate
    frame.time_base = Fraction(1, sample_rate)
    return frame


class Resampler:
    """To ``sample_rate`` and ``channels``, from whatever comes first; a sound goes through in order."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self._resampler: av.AudioResampler | None = None
        self._seen = self._given = 0
        self._from = sample_rate

    @property
    def delay(self) -> float:
        """Seconds of what has come in that have not gone out yet."""
        return self._seen / self._from - self._given / self.sample_rate

    def resample(self, samples: Samples, sample_rate: int) -> Samples:
        """What can be given of ``samples`` and of those before, (samples, channels); may be shorter or empty."""
        self._from = sample_rate
        self._seen += len(samples)
        return self._counted(self._through(with_channels(samples, self.channels), sample_rate))

    def flush(self) -> Samples:
        """What is left; the sound is over."""
        if self._resampler is None:
            return np.empty((0, self.channels), np.float32)
        return self._counted(self._joined(self._resampler.resample(None)))

    def _through(self, samples: Samples, sample_rate: int) -> Samples:
        if sample_rate == self.sample_rate:
            return samples
        if self._resampler is None:
            import av

            self._resampler = av.AudioResampler("flt", _LAYOUTS[self.channels], self.sample_rate)
        return self._joined(self._resampler.resample(audio_frame(samples, sample_rate)))

    def _joined(self, frames: list[av.AudioFrame]) -> Samples:
        return np.concatenate([np.empty((0, self.channels), np.float32), *(samples_of(frame) for frame in frames)])

    def _counted(self, samples: Samples) -> Samples:
        self._given += len(samples)
        return samples
