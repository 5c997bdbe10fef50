"""The figures of a stream, in the W3C's names (Identifiers for WebRTC's Statistics API) where it has them."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field, replace
from typing import Any

__all__ = ["AudioStats", "FreezeMeter", "ReaderStats", "VideoStats"]


@dataclass(frozen=True)
class ReaderStats:
    """What one reader of a track was given, and what came while its slots were full."""

    name: str
    delivered: int
    dropped: int


@dataclass(frozen=True)
class AudioStats:
    """Figures of a stream's sound: counts since the stream was made, all else of now. Times are in seconds."""

    total_samples_received: int = 0
    #: Samples of silence in the place of those that were lost.
    concealed_samples: int = 0
    #: Loudest sample of the last block, 0 to 1.
    audio_level: float = 0.0
    #: Bit/s of encoded sound.
    bitrate: float = 0.0
    #: Median age of the last blocks' last samples when they could be read.
    age: float | None = None
    current_round_trip_time: float | None = None
    jitter: float = 0.0
    packets_received: int = 0
    packets_lost: int = 0
    #: "opus"; empty before the first sound.
    codec: str = ""
    readers: tuple[ReaderStats, ...] = ()

    def __add__(self, later: AudioStats) -> AudioStats:
        """The figures of two connections, one after the other: counts add up, all else is the later one's."""
        return replace(later, **{name: getattr(self, name) + getattr(later, name) for name in _AUDIO_COUNTS})

    def with_readers(self, readers: tuple[ReaderStats, ...]) -> AudioStats:
        """The same, with what each reader of the track was given."""
        return replace(self, readers=readers)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries, for JSON or a DataFrame."""
        return asdict(self)


_AUDIO_COUNTS = ("total_samples_received", "concealed_samples", "packets_received", "packets_lost")


@dataclass(frozen=True)
class VideoStats:
    """Figures of now: counts since the stream was made, rates of the last second. Times are in seconds.

    ``dropped_by`` counts the frames that were not decoded, by reason: ``"late"`` (the decoder had a backlog),
    ``"incomplete"`` (in need of a picture that was lost) and ``"undecodable"``.
    """

    frames_received: int = 0
    frames_decoded: int = 0
    #: Frames that readers were given, all readers together; ``readers`` has each.
    frames_delivered: int = 0
    frames_dropped: int = 0
    dropped_by: dict[str, int] = field(default_factory=dict)
    key_frames_decoded: int = 0
    frame_width: int = 0
    frame_height: int = 0
    frames_per_second: float = 0.0
    #: Bit/s of encoded video.
    bitrate: float = 0.0
    #: Median age of the last frames when they could be read.
    age: float | None = None
    current_round_trip_time: float | None = None
    jitter: float = 0.0
    packets_received: int = 0
    packets_lost: int = 0
    freeze_count: int = 0
    total_freezes_duration: float = 0.0
    #: "VP8" or "H264"; empty before the first frame.
    codec: str = ""
    #: Exceptions that callbacks raised.
    callback_errors: int = 0
    readers: tuple[ReaderStats, ...] = ()
    #: Of the sound beside the pictures; None where there is none.
    audio: AudioStats | None = None

    def __add__(self, later: VideoStats) -> VideoStats:
        """The figures of two connections, one after the other: counts add up, all else is the later one's."""
        added = {name: getattr(self, name) + getattr(later, name) for name in _COUNTS}
        dropped_by = dict(Counter(self.dropped_by) + Counter(later.dropped_by))
        return replace(later, dropped_by=dropped_by, **added)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries, for JSON or a DataFrame."""
        return asdict(self)


_COUNTS = (
    "frames_received",
    "frames_decoded",
    "frames_dropped",
    "key_frames_decoded",
    "packets_received",
    "packets_lost",
    "freeze_count",
    "total_freezes_duration",
)


class FreezeMeter:
    """Counts freezes as ``freezeCount`` and ``totalFreezesDuration`` are defined.

    A frame that comes later than three times the average of the last 30 intervals, and 150 ms later than it, ends one.
    """

    def __init__(self) -> None:
        self.count = 0
        self.duration_s = 0.0
        self._last: float | None = None
        self._intervals: deque[float] = deque(maxlen=30)

    def frame(self, now: float) -> None:
        """A frame came at ``now`` (``time.monotonic()``)."""
        if self._last is not None:
            interval = now - self._last
            if self._intervals:
                average = sum(self._intervals) / len(self._intervals)
                if interval > max(3 * average, average + 0.15):
                    self.count += 1
                    self.duration_s += interval
            self._intervals.append(interval)
        self._last = now
