"""A file that the page plays as a source: a MediaStream from a video element, steered from page and Python alike."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

import traitlets
from traitlets import Bool, Float, Unicode

from rtcwidgets import protocol
from rtcwidgets.errors import SourceFailed
from rtcwidgets.media.frame import Frame
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.playback import PlaybackState
from rtcwidgets.widgets.reports import Report
from rtcwidgets.widgets.steered import Steered
from rtcwidgets.widgets.video_stream import VideoStream
from rtcwidgets.widgets.wording import FILE, Wording

__all__ = ["VideoFile"]

# One message each: servers and proxies take messages of 10 MiB, and a page wants to show how far it is.
PART_BYTES = 2 * 2**20
MAX_BYTES = 2**30  # the page holds all of it
# Chromium repeats the last picture 30 times a second; this much of it lets the last one arrive.
LAST_PICTURE_S = 0.5

_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


class VideoFile(VideoStream):
    """A video of the kernel's machine or of the web, played in the page, with controls there; otherwise like a Camera.

    ``source`` is a path, the file's bytes, or an http(s) URL. Path and bytes travel to the page when it starts (at most
    1 GiB) and are never saved into the notebook; a URL is loaded by the page, from a server that allows it (CORS).
    What the browser can play it plays: mp4 (H.264) and webm nearly everywhere. Frames come at the video's own size, 30
    a second (Chromium), also while it is paused. At its end the stream stays live and readers wait (FrameTimeout) until
    it is played again. Its sound is ``audio_track``, also while the page is silent. Raises SourceFailed for a file that
    is not there, or that the browser cannot play.

    ``playing``, ``current_time``, ``playback_rate``, ``loop`` and ``muted`` may be set at any time, from any thread,
    and tell what the page does; they are observed as reports are. For every frame of a file, without a page, there is
    ``VideoTrack.from_file``.
    """

    source = traitlets.Any(help="A path, the file's bytes, or an http(s) URL; another one counts at the next start().")
    playing = Steered(Bool(), help="Whether it plays; default True. False pauses it.")
    current_time = Steered(
        Float(min=0.0, max=1e9), help="Where it is, in seconds of the file; setting it seeks. Default 0."
    )
    playback_rate = Steered(Float(min=0.0625, max=16.0), help="Its speed; default 1. Browsers take 0.0625 to 16.")
    loop = Steered(Bool(), help="Whether it begins anew at its end; default False.")
    muted = Steered(Bool(), help="Whether the page is silent; default True: sound would want a click first.")
    duration = Report("Its length in seconds, or None where it is not known (yet).")

    _source = Unicode("file").tag(sync=True)
    wording: ClassVar[Wording] = FILE

    def __init__(self, source: str | os.PathLike[str] | bytes, **options: Any) -> None:
        self._playback = PlaybackState()
        self._page = ""
        self._sending = False
        super().__init__(source=source, **options)

    # -- steering

    def _steer(self, name: str, value: Any) -> None:
        """Set one member, here and in the page; from any thread."""
        now = self._playback
        anew = now.ended and (name == "current_time" or (name in ("playing", "loop") and value))
        changes = {"current_time": 0.0 if anew else now.time(), "ended": now.ended and not anew, name: value}
        self._set_playback(replace(now, since=monotonic(), **changes))
        if self._page:
            self._say(protocol.Play(to=self._page, **{name: value}))

    def _set_playback(self, new: PlaybackState) -> None:
        old, self._playback = self._playback, new
        for name in ("playing", "playback_rate", "loop", "muted", "duration", "current_time"):
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                self._report(name, before, after)

    def _report_value(self, name: str) -> Any:
        match name:
            case "current_time":
                return self._playback.time()
            case "playing" | "playback_rate" | "loop" | "muted" | "duration":
                return getattr(self._playback, name)
            case _:
                return super()._report_value(name)

    # -- the page, on the io thread

    def heed_source(self, page: str, message: protocol.OfSource) -> None:
        """Send the part of the file that the page asks for, or take how it plays."""
        match message:
            case protocol.ReadFile(offset=offset):
                if not self._sending:
                    self._sending = True
                    io_loop().start_task(self._send_part(page, offset), "rtcwidgets file")
            case protocol.Playback():
                self._page = page
                self._set_playback(PlaybackState.told(message))

    async def _send_part(self, page: str, offset: int) -> None:
        try:
            if offset == 0:
                self._say(self._playback.play(page))
            url = _url_of(self.source)
            if url:
                self._say(protocol.FilePart(to=page, offset=0, size=0, url=url))
                return
            part, size = await asyncio.to_thread(_part_of, self.source, offset)
            self._say(protocol.FilePart(to=page, offset=offset, size=size), part)
        except SourceFailed as error:
            await self._session.fail(error)
        finally:
            self._sending = False

    def forget_frames(self) -> None:
        """The page plays no more: the next one goes on from here."""
        super().forget_frames()
        self._page = ""
        now = self._playback
        self._set_playback(replace(now, running=False, current_time=now.time()))

    def publish(self, frame: Frame) -> None:
        """Take a frame, unless it is the last picture over and over; in the decoder's thread."""
        if self._playback.ended_s() <= LAST_PICTURE_S:
            super().publish(frame)

    def _why_quiet(self) -> str:
        if self._playback.ended:
            return (
                "The video is at its end, and no new frame comes. Set video.current_time = 0 and video.playing = True "
                "to play it again, or video.loop = True."
            )
        if not self._playback.playing:
            return "The video is paused, and no new frame comes. Set video.playing = True, or press Play in its view."
        return ""

    @traitlets.validate("source")
    def _check_source(self, proposal: Any) -> Any:
        source = proposal["value"]
        if isinstance(source, bytes):
            _check_size(len(source), "These bytes have")
        elif isinstance(source, str | os.PathLike):
            if not _url_of(source):
                _size_of(Path(source))
        else:
            raise traitlets.TraitError(f"source: a path, bytes or a URL, not {type(source).__name__}")
        return source


def _url_of(source: Any) -> str:
    """The URL that the page can load, or nothing for a path and for bytes."""
    scheme = _SCHEME.match(source) if isinstance(source, str) else None
    if scheme is None:
        return ""
    if scheme[1].lower() not in ("http", "https"):
        raise SourceFailed(
            f"A page loads no {scheme[1]}: URL. Give a path or an http(s) URL, or read it in the kernel: "
            "VideoTrack.from_file(url)."
        )
    return str(source)


def _part_of(source: Any, offset: int) -> tuple[bytes, int]:
    """A part of the file from ``offset`` on, and the size of the whole; raises SourceFailed."""
    if isinstance(source, bytes):
        return source[offset : offset + PART_BYTES], len(source)
    path = Path(source)
    size = _size_of(path)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(PART_BYTES), size
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read: {error.strerror}.") from None


def _size_of(path: Path) -> int:
    if not path.is_file():
        raise SourceFailed(
            f"There is no file {path} on the kernel's machine, whose working directory is {Path.cwd()}. For a video of "
            "the web give its whole URL, with https://."
        )
    size = path.stat().st_size
    _check_size(size, f"{path} has")
    return size


def _check_size(size: int, whose: str) -> None:
    if not 0 < size <= MAX_BYTES:
        raise SourceFailed(
            f"{whose} {size} bytes, and the page holds 1 to {MAX_BYTES}. Serve a larger file by http and give its URL, "
            "or read it in the kernel: VideoTrack.from_file(path)."
        )
