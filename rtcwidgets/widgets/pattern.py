"""A drawn picture with a running clock, where a camera would be: for classes, tests and machines without one."""

from __future__ import annotations

from traitlets import Float, Int, Unicode

from rtcwidgets.widgets.video_stream import VideoStream

__all__ = ["TestPattern"]


class TestPattern(VideoStream):
    """Colour bars, a moving disc and a clock, drawn by the page; otherwise just like a Camera. Needs no permission."""

    __test__ = False  # the name is not meant for pytest

    width = Int(640, min=16, max=4096, help="Width in pixels; default 640.").tag(sync=True)
    height = Int(480, min=16, max=4096, help="Height in pixels; default 480.").tag(sync=True)
    frame_rate = Float(30.0, min=0.1, max=120.0, help="Frames per second; default 30.").tag(sync=True)

    _source = Unicode("pattern").tag(sync=True)
