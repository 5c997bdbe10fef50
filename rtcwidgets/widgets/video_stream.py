"""A MediaStream with pictures, and perhaps sound beside them: what it reads, maps and records is its video track's."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import traitlets
from traitlets import Bool, CaselessStrEnum, Int

from rtcwidgets.errors import RtcError
from rtcwidgets.media.frame import PIXEL_FORMATS, Frame
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.media.still import as_picture
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.media_stream import MediaStream
from rtcwidgets.widgets.reading import VideoReading
from rtcwidgets.widgets.reports import Report

if TYPE_CHECKING:
    import os

__all__ = ["VideoStream"]

STILL_TIMEOUT_S = 8.0


class VideoStream(MediaStream, VideoReading):
    """Base of the sources that have pictures.

    Further reports: ``frame`` and ``still``. The sound, where there is any, is ``audio_track``.
    """

    pixel_format = CaselessStrEnum(
        PIXEL_FORMATS,
        "bgr24",
        help='Format of the arrays that read() returns: "bgr24" (default, OpenCV), "rgb24", "bgra", "rgba" or "gray".',
    )
    mirror = Bool(False, help="Whether the view is mirrored, as in a mirror; frames never are. Default False.").tag(
        sync=True
    )
    max_bitrate = Int(
        None,
        allow_none=True,
        min=100_000,
        max=50_000_000,
        help="Bit/s of video that the page may send; default None: by size and frame rate, 0.2 bits a pixel.",
    )
    codec = CaselessStrEnum(
        ("vp8", "h264"),
        None,
        allow_none=True,
        help='Video codec: "vp8", "h264", or None (default): H.264 where the browser has it, VP8 elsewhere.',
    ).tag(sync=True)

    frame = Report("The newest Frame, or None; observers that are behind get the newest only.", coalesce=True)
    still = Report("The last photograph, by a press of the view's shutter or by snapshot(): a Frame, or None.")

    has_video = True

    def __init__(self, **options: Any) -> None:
        self._still: Frame | None = None
        self._developing = False
        super().__init__(**options)
        self.video_track.pixel_format = self.pixel_format

    def _make_tracks(self) -> None:
        #: The video as the kernel has it; the stream's own ``read``, ``frames`` ... are this track's.
        self.video_track = VideoTrack(self.situation.patience)
        self._tracks_here.append(self.video_track)

    # -- stills and figures

    def snapshot(self, path: str | os.PathLike[str] | None = None, timeout: float | None = None) -> Frame:
        """A photograph: of the camera's full resolution where the browser takes one, else the next frame.

        With ``path`` it is saved too, as JPEG or PNG by its name's ending. It is also what ``still`` shows. Waits for
        the stream like ``read``, and raises what ``read`` raises.
        """
        with self.frames() as reader:
            if self.video_track.latest is None:
                reader.next(timeout)  # only a live stream has a page to ask
            photograph = self._session.captured.take_still(STILL_TIMEOUT_S)
            frame = self._as_frame(photograph) if photograph else reader.next(timeout)
        self._set_still(frame)
        if path is not None:
            frame.save(path)
        return frame

    def _as_frame(self, photograph: bytes) -> Frame:
        latest = self.video_track.latest
        return Frame(as_picture(photograph), index=latest.index if latest else 0, time=time.time())

    def _set_still(self, frame: Frame) -> None:
        old, self._still = self._still, frame
        self._report("still", old, frame)

    def get_stats(self) -> VideoStats:
        """The figures of now; ``stats`` as a call."""
        readers = self.video_track.reader_stats()
        return replace(
            self._session.link.stats,
            frames_delivered=sum(reader.delivered for reader in readers),
            callback_errors=self._callback_errors,
            readers=readers,
            audio=self._audio_stats() if self._has_sound else None,
        )

    # -- StreamOwner, for the session

    def publish(self, frame: Frame) -> None:
        """Take a frame; in the decoder's thread."""
        if self.situation.state == "connecting":
            self.situation.set_state("live")
        if self.situation.state != "live":
            return  # a picture that was still in the decoder when the stream stopped
        self.video_track.publish(frame)
        self._report("frame", None, frame)

    def still_taken(self, picture: bytes | None) -> None:
        """Someone pressed the view's shutter; on the io thread."""
        if not self._developing:
            self._developing = True
            io_loop().start_task(self._develop(picture), "rtcwidgets still")

    async def _develop(self, picture: bytes | None) -> None:
        """A photograph takes a while to decode: not on the io thread."""
        try:
            with self.frames() as reader:
                frame = await (asyncio.to_thread(self._as_frame, picture) if picture else reader.next_async())
            self._set_still(frame)
        except (ValueError, RtcError) as error:
            self._session.show_note(f"No still was taken: {error}", "")
        finally:
            self._developing = False

    # -- RtcWidget

    def _report_value(self, name: str) -> Any:
        match name:
            case "frame":
                return self.video_track.latest
            case "still":
                return self._still
            case _:
                return super()._report_value(name)

    @traitlets.observe("pixel_format")
    def _pixel_format_changed(self, change: Any) -> None:
        self.video_track.pixel_format = change["new"]

    def _shape(self) -> str:
        settings = self.settings
        return f" {settings['width']}x{settings['height']}" if {"width", "height"} <= set(settings) else ""
