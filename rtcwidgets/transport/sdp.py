"""Edits to session descriptions (RFC 8866) and candidates (RFC 8839) before aiortc or the browser reads them."""

from __future__ import annotations

import ipaddress

from rtcwidgets.errors import ProtocolError

__all__ = [
    "MAX_MEDIA_SECTIONS",
    "cleaned",
    "first_video_codec",
    "usable_candidate",
    "with_opus_wishes",
    "with_start_bitrate",
]

MAX_MEDIA_SECTIONS = 8


def cleaned(offer: str) -> str:
    """The offer without what makes aiortc wait or give up.

    A ``.local`` name (mDNS) that nobody answers for costs a second each, although the browser's own checks arrive
    anyway; ``end-of-candidates`` in an offer that has none yet ends ICE before it began.
    Raises ProtocolError when it is not an offer to deal with.
    """
    lines = offer.splitlines()
    if not lines or lines[0] != "v=0":
        raise ProtocolError("not a session description: it does not begin with v=0")
    if sum(line.startswith("m=") for line in lines) > MAX_MEDIA_SECTIONS:
        raise ProtocolError(f"a session description of more than {MAX_MEDIA_SECTIONS} media sections")
    kept = [line for line in lines if line != "a=end-of-candidates" and _keeps_candidate(line)]
    return "\r\n".join(kept) + "\r\n"


def _keeps_candidate(line: str) -> bool:
    return not line.startswith("a=candidate:") or usable_candidate(line.removeprefix("a="))


def usable_candidate(candidate: str) -> bool:
    """Whether aiortc can do something with a ``candidate:`` attribute: well-formed, UDP, with a literal address."""
    fields = candidate.removeprefix("candidate:").split()
    if len(fields) < 8 or fields[2].lower() != "udp" or fields[6] != "typ":
        return False
    if not all(field.isascii() and field.isdigit() for field in (fields[1], fields[3], fields[5])):
        return False
    try:
        address = ipaddress.ip_address(fields[4])
    except ValueError:
        return False
    return int(fields[5]) < 65536 and not address.is_multicast


def with_start_bitrate(answer: str, kbit_per_s: int) -> str:
    """The answer with Chromium's ``x-google-start-bitrate`` for each video codec.

    Without it Chromium begins at 300 kbit/s and needs some seconds to reach full size and frame rate; other browsers
    pass over parameters that they do not know (RFC 8866, section 6.15).
    """
    parameter = f"x-google-start-bitrate={kbit_per_s}"
    lines: list[str] = []
    in_video = False
    for line in answer.splitlines():
        if line.startswith("m="):
            in_video = line.startswith("m=video ")
        if in_video and line.startswith("a=fmtp:") and "apt=" not in line:
            line = f"{line};{parameter}"
        lines.append(line)
        if in_video and line.startswith("a=rtpmap:"):
            payload_type, codec = line.removeprefix("a=rtpmap:").split(" ", 1)
            if not codec.lower().startswith("rtx/") and f"a=fmtp:{payload_type} " not in answer:
                lines.append(f"a=fmtp:{payload_type} {parameter}")
    return "\r\n".join(lines) + "\r\n"


def with_opus_wishes(answer: str, channels: int, bitrate: int) -> str:
    """The answer with what the kernel wants of Opus (RFC 7587, section 6.1), which browsers heed.

    No redundancy for losses: FFmpeg's decoder does not make use of it.
    """
    wishes = f"maxaveragebitrate={bitrate};useinbandfec=0;stereo={int(channels > 1)}"
    lines: list[str] = []
    for line in answer.splitlines():
        lines.append(line)
        if line.startswith("a=rtpmap:") and " opus/" in line.lower():
            payload_type = line.removeprefix("a=rtpmap:").split(" ", 1)[0]
            lines.append(f"a=fmtp:{payload_type} {wishes}")
    return "\r\n".join(lines) + "\r\n"


def first_video_codec(answer: str) -> str:
    """The codec that video is sent with, in lower case: the first payload type of the answer's video section."""
    lines = iter(answer.splitlines())
    for line in lines:
        if line.startswith("m=video "):
            rtpmap = f"a=rtpmap:{line.split()[3]} "
            return next(
                (line.removeprefix(rtpmap).split("/")[0].lower() for line in lines if line.startswith(rtpmap)), ""
            )
    return ""
