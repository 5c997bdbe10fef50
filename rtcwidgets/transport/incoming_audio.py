"""Sound of the page on its way into the kernel: decoded packets become contiguous blocks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.audio_reader import RING_S
from rtcwidgets.media.samples import AudioBlock, samples_of, with_channels
from rtcwidgets.media.stats import AudioStats
from rtcwidgets.transport.clock import CaptureClock, ticks_between
from rtcwidgets.transport.tuning import AUDIO_CLOCK_HZ, Packets, TunedAudio, tunable

if TYPE_CHECKING:
    import av

__all__ = ["IncomingAudio"]

RATE_WINDOW_BLOCKS = 50
# A sound that pauses has time stamps that go on as if it had not (Chromium): what stays that late, and does not catch
# up as after a jam of the network, has paused.
PAUSE_S = 0.3
PAUSE_PATIENCE_S = 0.2
# More than a reader keeps: of a longer silence the time of the next block tells.
MOST_CONCEALED = round(RING_S * AUDIO_CLOCK_HZ)


class IncomingAudio:
    """Publishes what a receiver decodes, with ``channels`` and capture time; silence takes the place of what is lost.

    ``publish`` is called in the decoder's thread.
    """

    def __init__(self, receiver: RTCRtpReceiver, publish: Callable[[AudioBlock], None], channels: int) -> None:
        self.clock = CaptureClock(AUDIO_CLOCK_HZ)
        self.last_block_at: float | None = None
        self._receiver = receiver
        self._publish = publish
        self._channels = channels
        self._next_timestamp: int | None = None
        self._least_late: float | None = None
        self._late_since: float | None = None
        self._samples = 0
        self._concealed = 0
        self._level = 0.0
        self._ages: deque[float] = deque(maxlen=RATE_WINDOW_BLOCKS)
        self._bytes: deque[tuple[float, int]] = deque([(time.monotonic(), 0)], maxlen=RATE_WINDOW_BLOCKS)
        self._tuned = TunedAudio(receiver, self) if tunable(receiver) else None

    # -- SoundSink

    def sound(self, frame: av.AudioFrame, rtp_timestamp: int, arrival: float) -> None:
        """Publish what was in a packet; in the decoder's thread."""
        samples = with_channels(samples_of(frame), self._channels)
        lasts_s = len(samples) / AUDIO_CLOCK_HZ
        # Browsers take the time when a packet leaves for the time of its first sample (libwebrtc has no other): the
        # last one was captured then.
        captured = self.clock.capture_time(rtp_timestamp, arrival) - lasts_s
        self._notice_pause(arrival - captured, arrival)
        self._conceal_gap(rtp_timestamp, captured)
        self._next_timestamp = rtp_timestamp + len(samples)
        self._samples += len(samples)
        self._level = float(np.abs(samples).max(initial=0.0))
        self.last_block_at = time.monotonic()
        self._publish(AudioBlock(samples, AUDIO_CLOCK_HZ, captured))
        self._ages.append(time.time() - captured - lasts_s)
        self._bytes.append((self.last_block_at, self._tuned.bytes if self._tuned else 0))

    def sender_report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """Set the clock; on the io thread."""
        self.clock.add_sender_report(ntp_timestamp, rtp_timestamp)
        self._least_late = None

    def _notice_pause(self, late: float, arrival: float) -> None:
        self._least_late = min(late, late if self._least_late is None else self._least_late)
        if late - self._least_late < PAUSE_S:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = arrival
        elif arrival - self._late_since > PAUSE_PATIENCE_S:
            self.clock.begin_anew()
            self._least_late = self._late_since = None

    def _conceal_gap(self, rtp_timestamp: int, captured: float) -> None:
        if self._next_timestamp is None:
            return
        missing = min(ticks_between(self._next_timestamp, rtp_timestamp), MOST_CONCEALED)
        if missing > 0:
            self._concealed += missing
            silence = np.zeros((missing, self._channels), np.float32)
            self._publish(AudioBlock(silence, AUDIO_CLOCK_HZ, captured - missing / AUDIO_CLOCK_HZ))

    # -- on the io thread

    async def run(self) -> None:
        """Where tuning.py does not know this aiortc: its own queue, its own delay. Elsewhere there is nothing to do."""
        if self._tuned is not None:
            return
        try:
            while True:
                frame = await self._receiver.track.recv()
                self.sound(frame, frame.pts or 0, time.time())  # type: ignore[arg-type]
        except MediaStreamError:
            return

    @property
    def bitrate_bps(self) -> float:
        """Bit/s of encoded sound over the last second or so."""
        (began, bytes_then), (ended, bytes_now) = self._bytes[0], self._bytes[-1]
        if time.monotonic() - ended > 2.0:
            return 0.0
        return 8 * (bytes_now - bytes_then) / max(ended - began, 1e-6)

    def stats(self, round_trip_s: float | None) -> AudioStats:
        """The figures of this connection."""
        packets = self._tuned.packets() if self._tuned else Packets()
        ages = sorted(self._ages)
        return AudioStats(
            total_samples_received=self._samples + self._concealed,
            concealed_samples=self._concealed,
            audio_level=self._level,
            bitrate=self.bitrate_bps,
            age=ages[len(ages) // 2] if ages else None,
            current_round_trip_time=round_trip_s,
            jitter=packets.jitter_s,
            packets_received=packets.received,
            packets_lost=packets.lost,
            codec="opus" if self._samples else "",
        )
