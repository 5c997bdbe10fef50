"""A track of the page, seen and steered from Python: MediaStreamTrack (W3C Media Capture, section 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from rtcwidgets import protocol
from rtcwidgets.errors import StreamStopped, capture_error
from rtcwidgets.widgets.spelling import in_python, in_w3c

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PageTrack", "TrackSteering"]

APPLY_TIMEOUT_S = 10.0


class TrackSteering(Protocol):
    """How a track's wishes reach the page."""

    def tell(self, message_to: Callable[[str], protocol.ToPage]) -> None:
        """Send a message to the page that captures; raises StreamStopped where there is none."""

    def ask(self, message_to: Callable[[str, int], protocol.ToPage], timeout_s: float) -> protocol.Done:
        """Send a request to that page and wait for what comes of it."""


class PageTrack:
    """A camera's or microphone's track in the page, by remote control. From ``MediaStream.tracks``.

    What it says is what the page said last; what it is told takes effect a moment later. Any thread may use it.
    """

    def __init__(self, state: protocol.TrackState, steering: TrackSteering) -> None:
        self._state = state
        self._steering = steering

    def update(self, state: protocol.TrackState) -> None:
        """What the page says now; on the io thread."""
        self._state = state

    def end(self) -> None:
        """The page has let it go; on the io thread."""
        self._state = msgspec.structs.replace(self._state, ready_state="ended")

    @property
    def id(self) -> str:
        """The page's own name for it."""
        return self._state.id

    @property
    def kind(self) -> str:
        """``"video"`` or ``"audio"``."""
        return self._state.kind

    @property
    def label(self) -> str:
        """The device's name, for people."""
        return self._state.label

    @property
    def enabled(self) -> bool:
        """Whether it gives pictures or sound; a video track that is not enabled gives black ones. Settable."""
        return self._state.enabled

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self._steering.tell(lambda page: protocol.EnableTrack(to=page, track=self.id, enabled=bool(enabled)))

    @property
    def muted(self) -> bool:
        """Whether the device gives nothing at the moment, as with a switch at the camera."""
        return self._state.muted

    @property
    def ready_state(self) -> str:
        """``"live"`` or ``"ended"``."""
        return self._state.ready_state

    @property
    def settings(self) -> dict[str, Any]:
        """What the device really does: getSettings() in Python's spelling (width, height, frame_rate, ...)."""
        return in_python(self._state.settings)

    @property
    def capabilities(self) -> dict[str, Any]:
        """What the device can do: getCapabilities() in Python's spelling.

        Numbers are dicts of min, max and, where there is one, step; choices are lists. Empty in browsers that do not
        tell (Firefox).
        """
        return {
            name: value.as_dict() if isinstance(value, protocol.Range) else value
            for name, value in in_python(self._state.capabilities).items()
        }

    def apply_constraints(self, *, timeout: float = APPLY_TIMEOUT_S, **constraints: Any) -> dict[str, Any]:
        """Change how the device works while it is live: ``apply_constraints(frame_rate=15, zoom=2, torch=True)``.

        Constraints are the W3C's in Python's spelling: a value is a wish, ``{"exact": value}``, ``{"min": ...}`` are
        demands. Those applied before are replaced. Returns the settings that came of it.

        Raises ConstraintsNotMet (which, and what is possible), another CaptureError, StreamStopped, or PageUnreachable
        after ``timeout`` seconds.
        """
        wanted = in_w3c(constraints)
        done = self._steering.ask(
            lambda page, request: protocol.ApplyConstraints(
                to=page, request=request, track=self.id, constraints=wanted
            ),
            timeout,
        )
        if done.name == "NotFoundError":
            raise StreamStopped("This track has ended: take the one of now from the stream's tracks.")
        if done.name:
            raise capture_error(done.name, done.message, done.constraint, done.possible)
        return self.settings

    def stop(self) -> None:
        """Let the device go; a stream whose video was stopped is stopped. Returns at once."""
        self._steering.tell(lambda page: protocol.StopTrack(to=page, track=self.id))

    def __repr__(self) -> str:
        return f"<PageTrack: {self.kind} {self.label!r}, {self.ready_state}>"
