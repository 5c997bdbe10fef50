"""One JupyterLab and one Chromium for all end-to-end tests, a fresh page and kernel for each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from tests.e2e import pages
from tests.e2e.lab import LabServer
from tests.e2e.notebook import Notebook

HERE = Path(__file__).parent
FAILURES = HERE.parents[1] / "build" / "e2e"

FAILED = pytest.StashKey[bool]()

OpenPage = Callable[..., Page]
OpenNotebook = Callable[..., Notebook]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


# Package scope: Playwright keeps an event loop running in this thread, which asynchronous tests elsewhere cannot have.
@pytest.fixture(scope="package")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Chromium with its own fake camera; the permission is each page's (`pages.new_page`)."""
    browser = pages.launch_chromium(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def lab() -> Iterator[LabServer]:
    # The kernels import tests.stamps.
    with LabServer(environment={"PYTHONPATH": str(HERE.parents[1])}) as server:
        yield server


@pytest.fixture
def open_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[OpenPage]:
    """Open pages with the arguments of `pages.new_page`, in another browser with `browser=`."""
    opened: list[Page] = []

    def open_page(*, browser: Browser | None = None, **options: Any) -> Page:
        page = pages.new_page(browser or chromium, **options)
        opened.append(page)
        return page

    yield open_page
    for number, page in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            _photograph(page, FAILURES / f"{request.node.name}-{number}.png")
        page.context.close()


@pytest.fixture
def open_notebook(lab: LabServer, open_page: OpenPage) -> Iterator[OpenNotebook]:
    """Open a notebook of these cells; keywords are those of `Notebook.open` and of `pages.new_page`."""
    opened: list[Notebook] = []

    def open_notebook(
        *sources: str, mode: str = "lab", theme: str = "light", host: str | None = None, **page_options: Any
    ) -> Notebook:
        notebook = Notebook.of_cells(lab, open_page(**page_options), *sources)
        opened.append(notebook)
        notebook.open(mode=mode, theme=theme, host=host)  # type: ignore[arg-type]
        return notebook

    yield open_notebook
    for notebook in opened:
        lab.shut_down_kernels_of(notebook.name)


def _photograph(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        page.screenshot(path=path)
    except Error as error:
        print(f"no screenshot: {error.message}")
    else:
        print(f"screenshot: {path}")
