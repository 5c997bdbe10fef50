"""When a frame or a sound was captured, in the kernel's clock.

RTP time stamps say how far apart two frames were taken. An RTCP sender report (RFC 3550, section 6.4.1) ties them to
the page's wall clock, and the control channel's shortest round trip ties that clock to the kernel's. Until the first
report has come, the frame with the shortest way so far stands in: it is taken to have been on the way for no time.
"""

from __future__ import annotations

__all__ = ["CaptureClock", "ticks_between"]

RTP_CLOCK_HZ = 90_000
NTP_TO_UNIX_S = 2_208_988_800
# How far off a report may be before it is not believed: its frames would come from the future or from long ago.
LONGEST_WAY_S = 10.0


class CaptureClock:
    """Turns RTP time stamps of one track into seconds since the epoch; on the io thread and the decoder's.

    ``rate`` is the ticks of its time stamps a second.
    """

    def __init__(self, rate: int = RTP_CLOCK_HZ) -> None:
        self._rate = rate
        self._page_to_kernel_s = 0.0
        self._report: tuple[float, int] | None = None
        self._fastest: tuple[float, int] | None = None
        self._previous = 0.0

    def set_offset(self, kernel_minus_page_s: float) -> None:
        """The kernel's clock minus the page's, from the control channel."""
        self._page_to_kernel_s = kernel_minus_page_s

    def add_sender_report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """The page's wall clock (64-bit NTP format) at an RTP time stamp."""
        self._report = (ntp_timestamp / 2**32 - NTP_TO_UNIX_S, rtp_timestamp)

    def begin_anew(self) -> None:
        """Time stamps and wall clock are no longer what they were to each other: what was known of that is wrong."""
        self._report = self._fastest = None

    def capture_time(self, rtp_timestamp: int, arrival: float) -> float:
        """When the frame that arrived at ``arrival`` was captured; later for every frame than for the one before."""
        self._remember_fastest(rtp_timestamp, arrival)
        captured = self._by_report(rtp_timestamp)
        if captured is None or not arrival - LONGEST_WAY_S < captured <= arrival:
            captured = self._by_fastest(rtp_timestamp)
        self._previous = max(min(captured, arrival), self._previous + 1e-6)
        return self._previous

    def _by_report(self, rtp_timestamp: int) -> float | None:
        if self._report is None:
            return None
        page_s, reported = self._report
        return page_s + self._page_to_kernel_s + ticks_between(reported, rtp_timestamp) / self._rate

    def _by_fastest(self, rtp_timestamp: int) -> float:
        assert self._fastest is not None
        arrival, fastest = self._fastest
        return arrival + ticks_between(fastest, rtp_timestamp) / self._rate

    def _remember_fastest(self, rtp_timestamp: int, arrival: float) -> None:
        if self._fastest is None or arrival < self._by_fastest(rtp_timestamp):
            self._fastest = (arrival, rtp_timestamp)


def ticks_between(earlier: int, later: int) -> int:
    """RTP time stamps wrap at 32 bits: the shorter way round is the right one."""
    ticks = (later - earlier) & 0xFFFFFFFF
    return ticks - (1 << 32) if ticks >= 1 << 31 else ticks
