"""A camera lives as long as its views: shared by them, kept while out of sight, never two lights for one."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import KERNELS_FIND_TESTS
from tests.e2e.lab import LabServer
from tests.e2e.notebook import Notebook

SHOW = """
import json, time
import rtcwidgets as rtc
from tests.stamps import decode
cam = rtc.Camera()
display(cam)
image = cam.read()
"""

PLAYS = """() => {
  const videos = [...document.querySelectorAll(".rtcw video")];
  return videos.length > 0 && videos.every((video) => !video.paused && video.readyState >= 2 && video.videoWidth > 0);
}"""


@pytest.fixture
def live(open_notebook):
    def open_live(*more_cells, **where):
        notebook = open_notebook(SHOW, *more_cells, **where)
        output = notebook.run_cell(0)
        assert output.error is None, output.error.traceback
        return notebook

    return open_live


def live_tracks(notebook):
    return notebook.evaluate("() => window.__drawnCamera.live")


def test_several_views_of_a_camera_share_it(live):
    notebook = live()
    notebook.run("display(cam)")
    notebook.run("display(cam)")
    notebook.wait_for("() => document.querySelectorAll('.rtcw').length === 3", what="three views")
    notebook.wait_for(PLAYS, what="a moving picture in each view")
    assert notebook.evaluate("() => window.__drawnCamera.started") == 1
    notebook.evaluate("() => { window.__notebook.clearOutputs(0); window.__notebook.clearOutputs(1); }")
    notebook.wait_for("() => document.querySelectorAll('.rtcw').length === 1", what="one view left")
    notebook.run("until = time.time() + 4\nwhile time.time() < until: assert decode(cam.read(timeout=2)) is not None")
    assert live_tracks(notebook) == 1


def test_a_cell_that_is_run_again_replaces_its_camera_without_a_second_light(live):
    notebook = live()
    for _ in range(3):
        output = notebook.run_cell(0)
        assert output.error is None, output.error.traceback
    assert live_tracks(notebook) == 1
    assert notebook.evaluate("() => window.__drawnCamera.mostLive") == 1
    assert notebook.evaluate("() => window.__drawnCamera.started") == 4


@pytest.fixture(scope="module")
def lab_that_detaches():
    """A JupyterLab that takes cells out of the document, or hides them, when they are scrolled away."""
    settings = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "full"}}
    with LabServer(environment=KERNELS_FIND_TESTS, settings=settings) as server:
        yield server


@pytest.mark.parametrize("detaching", [False, True], ids=["skipped", "not drawn"])
def test_a_camera_scrolled_out_of_sight_goes_on_and_is_shown_again(request, open_page, lab, detaching):
    lab = request.getfixturevalue("lab_that_detaches") if detaching else lab
    notebook = Notebook.of_cells(lab, open_page(), SHOW, *["print('\\n' * 30)"] * 40)
    try:
        notebook.open()
        for output in notebook.run_all():
            assert output.error is None, output.error.traceback
        assert_it_goes_on_out_of_sight(notebook, detaching)
    finally:
        lab.shut_down_kernels_of(notebook.name)


def assert_it_goes_on_out_of_sight(notebook, detaching):
    scroll = "(top) => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = top; }"
    notebook.evaluate(scroll, 1_000_000)
    if detaching:
        notebook.wait_for("() => !document.querySelector('.rtcw')?.checkVisibility()", what="a view that is not drawn")
    notebook.run("until = time.time() + 4\nwhile time.time() < until: assert decode(cam.read(timeout=2)) is not None")
    assert live_tracks(notebook) == 1
    notebook.evaluate(scroll, 0)
    notebook.wait_for("() => document.querySelector('.rtcw')?.checkVisibility()", what="the view again")
    notebook.wait_for(PLAYS, what="a moving picture")
    assert notebook.evaluate("() => window.__drawnCamera.started") == 1
