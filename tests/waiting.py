"""Waiting in tests: for a condition, never for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any


def until(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Wait until `condition()` is true, and return what it was."""
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        threading.Event().wait(0.002)
    return outcome
