"""The one AnyWidget subclass: messages in and out, reports, refused keywords, letting go."""

from __future__ import annotations

import difflib
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets
from traitlets.utils.bunch import Bunch

from rtcwidgets import kernel, protocol
from rtcwidgets.errors import ProtocolError
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.widgets.reports import Event, EventThread, GuardedObserver, Report

__all__ = ["RtcWidget"]

logger = logging.getLogger(__name__)

_STATIC = Path(__file__).parent.parent / "static"


def _static(name: str) -> str:
    try:
        return (_STATIC / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ImportError(
            f"rtcwidgets/static/{name} is missing: the browser's half was not built. In a source checkout run "
            "'make bundle' (or 'npm ci && npm run build' in js/); elsewhere install the package again: "
            "pip install --force-reinstall rtcwidgets"
        ) from None


class RtcWidget(anywidget.AnyWidget):
    """A widget whose page speaks protocol.py.

    Subclasses handle messages in ``_heed`` (on the io thread), name their reports as ``Report`` traits, and give their
    values in ``_report_value``.
    """

    # Text, not paths: with paths anywidget's file watcher would hold every instance for ever.
    _esm: ClassVar[str] = _static("widget.js")
    _css: ClassVar[str] = _static("widget.css")

    _events: EventThread | None = None
    _callback_errors = 0
    _routed = False

    def __init__(self, **options: Any) -> None:
        self._refuse_unknown(options)
        # Before the page can speak: its first word would be stuck behind the running cell, or heard by nobody.
        kernel.make_subshell()
        self.on_msg(self._on_comm_message)
        super().__init__(**options)

    @classmethod
    def _refuse_unknown(cls, options: dict[str, Any]) -> None:
        known = [name for name in cls.class_trait_names() if not name.startswith("_")]
        for name in options:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise TypeError(f"{cls.__name__} has no option {name!r}{hint}")

    # -- messages

    @traitlets.observe("comm")
    def _comm_changed(self, change: Any) -> None:
        super()._comm_changed(change)
        self._routed = self.comm is not None and kernel.route_to_subshell(self.comm)

    def _on_comm_message(self, _widget: object, content: object, buffers: Any) -> None:
        try:
            message = protocol.parse(content, buffers or ())
        except ProtocolError as error:
            logger.debug("passed over: %s", error)
            return
        io_loop().call(self._heed, message)

    def _heed(self, message: protocol.FromPage) -> None:
        raise NotImplementedError

    def _say(self, message: protocol.ToPage, *buffers: bytes) -> None:
        """Send a message to its page, buffers with it; from any thread. They must never change afterwards."""
        if self.comm is not None:
            self.send(protocol.to_builtins(message), list(buffers) or None)

    # -- reports

    def _report_value(self, name: str) -> Any:
        raise NotImplementedError

    def _report(self, name: str, old: Any, new: Any) -> None:
        """Tell the observers of report ``name``; from any thread, never waits for them."""
        if self._events is not None:
            report = self.traits()[name]
            self._events.put(Event(name, old, new), coalesce=getattr(report, "coalesce", False))

    def _deliver(self, event: Event) -> None:
        self.notify_change(Bunch(name=event.name, old=event.old, new=event.new, owner=self, type="change"))

    def observe(self, handler: Callable[..., Any], names: Any = traitlets.All, type: Any = "change") -> None:
        """Call ``handler(change)`` when a trait changes (see traitlets.HasTraits.observe).

        For reports it is called in a thread of this widget's own, where it may take its time: it holds up no other
        widget. What it raises is shown in the widget and kept in ``error``.
        """
        observed = [names] if isinstance(names, str) or names is traitlets.All else list(names)
        reports = {name for name, trait in self.traits().items() if isinstance(trait, Report)}
        if traitlets.All in observed or reports.intersection(observed):
            if self._events is None:
                self._events = EventThread(self._deliver, self.__class__.__name__)
            handler = GuardedObserver(handler, self._report_callback_error)
        super().observe(handler, names, type)

    def _report_callback_error(self, error: BaseException) -> None:
        """A user's function raised: count it, show it; the stream goes on."""
        self._callback_errors += 1
        logger.debug("a callback raised", exc_info=error)
        # The first frame is ours, and of no interest to who wrote the function.
        theirs = error.__traceback__ and error.__traceback__.tb_next
        self._show_callback_error(error, "".join(traceback.format_exception(type(error), error, theirs)))

    def _show_callback_error(self, error: BaseException, trace: str) -> None:
        raise NotImplementedError

    # -- letting go

    def close(self) -> None:
        """Close the widget for good. May be called again."""
        if self._events is not None:
            self._events.close()
        super().close()
