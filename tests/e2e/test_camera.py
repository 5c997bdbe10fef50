"""The main job in a real JupyterLab and a real browser: the cell that shows the camera reads it, whatever else runs.

The camera is drawn by the page and stamps number and capture time into its pixels (tests/stamps.py).
"""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import in_both_browsers

IMPORTS = """
import json, threading, time
import numpy as np
import rtcwidgets as rtc
from tests.stamps import decode
"""

SHOW_AND_READ = (
    IMPORTS
    + """
cam = rtc.Camera({options})
display(cam)
image = cam.read()
stamp = decode(image)
print(json.dumps({{"shape": image.shape, "dtype": str(image.dtype), "age_ms": stamp.age_ms()}}))
"""
)


def printed(output):
    """What a cell printed as JSON, in its last line."""
    assert output.error is None, output.error.traceback
    return json.loads(output.stdout.splitlines()[-1])


@pytest.fixture
def live(open_notebook):
    """A notebook whose first cell has shown a camera and read it."""

    def open_live(options="", **where):
        notebook = open_notebook(SHOW_AND_READ.format(options=options), **where)
        printed(notebook.run_cell(0))
        return notebook

    return open_live


def live_tracks(notebook):
    return notebook.evaluate("() => window.__drawnCamera.live")


def wait_for_tracks(notebook, count):
    notebook.wait_for("(count) => window.__drawnCamera.live === count", count, what=f"{count} live tracks")


def wait_for_text(notebook, text):
    notebook.page.locator(".rtcw").get_by_text(text).first.wait_for(timeout=15_000)


@in_both_browsers
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)], ids=lambda size: "{}x{}".format(*size))
def test_the_cell_that_shows_the_camera_reads_it_at_full_size_from_the_first_frame(open_notebook, size):
    width, height = size
    notebook = open_notebook(
        SHOW_AND_READ.format(options=f"width={width}, height={height}"),
        """
sizes, stamps = set(), []
until = cam.frame.time + 3.0
for frame in cam.frames(every=True):
    sizes.add((frame.width, frame.height))
    stamps.append(frame.time)
    if frame.time > until:
        break
last_second = [stamp for stamp in stamps if stamp > until - 1.0]
print(json.dumps({"sizes": sorted(sizes), "last_second": len(last_second)}))
""",
    )
    first = printed(notebook.run_cell(0))
    assert first["shape"] == [height, width, 3]
    assert first["dtype"] == "uint8"
    assert 0 <= first["age_ms"] < 2000
    then = printed(notebook.run_cell(1))
    assert then["sizes"] == [[width, height]]
    assert then["last_second"] >= 15  # 30 on an idle machine; `make bench` measures


def test_a_frames_time_is_when_the_page_took_it(live):
    notebook = live()
    off = printed(
        notebook.run_cell(
            notebook.add_cell(
                """
off = []
for frame in cam.frames(every=True):
    stamp = decode(frame.bgr)
    if stamp is not None:
        off.append(-stamp.age_ms(frame.time * 1000))
    if len(off) == 90:
        break
print(json.dumps({"median_ms": float(np.median(off)), "growing": True}))
"""
            )
        )
    )
    assert abs(off["median_ms"]) < 50


@pytest.mark.parametrize(
    "blocking",
    ["time.sleep(2)", "until = time.time() + 2\nwhile time.time() < until: pass"],
    ids=["time.sleep", "a loop in Python"],
)
def test_frames_arrive_while_a_later_cell_blocks(live, blocking):
    notebook = live()
    notebook.run(
        """
seen = []

@cam.on_frame
def remember(frame):
    seen.append((time.time(), decode(frame.bgr)))
"""
    )
    seen = printed(
        notebook.run_cell(
            notebook.add_cell(
                f"""
began = time.time()
{blocking}
ended = time.time()
during = [stamp for at, stamp in seen if began < at < ended]
print(json.dumps({{"frames": len(during), "indices": [stamp.index for stamp in during if stamp]}}))
"""
            )
        )
    )
    assert seen["frames"] >= 20
    assert seen["indices"] == sorted(set(seen["indices"]))


def test_a_camera_shown_inside_another_widget_is_read_too(open_notebook):
    notebook = open_notebook(
        IMPORTS
        + """
import ipywidgets
cam = rtc.Camera()
display(ipywidgets.VBox([cam]))
""",
        "print(json.dumps(cam.read().shape))",
    )
    notebook.run_cell(0)
    assert printed(notebook.run_cell(1)) == [480, 640, 3]


def test_async_for_gives_frames_in_a_cell(live):
    notebook = live()
    indices = printed(
        notebook.run_cell(
            notebook.add_cell(
                """
indices = []
async for frame in cam:
    indices.append(frame.index)
    if len(indices) == 5:
        break
print(json.dumps(indices))
"""
            )
        )
    )
    assert indices == sorted(set(indices))
    assert len(indices) == 5


