"""A notebook in a JupyterLab page: cells are run and read as a user does, and every wait ends with a reason."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Error, Locator, Page, TimeoutError

from tests.e2e.lab import LabServer
from tests.e2e.pages import console_of

LOAD_TIMEOUT_S = 60.0
RUN_TIMEOUT_S = 30.0

Theme = Literal["light", "dark"]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class HarnessTimeout(AssertionError):
    """Something in the page did not happen in time; the text has the page's and the server's last words."""


@dataclass(frozen=True)
class CellError:
    """The exception that ended a cell."""

    name: str
    value: str
    traceback: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


@dataclass(frozen=True)
class CellOutput:
    """What a cell has under it: `raw` as the notebook format has it."""

    raw: list[dict[str, Any]] = field(repr=False)
    execution_count: int | None

    @property
    def text(self) -> str:
        """What was printed, and the plain text of results and displays, in order."""
        return "".join(_plain(output) for output in self.raw)

    @property
    def stdout(self) -> str:
        return "".join(_joined(output["text"]) for output in self.raw if output.get("name") == "stdout")

    @property
    def stderr(self) -> str:
        return "".join(_joined(output["text"]) for output in self.raw if output.get("name") == "stderr")

    @property
    def error(self) -> CellError | None:
        for output in self.raw:
            if output["output_type"] == "error":
                traceback = ANSI.sub("", "\n".join(output["traceback"]))
                return CellError(output["ename"], output["evalue"], traceback)
        return None

    @property
    def mime_types(self) -> list[list[str]]:
        """The MIME types of each result or display, in order."""
        return [list(output["data"]) for output in self.raw if "data" in output]

    def data(self, mime_type: str) -> Any:
        """Return the first result or display of this type."""
        found = [output["data"][mime_type] for output in self.raw if mime_type in output.get("data", {})]
        assert found, f"no {mime_type} in the cell's output, only {self.mime_types}"
        return found[0]


def write_notebook(path: Path, *sources: str) -> Path:
    """Write a notebook of code cells for the Python of the server's environment."""
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [empty | {"id": f"cell-{number}", "source": source} for number, source in enumerate(sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    return path


class Notebook:
    """A notebook below the server's root, open in a page; negative indices count cells from the end."""

    def __init__(self, lab: LabServer, page: Page, name: str) -> None:
        self.lab = lab
        self.page = page
        self.name = name
        self.console = console_of(page)

    @classmethod
    def of_cells(cls, lab: LabServer, page: Page, *sources: str) -> Notebook:
        """Return a notebook, not yet open, with these code cells in a file of its own."""
        name = f"{uuid.uuid4().hex[:8]}.ipynb"
        write_notebook(lab.root / name, *sources)
        return cls(lab, page, name)

    @property
    def path(self) -> Path:
        return self.lab.root / self.name

    # --- opening and leaving ------------------------------------------------------------------------------

    def open(self, *, mode: Literal["lab", "doc"] = "lab", theme: Theme = "light", host: str | None = None) -> None:
        """Open it ("doc" shows the notebook alone) and wait until its kernel is idle."""
        self.page.goto(self.lab.page_url(f"{mode}/tree/{self.name}?reset", host=host), wait_until="commit")
        self.wait_ready()
        self.use_theme(theme)

    def reload(self) -> None:
        """Reload the page and wait until the kernel, which goes on, is idle."""
        self.page.reload(wait_until="commit")
        self.wait_ready()

    def close(self) -> None:
        """Close the page and end the notebook's kernel."""
        self.page.context.close()
        self.lab.shut_down_kernels_of(self.name)

    def wait_ready(self, timeout_s: float = LOAD_TIMEOUT_S) -> None:
        """Wait until the cells are there and the kernel is idle."""
        self.wait_for("() => window.__notebook?.ready", what=f"{self.name} with an idle kernel", timeout_s=timeout_s)

    def use_theme(self, theme: Theme) -> None:
        """Switch JupyterLab to its light or dark theme and wait until it is applied."""
        name = THEMES[theme]
        self.page.evaluate("(name) => window.__notebook.useTheme(name)", name)
        self.wait_for("(name) => document.body.dataset.jpThemeName === name", name, what=f"the theme {name}")

    # --- cells --------------------------------------------------------------------------------------------

    def add_cell(self, source: str) -> int:
        """Append a code cell and return its index."""
        return int(self.page.evaluate("(source) => window.__notebook.append(source)", source))

    def start_cell(self, index: int) -> None:
        """Run a cell without waiting for its end."""
        self.page.evaluate("(index) => window.__notebook.start(index)", index)

    def wait_cell(self, index: int, timeout_s: float = RUN_TIMEOUT_S) -> CellOutput:
        """Wait until a started cell has ended, well or not, and return what is under it."""
        try:
            self.wait_for(
                "(index) => window.__notebook.done(index)", index, what="end of the cell", timeout_s=timeout_s
            )
        except HarnessTimeout as timeout:
            raise HarnessTimeout(f"Cell {index}, so far: {self.output(index).text!r}\n{timeout}") from None
        return self.output(index)

    def run_cell(self, index: int, timeout_s: float = RUN_TIMEOUT_S) -> CellOutput:
        """Run a cell, wait for its end and return what is under it; an exception is in `.error`."""
        self.start_cell(index)
        return self.wait_cell(index, timeout_s)

    def run(self, source: str, timeout_s: float = RUN_TIMEOUT_S) -> CellOutput:
        """Append a cell with this source and run it; its exception fails the test."""
        output = self.run_cell(self.add_cell(source), timeout_s)
        if output.error is not None:
            raise AssertionError(f"The cell raised {output.error}\n{output.error.traceback}")
        return output

    def run_all(self, timeout_s: float = RUN_TIMEOUT_S) -> list[CellOutput]:
        """Run all cells as "Run All Cells" does (it stops at an exception); return what is under each code cell."""
        self.page.evaluate("() => window.__notebook.startAll()")
        self.wait_for("() => window.__notebook.allDone", what="end of all cells", timeout_s=timeout_s)
        return [self.output(index) for index in self.code_cells()]

    def code_cells(self) -> list[int]:
        """Return the indices of the code cells."""
        return list(self.page.evaluate("() => window.__notebook.codeCells"))

    def output(self, index: int) -> CellOutput:
        """Return what is under a cell now."""
        raw, count = self.page.evaluate(
            "(index) => [window.__notebook.outputs(index), window.__notebook.executionCount(index)]", index
        )
        return CellOutput(raw, count)

    def cell(self, index: int) -> Locator:
        """Return the cell's element in the page, prompt and output included."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    # --- kernel and file ----------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Interrupt the kernel as the button with the square does."""
        self.page.evaluate("() => window.__notebook.kernel.interrupt()")

    def restart(self) -> None:
        """Restart the kernel and wait until it is idle."""
        self.page.evaluate("() => window.__notebook.restart()")
        self.wait_ready()

    def save(self) -> None:
        """Save the notebook, outputs and widgets' state included, to its file."""
        self.page.evaluate("() => window.__notebook.save()")

    # --- the page -----------------------------------------------------------------------------------------

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the page; a promise is awaited."""
        return self.page.evaluate(expression, argument)

    def wait_for(
        self, condition: str, argument: Any = None, *, what: str = "", timeout_s: float = RUN_TIMEOUT_S
    ) -> None:
        """Wait until a JavaScript condition in the page holds."""
        try:
            self.page.wait_for_function(condition, arg=argument, timeout=timeout_s * 1000, polling=20)
        except TimeoutError:
            raise HarnessTimeout(f"No {what or condition} within {timeout_s:g} s.\n{self.report()}") from None

    def screenshot(self, path: Path, element: str | Locator | None = None) -> Path:
        """Save a picture of the page, or of one element (a CSS selector or a locator), as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if element is None:
            self.page.screenshot(path=path)
        else:
            locator = self.page.locator(element).first if isinstance(element, str) else element
            locator.screenshot(path=path)
        return path

    def report(self) -> str:
        """Return the last words of the page and of the server, for a failure's message."""
        try:
            kernel = self.page.evaluate("() => window.__notebook?.kernel?.status ?? 'none'")
        except Error as error:
            kernel = f"unknown ({error.message})"
        console = "\n".join(self.console[-20:]) or "(no errors)"
        return f"Kernel: {kernel}\nConsole of the page:\n{console}\nLog of the server:\n{self.lab.log_tail()}"


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _plain(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return _joined(output["text"])
    return _joined(output.get("data", {}).get("text/plain", ""))
