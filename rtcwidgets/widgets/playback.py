"""How a file is played, as the page told last or Python asked since; in between, its time is reckoned."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from rtcwidgets import protocol

__all__ = ["PlaybackState"]


@dataclass(frozen=True)
class PlaybackState:
    """One moment of it; replaced as a whole, so that any thread may look at it without a lock. Times in seconds."""

    playing: bool = True
    current_time: float = 0.0
    playback_rate: float = 1.0
    loop: bool = False
    muted: bool = True
    duration: float | None = None
    ended: bool = False
    #: Whether a page plays it; if not, this is how the next one shall.
    running: bool = False
    since: float = field(default_factory=monotonic)

    @classmethod
    def told(cls, message: protocol.Playback) -> PlaybackState:
        """What a page says of it."""
        return cls(
            playing=message.playing,
            current_time=message.current_time,
            playback_rate=message.playback_rate,
            loop=message.loop,
            muted=message.muted,
            duration=message.duration,
            ended=message.ended,
            running=True,
        )

    def play(self, page: str) -> protocol.Play:
        """How a page that starts shall play it: from where it was, or anew where it had come to its end."""
        return protocol.Play(
            to=page,
            playing=self.playing or self.ended,
            current_time=0.0 if self.ended else self.time(),
            playback_rate=self.playback_rate,
            loop=self.loop,
            muted=self.muted,
        )

    def time(self) -> float:
        """The time in the file now."""
        if not (self.running and self.playing):
            return self.current_time
        now = self.current_time + (monotonic() - self.since) * self.playback_rate
        if self.duration is None:
            return now
        return now % self.duration if self.loop and self.duration else min(now, self.duration)

    def ended_s(self) -> float:
        """Seconds since it came to its end; 0 while it has not."""
        return monotonic() - self.since if self.ended else 0.0
