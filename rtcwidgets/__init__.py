"""The browser's camera inside Jupyter, as NumPy arrays.

::

    import rtcwidgets as rtc

    cam = rtc.Camera()
    display(cam)
    image = cam.read()  # (480, 640, 3) uint8, BGR
"""

from rtcwidgets.errors import (
    CameraInUse,
    CameraNotFound,
    CaptureError,
    ConnectionFailed,
    ConstraintsNotMet,
    FrameTimeout,
    InsecureOrigin,
    NotDisplayed,
    PageSilent,
    PageUnreachable,
    PermissionDenied,
    PermissionPending,
    RtcError,
    StreamClosed,
    StreamStopped,
)
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.version import __version__
from rtcwidgets.widgets.camera import Camera
from rtcwidgets.widgets.media_stream import MediaStream
from rtcwidgets.widgets.pattern import TestPattern

__all__ = [
    "Camera",
    "CameraInUse",
    "CameraNotFound",
    "CaptureError",
    "ConnectionFailed",
    "ConstraintsNotMet",
    "Frame",
    "FrameReader",
    "FrameTimeout",
    "InsecureOrigin",
    "MediaStream",
    "NotDisplayed",
    "PageSilent",
    "PageUnreachable",
    "PermissionDenied",
    "PermissionPending",
    "RtcError",
    "StreamClosed",
    "StreamStopped",
    "TestPattern",
    "VideoTrack",
    "__version__",
]
