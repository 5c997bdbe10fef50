"""A report that can be set, too: the page is asked, and tells what came of it."""

from __future__ import annotations

from typing import Any

import traitlets

from rtcwidgets.widgets.reports import Report

__all__ = ["Steered"]


class Steered(Report):
    """A report whose setting goes, validated by ``kind``, to its widget's ``_steer(name, value)``; never waits."""

    def __init__(self, kind: traitlets.TraitType[Any, Any], help: str) -> None:
        super().__init__(help, coalesce=True)
        self.read_only = False
        self._kind = kind

    def set(self, obj: Any, value: Any) -> None:
        """Ask for another value; from any thread."""
        self._kind.name = self.name  # for its error's text
        obj._steer(self.name, self._kind._validate(obj, value))
