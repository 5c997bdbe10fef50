"""A browser's MediaStream, sent to the kernel: shown in the notebook, read as arrays, observed as traits."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import traitlets
from traitlets import Bool, CaselessStrEnum, Dict, Int, List, Unicode

from rtcwidgets import kernel, protocol
from rtcwidgets.errors import RtcError, StreamStopped
from rtcwidgets.media.frame import PIXEL_FORMATS, Frame
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.media.still import as_picture
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.transport.ice import checked_servers
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.base import RtcWidget
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.reading import VideoReading
from rtcwidgets.widgets.reports import Report
from rtcwidgets.widgets.session import StreamSession
from rtcwidgets.widgets.situation import CLOSED, Situation, State

if TYPE_CHECKING:
    import os
    from types import TracebackType

__all__ = ["MediaStream"]

STOP_TIMEOUT_S = 3.0
STILL_TIMEOUT_S = 8.0

Self = TypeVar("Self", bound="MediaStream")


class MediaStream(RtcWidget, VideoReading):
    """Base of the sources: what they have in common once the browser has given a stream.

    Options are traits, set by keyword; a change takes effect at the next ``start()``, a camera's ``device_id`` at once.
    Reports (``state``, ``error``, ``settings``, ``devices``, ``transport``, ``stats``, ``frame``, ``still``) are
    read-only traits to look at or to ``observe``. Readers and callbacks may live in any thread; the camera never waits
    for them.
    """

    pixel_format = CaselessStrEnum(
        PIXEL_FORMATS,
        "bgr24",
        help='Format of the arrays that read() returns: "bgr24" (default, OpenCV), "rgb24", "bgra", "rgba" or "gray".',
    )
    mirror = Bool(False, help="Whether the view is mirrored, as in a mirror; frames never are. Default False.").tag(
        sync=True
    )
    autostart = Bool(True, help="Whether showing the stream starts it, and asks for the camera. Default True.")
    max_bitrate = Int(
        None,
        allow_none=True,
        min=100_000,
        max=50_000_000,
        help="Bit/s that the page may send; default None: by size and frame rate, 0.2 bits a pixel.",
    )
    codec = CaselessStrEnum(
        ("vp8", "h264"),
        None,
        allow_none=True,
        help='Video codec: "vp8", "h264", or None (default): H.264 where the browser has it, VP8 elsewhere.',
    ).tag(sync=True)
    transport_policy = CaselessStrEnum(
        ("auto", "webrtc"), "auto", help='How media may travel: "auto" (default) or "webrtc" only.'
    )
    ice_servers = List(
        Dict(),
        help='RTCIceServer dictionaries, {"urls": ..., "username": ..., "credential": ...} (W3C WebRTC, 4.2.4). '
        "Default none: nothing is asked of third parties. Never saved into the notebook.",
    )

    state = Report('"new", "asking", "connecting", "live", "stopped", "failed" or "closed".')
    error = Report("Why the stream failed or stopped, or what a callback raised: an exception, or None.")
    settings = Report("What the camera really does: dict of label, width, height, frame_rate, device_id, pattern, ...")
    devices = Report("The cameras, microphones and loudspeakers of the page: list of MediaDeviceInfo, as plugged now.")
    transport = Report('How media travels now: "direct" or "relay"; empty without a connection.')
    stats = Report("Figures of now, about once a second while frames come: VideoStats.", coalesce=True)
    frame = Report("The newest Frame, or None; observers that are behind get the newest only.", coalesce=True)
    still = Report("The last photograph, by a press of the view's shutter or by snapshot(): a Frame, or None.")

    _source = Unicode("camera").tag(sync=True)

    def __init__(self, **options: Any) -> None:
        self.situation = Situation(self._on_state, lambda: kernel.delivery(self._routed))
        self._still: Frame | None = None
        self._developing = False
        self._callback_error: BaseException | None = None
        self._closed = False
        #: The video as the kernel has it; the stream's own ``read``, ``frames`` ... are this track's.
        self.video_track = VideoTrack(self.situation.patience)
        self._session = StreamSession(self, self._say)
        super().__init__(**options)
        self.video_track.pixel_format = self.pixel_format
        io_loop()  # starts it: aiortc is imported while the page asks for the camera

    # -- lifecycle

    def start(self) -> None:
        """Start (again), in the page that shows the stream, or as soon as one does. Returns at once."""
        self._refuse_closed()
        if self.situation.state in ("stopped", "failed"):
            self.situation.set_state("new")
        io_loop().call(self._session.want)

    def stop(self) -> None:
        """Let the camera go; whoever waits gets StreamStopped. The view stays, ``start()`` goes on."""
        self._end(StreamStopped("The stream was stopped by stop(). Call start() to go on."))

    def close(self) -> None:
        """Let everything go for good: camera, connection, threads, frames. May be called again."""
        if self._closed:
            return
        self._closed = True
        self._end(CLOSED)
        self.situation.set_state("closed", CLOSED)
        self.video_track.close()
        super().close()

    def _end(self, reason: RtcError) -> None:
        self.situation.set_state("stopped", reason)
        self.video_track.forget()
        io_loop().finish(self._session.stop(reason), STOP_TIMEOUT_S)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise CLOSED.with_traceback(None)

    # -- the page's tracks

    @property
    def tracks(self) -> list[PageTrack]:
        """The page's tracks, by remote control: the video and, if asked for, the audio. Empty before the permission."""
        return list(self._session.captured.tracks)

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

    def forget_frames(self) -> None:
        """The stream is over; on the io thread."""
        self.video_track.forget()

    def captured_changed(self) -> None:
        """The page says something new of its tracks; on the io thread."""
        self._report("settings", None, self._report_value("settings"))

    def devices_changed(self) -> None:
        """A device was plugged in or pulled out, or has a name now; on the io thread."""
        self._report("devices", None, self._report_value("devices"))

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

    def figures_changed(self) -> None:
        """About once a second while frames come; on the io thread."""
        self._report("stats", None, self._report_value("stats"))

    # -- RtcWidget

    def _heed(self, message: protocol.FromPage) -> None:
        io_loop().start_task(self._session.heed(message), "rtcwidgets message")

    def _report_value(self, name: str) -> Any:
        match name:
            case "state":
                return self.situation.state
            case "error":
                return self.situation.error or self._callback_error
            case "settings":
                return dict(self._session.captured.settings)
            case "devices":
                return list(self._session.captured.devices)
            case "transport":
                return self._session.link.transport
            case "frame":
                return self.video_track.latest
            case "still":
                return self._still
            case "stats":
                return self.get_stats()
            case _:
                raise AttributeError(name)

    def _on_state(self, old: State, new: State) -> None:
        self.video_track.reconsider()
        if new != old:
            self._report("state", old, new)
        self._report("error", None, self.situation.error)
        self._report("transport", None, self._report_value("transport"))

    def _show_callback_error(self, error: BaseException, trace: str) -> None:
        self._callback_error = error
        self._report("error", None, error)
        io_loop().call(self._session.show_note, f"{type(error).__name__}: {error}", trace)

    @traitlets.validate("ice_servers")
    def _check_ice_servers(self, proposal: Any) -> list[dict[str, Any]]:
        try:
            return checked_servers(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(f"ice_servers: {error}") from None

    @traitlets.observe("pixel_format")
    def _pixel_format_changed(self, change: Any) -> None:
        self.video_track.pixel_format = change["new"]

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        self.situation.set_page(displayed=True)
        if self.autostart and self.situation.state != "live":
            self._resume()
        return bundle

    def __repr__(self) -> str:
        settings = self.settings
        size = f" {settings['width']}x{settings['height']}" if {"width", "height"} <= set(settings) else ""
        return f"<{type(self).__name__}: {self.situation.state}{size}>"

    def _resume(self) -> None:
        """Shown again: what had stopped only because nobody saw it, or had failed, is tried again."""
        if self.situation.state in ("stopped", "failed"):
            self.situation.set_state("new")
        io_loop().call(self._session.want)
