"""The one thread with the one asyncio loop that everything about the network runs on.

It is never the kernel's own loop, which stands still while a cell runs.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["IoLoop", "io_loop", "quick_switching"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

EXIT_TIMEOUT_S = 0.5
QUICK_SWITCH_INTERVAL_S = 0.0005


class IoLoop:
    """An asyncio loop in a daemon thread; made by ``io_loop``, ended at the interpreter's exit."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="rtcwidgets io", daemon=True)
        self._thread.start()
        # aiortc takes some tenths of a second to import: it does so while the page asks for the camera.
        threading.Thread(target=_import_peer, name="rtcwidgets import", daemon=True).start()

    def call(self, fn: Callable[..., Any], *args: Any) -> None:
        """Run ``fn(*args)`` on the loop, soon; from any thread. Nothing happens after the loop has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(fn, *args)

    def finish(self, coroutine: Coroutine[Any, Any, T], timeout_s: float) -> T | None:
        """Run a coroutine on the loop and wait for its result; from any thread.

        None when it takes longer than ``timeout_s`` (it goes on), or when the loop has ended. In the loop's own thread,
        where garbage may be collected that closes itself, nothing can be waited for.
        """
        if self._loop.is_closed():
            coroutine.close()
            return None
        if threading.current_thread() is self._thread:
            self.start_task(coroutine, "rtcwidgets finish")
            return None
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout_s)
        except (TimeoutError, CancelledError):
            return None

    def start_task(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a task and hold on to it until it is done, whether the caller does or not; on the loop only."""
        task = self._loop.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed", task.get_name(), exc_info=error)

    def close(self) -> None:
        """Cancel what runs and end the thread."""
        self.call(self._loop.stop)
        self._thread.join(EXIT_TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


def _import_peer() -> None:
    # A failure shows where the module is used, with its cause.
    try:
        importlib.import_module("rtcwidgets.transport.peer")
    except ImportError:
        return


_lock = threading.Lock()
_io_loop: IoLoop | None = None


def io_loop() -> IoLoop:
    """The process's one IoLoop, started at the first call."""
    global _io_loop
    with _lock:
        if _io_loop is None:
            _io_loop = IoLoop()
            atexit.register(_io_loop.close)
        return _io_loop


_quick_users = 0
_usual_interval_s = 0.0


@contextmanager
def quick_switching() -> Iterator[None]:
    """Let threads change over every 0.5 ms while a peer is live.

    A cell in pure Python holds the GIL for 5 ms slices otherwise, and each frame needs it several times.
    """
    global _quick_users, _usual_interval_s
    with _lock:
        if _quick_users == 0:
            _usual_interval_s = sys.getswitchinterval()
            sys.setswitchinterval(min(QUICK_SWITCH_INTERVAL_S, _usual_interval_s))
        _quick_users += 1
    try:
        yield
    finally:
        with _lock:
            _quick_users -= 1
            if _quick_users == 0:
                sys.setswitchinterval(_usual_interval_s)
