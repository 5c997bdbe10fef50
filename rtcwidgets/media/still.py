"""Photographs: a JPEG or PNG file becomes a picture, a picture becomes a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import os

    import av

    from rtcwidgets.media.frame import Frame

__all__ = ["as_picture", "save"]

# A phone's largest photographs are of 200 million pixels; whoever sends more means to fill the memory.
MAX_PIXELS = 256_000_000
_SIGNATURES = {b"\xff\xd8\xff": "mjpeg", b"\x89PNG": "png"}
_CODECS = {".jpg": "mjpeg", ".jpeg": "mjpeg", ".png": "png"}


def as_picture(file: bytes) -> av.VideoFrame:
    """The picture in a JPEG or PNG file; raises ValueError for anything else, and beyond MAX_PIXELS."""
    import av

    codec = next((name for signature, name in _SIGNATURES.items() if file.startswith(signature)), None)
    if codec is None:
        raise ValueError("neither a JPEG nor a PNG file")
    decoder = cast("av.VideoCodecContext", av.CodecContext.create(codec, "r"))
    decoder.options = {"max_pixels": str(MAX_PIXELS)}
    try:
        pictures = [*decoder.decode(av.Packet(file)), *decoder.decode(None)]
    except av.FFmpegError as error:
        raise ValueError(f"a {codec} file that cannot be decoded: {error}") from None
    if not pictures:
        raise ValueError(f"a {codec} file without a picture")
    return pictures[0]


def save(frame: Frame, path: str | os.PathLike[str]) -> None:
    """Write a frame as a file of its name's kind; raises ValueError unless that is .jpg, .jpeg or .png."""
    ending = Path(path).suffix.lower()
    if ending not in _CODECS:
        raise ValueError(f"a picture's name ends in {', '.join(_CODECS)}, not {ending or 'nothing'!r}: {path}")
    Path(path).write_bytes(frame._repr_jpeg_() if _CODECS[ending] == "mjpeg" else _as_png(frame))


def _as_png(frame: Frame) -> bytes:
    import av

    picture = av.VideoFrame.from_ndarray(frame.rgb, format="rgb24")
    picture.pts = 0
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "rgb24"
    encoder.time_base = Fraction(1, 30)
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
