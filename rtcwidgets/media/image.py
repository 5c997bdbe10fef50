"""What counts as a picture: the arrays that a function may return and a writer may be given."""

from __future__ import annotations

from typing import Any

import numpy as np

from rtcwidgets.media.channels import Image, PixelFormat

__all__ = ["checked_image"]

WANTED = "(height, width, 3), (height, width, 4) or (height, width), uint8 or float in 0–1"

# A filter may overshoot 0–1 a little; a picture of 0–255 in floats is a mistake to be told of.
_LOWEST, _HIGHEST = -1.0, 2.0

_WITHOUT_ALPHA: dict[PixelFormat, PixelFormat] = {"rgb24": "rgb24", "rgba": "rgb24"}
_WITH_ALPHA: dict[PixelFormat, PixelFormat] = {"rgb24": "rgba", "rgba": "rgba"}


def checked_image(image: Any, pixel_format: PixelFormat, giver: str) -> tuple[Image, PixelFormat]:
    """A copy of ``image`` as C-contiguous uint8, and the format that its shape means in a track of ``pixel_format``.

    Three channels are blue, green, red (red first where the track is "rgb24" or "rgba"), four have alpha last, two
    dimensions are gray. Floats are clipped to 0–1; True is white. Raises TypeError or ValueError, which say what
    ``giver`` (a phrase like "edges returned") gave and what is wanted.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(f"{giver} {_article(type(image).__name__)}; wanted: an ndarray {WANTED}")
    given = f"{giver} {image.shape} {image.dtype}"
    if image.ndim == 2:
        format: PixelFormat = "gray"
    elif image.ndim == 3 and image.shape[2] == 3:
        format = _WITHOUT_ALPHA.get(pixel_format, "bgr24")
    elif image.ndim == 3 and image.shape[2] == 4:
        format = _WITH_ALPHA.get(pixel_format, "bgra")
    else:
        raise ValueError(f"{given}; wanted: {WANTED}")
    if image.size == 0:
        raise ValueError(f"{given}: an empty picture; wanted: {WANTED}")
    return _as_bytes(image, given), format


def _as_bytes(image: Any, given: str) -> Image:
    if image.dtype == np.uint8:
        pixels: Image = np.array(image, order="C")
        return pixels
    if image.dtype == np.bool_:
        return np.where(image, np.uint8(255), np.uint8(0))
    if not np.issubdtype(image.dtype, np.floating):
        raise TypeError(f"{given}; wanted: {WANTED}. Perhaps image.clip(0, 255).astype(np.uint8)")
    low, high = float(image.min()), float(image.max())
    if not (low >= _LOWEST and high <= _HIGHEST):  # written so that NaN is refused too
        raise ValueError(
            f"{given} with values from {low:.3g} to {high:.3g}; wanted: {WANTED}. Perhaps image.astype(np.uint8)"
        )
    scaled = np.clip(image, 0.0, 1.0) * 255.0
    return np.ascontiguousarray(np.rint(scaled).astype(np.uint8))


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"
