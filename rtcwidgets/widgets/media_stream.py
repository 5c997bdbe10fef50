"""A browser's MediaStream, sent to the kernel: shown in the notebook, read as arrays, observed as traits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import traitlets
from traitlets import Bool, CaselessStrEnum, Dict, Int, List, Unicode

from rtcwidgets import kernel, protocol
from rtcwidgets.errors import RtcError, StreamStopped
from rtcwidgets.media.frame import PIXEL_FORMATS, Frame, Image, PixelFormat
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.track import EVERY_FRAME_SLOTS, VideoTrack
from rtcwidgets.transport.ice import checked_servers
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.base import RtcWidget
from rtcwidgets.widgets.reports import Report
from rtcwidgets.widgets.session import StreamSession
from rtcwidgets.widgets.situation import CLOSED, Situation, State

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["MediaStream"]

STOP_TIMEOUT_S = 3.0

OnFrame = TypeVar("OnFrame", bound=Callable[[Frame], Any])
Self = TypeVar("Self", bound="MediaStream")


class MediaStream(RtcWidget):
    """Base of the sources: what they have in common once the browser has given a stream.

    Options are traits, set by keyword; a change takes effect at the next ``start()``. Reports (``state``, ``error``,
    ``settings``, ``transport``, ``stats``, ``frame``) are read-only traits to look at or to ``observe``. Readers and
    callbacks may live in any thread; the camera never waits for them.
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
    settings = Report("What the browser really gives: dict of label, width, height, frame_rate, device_id, ...")
    transport = Report('How media travels now: "direct" or "relay"; empty without a connection.')
    stats = Report(
        "Figures of now: dict of received, decoded, delivered, dropped (frames), frame_rate, age_ms, readers.",
        coalesce=True,
    )
    frame = Report("The newest Frame, or None; observers that are behind get the newest only.", coalesce=True)

    _source = Unicode("camera").tag(sync=True)

    def __init__(self, **options: Any) -> None:
        self.situation = Situation(self._on_state, lambda: kernel.delivery(self._routed))
        self._settings: dict[str, Any] = {}
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

    # -- reading

    def read(self, timeout: float | None = None, pixel_format: PixelFormat | None = None) -> Image:
        """The newest frame as an array: one that this thread has not been given before, else it waits for one.

        Works in the very cell that shows the stream, and in callbacks. ``timeout`` is in seconds, counted from now;
        without it the wait ends 10 s after the permission is there, and 60 s while the browser is still asking.

        Returns a C-contiguous uint8 array of the frame's full size, (height, width, 3) in BGR unless ``pixel_format``
        (here or of the stream) says otherwise. It is the caller's alone, to keep and to draw into.

        Raises NotDisplayed, PageSilent, PermissionPending, FrameTimeout (all of them TimeoutErrors), CaptureError,
        ConnectionFailed or StreamStopped: each says what to do.
        """
        return self.video_track.read(timeout, pixel_format)

    def frames(self, every: bool = False, slots: int = EVERY_FRAME_SLOTS) -> FrameReader:
        """An iterator over frames, for ``for`` and ``async for``, that ends when the stream stops.

        By default each step gives the newest frame, never a backlog. With ``every=True`` no frame is skipped as long as
        at most ``slots`` of them wait; beyond that the oldest are dropped and counted in ``.dropped``.
        """
        return self.video_track.frames(every, slots)

    def collect(self, seconds: float, timeout: float | None = None) -> list[Frame]:
        """Every frame of the next ``seconds``, as a list; ``timeout`` (s) is for each single frame."""
        return self.video_track.collect(seconds, timeout)

    def on_frame(self, fn: OnFrame, remove: bool = False) -> OnFrame:
        """Call ``fn(frame)`` with the newest frame, again and again, in a thread of its own. Usable as a decorator.

        A slow function skips frames and delays nothing. What it raises is shown in the view and kept in ``error``;
        the next frame is tried. Defining it again under the same name takes the place of the first;
        ``remove=True`` ends it.
        """
        self.video_track.on_frame(fn, self._report_callback_error, remove)
        return fn

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.video_track)

    def __aiter__(self) -> AsyncIterator[Frame]:
        return aiter(self.video_track)

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

    def settings_changed(self, settings: dict[str, Any]) -> None:
        """The page says what its track is like; on the io thread."""
        old, self._settings = self._settings, settings
        self._report("settings", old, settings)

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
                return dict(self._settings)
            case "transport":
                return self._session.link.transport
            case "frame":
                return self.video_track.latest
            case "stats":
                readers = self.video_track.reader_counts()
                return {
                    **self._session.link.counts,
                    "delivered": sum(reader["delivered"] for reader in readers),
                    "frame_rate": round(self._session.link.frame_rate, 1),
                    "age_ms": self._session.link.age_ms,
                    "callback_errors": self._callback_errors,
                    "readers": readers,
                }
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
        settings = self._settings
        size = f" {settings['width']}x{settings['height']}" if settings else ""
        return f"<{type(self).__name__}: {self.situation.state}{size}>"

    def _resume(self) -> None:
        """Shown again: what had stopped only because nobody saw it, or had failed, is tried again."""
        if self.situation.state in ("stopped", "failed"):
            self.situation.set_state("new")
        io_loop().call(self._session.want)
