"""The browser's camera and microphone inside Jupyter, as NumPy arrays.

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
    CrossOrigin,
    FrameTimeout,
    InsecureOrigin,
    KernelIncomplete,
    MicrophoneUnavailable,
    NotDisplayed,
    NothingToCapture,
    PageSilent,
    PageUnreachable,
    PermissionDenied,
    PermissionPending,
    RecordingFailed,
    RtcError,
    SourceFailed,
    StreamClosed,
    StreamStopped,
    VersionMismatch,
)
from rtcwidgets.media.audio_reader import AudioReader
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.mapped_track import DataEvent, MappedTrack
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.recording import Progress, Recorder
from rtcwidgets.media.samples import AudioBlock
from rtcwidgets.media.stats import AudioStats, ReaderStats, VideoStats
from rtcwidgets.media.track import VideoTrack
from rtcwidgets.protocol import MediaDeviceInfo
from rtcwidgets.version import __version__
from rtcwidgets.widgets.camera import Camera
from rtcwidgets.widgets.formatters import register_formatters
from rtcwidgets.widgets.media_stream import MediaStream
from rtcwidgets.widgets.microphone import Microphone
from rtcwidgets.widgets.page_track import PageTrack
from rtcwidgets.widgets.pattern import TestPattern
from rtcwidgets.widgets.player import Player
from rtcwidgets.widgets.screen import Screen
from rtcwidgets.widgets.video_file import VideoFile
from rtcwidgets.widgets.video_stream import VideoStream
from rtcwidgets.widgets.widget_stream import WidgetStream

__all__ = [
    "AudioBlock",
    "AudioReader",
    "AudioStats",
    "AudioTrack",
    "Camera",
    "CameraInUse",
    "CameraNotFound",
    "CameraUnplugged",
    "CaptureError",
    "ConnectionFailed",
    "ConstraintsNotMet",
    "CrossOrigin",
    "DataEvent",
    "Frame",
    "FrameReader",
    "FrameTimeout",
    "InsecureOrigin",
    "KernelIncomplete",
    "MappedTrack",
    "MediaDeviceInfo",
    "MediaStream",
    "Microphone",
    "MicrophoneUnavailable",
    "NotDisplayed",
    "NothingToCapture",
    "PageSilent",
    "PageTrack",
    "PageUnreachable",
    "PermissionDenied",
    "PermissionPending",
    "Player",
    "Progress",
    "ReaderStats",
    "Recorder",
    "RecordingFailed",
    "RtcError",
    "Screen",
    "SourceFailed",
    "StreamClosed",
    "StreamStopped",
    "TestPattern",
    "VersionMismatch",
    "VideoFile",
    "VideoStats",
    "VideoStream",
    "VideoTrack",
    "WidgetStream",
    "__version__",
]

register_formatters()
