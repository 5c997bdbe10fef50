"""The exceptions: each says what happened and what to do next.

::

    RtcError
    ├── CaptureError            the browser did not give the camera
    │   ├── PermissionDenied        NotAllowedError: refused by the user, the browser or the frame's policy
    │   ├── CameraNotFound          NotFoundError: no camera, or none of the asked kind
    │   ├── CameraInUse             NotReadableError: another program holds it
    │   ├── CameraUnplugged         the camera went away while it was live
    │   ├── MicrophoneUnavailable   no microphone, or it is in use, was unplugged or refused beside a camera
    │   ├── ConstraintsNotMet       OverconstrainedError: the camera cannot do what was asked
    │   ├── InsecureOrigin          the page is neither https nor localhost
    │   ├── NothingToCapture        no screen to show, or no canvas or video in the other widget
    │   └── CrossOrigin             a picture of another origin, which its server lets nobody read
    ├── ConnectionFailed        page and kernel found no way to each other
    ├── KernelIncomplete        (also ImportError) aiortc is missing in the kernel, or too old
    ├── PageUnreachable         (also TimeoutError) no page answers
    │   ├── NotDisplayed            the widget is not shown anywhere, or no longer
    │   ├── PageSilent              shown, but the page says nothing
    │   └── VersionMismatch         the page has loaded another version of rtcwidgets
    ├── PermissionPending       (also TimeoutError) the browser is still asking
    ├── FrameTimeout            (also TimeoutError) the stream runs, but no new frame came in time
    ├── RecordingFailed         a recording ended before its time, or has nothing in it
    ├── SourceFailed            (also OSError) a file, URL or device cannot be opened or read
    ├── StreamStopped           the stream was stopped; ``start()`` starts it again
    │   └── StreamClosed            the widget was closed for good
    └── ProtocolError           a message that cannot be read; never reaches the user's code
"""

from __future__ import annotations

__all__ = [
    "CameraInUse",
    "CameraNotFound",
    "CameraUnplugged",
    "CaptureError",
    "ConnectionFailed",
    "ConstraintsNotMet",
    "CrossOrigin",
    "FrameTimeout",
    "InsecureOrigin",
    "KernelIncomplete",
    "MicrophoneUnavailable",
    "NotDisplayed",
    "NothingToCapture",
    "PageSilent",
    "PageUnreachable",
    "PermissionDenied",
    "PermissionPending",
    "ProtocolError",
    "RecordingFailed",
    "RtcError",
    "SourceFailed",
    "StreamClosed",
    "StreamStopped",
    "VersionMismatch",
    "capture_error",
]


class RtcError(Exception):
    """Base of everything that rtcwidgets raises on purpose."""


class CaptureError(RtcError):
    """The browser did not give the camera.

    ``name`` is the browser's own word for it: a DOMException name of the Media Capture and Streams
    specification (W3C, section 10.2), such as ``"NotAllowedError"``.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class PermissionDenied(CaptureError):
    """The user, the browser or the frame's permissions policy refused the camera."""


class CameraNotFound(CaptureError):
    """The browser knows no camera, or none of the kind that was asked for."""


class CameraInUse(CaptureError):
    """The camera is there, but another program or the operating system holds it."""


class ConstraintsNotMet(CaptureError):
    """No camera can do what was asked for."""


class InsecureOrigin(CaptureError):
    """Browsers give cameras to pages from https or from localhost only."""


class CameraUnplugged(CaptureError):
    """The camera went away while it was live."""


class MicrophoneUnavailable(CaptureError):
    """The microphone is missing, in use or unplugged, or was refused where the camera would have been given."""


class NothingToCapture(CaptureError):
    """There is no screen, window or tab to show, or no canvas and no video in the other widget's view."""


class CrossOrigin(CaptureError):
    """The picture comes from another origin, whose server does not let this page read it."""


class ConnectionFailed(RtcError):
    """Page and kernel found no way to each other, or lost it."""


class KernelIncomplete(RtcError, ImportError):
    """The kernel cannot take a stream: aiortc is missing, or too old."""


class PageUnreachable(RtcError, TimeoutError):
    """No page answers for this widget."""


