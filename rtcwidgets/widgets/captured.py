"""What a page captures, as it told last: its tracks and devices, and the requests that steer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtcwidgets import protocol
from rtcwidgets.errors import RtcError, StreamStopped
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.requests import Requests
from rtcwidgets.widgets.spelling import in_python

__all__ = ["Captured"]


class Captured:
    """The publishing page's tracks, by remote control. Told on the io thread, asked and steered from any other."""

    def __init__(self, say: Callable[[protocol.ToPage], None]) -> None:
        self._say = say
        self._page = ""
        self._requests = Requests()
        self.tracks: list[PageTrack] = []
        self.devices: list[protocol.MediaDeviceInfo] = []
        self.settings: dict[str, Any] = {}
        #: Pictures' width, height and rate; 0 where unknown.
        self.video_format: tuple[float, float, float] = (0, 0, 0)

    # -- what the page says, on the io thread

    def grant(self, page: str, granted: protocol.Granted) -> None:
        """Take the tracks that the page has now; a track that it had before stays the same object."""
        self._page = page
        known = {track.id: track for track in self.tracks}
        self.tracks = [self._track(known, state) for state in granted.tracks]
        for track in known.values():
            if track not in self.tracks:
                track.end()
        video = next((state for state in granted.tracks if state.kind == "video"), granted.tracks[0])
        self.settings = {"label": video.label, "pattern": granted.pattern, **in_python(video.settings)}
        self.video_format = (_number(video, "width"), _number(video, "height"), _number(video, "frameRate"))

    def _track(self, known: dict[str, PageTrack], state: protocol.TrackState) -> PageTrack:
        track = known.get(state.id)
        if track is None:
            return PageTrack(state, self)
        track.update(state)
        return track

    def answer(self, message: protocol.Done | protocol.Still) -> None:
        """Take the answer to a request."""
        self._requests.answer(message)

    def end(self, reason: RtcError | None) -> None:
        """The page captures no more; whoever waits for an answer gets ``reason``."""
        self._page = ""
        for track in self.tracks:
            track.end()
        self._requests.abandon(reason or StreamStopped("The page that captured has gone."))

    # -- TrackSteering, from any other thread

    def tell(self, message_to: Callable[[str], protocol.ToPage]) -> None:
        """Send a message to the page that captures."""
        self._say(message_to(self._capturing_page()))

    def ask(self, message_to: Callable[[str, int], protocol.ToPage], timeout_s: float) -> protocol.Done:
        """Send a request to that page and wait for what comes of it."""
        answer = self._ask(message_to, timeout_s)
        return answer if isinstance(answer, protocol.Done) else protocol.Done(client="", seq=0, request=0)

    def take_still(self, timeout_s: float) -> bytes | None:
        """A photograph as a JPEG or PNG file; None where the page's browser takes none."""
        answer = self._ask(lambda page, request: protocol.TakeStill(to=page, request=request), timeout_s)
        return answer.picture if isinstance(answer, protocol.Still) else None

    def _ask(
        self, message_to: Callable[[str, int], protocol.ToPage], timeout_s: float
    ) -> protocol.Done | protocol.Still:
        page = self._capturing_page()
        return self._requests.ask(lambda request: self._say(message_to(page, request)), timeout_s)

    def _capturing_page(self) -> str:
        if not self._page:
            raise StreamStopped("The stream captures nothing at the moment. Call start(), or press Start in its view.")
        return self._page


def _number(track: protocol.TrackState, name: str) -> float:
    value = track.settings.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 0
