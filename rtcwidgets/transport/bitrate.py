"""How much a page's encoder may send: enough for a sharp picture of its size and rate."""

from __future__ import annotations

__all__ = ["bitrate_for"]

BITS_PER_PIXEL = 0.2
MIN_BITRATE, MAX_BITRATE = 1_000_000, 20_000_000
DEFAULT_FRAME_RATE = 30.0


def bitrate_for(width: float, height: float, frame_rate: float) -> int:
    """Bit/s for pictures of that size and rate; 0 is unknown."""
    pixels_per_s = width * height * (frame_rate or DEFAULT_FRAME_RATE)
    return int(min(max(pixels_per_s * BITS_PER_PIXEL, MIN_BITRATE), MAX_BITRATE))
