"""A kernel's sound on its way to a page: 20 ms after 20 ms, as Opus has them, from a bounded store.

What comes in gulps is played at its own pace, what is too late goes, and silence stands where nothing is there.
"""

from __future__ import annotations

import asyncio
from fractions import Fraction
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.resampling import Resampler
from rtcwidgets.media.samples import Samples, with_channels

if TYPE_CHECKING:
    import av

    from rtcwidgets.media.audio_reader import AudioReader
    from rtcwidgets.media.audio_track import AudioTrack
    from rtcwidgets.media.samples import AudioBlock

__all__ = ["OutgoingAudio"]

RATE = 48_000
PACKET_SAMPLES = 960
CHANNELS = 2
PACKET_S = PACKET_SAMPLES / RATE
# After silence sound waits until there is so much of it: a block that is a little late leaves no hole then.
CUSHION_S = 0.04
#: Sound that waits; what is more is older than anyone wants to hear, and goes.
STORE_S = 0.2
# A sender that was held up for longer begins a new beat instead of catching up.
LATE_S = 0.2


class OutgoingAudio(MediaStreamTrack):
    """Gives aiortc's sender frames of 20 ms in stereo; reads ``track`` from the first one asked for until ``stop``.

    For tracks in real time; a paced one waits for readers who wait. All methods are for the io thread. ``dropped``
    counts samples that had to go, ``silent`` those that were missing.
    """

    kind = "audio"

    def __init__(self, track: AudioTrack) -> None:
        super().__init__()
        self._track = track
        self._reader: AudioReader | None = None
        self._resampler = Resampler(RATE, CHANNELS)
        self._store = np.zeros((0, CHANNELS), np.float32)
        self._plays = False
        self._due: float | None = None
        self._sent = 0
        self.dropped = 0
        self.silent = 0

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, at the beat of the clock."""
        if self.readyState != "live":
            raise MediaStreamError
        if self._reader is None:
            self._reader = self._track.blocks(name="player")
        await self._beat()
        # Nobody has to wake this track: it looks when its time has come, whatever the stream goes through.
        while (block := self._reader.next_within(0)) is not None:
            self._keep(block)
        return self._frame_of(self._take())

    def stop(self) -> None:
        """End the reading. May be called again."""
        super().stop()
        if self._reader is not None:
            self._reader.close()

    def _keep(self, block: AudioBlock) -> None:
        samples = with_channels(block.samples, CHANNELS)
        if block.sample_rate != RATE:
            samples = self._resampler.resample(samples, block.sample_rate)
        store = np.concatenate([self._store, samples])
        too_many = max(0, len(store) - round(STORE_S * RATE))
        self.dropped += too_many
        self._store = store[too_many:]

    async def _beat(self) -> None:
        now = monotonic()
        if self._due is None or now - self._due > LATE_S:
            self._due = now
        await asyncio.sleep(self._due - now)
        self._due += PACKET_S

    def _take(self) -> Samples:
        self._plays = len(self._store) >= (PACKET_SAMPLES if self._plays else round(CUSHION_S * RATE))
        count = PACKET_SAMPLES if self._plays else 0
        samples, self._store = self._store[:count], self._store[count:]
        missing = PACKET_SAMPLES - len(samples)
        self.silent += missing
        return np.concatenate([samples, np.zeros((missing, CHANNELS), np.float32)]) if missing else samples

    def _frame_of(self, samples: Samples) -> av.AudioFrame:
        import av

        pcm = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = self._sent
        self._sent += PACKET_SAMPLES
        return frame
