"""Shows a track of the kernel in the notebook: a MappedTrack as a cell's result is its Player."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import traitlets
from traitlets import Bool, CaselessStrEnum, Float, Int, Unicode

from rtcwidgets import protocol
from rtcwidgets.errors import StreamClosed
from rtcwidgets.media.mapped_track import DataEvent, MappedTrack
from rtcwidgets.media.stats import VideoStats
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.base import RtcWidget
from rtcwidgets.widgets.ice_options import IceOptions
from rtcwidgets.widgets.player_session import PlayerSession
from rtcwidgets.widgets.reports import Report

if TYPE_CHECKING:
    from rtcwidgets.transport.outgoing import OutgoingVideo, SendingOptions

__all__ = ["Player", "player_of"]

CLOSE_TIMEOUT_S = 3.0


class Player(IceOptions, RtcWidget):
    """The live picture of a ``VideoTrack`` in the page: ``Player(edges)``, or ``edges`` as the last line of a cell.

    Each page that shows it has a connection of its own, and the track is read only while one does. What a mapped
    track's function raises is shown over the last good picture, once for each distinct error.

    ``max_bitrate`` and ``frame_rate`` may be changed at any time; another ``codec`` makes the pages connect afresh.
    """

    max_bitrate = Int(
        None,
        allow_none=True,
        min=100_000,
        max=50_000_000,
        help="Highest bit/s of the video; default None: by its size, 0.2 bits a pixel. What stands still takes less.",
    )
    frame_rate = Float(
        None, allow_none=True, min=0.1, max=240.0, help="Frames per second at most; default None: those of the track."
    )
    codec = CaselessStrEnum(
        ("vp8", "h264"),
        None,
        allow_none=True,
        help='Video codec: "vp8", "h264", or None (default): H.264 where the browser has it, VP8 elsewhere.',
    )
    mirror = Bool(False, help="Whether the view is mirrored, as in a mirror. Default False.").tag(sync=True)

    pages = Report("How many pages show it now.")
    error = Report("What the track's function raised last: an exception, or None.")
    stats = Report("Figures of what is sent, about once a second while a page looks: VideoStats.", coalesce=True)
    transport = Report('How media travels now: "direct" or "relay"; empty without a connection.')
    data = Report("What the function returned beside its last picture: a DataEvent, or None; fires for each.")

    _source = Unicode("player").tag(sync=True)

    def __init__(self, track: VideoTrack, **options: Any) -> None:
        self.track = track
        self._data: DataEvent | None = None
        self._error: BaseException | None = None
        self._watched = 0
        self._sending: SendingOptions | None = None
        self._session = PlayerSession(self, self._say)
        if not isinstance(track, VideoTrack):
            raise TypeError(
                f"Player shows a VideoTrack (what map returns, cam.video_track), not {type(track).__name__}"
            )
        super().__init__(**options)
        if isinstance(track, MappedTrack):
            track.on_error(self._show_error)
        io_loop()  # starts it: aiortc is imported while the page loads

    def close(self) -> None:
        """Stop showing; the track itself goes on for its other readers. May be called again."""
        if isinstance(self.track, MappedTrack):
            self.track.on_error(self._show_error, remove=True)
            self.track.on_data(self._data_came, remove=True)
        io_loop().finish(self._session.close(), CLOSE_TIMEOUT_S)
        super().close()

    def get_stats(self) -> VideoStats:
        """The figures of now; ``stats`` as a call."""
        return self._session.stats

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """See ``RtcWidget.observe``. Whoever observes ``data`` counts as a reader of the track."""
        super().observe(handler, names, type)
        observed = (names,) if isinstance(names, str) else () if names is traitlets.All else names
        if "data" in observed and isinstance(self.track, MappedTrack):
            self.track.on_data(self._data_came)

    # -- PlayerOwner, for the session

    def outgoing(self) -> Sequence[OutgoingVideo]:
        """The track on its way to one page; on the io thread."""
        from rtcwidgets.transport.outgoing import OutgoingVideo, SendingOptions  # aiortc, which takes a while

        if self.track.ready_state == "ended" and self.track.latest is None:
            raise StreamClosed("This track has ended. Make a new one, or run its cell again.")
        if self._sending is None:
            self._sending = SendingOptions(self.codec, self.max_bitrate, self.frame_rate)
        return (OutgoingVideo(self.track, self._sending, self._report_callback_error),)

    def watched_changed(self, pages: int) -> None:
        """Another number of pages is connected now; on the io thread."""
        old, self._watched = self._watched, pages
        self._report("pages", old, pages)

    def figures_changed(self) -> None:
        """About once a second while a page looks; on the io thread."""
        self._report("stats", None, self._session.stats)

    # -- RtcWidget

    def _heed(self, message: protocol.FromPage) -> None:
        io_loop().start_task(self._session.heed(message), "rtcwidgets message")

    def _report_value(self, name: str) -> Any:
        match name:
            case "pages":
                return self._watched
            case "error":
                return self._error
            case "stats":
                return self._session.stats
            case "transport":
                return self._session.transport
            case "data":
                return self._data
            case _:
                raise AttributeError(name)

    def _show_error(self, error: BaseException) -> None:
        """What the track's function raised; in the track's thread."""
        assert isinstance(self.track, MappedTrack)
        self._show_callback_error(error, self.track.error_traceback)

    def _show_callback_error(self, error: BaseException, trace: str) -> None:
        old, self._error = self._error, error
        self._report("error", old, error)
        io_loop().call(self._session.show_note, f"{type(error).__name__}: {error}", trace)

    def _data_came(self, event: DataEvent) -> None:
        old, self._data = self._data, event
        self._report("data", old, event)

    @traitlets.observe("max_bitrate", "frame_rate", "codec")
    def _sending_changed(self, change: Any) -> None:
        if self._sending is None:
            return
        setattr(self._sending, change["name"], change["new"])
        if change["name"] == "codec":
            io_loop().finish(self._session.reconnect(), CLOSE_TIMEOUT_S)

    def __repr__(self) -> str:
        return f"<Player of {self.track!r}>"


# By the track's id, which is nobody else's as long as the Player lives: it holds the track.
_players: weakref.WeakValueDictionary[int, Player] = weakref.WeakValueDictionary()


def player_of(track: VideoTrack) -> Player:
    """The one Player that shows a track as a cell's result; each further display is a view of it."""
    player = _players.get(id(track))
    if player is None or player.comm is None:
        player = _players[id(track)] = Player(track)
    return player
