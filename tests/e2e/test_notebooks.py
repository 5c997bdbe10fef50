"""The notebooks that ship run from top to bottom, with a camera and without, and read well where they are not run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import with_firefox
from tests.e2e.notebook import Notebook

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PLACES = [
    pytest.param("chromium", "browser", id="Chromium"),
    pytest.param("chromium", "cameraless", id="no camera"),
    pytest.param("firefox", "browser", id="Firefox", marks=with_firefox),
]


@pytest.mark.parametrize(("browser_name", "place"), PLACES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(request, path, place, lab, open_page):
    page = open_page(browser=request.getfixturevalue(place), camera="own")
    shutil.copy(path, lab.root)
    notebook = Notebook(lab, page, path.name)
    notebook.open()
    try:
        for output in notebook.run_all(timeout_s=90):
            assert output.error is None, output.error.traceback
            assert output.execution_count is not None
    finally:
        page.context.close()
        lab.shut_down_kernels_of(notebook.name)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_with_a_picture_and_without_a_widget_that_is_gone(path):
    outputs = [output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", [])]
    types = {kind for output in outputs for kind in output.get("data", {})}
    assert types & {"image/png", "image/jpeg"}
    assert "application/vnd.jupyter.widget-view+json" not in types
    assert not [output for output in outputs if output["output_type"] == "error"]
