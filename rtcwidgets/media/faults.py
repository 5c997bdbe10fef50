"""What a user's function raised: kept, told once for each distinct error, never in the way of the next picture."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtcwidgets.media.redefinition import is_redefinition

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Faults", "OnError"]

OnError = Callable[[BaseException], Any]

MAX_REMEMBERED = 64

_OURS = str(Path(__file__).parent)


class Faults:
    """The errors of one function. Two are the same if type, place and text, but for numbers in it, are."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._listeners: list[OnError] = []
        self._told: dict[tuple[str, ...], None] = {}
        #: The last error, or None.
        self.error: BaseException | None = None
        #: Its traceback as text, without the lines of rtcwidgets; empty without an error.
        self.traceback = ""
        #: How many there were in all.
        self.count = 0

    def listen(self, fn: OnError, remove: bool = False) -> None:
        """Tell ``fn`` of errors from now on; without any listener they are printed to ``sys.stderr``."""
        listeners = [known for known in self._listeners if not is_redefinition(fn, known)]
        self._listeners = listeners if remove else [*listeners, fn]

    def report(self, error: BaseException) -> None:
        """Keep ``error`` and tell of it unless it was told before; in the thread of the function."""
        self.count += 1
        self.error = error
        self.traceback = "".join(traceback.format_exception(type(error), error, _of_the_function(error)))
        if self._is_new(error):
            self._tell(error)

    def reset(self) -> None:
        """Another function: its errors are new."""
        self._told.clear()
        self.error, self.traceback, self.count = None, "", 0

    def _is_new(self, error: BaseException) -> bool:
        places = traceback.extract_tb(error.__traceback__)
        place = f"{places[-1].filename}:{places[-1].lineno}" if places else ""
        key = (type(error).__qualname__, place, re.sub(r"\d+", "#", str(error)))
        if key in self._told:
            return False
        if len(self._told) >= MAX_REMEMBERED:
            self._told.pop(next(iter(self._told)))
        self._told[key] = None
        return True

    def _tell(self, error: BaseException) -> None:
        for listener in self._listeners:
            try:
                listener(error)
            except Exception:  # a listener's own error must not end the track
                print(traceback.format_exc(), file=sys.stderr)
        if not self._listeners:
            print(f"{self._name}:\n{self.traceback}", end="", file=sys.stderr)


def _of_the_function(error: BaseException) -> TracebackType | None:
    """The traceback from where the user's function begins; None where it had returned already."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    return trace
