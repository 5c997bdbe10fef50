"""ICE servers as the W3C writes them (RTCIceServer, WebRTC section 4.2.4), checked before page or kernel use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["checked_servers"]

_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")
_MEMBERS = {"urls", "username", "credential"}


def checked_servers(servers: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The servers as plain dictionaries; raises ValueError with what is wrong with the first bad one."""
    return [_checked(dict(server)) for server in servers]


def _checked(server: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(server) - _MEMBERS):
        raise ValueError(f"an ICE server has {', '.join(sorted(_MEMBERS))}, not {', '.join(map(str, unknown))}")
    urls = server.get("urls")
    for url in [urls] if isinstance(urls, str) else urls or [None]:
        if not isinstance(url, str) or not url.startswith(_SCHEMES):
            raise ValueError(f"an ICE server's urls begin with {', '.join(_SCHEMES)}: not {url!r}")
    if any(not isinstance(server.get(name, ""), str) for name in ("username", "credential")):
        raise ValueError("an ICE server's username and credential are strings")
    return server
