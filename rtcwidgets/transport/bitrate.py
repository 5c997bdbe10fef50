"""How much a page's encoders may send: enough for a sharp picture of its size and rate, and for music."""

from __future__ import annotations

__all__ = ["bitrate_for", "bitrate_for_sound"]

BITS_PER_PIXEL = 0.2
MIN_BITRATE, MAX_BITRATE = 1_000_000, 20_000_000
DEFAULT_FRAME_RATE = 30.0
# Browsers by themselves send speech, with half of it.
SOUND_BITRATE = 64_000


def bitrate_for(width: float, height: float, frame_rate: float) -> int:
    """Bit/s for pictures of that size and rate; 0 is unknown."""
    pixels_per_s = width * height * (frame_rate or DEFAULT_FRAME_RATE)
    return int(min(max(pixels_per_s * BITS_PER_PIXEL, MIN_BITRATE), MAX_BITRATE))


def bitrate_for_sound(channels: int) -> int:
    """Bit/s for Opus."""
    return channels * SOUND_BITRATE
