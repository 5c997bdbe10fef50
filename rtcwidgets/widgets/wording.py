"""What is said of a source: while it is waited for, when the browser refuses it, when it ends; one table a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rtcwidgets.errors import (
    CaptureError,
    ConstraintsNotMet,
    CrossOrigin,
    InsecureOrigin,
    MicrophoneUnavailable,
    NothingToCapture,
    PermissionDenied,
    RtcError,
    SourceFailed,
    StreamStopped,
    capture_error,
)

if TYPE_CHECKING:
    from rtcwidgets.widgets.situation import State

__all__ = ["CAMERA", "FILE", "MICROPHONE", "SCREEN", "WIDGET", "Wording"]


@dataclass(frozen=True)
class Wording:
    """The words for one source; ``name`` is what the page calls it in ``_source``.

    ``refusals`` has, by a DOMException's name or one of ours, the exception and its text. Without one, the camera's.
    """

    name: str
    #: What its variable is called in examples, and what of it only a page has.
    short: str
    thing: str
    #: Nothing can be read yet, because the page waits for the user, the network or another widget.
    asking: str
    #: The page captures, but page and kernel are not connected yet: how that sentence begins.
    captured: str
    #: The last view was closed.
    unseen: str
    #: It is live, and sound that is not there was to be read.
    no_sound: str = "This stream has no sound."
    #: What comes of it piece by piece.
    piece: str = "new frame"
    #: How the state is called that an end by the page itself leaves behind.
    ended: State = "failed"
    refusals: Mapping[str, tuple[type[RtcError], str]] = field(default_factory=dict)
    #: For names that the table does not have.
    refused: str = ""

    def refusal(self, name: str, detail: str = "", constraint: str = "", possible: str = "") -> RtcError:
        """The exception for what the page's ``refused`` says."""
        if not self.refusals:
            return capture_error(name, detail, constraint, possible)
        kind, text = self.refusals.get(name, (CaptureError, self.refused))
        about = f"constraint {constraint}" if constraint else ""
        instead = f"possible is {possible}" if possible else ""
        error = kind(f"{text} ({': '.join(aside for aside in (name, about, instead, detail) if aside)})")
        if isinstance(error, CaptureError):
            error.name = name
        return error


CAMERA = Wording(
    name="camera",
    short="cam",
    thing="a camera",
    asking="The browser is still asking whether this page may use the camera. Answer it (near the address bar), then "
    "read again.",
    captured="The camera is on",
    unseen="The stream's last view was closed, so the camera was let go. Show it again: display(cam).",
    no_sound="This stream has no sound. Ask for it: Camera(audio=True), then start anew.",
)

MICROPHONE = Wording(
    name="microphone",
    short="mic",
    thing="a microphone",
    asking="The browser is still asking whether this page may use the microphone. Answer it (near the address bar), "
    "then read again.",
    captured="The microphone is on",
    unseen="The stream's last view was closed, so the microphone was let go. Show it again: display(mic).",
    piece="sound",
    refusals={
        "NotAllowedError": (
            PermissionDenied,
            "The browser refused the microphone. Allow it by the microphone sign in the browser's address bar, then "
            "press Start in the view or call start().",
        ),
        "PermissionDismissed": (
            PermissionDenied,
            "The browser's question was closed without an answer. Press Start in the view or call start(), then choose "
            "Allow.",
        ),
        "SystemDenied": (
            PermissionDenied,
            "The operating system keeps the microphone from the browser. Allow it in the system's privacy settings, "
            "then call start().",
        ),
        "PermissionsPolicy": (
            PermissionDenied,
            "This page's permissions policy forbids the microphone. Open the notebook in a tab of its own, or add "
            'allow="microphone" to the frame that holds it.',
        ),
        "SecurityError": (
            PermissionDenied,
            "The browser's settings forbid microphones on this page. Allow them in its privacy settings, or open the "
            "notebook in another browser, then call start().",
        ),
        "NotFoundError": (
            MicrophoneUnavailable,
            "The browser found no microphone. Plug one in, then press Start in the view or call start().",
        ),
        "NotReadableError": (
            MicrophoneUnavailable,
            "The microphone is in use by another program, or the system does not give it. Close that program, then "
            "call start().",
        ),
        "AbortError": (
            MicrophoneUnavailable,
            "The operating system gave up on the microphone. Unplug it and plug it in again, then call start().",
        ),
        "OverconstrainedError": (
            ConstraintsNotMet,
            "No microphone can do what was asked for. Ask for less (device_id, channel_count, constraints), then call "
            "start().",
        ),
        "InsecureOrigin": (
            InsecureOrigin,
            "Browsers give microphones only to pages from https or from localhost. Open this notebook as "
            "http://localhost:PORT (an ssh tunnel will do) or serve Jupyter by https.",
        ),
        "ended": (
            MicrophoneUnavailable,
            "The microphone was unplugged or taken away while it was live. Plug it in again or choose another one in "
            "the view, then call start().",
        ),
    },
    refused="The browser could not start the microphone. Reload the page, then call start().",
)

