"""What IPython shows of objects that are no widgets: a track by its Player, a recorder by its line."""

from __future__ import annotations

import sys

from rtcwidgets.media.recording import Recorder
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.widgets.player import player_of
from rtcwidgets.widgets.recording_line import line_of

__all__ = ["register_formatters"]


def register_formatters() -> None:
    """Have IPython show them; nothing happens outside of IPython."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type(VideoTrack, lambda track, **_which: player_of(track)._repr_mimebundle_())
    formatter.for_type(Recorder, lambda recorder, **_which: line_of(recorder)._repr_mimebundle_())
