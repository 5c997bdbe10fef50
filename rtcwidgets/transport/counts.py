"""What became of the frames that came in: counted in the decoder's thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["FrameCounts"]


@dataclass
class FrameCounts:
    """Frames and their bytes; ``dropped`` has those that were not decoded, by reason (see ``VideoStats``)."""

    received: int = 0
    decoded: int = 0
    key_frames: int = 0
    bytes: int = 0
    codec: str = ""
    dropped: Counter[str] = field(default_factory=Counter)

    def receive(self, codec: str, size: int) -> None:
        """A frame came in whole."""
        self.codec = codec
        self.received += 1
        self.bytes += size
