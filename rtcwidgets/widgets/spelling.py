"""The W3C's member names in Python's spelling, and back: ``frameRate`` and ``frame_rate``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["in_python", "in_w3c"]

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_UNDERSCORE = re.compile(r"_([a-z0-9])")


def in_python(members: Mapping[str, Any]) -> dict[str, Any]:
    """The same members, each name in snake_case."""
    return {_HUMP.sub(r"_\1", name).lower(): value for name, value in members.items()}


def in_w3c(members: Mapping[str, Any]) -> dict[str, Any]:
    """The same members, each name in camelCase."""
    return {_UNDERSCORE.sub(lambda match: match[1].upper(), name): value for name, value in members.items()}
