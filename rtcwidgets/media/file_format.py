"""What a recording becomes by the ending of its name: container, encoders, and how fine its clock is."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

__all__ = ["FILE_FORMATS", "FileFormat", "file_format"]


@dataclass(frozen=True)
class FileFormat:
    """One ending's container, as FFmpeg calls it, and its encoders, best first: PyAV's wheels differ in them."""

    container: str
    video: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    #: Tick of its time stamps (s).
    tick: Fraction = Fraction(1, 1000)
    #: Options of FFmpeg's muxer.
    options: dict[str, str] = field(default_factory=dict)


_H264 = ("libx264", "libopenh264", "mpeg4")

#: How the file gets to the disk: at once, and no stream waits more than a second for another.
_PROMPT = {"flush_packets": "1", "max_interleave_delta": "1000000"}

FILE_FORMATS = {
    # Fragments of half a second while it grows, so that a killed process leaves a file; an ordinary file in the end.
    ".mp4": FileFormat(
        "mp4",
        _H264,
        ("aac",),
        Fraction(1, 90_000),
        {"movflags": "hybrid_fragmented", "frag_duration": "500000", **_PROMPT},
    ),
    ".mkv": FileFormat("matroska", _H264, ("libopus", "aac"), options={"cluster_time_limit": "500", **_PROMPT}),
    ".webm": FileFormat(
        "webm", ("libvpx", "libvpx-vp9"), ("libopus", "libvorbis"), options={"cluster_time_limit": "500", **_PROMPT}
    ),
    ".wav": FileFormat("wav", audio=("pcm_s16le",), options=_PROMPT),
    ".gif": FileFormat("gif", video=("gif",), tick=Fraction(1, 100), options=_PROMPT),
}


def file_format(path: str | os.PathLike[str], video: bool, audio: bool) -> FileFormat:
    """The format for that name; raises ValueError if there is none or if it cannot hold the tracks."""
    ending = Path(path).suffix.lower()
    if ending not in FILE_FORMATS:
        raise ValueError(f"{str(path)!r}: a recording ends in {', '.join(FILE_FORMATS)}")
    format = FILE_FORMATS[ending]
    if video and not format.video:
        raise ValueError(f"{str(path)!r}: {ending} holds no video; take .mp4, .mkv or .webm")
    if audio and not format.audio:
        raise ValueError(f"{str(path)!r}: {ending} holds no audio; take .mp4, .mkv or .webm")
    return format


def encoder_of(names: tuple[str, ...]) -> str:
    """The first of these encoders that this PyAV has."""
    import av

    return next((name for name in names if name in av.codec.codecs_available), names[-1])
