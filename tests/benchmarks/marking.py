"""What is done to each picture on its way there and back: next to nothing, and the stamp stays."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

COLOUR_BGR = (40, 160, 30)


def marked(image: NDArray[Any]) -> NDArray[Any]:
    """Return a copy with a bar across its middle, below the stamp."""
    height = image.shape[0]
    image = image.copy()
    image[height // 2 : height // 2 + height // 16] = COLOUR_BGR
    return image
