"""Reports: what the kernel tells its user as traits, readable and observable from any thread, never synced or saved.

A trait is a value that may change; a report is also an event: each one fires, equal or not, in the widget's own thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import traitlets
from traitlets.utils.bunch import Bunch

__all__ = ["EventThread", "GuardedObserver", "Report"]

MAX_PENDING = 256


class Report(traitlets.TraitType[Any, Any]):
    """A read-only trait whose value is asked of its widget's ``_report_value(name)`` at each look."""

    def __init__(self, help: str, coalesce: bool = False) -> None:
        super().__init__(default_value=None, allow_none=True, read_only=True, help=help)
        #: Whether an observer that is behind gets the newest value only.
        self.coalesce = coalesce
        self.__doc__ = help

    def get(self, obj: Any, cls: Any = None) -> Any:
        """The value now; never waits."""
        return obj._report_value(self.name)


class Event(NamedTuple):
    """One report that waits for its observers."""

    name: str
    old: Any
    new: Any


class GuardedObserver:
    """A user's observer of a report: what it raises is shown, and the next observer still hears of the event."""

    def __init__(self, fn: Callable[[Bunch], Any], on_error: Callable[[BaseException], None]) -> None:
        self._fn = fn
        self._on_error = on_error

    def __call__(self, event: Bunch) -> None:
        """Call the function, whatever comes of it."""
        try:
            self._fn(event)
        except Exception as error:  # the user's function: shown in the widget, never swallowed
            self._on_error(error)

    def __eq__(self, other: object) -> bool:
        """Equal to the function it guards, so that ``unobserve(fn)`` finds it."""
        return other is self or self._fn == (other._fn if isinstance(other, GuardedObserver) else other)

    def __hash__(self) -> int:
        return hash(self._fn)


class EventThread:
    """Delivers reports one after the other in a thread of its own; what waits is bounded, the oldest goes first.

    ``deliver`` is called with each event. Starts at once; ``close`` ends it.
    """

    def __init__(self, deliver: Callable[[Event], None], name: str) -> None:
        self._deliver = deliver
        self._changed = threading.Condition()
        self._pending: dict[object, Event] = {}
        self._number = 0
        self._closed = False
        #: Events that no observer heard of because more than MAX_PENDING waited.
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=f"rtcwidgets events {name}", daemon=True)
        self._thread.start()

    def put(self, event: Event, coalesce: bool) -> None:
        """Add an event; from any thread, never waits. A coalesced one takes the place of its waiting predecessor."""
        with self._changed:
            if self._closed:
                return
            self._number += 1
            key: object = event.name if coalesce else self._number
            if key in self._pending:
                event = event._replace(old=self._pending.pop(key).old)
            elif len(self._pending) >= MAX_PENDING:
                self._pending.pop(next(iter(self._pending)))
                self.dropped += 1
            self._pending[key] = event
            self._changed.notify()

    def close(self) -> None:
        """End the thread after the event that is being delivered."""
        with self._changed:
            self._closed = True
            self._pending.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._pending and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                event = self._pending.pop(next(iter(self._pending)))
            self._deliver(event)