def test_a_frame_is_a_traitlets_event_while_the_cell_goes_on(live):
    notebook = live()
    seen = printed(
        notebook.run_cell(
            notebook.add_cell(
                """
seen, enough = [], threading.Event()

def on_change(change):
    seen.append(change["new"].index)
    if len(seen) == 5:
        enough.set()

cam.observe(on_change, "frame")
assert enough.wait(10)
cam.unobserve(on_change, "frame")
print(json.dumps(seen[:5]))
"""
            )
        )
    )
    assert seen == sorted(set(seen))


def test_an_interrupt_ends_the_wait_and_not_the_stream(live):
    notebook = live()
    waits = notebook.add_cell("print('waiting', flush=True)\nwhile True: cam.read()")
    notebook.start_cell(waits)
    notebook.wait_for("(index) => window.__notebook.outputs(index).length > 0", waits, what="the cell's first word")
    notebook.interrupt()
    assert notebook.wait_cell(waits, timeout_s=5).error.name == "KeyboardInterrupt"
    assert printed(notebook.run_cell(notebook.add_cell("print(json.dumps(cam.read().shape))"))) == [480, 640, 3]


def test_start_and_stop_twenty_times_leave_one_camera_and_no_thread(live):
    notebook = live()
    threads = printed(
        notebook.run_cell(
            notebook.add_cell(
                """
before = threading.active_count()
for _ in range(20):
    cam.stop()
    cam.start()
    assert decode(cam.read()) is not None
print(json.dumps([before, threading.active_count()]))
"""
            ),
            timeout_s=90,
        )
    )
    assert threads[1] <= threads[0]
    wait_for_tracks(notebook, 1)
    notebook.run("cam.stop()")
    wait_for_tracks(notebook, 0)
    assert notebook.evaluate("() => window.__drawnCamera.started") == 21


def test_frames_are_numbered_on_after_a_new_start(live):
    notebook = live()
    first, second = printed(
        notebook.run_cell(
            notebook.add_cell(
                """
first = cam.frame.index
cam.stop()
cam.start()
cam.read()
print(json.dumps([first, cam.frame.index]))
"""
            )
        )
    )
    assert second > first


def test_the_buttons_of_the_view_stop_and_start(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    notebook.page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_tracks(notebook, 0)
    stopped = notebook.run_cell(notebook.add_cell("cam.read()"))
    assert stopped.error.name == "StreamStopped"
    assert "press Start" in stopped.error.value.replace("Press", "press")
    notebook.page.get_by_role("button", name="Start", exact=True).first.click()
    wait_for_tracks(notebook, 1)
    wait_for_text(notebook, "live")
    notebook.run("cam.read(timeout=10)")


def test_mirroring_changes_the_view_and_not_the_frames(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    notebook.page.get_by_role("button", name="Mirror the view").click()
    mirrored = notebook.evaluate("() => getComputedStyle(document.querySelector('.rtcw video')).transform")
    assert mirrored == "matrix(-1, 0, 0, 1, 0, 0)"
    notebook.run("assert decode(cam.read()) is not None")


def test_a_callback_that_raises_is_shown_in_the_view_and_the_stream_goes_on(live):
    notebook = live()
    notebook.run("@cam.on_frame\ndef breaks(frame):\n    raise ValueError('mine')")
    wait_for_text(notebook, "ValueError: mine")
    notebook.run("assert 'mine' in str(cam.error)\ncam.read(timeout=5)\ncam.on_frame(breaks, remove=True)")
    notebook.page.get_by_role("button", name="Dismiss").click()
    notebook.page.locator(".rtcw-note").wait_for(state="hidden")


def test_closing_the_widget_ends_the_capture(live):
    notebook = live()
    notebook.run("cam.close()")
    wait_for_tracks(notebook, 0)


def test_the_corner_says_size_rate_age_and_transport(live):
    notebook = live()
    notebook.wait_for(
        r"() => /^640×480 · \d+ fps · \d+ ms · direct$/.test(document.querySelector('.rtcw-corner').textContent)",
        what="figures in the corner",
    )


@in_both_browsers
def test_after_a_reload_the_stream_comes_back(live):
    notebook = live()
    notebook.run("pass")
    notebook.save()
    notebook.reload()
    wait_for_text(notebook, "live")
    notebook.run("assert decode(cam.read(timeout=10)) is not None")


def test_a_restarted_kernel_lets_the_camera_go(live):
    notebook = live()
    notebook.restart()
    wait_for_tracks(notebook, 0)


def test_the_first_start_takes_no_message_of_the_main_shell(open_notebook):
    """The cell that shows the camera holds the main shell all the while."""
    notebook = open_notebook(
        IMPORTS
        + """
cam = rtc.Camera()
display(cam)
until = time.time() + 10
while cam.state != "live" and time.time() < until: pass
print(json.dumps(cam.state))
"""
    )
    assert printed(notebook.run_cell(0)) == "live"
