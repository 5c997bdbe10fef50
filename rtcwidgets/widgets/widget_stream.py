"""The picture of another widget: a MediaStream from the first canvas or video in its view."""

from __future__ import annotations

from typing import Any, ClassVar

import ipywidgets
from traitlets import Float, Instance, Unicode

from rtcwidgets.widgets.video_stream import VideoStream
from rtcwidgets.widgets.wording import WIDGET, Wording

__all__ = ["WidgetStream"]


class WidgetStream(VideoStream):
    """What another widget draws, such as a plot, a map or a 3D scene in a canvas, or a video; otherwise like a Camera.

    The other widget has to be shown in the same page: ``display(plot); stream = WidgetStream(plot); display(stream)``.
    A canvas gives a frame whenever it is drawn, and two a second while it stands still (a WebGL canvas none). Without a
    view, a canvas or a video within ten seconds the stream fails with NothingToCapture, with pictures of another origin
    in the canvas with CrossOrigin; it stops (StreamStopped) when the other view is closed.
    """

    widget = Instance(ipywidgets.Widget, help="The other widget, whose first canvas or video is captured.").tag(
        sync=True, **ipywidgets.widget_serialization
    )
    frame_rate = Float(
        30.0, allow_none=True, min=0.1, max=240.0, help="Frames per second of a canvas at most; default 30. None: any."
    ).tag(sync=True)

    _source = Unicode("widget").tag(sync=True)
    wording: ClassVar[Wording] = WIDGET

    def __init__(self, widget: ipywidgets.Widget, **options: Any) -> None:
        super().__init__(widget=widget, **options)
