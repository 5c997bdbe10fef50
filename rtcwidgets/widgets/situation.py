"""What a stream is doing, and what to tell whoever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from rtcwidgets.errors import (
    FrameTimeout,
    NotDisplayed,
    PageSilent,
    PermissionPending,
    RtcError,
    StreamClosed,
    StreamStopped,
    VersionMismatch,
)
from rtcwidgets.version import __version__
from rtcwidgets.widgets.wording import CAMERA, Wording

__all__ = ["Situation", "State"]

State = Literal["new", "asking", "connecting", "live", "stopped", "failed", "closed"]

_TRANSITIONS: dict[str, tuple[str, ...]] = {
    "new": ("asking", "connecting", "stopped", "failed", "closed"),
    "asking": ("new", "connecting", "stopped", "failed", "closed"),
    "connecting": ("new", "asking", "live", "stopped", "failed", "closed"),
    "live": ("new", "asking", "connecting", "stopped", "failed", "closed"),
    "stopped": ("new", "asking", "connecting", "failed", "closed"),
    "failed": ("new", "asking", "connecting", "stopped", "closed"),
    "closed": (),
}

PAGE_TIMEOUT_S = 3.0
PERMISSION_TIMEOUT_S = 60.0
FRAME_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class _Now:
    """One moment of a stream; replaced as a whole, so that any thread may look at it without a lock."""

    state: State
    since: float
    error: RtcError | None = None
    displayed: bool = False
    page_spoke: bool = False
    views: int = 0
    page_version: str = ""


class Situation:
    """The state of one stream. ``on_change(old, new)`` is called in the thread that set the state.

    ``wording`` has the source's words, ``why_quiet`` why a live source gives no frames, or nothing.
    """

    def __init__(
        self,
        on_change: Callable[[State, State], None],
        delivery: Callable[[], str],
        wording: Wording = CAMERA,
        why_quiet: Callable[[], str] = lambda: "",
    ) -> None:
        self._on_change = on_change
        self._delivery = delivery
        self._wording = wording
        self._why_quiet = why_quiet
        self._lock = threading.Lock()
        self._now = _Now("new", monotonic())

    @property
    def state(self) -> State:
        """Where the stream stands."""
        return self._now.state

    @property
    def error(self) -> RtcError | None:
        """Why the stream failed or stopped; None while it does neither."""
        return self._now.error

    def set_state(self, state: State, error: RtcError | None = None) -> None:
        """Go over to ``state``; the same state again starts its time anew, an impossible one is passed over."""
        with self._lock:
            old = self._now.state
            if state != old and state not in _TRANSITIONS[old]:
                return
            self._now = replace(self._now, state=state, since=monotonic(), error=error)
        self._on_change(old, state)

    def set_page(
        self,
        *,
        displayed: bool | None = None,
        page_spoke: bool = False,
        views: int | None = None,
        page_version: str | None = None,
    ) -> None:
        """What is known of the page; ``page_version`` only where it is not ours."""
        with self._lock:
            now = self._now
            self._now = replace(
                now,
                displayed=now.displayed if displayed is None else displayed,
                page_spoke=now.page_spoke or page_spoke,
                views=now.views if views is None else views,
                page_version=now.page_version if page_version is None else page_version,
            )

    def patience(self, started: float, timeout: float | None) -> float:
        """Seconds that a wait may go on (media.track.Patience).

        A ``timeout`` is absolute. Without one, a page has 3 s to say something, the user 60 s to answer the browser's
        question, and a frame 10 s to come, each counted from when it became its turn.
        """
        now = self._now
        if now.error is not None:
            raise now.error.with_traceback(None)
        turn_ends = max(started, now.since) + _turn_s(now.state)
        deadline = turn_ends if timeout is None else started + timeout
        remaining = deadline - monotonic()
        if remaining <= 0:
            raise self._explanation(now)
        return remaining

    def _explanation(self, now: _Now) -> RtcError:
        match now.state:
            case "asking":
                return PermissionPending(self._wording.asking)
            case "connecting":
                return FrameTimeout(
                    f"{self._wording.captured}, but page and kernel are not connected yet. If this lasts, UDP between "
                    "browser and kernel may be blocked: give ice_servers with a TURN server."
                )
            case "live":
                short = self._wording.short
                return FrameTimeout(
                    self._why_quiet()
                    or f"The stream is connected, but no {self._wording.piece} came in time. Is the page's computer "
                    f"asleep, or the network gone? {short}.stop() and {short}.start() connect afresh."
                )
            case _:
                return self._why_no_page(now)

    def _why_no_page(self, now: _Now) -> RtcError:
        short = self._wording.short
        if not now.displayed and now.views == 0:
            return NotDisplayed(
                f"This stream is not shown in any page, and only a page has {self._wording.thing}. Put "
                f"display({short}), or {short} as the last line of a cell, before you read." + self._delivery()
            )
        if not now.page_spoke:
            return PageSilent(
                "The stream was displayed, but no page answered within the time. If the picture is missing, reload the "
                "page; if that does not help, install anywidget and ipywidgets in the environment that JupyterLab runs "
                f"in and restart it. Without a browser no notebook has {self._wording.thing}." + self._delivery()
            )
        if now.page_version:
            return VersionMismatch(
                f"The page has loaded rtcwidgets {now.page_version}, this kernel runs {__version__}. Reload the page; "
                "if that does not help, restart the kernel."
            )
        if now.views == 0:
            return NotDisplayed(
                "No page shows this stream any more: it was closed, or lost its connection. Open the notebook again, "
                f"or show the stream anew: display({short})."
            )
        return StreamStopped("The stream has not been started: press Start in its view, or call start().")


def _turn_s(state: State) -> float:
    return {"new": PAGE_TIMEOUT_S, "asking": PERMISSION_TIMEOUT_S}.get(state, FRAME_TIMEOUT_S)


CLOSED = StreamClosed("This stream was closed. Make a new one.")