class NotDisplayed(PageUnreachable):
    """The widget is not shown in any page, or its last view was closed."""


class PageSilent(PageUnreachable):
    """The widget was displayed, but the page did not say a word."""


class VersionMismatch(PageUnreachable):
    """The page has loaded another version of rtcwidgets than the kernel runs."""


class PermissionPending(RtcError, TimeoutError):
    """The browser was still asking for the camera when the time was up."""


class FrameTimeout(RtcError, TimeoutError):
    """The stream runs, but no new frame came in time."""


class RecordingFailed(RtcError):
    """A recording ended before its time, or has nothing in it."""


class SourceFailed(RtcError, OSError):
    """A file, URL or device cannot be opened or read, or has not the track that was asked for."""


class StreamStopped(RtcError):
    """The stream is stopped; ``start()`` starts it again."""


class StreamClosed(StreamStopped):
    """The widget was closed for good."""


class ProtocolError(RtcError):
    """A message from a page that is not one of protocol.py's, or exceeds its limits."""


# The texts repeat the page's (js/src/texts.js): who reads the traceback may not see the picture.
_CAPTURE_ERRORS: dict[str, tuple[type[CaptureError], str]] = {
    "NotAllowedError": (
        PermissionDenied,
        "The browser refused the camera. Allow it by the camera sign in the browser's address bar, "
        "then press Start in the view or call start().",
    ),
    "PermissionDismissed": (
        PermissionDenied,
        "The browser's question was closed without an answer. Press Start in the view or call start(), "
        "then choose Allow.",
    ),
    "SystemDenied": (
        PermissionDenied,
        "The operating system keeps the camera from the browser. Allow it in the system's privacy settings, "
        "then call start().",
    ),
    "PermissionsPolicy": (
        PermissionDenied,
        "This page's permissions policy forbids the camera. Open the notebook in a tab of its own, "
        'or add allow="camera" to the frame that holds it.',
    ),
    "SecurityError": (
        PermissionDenied,
        "The browser's settings forbid cameras on this page. Allow them in its privacy settings, "
        "or open the notebook in another browser, then call start().",
    ),
    "NotFoundError": (
        CameraNotFound,
        "The browser found no camera. Plug one in and call start(), or use the test pattern: "
        'Camera(fallback="pattern") or TestPattern().',
    ),
    "NotReadableError": (
        CameraInUse,
        "The camera is in use by another program. Close that program (a video call?), then call start().",
    ),
    "AbortError": (
        CameraInUse,
        "The operating system gave up on the camera. Unplug it and plug it in again, then call start().",
    ),
    "OverconstrainedError": (
        ConstraintsNotMet,
        "No camera can do what was asked for. Ask for less (width, height, frame_rate, device_id), then call start().",
    ),
    "ended": (
        CameraUnplugged,
        "The camera was unplugged or taken away while it was live. Plug it in again or choose another one in the view, "
        "then call start().",
    ),
    "InsecureOrigin": (
        InsecureOrigin,
        "Browsers give cameras only to pages from https or from localhost. Open this notebook as "
        "http://localhost:PORT (an ssh tunnel will do) or serve Jupyter by https.",
    ),
}


_NO_MICROPHONE = (
    "The browser gives the camera but not the microphone. Plug one in or allow it by the sign in the address bar, then "
    "call start(); or ask for the camera alone: audio=False."
)


def capture_error(name: str, detail: str = "", constraint: str = "", possible: str = "") -> CaptureError:
    """The exception for a DOMException ``name`` that getUserMedia rejected with.

    ``detail`` is the browser's own message, ``constraint`` the one that could not be met, ``possible`` what could be.
    """
    if constraint == "audio":
        return MicrophoneUnavailable(f"{_NO_MICROPHONE} ({name}: {detail})", name)
    kind, text = _CAPTURE_ERRORS.get(
        name, (CaptureError, "The browser could not start the camera. Reload the page, then call start().")
    )
    asides = [
        name,
        f"constraint {constraint}" if constraint else "",
        f"possible is {possible}" if possible else "",
        detail,
    ]
    return kind(f"{text} ({': '.join(aside for aside in asides if aside)})", name)
