"""What a user reads when there is no picture: in the view and, from any wait, as a Python exception."""

from __future__ import annotations

import json

import pytest

from tests.e2e import pages

SHOW = """
import json, time
import rtcwidgets as rtc
cam = rtc.Camera({options})
display(cam)
"""

READ = """
began = time.monotonic()
try:
    cam.read({timeout})
except Exception as error:
    print(json.dumps({{"kind": type(error).__name__, "text": str(error), "seconds": time.monotonic() - began}}))
"""


def read_error(notebook, timeout="timeout=3"):
    output = notebook.run_cell(notebook.add_cell(READ.format(timeout=timeout)))
    assert output.error is None, output.error.traceback
    assert output.stdout, "read() raised nothing"
    return json.loads(output.stdout.splitlines()[-1])


def card(notebook):
    """The text in the picture's place."""
    shown = notebook.page.locator(".rtcw-card")
    shown.wait_for(timeout=15_000)
    return shown.inner_text()


REFUSALS = [
    ("NotAllowedError", "PermissionDenied", "The browser refused the camera", "address bar"),
    ("NotFoundError", "CameraNotFound", "No camera was found", "Plug one in"),
    ("NotReadableError", "CameraInUse", "in use by another program", "Close that program"),
    ("OverconstrainedError", "ConstraintsNotMet", "No camera can do what was asked", "Ask for less"),
    ("SecurityError", "PermissionDenied", "permissions policy", "tab of"),
]


@pytest.mark.parametrize(("name", "kind", "sentence", "remedy"), REFUSALS, ids=lambda value: value.split()[0])
def test_a_refusal_is_explained_with_its_remedy(open_notebook, name, kind, sentence, remedy):
    notebook = open_notebook(SHOW.format(options=""))
    notebook.evaluate("(name) => { window.__drawnCamera.refuseWith = name; }", name)
    notebook.run_cell(0)
    text = card(notebook)
    assert sentence in text
    assert remedy in text
    error = read_error(notebook)
    assert error["kind"] == kind
    assert remedy in error["text"]
    assert error["seconds"] < 1.0  # the refusal is known: nothing to wait for


def test_a_refusal_in_the_same_cell_ends_the_read_at_once(open_notebook):
    notebook = open_notebook(SHOW.format(options="") + "cam.read()")
    notebook.evaluate("() => { window.__drawnCamera.refuseWith = 'NotAllowedError'; }")
    output = notebook.run_cell(0, timeout_s=8)
    assert output.error.name == "PermissionDenied"


def test_after_a_refusal_trying_again_works(open_notebook):
    notebook = open_notebook(SHOW.format(options=""))
    notebook.evaluate("() => { window.__drawnCamera.refuseWith = 'NotAllowedError'; }")
    notebook.run_cell(0)
    card(notebook)
    notebook.evaluate("() => { window.__drawnCamera.refuseWith = null; }")
    notebook.page.get_by_role("button", name="Try again").click()
    notebook.run("assert cam.read(timeout=10).shape == (480, 640, 3)")


def test_a_permission_that_a_user_refuses(open_notebook):
    """Chromium itself says no here."""
    notebook = open_notebook(SHOW.format(options=""), camera="chromium", permissions=())
    notebook.run_cell(0)
    assert "The browser refused the camera" in card(notebook)
    assert read_error(notebook)["kind"] == "PermissionDenied"


def test_while_the_browser_asks_a_wait_says_so(open_notebook):
    notebook = open_notebook(SHOW.format(options=""))
    notebook.evaluate("() => { window.__drawnCamera.asking = true; }")
    notebook.run_cell(0)
    notebook.page.locator(".rtcw").get_by_text("asking for the camera").wait_for(timeout=10_000)
    error = read_error(notebook, "timeout=0.5")
    assert error["kind"] == "PermissionPending"
    assert "still asking" in error["text"]
    notebook.evaluate("() => window.__drawnCamera.answer()")
    notebook.run("assert cam.read(timeout=10).shape == (480, 640, 3)")


def test_nothing_displayed_says_to_display(open_notebook):
    notebook = open_notebook("import json, time\nimport rtcwidgets as rtc\ncam = rtc.Camera()")
    notebook.run_cell(0)
    error = read_error(notebook)
    assert error["kind"] == "NotDisplayed"
    assert "display(cam)" in error["text"]
    assert error["seconds"] < 3.5
    assert notebook.evaluate("() => window.__drawnCamera.started") == 0


