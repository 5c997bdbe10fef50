"""A track of the page on its way into the kernel: decoded pictures become frames."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.colour import Colour
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.stats import FreezeMeter, VideoStats
from rtcwidgets.transport.clock import CaptureClock
from rtcwidgets.transport.counts import FrameCounts
from rtcwidgets.transport.tuning import Packets, TunedVideo, tunable

if TYPE_CHECKING:
    import av

__all__ = ["IncomingVideo"]

WATCH_INTERVAL_S = 0.1
RATE_WINDOW_FRAMES = 31


class IncomingVideo:
    """Publishes what a receiver decodes, with capture time and colour; ``watch`` keeps it from standing still."""

    def __init__(
        self, receiver: RTCRtpReceiver, publish: Callable[[Frame], None], colour: Colour, first_index: int
    ) -> None:
        self.clock = CaptureClock()
        self.colour = colour
        self.published = 0
        self.last_frame_at: float | None = None
        self.size = (0, 0)
        self._publish = publish
        self._first_index = first_index
        self._times: deque[float] = deque(maxlen=RATE_WINDOW_FRAMES)
        self._ages: deque[float] = deque(maxlen=RATE_WINDOW_FRAMES)
        self._freezes = FreezeMeter()
        self._bytes: deque[tuple[float, int]] = deque([(time.monotonic(), 0)], maxlen=RATE_WINDOW_FRAMES)
        self._receiver = receiver
        self._tuned = TunedVideo(receiver, self) if tunable(receiver) else None

    # -- PictureSink

    def picture(self, picture: av.VideoFrame, rtp_timestamp: int, arrival: float) -> None:
        """Publish a picture; in the decoder's thread."""
        captured = self.clock.capture_time(rtp_timestamp, arrival)
        frame = Frame(picture, index=self._first_index + self.published, time=captured, colour=self.colour)
        self.published += 1
        self.size = (picture.width, picture.height)
        self.last_frame_at = time.monotonic()
        self._publish(frame)
        self._times.append(self.last_frame_at)
        self._ages.append(frame.age)
        self._freezes.frame(self.last_frame_at)
        self._bytes.append((self.last_frame_at, self.counts.bytes))

    def sender_report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """Set the clock; on the io thread."""
        self.clock.add_sender_report(ntp_timestamp, rtp_timestamp)

    # -- on the io thread

    async def run(self) -> None:
        """Watch over the track until cancelled."""
        if self._tuned is None:
            await self._run_plain()
            return
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            await self._tuned.watch()

    async def _run_plain(self) -> None:
        """An aiortc that tuning.py does not know: its own queue, its own delay."""
        try:
            while True:
                picture = await self._receiver.track.recv()
                self.picture(picture, picture.pts or 0, time.time())  # type: ignore[arg-type]
        except MediaStreamError:
            return

    @property
    def frame_rate(self) -> float:
        """Frames per second over the last second or so."""
        times = list(self._times)
        if len(times) < 2 or time.monotonic() - times[-1] > 2.0:
            return 0.0
        return (len(times) - 1) / max(times[-1] - times[0], 1e-6)

    @property
    def age_ms(self) -> float | None:
        """Median age of the last frames when they were published, in milliseconds."""
        ages = sorted(self._ages)
        return ages[len(ages) // 2] * 1000 if ages else None

    @property
    def bitrate_bps(self) -> float:
        """Bit/s of encoded video over the last second or so."""
        (began, bytes_then), (ended, bytes_now) = self._bytes[0], self._bytes[-1]
        if time.monotonic() - ended > 2.0:
            return 0.0
        return 8 * (bytes_now - bytes_then) / max(ended - began, 1e-6)

    @property
    def counts(self) -> FrameCounts:
        """What became of the frames; an aiortc that tuning.py does not know tells only what it decoded."""
        if self._tuned is None:
            return FrameCounts(received=self.published, decoded=self.published)
        return self._tuned.counts

    def stats(self, round_trip_s: float | None) -> VideoStats:
        """The figures of this connection."""
        counts, age_ms = self.counts, self.age_ms
        packets = self._tuned.packets() if self._tuned else Packets()
        return VideoStats(
            frames_received=counts.received,
            frames_decoded=counts.decoded,
            frames_dropped=counts.dropped.total(),
            dropped_by=dict(counts.dropped),
            key_frames_decoded=counts.key_frames,
            frame_width=self.size[0],
            frame_height=self.size[1],
            frames_per_second=self.frame_rate,
            bitrate=self.bitrate_bps,
            age=None if age_ms is None else age_ms / 1000,
            current_round_trip_time=round_trip_s,
            jitter=packets.jitter_s,
            packets_received=packets.received,
            packets_lost=packets.lost,
            freeze_count=self._freezes.count,
            total_freezes_duration=self._freezes.duration_s,
            codec=counts.codec,
        )
