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
    CameraUnplugged,
    CaptureError,
    ConnectionFailed,
    ConstraintsNotMet,
    FrameTimeout,
    InsecureOrigin,
    KernelIncomplete,
    MicrophoneUnavailable,
    NotDisplayed,
    PageSilent,
    PageUnreachable,
    PermissionDenied,
    PermissionPending,
    RtcError,
    StreamClosed,
    StreamStopped,
    VersionMismatch,
)
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.stats import ReaderStats, VideoStats
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.protocol import MediaDeviceInfo
from rtcwidgets.version import __version__
from rtcwidgets.widgets.camera import Camera
from rtcwidgets.widgets.media_stream import MediaStream
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.pattern import TestPattern

__all__ = [
    "Camera",
    "CameraInUse",
    "CameraNotFound",
    "CameraUnplugged",
    "CaptureError",
    "ConnectionFailed",
    "ConstraintsNotMet",
    "Frame",
    "FrameReader",
    "FrameTimeout",
    "InsecureOrigin",
    "KernelIncomplete",
    "MediaDeviceInfo",
    "MediaStream",
    "MicrophoneUnavailable",
    "NotDisplayed",
    "PageSilent",
    "PageTrack",
    "PageUnreachable",
    "PermissionDenied",
    "PermissionPending",
    "ReaderStats",
    "RtcError",
    "StreamClosed",
    "StreamStopped",
    "TestPattern",
    "VersionMismatch",
    "VideoStats",
    "VideoTrack",
    "__version__",
]
