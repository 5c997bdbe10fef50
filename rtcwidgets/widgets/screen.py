"""A screen, a window or a tab: a MediaStream from getDisplayMedia, which browsers give after a click only."""

from __future__ import annotations

from typing import ClassVar

from traitlets import Bool, CaselessStrEnum, Float, Int, Unicode

from rtcwidgets.widgets.video_stream import VideoStream
from rtcwidgets.widgets.wording import SCREEN, Wording

__all__ = ["Screen"]


class Screen(VideoStream):
    """What the user chooses to show: a screen, a window or a tab; otherwise just like a Camera.

    ``display(screen)`` shows a button, "Choose what to show", since browsers open their picker after a click only; a
    ``read()`` meanwhile waits up to 60 s for it (then PermissionPending). Options are ideal values. A picker closed
    without a choice gives PermissionDenied; "Stop sharing" in the browser stops the stream (StreamStopped).
    """

    width = Int(
        None, allow_none=True, min=1, max=16_384, help="Width in pixels; default None: as large as it is shown."
    ).tag(sync=True)
    height = Int(
        None, allow_none=True, min=1, max=16_384, help="Height in pixels; default None: as large as it is shown."
    ).tag(sync=True)
    frame_rate = Float(
        30.0, allow_none=True, min=0.1, max=1000.0, help="Frames per second at most; default 30. None: any."
    ).tag(sync=True)
    audio = Bool(
        False,
        help="Whether sound is asked for too, which browsers give of a tab, some of a screen; default False. "
        "The sound is ``audio_track``.",
    ).tag(sync=True)
    display_surface = CaselessStrEnum(
        ("monitor", "window", "browser"),
        None,
        allow_none=True,
        help='What the picker offers first: "monitor" (a screen), "window" or "browser" (a tab); default any. '
        "The choice is the user's.",
    ).tag(sync=True)
    cursor = CaselessStrEnum(
        ("always", "motion", "never"),
        None,
        allow_none=True,
        help='When the mouse is in the picture: "always", "motion" (while it moves) or "never"; '
        "default: as the browser likes.",
    ).tag(sync=True)
    autostart = Bool(True, help='Whether showing the stream offers its button "Choose what to show". Default True.')

    _source = Unicode("screen").tag(sync=True)
    wording: ClassVar[Wording] = SCREEN
