"""Sound into an encoder: kept in step with its times by silence where some is missing, by cuts where it overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from rtcwidgets.media.resampling import Resampler, audio_frame
from rtcwidgets.media.samples import AudioBlock, Samples

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer

__all__ = ["AudioEncoder"]

# What Opus and AAC are at home with; wav keeps the rate of the track.
_SAMPLE_RATE = 48000

# The times of blocks jitter by a few ms; more than this is a gap or an overlap.
_OUT_OF_STEP_S = 0.03

# Nobody records silence for that long, but a file has times from 0 and the kernel's clock those since 1970.
_ANOTHER_CLOCK_S = 24 * 3600.0

_BITRATE_A_CHANNEL = 64_000


class AudioEncoder:
    """Encodes blocks for ``container`` as mono or stereo."""

    def __init__(self, container: OutputContainer, codec: str, sample_rate: int | None, channels: int | None) -> None:
        is_pcm = codec.startswith("pcm")
        rate = (sample_rate or _SAMPLE_RATE) if is_pcm else _SAMPLE_RATE
        self._resampler = Resampler(rate, min(2, channels or 2))
        layout = "mono" if self._resampler.channels == 1 else "stereo"
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        if not is_pcm:
            stream.bit_rate = _BITRATE_A_CHANNEL * self._resampler.channels
        stream.codec_context.open(strict=False)
        self._stream = stream
        # Sound begins after what the encoder puts before it, in place of its first 21 ms or less: time stamps before
        # zero confuse muxers, mp4's most of all.
        self._written = _run_in(stream.codec_context)
        self._begun = False

    @property
    def seconds(self) -> float:
        """How much has been encoded."""
        return self._written / self._resampler.sample_rate

    def encode(self, block: AudioBlock, at: float) -> list[av.Packet[Any]]:
        """Packets for a block that begins ``at`` (s from the beginning); what is before the beginning is cut off."""
        samples, packets = block.samples, []
        ahead = at - self.seconds - self._resampler.delay
        tolerated = _OUT_OF_STEP_S if self._begun else 0.0
        self._begun = True
        if ahead > _ANOTHER_CLOCK_S:
            raise ValueError(f"the sound is {ahead:.0f} s later than the rest: its times are of another clock")
        if ahead > tolerated:
            for silence in _silence(round(ahead * block.sample_rate), block):
                packets += self._encode(self._resampler.resample(silence, block.sample_rate))
        elif ahead < -tolerated:
            samples = samples[min(len(samples), round(-ahead * block.sample_rate)) :]
        if len(samples):
            packets += self._encode(self._resampler.resample(samples, block.sample_rate))
        return packets

    def flush(self) -> list[av.Packet[Any]]:
        """The packets that are left."""
        return [*self._encode(self._resampler.flush()), *self._stream.encode(None)]

    def _encode(self, samples: Samples) -> list[av.Packet[Any]]:
        if not len(samples):
            return []
        frame = audio_frame(np.clip(samples, -1.0, 1.0), self._resampler.sample_rate)
        frame.pts, frame.time_base = self._written, Fraction(1, self._resampler.sample_rate)
        self._written += len(samples)
        return list(self._stream.encode(frame))


def _silence(count: int, block: AudioBlock) -> Iterator[Samples]:
    """So many samples of it like ``block``, a second at a time: it may be long."""
    for first in range(0, count, block.sample_rate):
        yield np.zeros((min(block.sample_rate, count - first), block.channels), np.float32)


def _run_in(context: Any) -> int:
    """How many samples an encoder like this one puts before the first: 1024 for AAC, 312 for Opus."""
    import av

    trial: Any = av.CodecContext.create(context.codec.name, "w")
    trial.sample_rate, trial.layout, trial.format = context.sample_rate, context.layout, context.format
    silence = np.zeros((context.sample_rate // 4, context.layout.nb_channels), np.float32)
    frame = audio_frame(silence, context.sample_rate)
    frame.pts = 0
    packets = [*trial.encode(frame), *trial.encode(None)]
    first: int = min(packet.pts for packet in packets if packet.pts is not None)
    return max(0, -first)
