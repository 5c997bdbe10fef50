"""One JupyterLab, one Chromium and one Firefox for all end-to-end tests, a fresh page and kernel for each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from tests.e2e import pages
from tests.e2e.browser import FIREFOX
from tests.e2e.lab import LabServer
from tests.e2e.notebook import Notebook

HERE = Path(__file__).parent
KERNELS_FIND_TESTS = {"PYTHONPATH": str(HERE.parents[1])}  # they import tests.stamps
FAILURES = HERE.parents[1] / "build" / "e2e"

FAILED = pytest.StashKey[bool]()

with_firefox = pytest.mark.skipif(FIREFOX.find() is None, reason=FIREFOX.remedy)
# For what browsers may do differently; everything else is tested in Chromium alone.
in_both_browsers = pytest.mark.parametrize("browser_name", ["chromium", pytest.param("firefox", marks=with_firefox)])

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
def firefox(playwright_driver: Playwright) -> Iterator[Browser]:
    """Firefox with its own fake camera, allowed to every page."""
    browser = pages.launch_firefox(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture
def browser_name() -> pages.BrowserName:
    """The browser that a test runs in, unless it is marked with `in_both_browsers`."""
    return "chromium"


@pytest.fixture
def browser(request: pytest.FixtureRequest, browser_name: pages.BrowserName) -> Browser:
    """The browser that pages open in."""
    found: Browser = request.getfixturevalue(browser_name)
    return found


@pytest.fixture
def cameraless(playwright_driver: Playwright, browser_name: pages.BrowserName) -> Iterator[Browser]:
    """A browser on a machine without a camera."""
    browser = pages.launch(playwright_driver, browser_name, fake_device=False)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def lab() -> Iterator[LabServer]:
    with LabServer(environment=KERNELS_FIND_TESTS) as server:
        yield server


@pytest.fixture
def refusing(playwright_driver: Playwright, browser_name: pages.BrowserName) -> Iterator[Browser]:
    """A browser that refuses the camera to a page with `permissions=()`."""
    if browser_name == "firefox":
        browser = pages.launch_firefox(playwright_driver, allowed=False)
    else:
        browser = pages.launch_chromium(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[OpenPage]:
    """Open pages with the arguments of `pages.new_page`, in another browser with `browser=`."""
    opened: list[Page] = []

    def open_page(*, browser: Browser = browser, **options: Any) -> Page:
        page = pages.new_page(browser, **options)
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
