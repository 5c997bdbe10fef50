"""The same pixels with their channels in another order: nothing is rounded, nothing is lost but alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PIXEL_FORMATS", "Image", "PixelFormat", "reordered"]

if TYPE_CHECKING:
    Image = NDArray[np.uint8]
else:
    Image = np.ndarray

PixelFormat = Literal["bgr24", "rgb24", "bgra", "rgba", "gray"]
PIXEL_FORMATS: tuple[str, ...] = get_args(PixelFormat)

_CHANNELS: dict[str, str] = {"bgr24": "bgr", "rgb24": "rgb", "bgra": "bgra", "rgba": "rgba"}
_OPAQUE = 255


def reordered(pixels: Image, have: PixelFormat, want: PixelFormat) -> Image:
    """A new C-contiguous array of ``pixels`` in the format ``want``; "gray" only if that is what they have."""
    if want == have:
        return pixels.copy()
    height, width = pixels.shape[:2]
    image = np.empty((height, width, len(_CHANNELS[want])), np.uint8)
    for position, channel in enumerate(_CHANNELS[want]):
        if have == "gray":
            image[..., position] = _OPAQUE if channel == "a" else pixels
        elif channel in _CHANNELS[have]:
            image[..., position] = pixels[..., _CHANNELS[have].index(channel)]
        else:
            image[..., position] = _OPAQUE
    return image