def test_a_display_that_was_closed_lets_the_camera_go_and_says_so(open_notebook):
    notebook = open_notebook(SHOW.format(options=""))
    notebook.run_cell(0)
    notebook.run("cam.read()")
    notebook.evaluate("() => window.__notebook.clearOutputs(0)")
    notebook.wait_for("() => window.__drawnCamera.live === 0", what="the end of the capture", timeout_s=8)
    error = read_error(notebook)
    assert error["kind"] == "NotDisplayed"
    assert "last view was closed" in error["text"]
    assert error["seconds"] < 3.5
    notebook.run("display(cam)\nassert cam.read(timeout=10).shape == (480, 640, 3)")


def test_a_page_without_anywidget_is_named(open_page, lab):
    from tests.e2e.notebook import Notebook

    page = open_page()
    page.context.route("**/extensions/anywidget/**", lambda route: route.abort())
    notebook = Notebook.of_cells(lab, page, SHOW.format(options=""))
    notebook.open()
    try:
        notebook.run_cell(0)
        error = read_error(notebook)
        assert error["kind"] == "PageSilent"
        assert "reload the page" in error["text"]
        assert "install anywidget" in error["text"]
        assert error["seconds"] < 3.5
    finally:
        lab.shut_down_kernels_of(notebook.name)


def test_an_insecure_origin_is_named(open_notebook):
    notebook = open_notebook(SHOW.format(options=""), host="lab.test")
    notebook.run_cell(0)
    assert "only to pages from https or localhost" in card(notebook)
    error = read_error(notebook)
    assert error["kind"] == "InsecureOrigin"
    assert "http://localhost" in error["text"]


@pytest.fixture
def cameraless(playwright_driver):
    """A browser on a machine without a camera."""
    browser = pages.launch_chromium(playwright_driver, fake_device=False)
    yield browser
    browser.close()


def test_without_a_camera_the_view_offers_the_test_pattern(open_notebook, cameraless):
    notebook = open_notebook(SHOW.format(options=""), browser=cameraless, camera="chromium")
    notebook.run_cell(0)
    assert "No camera was found" in card(notebook)
    assert read_error(notebook)["kind"] == "CameraNotFound"
    notebook.page.get_by_role("button", name="Use the test pattern").click()
    notebook.run("assert cam.read(timeout=10).shape == (480, 640, 3)\nassert cam.settings['pattern']")


def test_without_a_camera_the_fallback_shows_the_test_pattern_by_itself(open_notebook, cameraless):
    notebook = open_notebook(
        SHOW.format(options="fallback='pattern', width=800, height=600") + "print(json.dumps(cam.read().shape))",
        browser=cameraless,
        camera="chromium",
    )
    output = notebook.run_cell(0)
    assert output.error is None, output.error.traceback
    assert json.loads(output.stdout) == [600, 800, 3]
    notebook.page.locator(".rtcw").get_by_text("test pattern").first.wait_for()


def test_a_test_pattern_needs_no_camera_and_has_the_colours_that_the_page_shows(open_notebook, cameraless):
    notebook = open_notebook(
        """
import json
import rtcwidgets as rtc
pattern = rtc.TestPattern()
display(pattern)
image = pattern.read()
bars = [image[20, int((bar + 0.5) * 640 / 7)].astype(int).tolist()[::-1] for bar in range(7)]
print(json.dumps(bars))
""",
        browser=cameraless,
        camera="chromium",
    )
    output = notebook.run_cell(0)
    assert output.error is None, output.error.traceback
    drawn = [
        [192, 192, 192], [192, 192, 0], [0, 192, 192], [0, 192, 0], [192, 0, 192], [192, 0, 0], [0, 0, 192],
    ]  # fmt: skip
    for got, meant in zip(json.loads(output.stdout), drawn, strict=True):
        assert max(abs(a - b) for a, b in zip(got, meant, strict=True)) <= 6, (got, meant)


def test_where_no_packet_gets_through_page_and_reader_are_told(open_notebook):
    notebook = open_notebook(SHOW.format(options=""))
    notebook.evaluate(
        """() => {
          const Plain = RTCPeerConnection;
          // Only a relay may be used, and there is none.
          RTCPeerConnection = function (options) { return new Plain({ ...options, iceTransportPolicy: "relay" }); };
        }"""
    )
    notebook.run_cell(0)
    error = read_error(notebook, "")
    assert error["kind"] == "ConnectionFailed"
    assert "TURN" in error["text"]
    assert error["seconds"] < 12
    assert "found no way to each other" in card(notebook)
    assert notebook.evaluate("() => window.__drawnCamera.live") == 0
