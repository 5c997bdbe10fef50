"""The demo where nobody looks: a notebook run top to bottom in JupyterLab and headless Chromium, kept as files."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.lab import LabServer
from tests.e2e.notebook import CellOutput, HarnessTimeout, Notebook
from tests.e2e.pages import launch_chromium, new_page

KEPT = Path(__file__).parents[2] / "build" / "demo"
RUN_TIMEOUT_S = 180.0
WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 1000, 800, 6000
TOOLBARS = 180


def main() -> None:
    """Run the notebook named on the command line; the exit code tells whether all of it worked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument(
        "--camera",
        choices=["fake", "none"],
        default="fake",
        help="Chromium's fake camera, allowed at once, or none at all (default: %(default)s)",
    )
    options = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copy(options.notebook, KEPT))
    screenshot = copy.with_suffix(".png")
    screenshot.unlink(missing_ok=True)
    with LabServer(KEPT) as lab, sync_playwright() as driver:
        browser = launch_chromium(driver, fake_device=options.camera == "fake")
        page = new_page(browser, camera="own", viewport=(WIDTH, LEAST_HEIGHT))
        notebook = Notebook(lab, page, copy.name)
        try:
            outputs = run(notebook, screenshot)
        except HarnessTimeout as error:
            sys.exit(str(error))
        finally:
            notebook.close()
            browser.close()
    printed = "".join(output.stdout for output in outputs)
    print(printed, end="")
    print(f"== executed notebook: {copy}")
    print(f"== screenshot: {screenshot}")
    sys.exit(complaint(outputs))


def run(notebook: Notebook, screenshot: Path) -> list[CellOutput]:
    """Run all cells, then save the notebook and a picture of the whole of it."""
    notebook.open(mode="doc")
    try:
        return notebook.run_all(RUN_TIMEOUT_S)
    finally:
        notebook.save()
        show_all(notebook)
        notebook.screenshot(screenshot)


def show_all(notebook: Notebook) -> None:
    """Make the window as high as the notebook, from its top on, and wait until it is drawn."""
    height = notebook.evaluate("() => document.querySelector('.jp-WindowedPanel-inner').scrollHeight") + TOOLBARS
    notebook.page.set_viewport_size({"width": WIDTH, "height": min(max(LEAST_HEIGHT, height), MOST_HEIGHT)})
    notebook.evaluate("() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0; }")
    notebook.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def complaint(outputs: list[CellOutput]) -> str | None:
    """Return what went wrong, None where every cell ran and something was printed."""
    for number, output in enumerate(outputs, 1):
        if output.error:
            return f"Code cell {number} raised:\n{output.error.traceback}"
        if output.execution_count is None:
            return f"Code cell {number} did not run."
    if not any(output.stdout.strip() for output in outputs):
        return "The notebook printed nothing: its size and age are missing."
    return None


if __name__ == "__main__":
    main()
