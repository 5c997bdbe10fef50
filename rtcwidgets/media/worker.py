"""A function called with each newest frame, in a thread of its own: a slow one skips frames, it delays nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.reader import FrameReader

__all__ = ["FrameWorker"]

JOIN_TIMEOUT_S = 2.0


class FrameWorker:
    """Calls ``fn(frame)`` until ``stop``; what it raises goes to ``on_error``, and the next frame is tried."""

    def __init__(
        self, reader: FrameReader, fn: Callable[[Frame], Any], on_error: Callable[[BaseException], None]
    ) -> None:
        self._reader = reader
        self._fn = fn
        self._on_error = on_error
        self._thread = threading.Thread(target=self._run, name=f"rtcwidgets {reader.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; waits for a call that is under way, but not for ever."""
        self._reader.close()
        if self._thread is not threading.current_thread():
            self._thread.join(JOIN_TIMEOUT_S)

    def _run(self) -> None:
        while (frame := self._reader.next_whenever()) is not None:
            try:
                self._fn(frame)
            except Exception as error:  # the user's function: its error is shown, and the next frame is tried
                self._on_error(error)
