"""Every message between page and kernel: tagged structs with limits, parsed once at the edge.

Two ways carry them: the widget's comm (``FromPage``, ``ToPage``) and, once a peer connection is up, its
control channel (``OnControl``). Each message of a page bears ``client``, a random id of that page, and ``seq``;
each message of the kernel bears ``to``, since every page of a notebook hears everything the kernel sends.
tests/data/messages.json holds one example of each, read by the tests of both halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from rtcwidgets.errors import ProtocolError

PROTOCOL_VERSION = 1

MAX_SDP_CHARACTERS = 100_000
MAX_CONTROL_BYTES = 4096
MAX_STILL_BYTES = 10 * 2**20

Buffer = bytes | bytearray | memoryview

ClientId = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{8,64}$")]
ConnectionId = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{1,64}$")]
Sdp = Annotated[str, Meta(min_length=1, max_length=MAX_SDP_CHARACTERS)]
Word = Annotated[str, Meta(max_length=100)]
Sentence = Annotated[str, Meta(max_length=2000)]
Label = Annotated[str, Meta(max_length=500)]
DeviceId = Annotated[str, Meta(max_length=500)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
SequenceNumber = Annotated[int, Meta(ge=0, le=2**53)]
Request = Annotated[int, Meta(ge=0, le=2**31)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Rate = Annotated[float, Meta(gt=0, le=1000)]
Milliseconds = Annotated[float, Meta(ge=-1e15, le=1e15)]


class ColourSpace(Struct, frozen=True):
    """What ``VideoFrame.colorSpace`` says of the track's pictures (WebCodecs, section 9.9)."""

    matrix: Word = ""
    full_range: bool = False


Setting = bool | int | float | Annotated[str, Meta(max_length=500)]
Settings = Annotated[dict[Word, Setting | Annotated[list[Setting], Meta(max_length=32)]], Meta(max_length=64)]


class Range(Struct, frozen=True, omit_defaults=True):
    """What a number may be: DoubleRange or MediaSettingsRange (W3C Media Capture, 4.2.3; Image Capture, 9)."""

    min: float | None = None
    max: float | None = None
    step: float | None = None

    def as_dict(self) -> dict[str, float]:
        """What is known of it."""
        known: dict[str, float] = msgspec.to_builtins(self)
        return known


Capability = Range | Annotated[list[Setting], Meta(max_length=64)] | Setting
Capabilities = Annotated[dict[Word, Capability], Meta(max_length=64)]


class TrackState(Struct, frozen=True):
    """A MediaStreamTrack of the page (W3C Media Capture, 4.3); settings and capabilities in the W3C's own spelling."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal["video", "audio"]
    label: Label
    enabled: bool
    muted: bool
    ready_state: Literal["live", "ended"]
    settings: Settings
    capabilities: Capabilities


class MediaDeviceInfo(Struct, frozen=True):
    """A camera, microphone or loudspeaker of the page (W3C Media Capture, 9.2).

    ``kind`` is "videoinput", "audioinput" or "audiooutput"; the names are empty until a device was allowed.
    """

    device_id: DeviceId
    kind: Literal["videoinput", "audioinput", "audiooutput"]
    label: Label
    group_id: DeviceId


# -- from a page, over the comm ------------------------------------------------------------------------


class PageMessage(Struct, frozen=True, tag_field="type", kw_only=True):
    """What all messages of a page bear."""

    client: ClientId
    seq: SequenceNumber


class Hello(PageMessage, frozen=True, tag="hello"):
    """A page has loaded the widget and asks what to do."""

    version: Word
    protocol: Count
    views: Count


class Bye(PageMessage, frozen=True, tag="bye"):
    """The page goes away (reload, closed tab, destroyed model)."""


class Views(PageMessage, frozen=True, tag="views"):
    """The number of views of the widget in this page changed."""

    count: Count


class Asking(PageMessage, frozen=True, tag="asking"):
    """getUserMedia was called; the browser may be asking the user."""


class Granted(PageMessage, frozen=True, tag="granted"):
    """The page has live tracks. Sent again when what it says changes: a track, its settings, the device."""

    tracks: Annotated[list[TrackState], Meta(min_length=1, max_length=8)]
    colour_space: ColourSpace
    pattern: bool = False


class Devices(PageMessage, frozen=True, tag="devices"):
    """The devices that the page knows; sent again when one is plugged in or pulled out."""

    devices: Annotated[list[MediaDeviceInfo], Meta(max_length=128)]


class Refused(PageMessage, frozen=True, tag="refused"):
    """getUserMedia rejected; ``name`` is the DOMException's, or one of ours where the browser's says too little.

    ``possible`` says what the devices can do about ``constraint``, in words, where the browser tells.
    """

    name: Word
    message: Sentence = ""
    constraint: Word = ""
    possible: Sentence = ""


class Done(PageMessage, frozen=True, tag="done"):
    """What came of a request; ``name`` is the DOMException's that it ended with, empty where it went well."""

    request: Request
    name: Word = ""
    message: Sentence = ""
    constraint: Word = ""
    possible: Sentence = ""


