"""What FFmpeg reads: files, URLs and devices, opened with a timeout and with errors that say what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rtcwidgets.errors import SourceFailed

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

__all__ = ["decoded_audio", "decoded_video", "is_url", "opened", "origin", "same_source", "shown"]

# FFmpeg looks at a live stream for up to 5 s before it gives the first picture; half a second will do.
_LIVE_OPTIONS = {"analyzeduration": "500000", "fflags": "nobuffer"}

# Over UDP a firewall would be noticed only after its timeout.
_RTSP_OPTIONS = {**_LIVE_OPTIONS, "rtsp_flags": "prefer_tcp"}

_DEVICES = "/dev/video"
_MICROSECOND = Fraction(1, 1_000_000)


def is_url(path: str) -> bool:
    """Whether it names a URL, not a file or device of this machine."""
    return "://" in path


def shown(path: str) -> str:
    """The path or URL for people to read: without user and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", path)


def same_source(path: str | os.PathLike[str]) -> str:
    """The path or URL as text; raises FileNotFoundError for a file that is not there."""
    text = os.fspath(path)
    if not is_url(text) and not Path(text).exists():
        raise FileNotFoundError(
            f"There is no file {text!r} (in {os.getcwd()}). A camera of the browser is rtcwidgets.Camera()."
        )
    return text


@contextmanager
def opened(path: str, timeout: float) -> Iterator[InputContainer]:
    """The container, open; every wait for a URL ends after ``timeout`` (s). Raises SourceFailed."""
    import av

    try:
        with av.open(
            path,
            format="v4l2" if path.startswith(_DEVICES) else None,
            options=_options(path),
            timeout=timeout,
        ) as container:
            yield container
    except (av.FFmpegError, ValueError) as error:
        raise SourceFailed(_explanation(path, timeout, error)) from None  # whose text has the password of a URL


def decoded_video(container: InputContainer) -> Iterator[av.VideoFrame]:
    """The pictures of the first video stream, in order. Raises SourceFailed where there is none."""
    if not container.streams.video:
        raise SourceFailed(f"{shown(container.name)!r} has no video, only {_kinds(container)}.")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    yield from container.decode(stream)


def decoded_audio(container: InputContainer) -> Iterator[av.AudioFrame]:
    """The samples of the first audio stream, in order. Raises SourceFailed where there is none."""
    if not container.streams.audio:
        raise SourceFailed(f"{shown(container.name)!r} has no audio, only {_kinds(container)}.")
    yield from container.decode(container.streams.audio[0])


def _kinds(container: InputContainer) -> str:
    return ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"


def origin(container: InputContainer) -> Fraction:
    """Where its timeline begins (s); samples before zero, which decoders need to start, do not move it."""
    return max(Fraction(0), (container.start_time or 0) * _MICROSECOND)


def _options(path: str) -> dict[str, str]:
    if path.startswith("rtsp"):
        return _RTSP_OPTIONS
    return _LIVE_OPTIONS if is_url(path) else {}


def _explanation(path: str, timeout: float, error: Exception) -> str:
    import av

    # FFmpeg's whole message repeats the address, password and all.
    name, cause = shown(path), getattr(error, "strerror", None) or str(error)
    if path.startswith(_DEVICES):
        return (
            f"The camera {name!r} of the kernel's machine cannot be opened: {cause}. PyAV needs FFmpeg's v4l2 for it, "
            "which its wheels lack; the camera of your browser is rtcwidgets.Camera()."
        )
    if not is_url(path):
        return f"{name!r} cannot be read: {cause}. Is it a video or audio file, and whole?"
    if isinstance(error, (av.error.TimeoutError, av.error.ExitError)):
        return f"{name!r} gave nothing for {timeout:g} s. Is its server there? Give a longer timeout for a slow one."
    return f"{name!r} cannot be read: {cause}. Check the address, and whether the kernel's machine may reach it."
