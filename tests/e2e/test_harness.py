"""The harness itself: cells run and are read, the drawn camera draws what was asked for, refusals refuse."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests import stamps
from tests.e2e.conftest import OpenNotebook, OpenPage, in_both_browsers
from tests.e2e.lab import LabServer
from tests.e2e.notebook import HarnessTimeout

OPEN_CAMERA = """async (video) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video });
    window.track = stream.getVideoTracks()[0];
    const { width, height, frameRate } = window.track.getSettings();
    return [width, height, frameRate];
}"""
REFUSAL = """async (constraints) => {
    try { await navigator.mediaDevices.getUserMedia(constraints); return null; }
    catch (error) { return error.name; }
}"""
# The next picture of window.track as the page sees it: its size and its gray top.
NEXT_PICTURE = """async () => {
    const reader = new MediaStreamTrackProcessor({ track: window.track.clone() }).readable.getReader();
    const { value: frame } = await reader.read();
    const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
    const context = canvas.getContext("2d");
    context.drawImage(frame, 0, 0);
    frame.close();
    reader.cancel();
    const rows = Math.ceil(canvas.width / 32 * 3) + 1;
    const { data } = context.getImageData(0, 0, canvas.width, rows);
    return [canvas.width, canvas.height, Array.from(data.filter((_, i) => i % 4 === 0))];
}"""


def blank(lab: LabServer) -> str:
    """Return a page of the server's origin with nothing in it; what is under api/ forbids workers."""
    return lab.page_url("static/favicon.ico")


def test_cells_run_and_their_output_is_read(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("print(1 + 1)", "1 / 0", "import sys\nprint('late', file=sys.stderr)\n[1, 2]")
    first, second, third = (notebook.run_cell(index) for index in range(3))
    assert (first.stdout, first.error, first.execution_count) == ("2\n", None, 1)
    assert second.error is not None
    assert second.error.name == "ZeroDivisionError"
    assert "1 / 0" in second.error.traceback
    assert (third.stderr, third.data("text/plain")) == ("late\n", "[1, 2]")


def test_running_all_cells_stops_at_an_exception(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("1", "1 / 0", "3")
    outputs = notebook.run_all()
    assert [output.execution_count for output in outputs] == [1, 2, None]


def test_kernel_is_the_interpreter_of_the_tests(open_notebook: OpenNotebook) -> None:
    assert open_notebook().run("import sys; print(sys.executable)").stdout.strip() == sys.executable


def test_running_cell_can_be_interrupted(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("print('go', flush=True)\nimport time\ntime.sleep(60)")
    notebook.start_cell(0)
    notebook.wait_for("() => window.__notebook.outputs(0).length > 0", what="the cell's first words")
    notebook.interrupt()
    output = notebook.wait_cell(0, timeout_s=10)
    assert output.error is not None
    assert output.error.name == "KeyboardInterrupt"


def test_wait_that_fails_says_what_was_missing(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook()
    with pytest.raises(HarnessTimeout, match=r"No rain within 0\.1 s\.\nKernel: idle"):
        notebook.wait_for("() => false", what="rain", timeout_s=0.1)


def test_kernel_survives_a_reload_and_not_a_restart(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("a = 1")
    notebook.run_cell(0)
    notebook.save()
    notebook.reload()
    assert notebook.run("a").text == "1"
    notebook.restart()
    output = notebook.run_cell(notebook.add_cell("a"))
    assert output.error is not None
    assert output.error.name == "NameError"


def test_theme_and_document_mode(open_notebook: OpenNotebook) -> None:
    dark = open_notebook("1", mode="doc", theme="dark")
    assert dark.evaluate("() => document.body.dataset.jpThemeLight") == "false"
    light = open_notebook("1")
    assert light.evaluate("() => document.body.dataset.jpThemeLight") == "true"


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (1280, 720), (1920, 1080)])
def test_drawn_camera_gives_the_size_asked_for_and_stamps_it(
    lab: LabServer, open_page: OpenPage, width: int, height: int
) -> None:
    page = open_page()
    page.goto(blank(lab))
    video = {"width": {"ideal": width}, "height": {"exact": height}, "frameRate": 15}
    assert page.evaluate(OPEN_CAMERA, video) == [width, height, 15]
    *size, top = page.evaluate(NEXT_PICTURE)
    assert size == [width, height]
    stamp = stamps.decode(np.array(top, np.uint8).reshape(-1, width))
    assert stamp is not None
    assert -5 < stamp.age_ms() < 5000


@in_both_browsers
def test_drawn_camera_counts_and_keeps_its_pace(lab: LabServer, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(blank(lab))
    page.evaluate(OPEN_CAMERA, {"width": 640, "height": 480, "frameRate": 30})
    page.wait_for_function("() => window.__drawnCamera.drawn >= 10")
    took_ms = page.evaluate("""async () => {
        const { drawn } = window.__drawnCamera, begin = performance.now();
        const ticks = async () => { while (window.__drawnCamera.drawn < drawn + 60) await new Promise(setTimeout); };
        await ticks();
        return performance.now() - begin;
    }""")
    assert took_ms == pytest.approx(2000, rel=0.1)
    assert page.evaluate("() => [window.__drawnCamera.started, window.__drawnCamera.live]") == [1, 1]
    page.evaluate("() => window.track.stop()")
    assert page.evaluate("() => [window.__drawnCamera.started, window.__drawnCamera.live]") == [1, 0]


@in_both_browsers
def test_drawn_camera_refuses_waits_and_is_unplugged(lab: LabServer, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(blank(lab))
    page.evaluate("() => { window.__drawnCamera.refuseWith = 'NotFoundError'; }")
    assert page.evaluate(REFUSAL, {"video": True}) == "NotFoundError"
    page.evaluate("""() => {
        Object.assign(window.__drawnCamera, { refuseWith: null, asking: true });
        navigator.mediaDevices.getUserMedia({ video: true }).catch((error) => { window.refusal = error.name; });
    }""")
    assert page.evaluate("() => window.__drawnCamera.waiting") == 1
    page.evaluate("() => window.__drawnCamera.answer('NotAllowedError')")
    page.wait_for_function("() => window.refusal === 'NotAllowedError'")
    page.evaluate("() => { window.__drawnCamera.asking = false; }")
    page.evaluate(OPEN_CAMERA, True)
    page.evaluate("() => { window.track.onended = () => { window.ended = true; }; window.__drawnCamera.unplug(); }")
    page.wait_for_function("() => window.ended && window.__drawnCamera.live === 0")


@in_both_browsers
@pytest.mark.parametrize(
    ("where", "permissions", "outcome"), [("browser", ("camera",), None), ("refusing", (), "NotAllowedError")]
)
def test_browsers_own_camera_obeys_the_permission(
    request: pytest.FixtureRequest,
    lab: LabServer,
    open_page: OpenPage,
    where: str,
    permissions: tuple[str, ...],
    outcome: Any,
) -> None:
    page = open_page(browser=request.getfixturevalue(where), camera="own", permissions=permissions)
    page.goto(blank(lab))
    assert page.evaluate(REFUSAL, {"video": True}) == outcome


@in_both_browsers
def test_browser_without_a_camera_says_so(lab: LabServer, open_page: OpenPage, cameraless: Browser) -> None:
    page = open_page(browser=cameraless, camera="own")
    page.goto(blank(lab))
    assert page.evaluate(REFUSAL, {"video": True}) == "NotFoundError"


def test_other_host_name_is_no_secure_origin(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(host="lab.test")
    assert notebook.evaluate("() => [isSecureContext, navigator.mediaDevices === undefined]") == [False, True]
