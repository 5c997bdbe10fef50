"""A browser's MediaStream, sent to the kernel: what sources of pictures and of sound have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from traitlets import Bool, CaselessStrEnum, Int, Unicode

from rtcwidgets import kernel, protocol
from rtcwidgets.errors import MicrophoneUnavailable, RtcError, StreamStopped
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.media_stream_track import MediaStreamTrack
from rtcwidgets.media.stats import AudioStats, VideoStats
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.base import RtcWidget
from rtcwidgets.widgets.ice_options import IceOptions
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.reports import Report
from rtcwidgets.widgets.session import StreamSession
from rtcwidgets.widgets.situation import CLOSED, Situation, State
from rtcwidgets.widgets.wording import CAMERA, Wording

if TYPE_CHECKING:
    from types import TracebackType

    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.samples import AudioBlock

__all__ = ["MediaStream"]

STOP_TIMEOUT_S = 3.0
OPUS_SAMPLE_RATE = 48_000

Self = TypeVar("Self", bound="MediaStream")


class MediaStream(IceOptions, RtcWidget):
    """Base of the sources: what they have in common once the browser has given a stream.

    Options are traits, set by keyword; a change takes effect at the next ``start()``, that of ``device_id`` at once.
    Reports (``state``, ``error``, ``settings``, ``devices``, ``transport``, ``stats``) are read-only traits to look at
    or to ``observe``. Readers and callbacks may live in any thread; the page never waits for them.
    """

    autostart = Bool(True, help="Whether showing the stream starts it, and asks for the device. Default True.")
    max_bitrate = Int(
        None,
        allow_none=True,
        min=6_000,
        max=50_000_000,
        help="Bit/s that the page may send; default None: 64 000 for each channel of sound.",
    )
    transport_policy = CaselessStrEnum(
        ("auto", "webrtc"), "auto", help='How media may travel: "auto" (default) or "webrtc" only.'
    )

    state = Report('"new", "asking", "connecting", "live", "stopped", "failed" or "closed".')
    error = Report("Why the stream failed or stopped, or what a callback raised: an exception, or None.")
    settings = Report("What the device really does: dict of label, device_id, width, height, sample_rate, pattern, ...")
    devices = Report("The cameras, microphones and loudspeakers of the page: list of MediaDeviceInfo, as plugged now.")
    transport = Report('How media travels now: "direct" or "relay"; empty without a connection.')
    stats = Report("Figures of now, about once a second while media comes: VideoStats or AudioStats.", coalesce=True)

    #: Whether pictures are taken from the page; where not, the first sound makes the stream live.
    has_video: ClassVar[bool] = False

    _source = Unicode("camera").tag(sync=True)
    #: What is said of this source.
    wording: ClassVar[Wording] = CAMERA

    def __init__(self, **options: Any) -> None:
        self.situation = Situation(self._on_state, lambda: kernel.delivery(self._routed), self.wording, self._why_quiet)
        self._callback_error: BaseException | None = None
        self._closed = False
        #: The sound as the kernel has it. Always there: where the stream has none, reading it says so.
        self.audio_track = AudioTrack(self._patience_for_sound, OPUS_SAMPLE_RATE, 1)
        self._tracks_here: list[MediaStreamTrack[Any]] = [self.audio_track]
        self._make_tracks()
        self._session = StreamSession(self, self._say)
        super().__init__(**options)
        io_loop()  # starts it: aiortc is imported while the page asks for the device

    def _make_tracks(self) -> None:
        """Make what a kind of stream has besides its sound, before the page can speak."""

    # -- lifecycle

    def start(self) -> None:
        """Start (again), in the page that shows the stream, or as soon as one does. Returns at once."""
        self._refuse_closed()
        self._resume()

    def stop(self) -> None:
        """Let the device go; whoever waits gets StreamStopped. The view stays, ``start()`` goes on."""
        self._end(StreamStopped("The stream was stopped by stop(). Call start() to go on."))

    def close(self) -> None:
        """Let everything go for good: device, connection, threads, frames, sound. May be called again."""
        if self._closed:
            return
        self._closed = True
        self._end(CLOSED)
        self.situation.set_state("closed", CLOSED)
        for track in self._tracks_here:
            track.close()
        super().close()

    def _end(self, reason: RtcError) -> None:
        self.situation.set_state("stopped", reason)
        self.forget_frames()
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

    # -- tracks and figures

    @property
    def tracks(self) -> list[PageTrack]:
        """The page's tracks, by remote control: video and audio, as asked for. Empty before the permission."""
        return list(self._session.captured.tracks)

    def get_stats(self) -> VideoStats | AudioStats:
        """The figures of now; ``stats`` as a call."""
        return self._audio_stats()

    def _audio_stats(self) -> AudioStats:
        return self._session.link.audio_stats.with_readers(self.audio_track.reader_stats())

    @property
    def _has_sound(self) -> bool:
        return any(track.kind == "audio" and track.ready_state == "live" for track in self.tracks)

    def _patience_for_sound(self, started: float, timeout: float | None) -> float:
        remaining = self.situation.patience(started, timeout)
        if self.situation.state == "live" and not self._has_sound:
            raise MicrophoneUnavailable(self.wording.no_sound)
        return remaining

    # -- StreamOwner, for the session

    def publish(self, frame: Frame) -> None:
        """Take a frame; in the decoder's thread. Streams without video are never given one."""

    def publish_audio(self, block: AudioBlock) -> None:
        """Take some sound; in its decoder's thread. Beside pictures it begins with the first of them."""
        if self.situation.state == "connecting" and not self.has_video:
            self.situation.set_state("live")
        if self.situation.state == "live":
            self.audio_track.publish(block)

    def forget_frames(self) -> None:
        """The stream is over; on the io thread."""
        for track in self._tracks_here:
            track.forget()

    def captured_changed(self) -> None:
        """The page says something new of its tracks; on the io thread."""
        self._report("settings", None, self._report_value("settings"))
        self.audio_track.reconsider()

    def devices_changed(self) -> None:
        """A device was plugged in or pulled out, or has a name now; on the io thread."""
        self._report("devices", None, self._report_value("devices"))

    def still_taken(self, picture: bytes | None) -> None:
        """Someone pressed the view's shutter; on the io thread. Streams without video have none."""

    def figures_changed(self) -> None:
        """About once a second while frames or sound come; on the io thread."""
        self._report("stats", None, self._report_value("stats"))

    def heed_source(self, page: str, message: protocol.OfSource) -> None:
        """What the page says or asks about its source; on the io thread. Most sources have nothing to say."""

    def _why_quiet(self) -> str:
        """Why the source, although it is live, gives no frames; empty if nothing is known."""
        return ""

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
            case "stats":
                return self.get_stats()
            case _:
                raise AttributeError(name)

    def _on_state(self, old: State, new: State) -> None:
        for track in self._tracks_here:
            track.reconsider()
        if new != old:
            self._report("state", old, new)
        self._report("error", None, self.situation.error)
        self._report("transport", None, self._report_value("transport"))

    def _show_callback_error(self, error: BaseException, trace: str) -> None:
        self._callback_error = error
        self._report("error", None, error)
        io_loop().call(self._session.show_note, f"{type(error).__name__}: {error}", trace)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        self.situation.set_page(displayed=True)
        if self.autostart and self.situation.state != "live":
            self._resume()
        return bundle

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.situation.state}{self._shape()}>"

    def _shape(self) -> str:
        return ""

    def _resume(self) -> None:
        """Shown again: what had stopped only because nobody saw it, or had failed, is tried again."""
        if self.situation.state in ("stopped", "failed"):
            self.situation.set_state("new")
        io_loop().call(self._session.want)