SCREEN = Wording(
    name="screen",
    short="screen",
    thing="a screen to show",
    asking='Nothing was chosen to show yet: browsers want a click for that. Press "Choose what to show" in the view of '
    "the Screen, choose a screen, a window or a tab, then read again.",
    captured="The screen is shown",
    unseen="The screen's last view was closed, so its capture was ended. Show it again, display(screen), and choose "
    "what to show.",
    no_sound="No sound came with what was chosen. Ask for it, Screen(audio=True), start anew, and allow it in the "
    "browser's picker: there is sound of a tab, of some screens, of no window.",
    ended="stopped",
    refusals={
        "NotAllowedError": (
            PermissionDenied,
            "Nothing was chosen to show, or the browser refused it. Press Try again in the view and choose a screen, a "
            "window or a tab.",
        ),
        "InvalidStateError": (
            PermissionDenied,
            'The browser shows a screen only after a click on the page. Press "Choose what to show" in the view.',
        ),
        "SystemDenied": (
            PermissionDenied,
            "The operating system keeps the screen from the browser. Allow screen recording for the browser in the "
            "system's privacy settings, restart the browser, then press Try again in the view.",
        ),
        "PermissionsPolicy": (
            PermissionDenied,
            "This page's permissions policy forbids showing a screen. Open the notebook in a tab of its own, or add "
            'allow="display-capture" to the frame that holds it.',
        ),
        "NotFoundError": (
            NothingToCapture,
            "The browser found no screen, window or tab to show. On a machine without a desktop there is none.",
        ),
        "NotReadableError": (
            CaptureError,
            "The operating system does not give what was chosen. Choose another window or the whole screen.",
        ),
        "AbortError": (CaptureError, "The browser gave up on what was chosen. Press Try again in the view."),
        "OverconstrainedError": (
            ConstraintsNotMet,
            "What was chosen cannot be shown as it was asked for. Ask for less (width, height, frame_rate).",
        ),
        "NotSupportedError": (
            CaptureError,
            "This browser cannot show a screen; phones mostly cannot. Open the notebook in a desktop browser.",
        ),
        "InsecureOrigin": (
            InsecureOrigin,
            "Browsers show screens only to pages from https or from localhost. Open this notebook as "
            "http://localhost:PORT (an ssh tunnel will do) or serve Jupyter by https.",
        ),
        "ended": (
            StreamStopped,
            "The screen is shown no more: somebody pressed Stop sharing, or closed the window. Press Start in the view "
            "to choose anew.",
        ),
    },
    refused="The browser could not show the screen. Reload the page, then press Start in the view.",
)

FILE = Wording(
    name="file",
    short="video",
    thing="a player for it",
    asking="The page is still loading the video. Its view shows how far it is; read again.",
    captured="The video is loaded",
    unseen="The video's last view was closed, so it was stopped. Show it again: display(video).",
    no_sound="The video has no sound that the browser gives. Read it in the kernel: AudioTrack.from_file(path).",
    ended="stopped",
    refusals={
        "HttpError": (
            SourceFailed,
            "The server does not give this video. Open the URL in a tab of the browser to see what it says. From a "
            "server that the kernel alone can reach, download it and give the file: VideoFile(path).",
        ),
        "CrossOrigin": (
            CrossOrigin,
            "The video's server does not let this page read it: it sends no Access-Control-Allow-Origin. Download it "
            "and give the file: VideoFile(path), or have the server allow this page's origin.",
        ),
        "NetworkError": (
            SourceFailed,
            "The page cannot reach the video's server. Is the URL right, and does it work in a tab of the browser? A "
            "page from https loads nothing from http.",
        ),
        "NotSupportedError": (
            SourceFailed,
            "The browser cannot play this file. Convert it to mp4 (H.264) or webm (VP8, VP9), or read it in the "
            "kernel: VideoTrack.from_file(path).",
        ),
        "NoVideo": (SourceFailed, "The file has no picture, only sound. Read it by AudioTrack.from_file(path)."),
        "NoCapture": (
            CaptureError,
            "This browser cannot capture what a video element plays (no captureStream). Use Chrome, Edge or Firefox, "
            "or read the file in the kernel: VideoTrack.from_file(path).",
        ),
        "ended": (StreamStopped, "The video has ended. Press Start in its view or call start() to play it again."),
    },
    refused="The browser could not play the video. Reload the page, then call start().",
)

WIDGET = Wording(
    name="widget",
    short="stream",
    thing="another widget's picture",
    asking="The page is still looking for a canvas or video in the other widget's view. Read again.",
    captured="The other widget's picture is captured",
    unseen="The stream's last view was closed, so it was stopped. Show it again: display(stream).",
    ended="stopped",
    refusals={
        "NotDisplayed": (
            NothingToCapture,
            "The other widget is not shown in this page, and only what is shown has a picture. Put display(widget) "
            "before, then call start().",
        ),
        "NotFoundError": (
            NothingToCapture,
            "The other widget's view has no canvas and no video in it. A picture that is an <img>, an SVG or in a "
            "frame cannot be captured.",
        ),
        "SecurityError": (
            CrossOrigin,
            "The other widget's canvas has pictures from another origin in it, and browsers let nobody read those. "
            'Have the widget load them with crossOrigin="anonymous" from a server that allows it.',
        ),
        "NoCapture": (
            CaptureError,
            "This browser cannot capture a canvas or video (no captureStream). Use Chrome, Edge or Firefox.",
        ),
        "ended": (
            StreamStopped,
            "The other widget's view has gone, and its picture with it. Show it again, then call start().",
        ),
    },
    refused="The other widget's picture could not be captured. Show it again, then call start().",
)
