"""Every message between page and kernel: tagged structs with limits, parsed once at the edge.

Two ways carry them: the widget's comm (``FromPage``, ``ToPage``) and, once a peer connection is up, its
control channel (``OnControl``). Each message of a page bears ``client``, a random id of that page, and ``seq``;
each message of the kernel bears ``to``, since every page of a notebook hears everything the kernel sends.
tests/data/messages.json holds one example of each, read by the tests of both halves.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from rtcwidgets.errors import ProtocolError

PROTOCOL_VERSION = 1

MAX_SDP_CHARACTERS = 100_000
MAX_CONTROL_BYTES = 4096

ClientId = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{8,64}$")]
ConnectionId = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{1,64}$")]
Sdp = Annotated[str, Meta(min_length=1, max_length=MAX_SDP_CHARACTERS)]
Word = Annotated[str, Meta(max_length=100)]
Sentence = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Sequence = Annotated[int, Meta(ge=0, le=2**53)]
Pixels = Annotated[int, Meta(ge=0, le=16_384)]
Rate = Annotated[float, Meta(ge=0, le=1000)]
Milliseconds = Annotated[float, Meta(ge=-1e15, le=1e15)]


class ColourSpace(Struct, frozen=True):
    """What ``VideoFrame.colorSpace`` says of the track's pictures (WebCodecs, section 9.9)."""

    matrix: Word = ""
    full_range: bool = False


class TrackSettings(Struct, frozen=True):
    """What the browser really gives: MediaStreamTrack.getSettings(), in Python's spelling."""

    width: Pixels = 0
    height: Pixels = 0
    frame_rate: Rate = 0.0
    device_id: Annotated[str, Meta(max_length=500)] = ""
    facing_mode: Word = ""


# -- from a page, over the comm ------------------------------------------------------------------------


class PageMessage(Struct, frozen=True, tag_field="type", kw_only=True):
    """What all messages of a page bear."""

    client: ClientId
    seq: Sequence


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
    """The page has a live track. Sent again when what it says changes."""

    label: Annotated[str, Meta(max_length=500)]
    settings: TrackSettings
    colour_space: ColourSpace
    pattern: bool = False


class Refused(PageMessage, frozen=True, tag="refused"):
    """getUserMedia rejected; ``name`` is the DOMException's."""

    name: Word
    message: Sentence = ""
    constraint: Word = ""


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


FromPage = Hello | Bye | Views | Asking | Granted | Refused | Offer | Candidate | Lost | Stopped


# -- to a page, over the comm --------------------------------------------------------------------------


class KernelMessage(Struct, frozen=True, tag_field="type", kw_only=True):
    """What all messages of the kernel bear."""

    to: ClientId


class Welcome(KernelMessage, frozen=True, tag="welcome"):
    """The answer to ``hello``: may this page capture, or does another one? ``start`` follows when it is time."""

    role: Literal["publisher", "waiting"]
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


class Failure(KernelMessage, frozen=True, tag="failure"):
    """Something failed in the kernel: ``fatal`` replaces the picture, else a note is shown over it."""

    message: str
    detail: str = ""
    fatal: bool = True


ToPage = Welcome | Answer | Start | Stop | Failure


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
    """What the corner of the view shows, about once a second."""

    width: int
    height: int
    frame_rate: float
    age_ms: float | None
    transport: str


OnControl = Ping

_control_decoder = msgspec.json.Decoder(OnControl)
_encoder = msgspec.json.Encoder()


def parse(content: object) -> FromPage:
    """A page's message from the comm, as a typed value; raises ProtocolError for anything else."""
    try:
        message: FromPage = msgspec.convert(content, FromPage)
        return message
    except (msgspec.ValidationError, TypeError) as error:
        raise ProtocolError(f"not a message of protocol {PROTOCOL_VERSION}: {error}") from None


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
