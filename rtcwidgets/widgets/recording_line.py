"""A recording in the notebook: one line with its time, frames and size, and a button that stops it."""

from __future__ import annotations

import threading
import weakref
from contextlib import suppress
from typing import Any

import ipywidgets

from rtcwidgets import kernel
from rtcwidgets.errors import RecordingFailed
from rtcwidgets.media.recording import Recorder

__all__ = ["RecordingLine", "line_of"]

UPDATE_INTERVAL_S = 0.5


class RecordingLine(ipywidgets.HBox):  # type: ignore[misc]
    """Shows a Recorder's progress, about twice a second, until it ends; its button stops it, also while a cell runs."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._words = ipywidgets.Label()
        self._button = ipywidgets.Button(
            description="Stop", icon="stop", tooltip=f"Stop recording {recorder.path.name}", layout={"width": "auto"}
        )
        kernel.route_to_subshell(self._button.comm)
        self._button.on_click(lambda _button: self._stop())
        self._show()
        super().__init__([self._button, self._words])
        threading.Thread(target=self._follow, name="rtcwidgets recording line", daemon=True).start()

    def _stop(self) -> None:
        with suppress(RecordingFailed):  # the line says it
            self.recorder.stop()

    def _follow(self) -> None:
        while self.recorder.state == "recording" and self.comm is not None:
            self._show()
            with suppress(TimeoutError, RecordingFailed):
                self.recorder.wait(UPDATE_INTERVAL_S)
        self._show()

    def _show(self) -> None:
        recording = self.recorder.state == "recording"
        self._words.value = _line(self.recorder, recording)
        self._button.disabled = not recording


def _line(recorder: Recorder, recording: bool) -> str:
    name = recorder.path.name
    if recorder.error is not None:
        return f"✗ {name}: {recorder.error}"
    return f"{'●' if recording else '✓'} {name}: {recorder.progress}"


_lines: weakref.WeakValueDictionary[int, RecordingLine] = weakref.WeakValueDictionary()


def line_of(recorder: Recorder) -> Any:
    """The one line that shows a recorder as a cell's result; each further display is a view of it."""
    line = _lines.get(id(recorder))
    if line is None or line.comm is None:
        line = _lines[id(recorder)] = RecordingLine(recorder)
    return line