class Still(PageMessage, frozen=True, tag="still", omit_defaults=True):
    """A photograph. ``request`` is the kernel's, or None for a click in the view.

    ``picture`` is a JPEG or PNG file, the one buffer that came with the message; None: the next frame will do.
    """

    request: Request | None = None
    picture: bytes | None = None


class Offer(PageMessage, frozen=True, tag="offer"):
    """An SDP offer for a new connection, which replaces this page's old one."""

    connection: ConnectionId
    sdp: Sdp


class Candidate(PageMessage, frozen=True, tag="candidate"):
    """A trickled ICE candidate (RFC 8838), in SDP's ``candidate-attribute`` form."""

    connection: ConnectionId
    candidate: Annotated[str, Meta(max_length=1000)]
    mid: Word


class Lost(PageMessage, frozen=True, tag="lost"):
    """The page has given up connecting."""

    connection: ConnectionId
    reason: Sentence


class Stopped(PageMessage, frozen=True, tag="stopped"):
    """Capture has ended in the page, and why."""

    reason: Literal["user", "unseen", "ended", "silence"]


class ReadFile(PageMessage, frozen=True, tag="read-file"):
    """The page wants the kernel's file from this byte on; ``file-part`` answers. Which file is the kernel's to say."""

    offset: Annotated[int, Meta(ge=0, le=2**53)]


class Playback(PageMessage, frozen=True, tag="playback"):
    """How the page plays the file now (HTMLMediaElement, HTML 4.8.11); times in seconds of the file."""

    playing: bool
    current_time: Seconds
    duration: Seconds | None
    playback_rate: Rate
    loop: bool
    muted: bool
    ended: bool


OfSource = ReadFile | Playback
FromPage = (
    Hello
    | Bye
    | Views
    | Asking
    | Granted
    | Devices
    | Refused
    | Done
    | Still
    | Offer
    | Candidate
    | Lost
    | Stopped
    | ReadFile
    | Playback
)


# -- to a page, over the comm --------------------------------------------------------------------------


class KernelMessage(Struct, frozen=True, tag_field="type", kw_only=True):
    """What all messages of the kernel bear."""

    to: ClientId


class Welcome(KernelMessage, frozen=True, tag="welcome"):
    """The answer to ``hello``: whether this page may capture, another one does, or there is something to look at.

    A page that may capture is told by ``start`` when it is time; one that looks offers as soon as it shows a view.
    """

    role: Literal["publisher", "waiting", "viewer"]
    version: str
    protocol: int
    ice_servers: list[dict[str, Any]]


class Answer(KernelMessage, frozen=True, tag="answer"):
    """The SDP answer, with all candidates of the kernel; ``max_bitrate`` in bit/s for the page's sender."""

    connection: str
    sdp: str
    max_bitrate: int


class Start(KernelMessage, frozen=True, tag="start"):
    """Capture and connect now."""


class Stop(KernelMessage, frozen=True, tag="stop"):
    """End capture and connection."""


class Limit(KernelMessage, frozen=True, tag="limit"):
    """A new limit for the page's encoder, in bit/s: the picture has another size or rate now."""

    max_bitrate: int


class ApplyConstraints(KernelMessage, frozen=True, tag="apply-constraints"):
    """MediaStreamTrack.applyConstraints() on a track; ``done`` answers."""

    request: int
    track: str
    constraints: dict[str, Any]


