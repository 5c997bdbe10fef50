"""Why a stream ended, as the exception for whoever waits, and the state that it leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rtcwidgets.errors import ConnectionFailed, NotDisplayed, RtcError, StreamStopped

if TYPE_CHECKING:
    from rtcwidgets.widgets.situation import State
    from rtcwidgets.widgets.wording import Wording

__all__ = ["no_way", "why_stopped"]


def no_way(reason: str = "") -> ConnectionFailed:
    """Page and kernel are not connected; ``reason`` is what the page knows of it."""
    aside = f" ({reason})" if reason else ""
    return ConnectionFailed(
        f"Page and kernel found no way to each other{aside}. Behind a hub, a proxy or in a container UDP is often "
        "blocked: give ice_servers with a TURN server that both can reach, then call start()."
    )


def why_stopped(reason: str, wording: Wording) -> tuple[RtcError, State]:
    """What a page's ``stopped`` means for the source of that wording."""
    match reason:
        case "unseen":
            return NotDisplayed(wording.unseen), "stopped"
        case "ended":
            return wording.refusal("ended", "the browser ended the track"), wording.ended
        case _:
            return StreamStopped("The stream was stopped in its view. Press Start there, or call start()."), "stopped"
