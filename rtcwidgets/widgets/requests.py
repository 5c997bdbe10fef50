"""What the kernel asks of a page: each request is answered once, or given up in time."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING

from rtcwidgets.errors import PageUnreachable, RtcError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rtcwidgets import protocol

__all__ = ["Requests"]

MAX_PENDING = 64


class Requests:
    """Requests that wait for their answers; at most MAX_PENDING, of any threads but the io thread."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._pending: dict[int, Future[protocol.Done | protocol.Still]] = {}
        self._lock = threading.Lock()

    def ask(self, say: Callable[[int], None], timeout_s: float) -> protocol.Done | protocol.Still:
        """Call ``say`` with a new request's number and wait for its answer.

        Raises PageUnreachable when none comes in time, or why the stream ended meanwhile.
        """
        answer: Future[protocol.Done | protocol.Still] = Future()
        with self._lock:
            if len(self._pending) >= MAX_PENDING:
                raise PageUnreachable(f"{MAX_PENDING} requests wait for the page already. Is it still open?")
            number = next(self._numbers)
            self._pending[number] = answer
        try:
            say(number)
            return answer.result(timeout_s)
        except FutureTimeout:
            raise PageUnreachable(
                f"The page did not answer within {timeout_s:g} s. Is it still open? Look at the stream's view."
            ) from None
        finally:
            with self._lock:
                self._pending.pop(number, None)

    def answer(self, message: protocol.Done | protocol.Still) -> None:
        """Take a page's answer; one that nobody waits for is too late."""
        with self._lock:
            waiting = self._pending.pop(message.request, None) if message.request is not None else None
        if waiting is not None:
            waiting.set_result(message)

    def abandon(self, reason: RtcError) -> None:
        """Whoever waits gets ``reason``: there is no one to answer any more."""
        with self._lock:
            pending, self._pending = list(self._pending.values()), {}
        for waiting in pending:
            waiting.set_exception(reason)