class EnableTrack(KernelMessage, frozen=True, tag="enable-track"):
    """Set MediaStreamTrack.enabled; ``granted`` tells of it."""

    track: str
    enabled: bool


class StopTrack(KernelMessage, frozen=True, tag="stop-track"):
    """MediaStreamTrack.stop() on a track; ``granted`` or ``stopped`` tells of it."""

    track: str


class TakeStill(KernelMessage, frozen=True, tag="take-still"):
    """Take a photograph; ``still`` answers."""

    request: int


class Failure(KernelMessage, frozen=True, tag="failure"):
    """Something failed in the kernel: ``fatal`` replaces the picture, else a note is shown over it."""

    message: str
    detail: str = ""
    fatal: bool = True


class FilePart(KernelMessage, frozen=True, tag="file-part"):
    """A part of the file from byte ``offset`` on, as the one buffer; or its ``url``, which the page loads itself."""

    offset: int
    size: int
    url: str = ""


class Play(KernelMessage, frozen=True, tag="play"):
    """How the file is to be played; None leaves a member as it is."""

    playing: bool | None = None
    current_time: float | None = None
    playback_rate: float | None = None
    loop: bool | None = None
    muted: bool | None = None


ToPage = (
    Welcome
    | Answer
    | Start
    | Stop
    | Limit
    | ApplyConstraints
    | EnableTrack
    | StopTrack
    | TakeStill
    | Failure
    | FilePart
    | Play
)


# -- on the control channel, both ways -----------------------------------------------------------------


class Ping(Struct, frozen=True, tag_field="type", tag="ping"):
    """Heartbeat and clock: the page's time now, and its best estimate of the kernel's clock so far.

    ``offset_ms`` is kernel time − page time, taken at the shortest ``round_trip_ms`` of late (RFC 5905, section 8).
    """

    sent_ms: Milliseconds
    offset_ms: Milliseconds | None = None
    round_trip_ms: Milliseconds | None = None


class Pong(Struct, frozen=True, tag_field="type", tag="pong"):
    """The answer to a ping: its ``sent_ms``, and the kernel's time in milliseconds since the epoch."""

    sent_ms: float
    kernel_ms: float


class Figures(Struct, frozen=True, tag_field="type", tag="figures"):
    """What the corner of the view and its unfolded figures show, about once a second."""

    width: int
    height: int
    frame_rate: float
    age_ms: float | None
    transport: str
    codec: str
    bitrate_bps: float
    round_trip_ms: float | None
    jitter_ms: float
    packets_lost: int
    frames_dropped: int
    freeze_count: int
    candidate_pair: str


OnControl = Ping

_control_decoder = msgspec.json.Decoder(OnControl)
_encoder = msgspec.json.Encoder()


def parse(content: object, buffers: Sequence[Buffer] = ()) -> FromPage:
    """A page's message from the comm, as a typed value; raises ProtocolError for anything else."""
    try:
        message: FromPage = msgspec.convert(content, FromPage)
    except (msgspec.ValidationError, TypeError) as error:
        raise ProtocolError(f"not a message of protocol {PROTOCOL_VERSION}: {error}") from None
    if not isinstance(message, Still):
        return message
    return msgspec.structs.replace(message, picture=_picture(buffers))


def _picture(buffers: Sequence[Buffer]) -> bytes | None:
    if not buffers:
        return None
    size = memoryview(buffers[0]).nbytes
    if len(buffers) > 1 or not 0 < size <= MAX_STILL_BYTES:
        raise ProtocolError(f"a still in {len(buffers)} buffers, the first of {size} bytes; {MAX_STILL_BYTES} may be")
    return bytes(buffers[0])


def to_builtins(message: ToPage) -> dict[str, Any]:
    """A message for the comm, as the JSON object that it becomes."""
    content: dict[str, Any] = msgspec.to_builtins(message)
    return content


def parse_control(data: str | bytes) -> Ping:
    """A message from the control channel; raises ProtocolError for anything else."""
    if len(data) > MAX_CONTROL_BYTES:
        raise ProtocolError(f"a control message of {len(data)} bytes; {MAX_CONTROL_BYTES} is the limit")
    try:
        return _control_decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise ProtocolError(f"not a control message: {error}") from None


def encode_control(message: Pong | Figures) -> str:
    """A message for the control channel."""
    return _encoder.encode(message).decode()
