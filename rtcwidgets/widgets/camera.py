"""The camera: a MediaStream from getUserMedia, with the microphone beside it if wanted."""

from __future__ import annotations

from traitlets import Bool, CaselessStrEnum, Dict, Float, Int, Unicode

from rtcwidgets.widgets.video_stream import VideoStream

__all__ = ["Camera"]


class Camera(VideoStream):
    """The browser's camera. Show it (``display(cam)``), allow it, then ``cam.read()``.

    ``width``, ``height``, ``frame_rate``, ``facing_mode`` and ``device_id`` are what is asked for, as ideal values: the
    browser comes as close as the camera can, and ``settings`` says what came of it.
    """

    width = Int(640, allow_none=True, min=1, max=16_384, help="Width in pixels; default 640. None: any.").tag(sync=True)
    height = Int(480, allow_none=True, min=1, max=16_384, help="Height in pixels; default 480. None: any.").tag(
        sync=True
    )
    frame_rate = Float(
        30.0, allow_none=True, min=0.1, max=1000.0, help="Frames per second; default 30. None: any."
    ).tag(sync=True)
    facing_mode = CaselessStrEnum(
        ("user", "environment", "left", "right"),
        None,
        allow_none=True,
        help='Which way the camera looks: "user", "environment" (the back of a phone), "left" or "right"; default any.',
    ).tag(sync=True)
    device_id = Unicode(
        None,
        allow_none=True,
        help="A certain camera, by its device_id in ``devices``; default any. "
        "Setting it changes a live stream over to that camera.",
    ).tag(sync=True)
    audio = Bool(
        False,
        help="Whether the microphone is asked for too, in one question; default False. The sound is ``audio_track``.",
    ).tag(sync=True)
    constraints = Dict(
        help="MediaStreamConstraints for getUserMedia as they are (W3C Media Capture, section 10.2.2); they win over "
        "the options above. Default {}: none.",
    ).tag(sync=True)
    fallback = CaselessStrEnum(
        ("pattern",),
        None,
        allow_none=True,
        help='What to show where there is no camera: "pattern" (a labelled, moving test pattern), or None '
        "(default): an error that says so.",
    ).tag(sync=True)

    _source = Unicode("camera").tag(sync=True)
