"""Processed video back in the page: what a function returns is what its Player shows, live."""

from __future__ import annotations

import json

import pytest

SHOW = """
import json, threading, time
import numpy as np
import rtcwidgets as rtc
from tests.stamps import decode
cam = rtc.Camera()
display(cam)
image = cam.read()
"""

MAP = """
@cam.map
def shown(image):
    image[300:] = 0
    return image
shown
"""

# The stamp (tests/stamps.py) of what a Player shows: number of the camera's picture, or -1 where it cannot be read.
SHOWN = """async (place) => {
  const video = [...document.querySelectorAll(".rtcw video")].at(place);
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const row = (top) => Array.from({ length: 32 }, (_, i) =>
    context.getImageData(i * 20 + 10, top, 1, 1).data[0] > 127 ? 1 : 0).join("");
  const black = context.getImageData(320, 400, 1, 1).data[0] < 40;
  return { size: [video.videoWidth, video.videoHeight], index: parseInt(row(10), 2), black };
}"""


@pytest.fixture
def live(open_notebook):
    def open_live(*more_cells):
        notebook = open_notebook(SHOW, *more_cells)
        for index in range(1 + len(more_cells)):
            output = notebook.run_cell(index)
            assert output.error is None, output.error.traceback
        return notebook

    return open_live


def printed(notebook, source, timeout_s=30):
    output = notebook.run_cell(notebook.add_cell(source), timeout_s)
    assert output.error is None, output.error.traceback
    return json.loads(output.stdout.splitlines()[-1])


def wait_until_shown(notebook, place=-1):
    """Wait until the view at that place shows a moving picture."""
    notebook.wait_for(
        "(place) => { const video = [...document.querySelectorAll('.rtcw video')].at(place);"
        " return video && !video.paused && video.getVideoPlaybackQuality().totalVideoFrames > 10; }",
        place,
        what="a moving picture",
    )


def test_a_mapped_track_as_a_cells_result_is_shown_live(live):
    notebook = live(MAP)
    wait_until_shown(notebook)
    first = notebook.evaluate(SHOWN, -1)
    assert first["size"] == [640, 480]
    assert first["black"]
    notebook.wait_for(f"async (before) => (await ({SHOWN})(-1)).index > before", first["index"], what="a newer picture")
    newest = notebook.evaluate("() => window.__drawnCamera.drawn")
    behind = newest - notebook.evaluate(SHOWN, -1)["index"]
    assert 0 <= behind < 30, f"{behind} pictures behind the camera"
    assert printed(notebook, "print(json.dumps(shown.read().shape))") == [480, 640, 3]
    assert printed(notebook, "print(json.dumps(shown(np.zeros((480, 640, 3), np.uint8)).shape))") == [480, 640, 3]


def test_running_the_cell_again_swaps_the_function_without_a_new_connection(live):
    notebook = live(MAP)
    wait_until_shown(notebook)
    notebook.run("before = shown.reader_stats()[0].delivered, id(shown)")
    swapped = MAP.replace("image[300:] = 0", "image[300:] = 255")
    notebook.run(swapped.removesuffix("shown\n"))
    notebook.wait_for(f"async () => !(await ({SHOWN})(-1)).black", what="what the new function returns")
    delivered, same = printed(
        notebook, "print(json.dumps([shown.reader_stats()[0].delivered - before[0], id(shown) == before[1]]))"
    )
    assert delivered > 0  # the count of the one reader there was goes on
    assert same


def test_an_error_is_shown_with_its_traceback_and_the_last_good_picture_stays(live):
    notebook = live(
        """
calls = 0
@cam.map
def shown(image):
    global calls
    calls += 1
    if calls % 3 == 0:
        raise ValueError("mine")
    return image
shown
"""
    )
    wait_until_shown(notebook)
    note = notebook.page.locator(".rtcw-note").last
    note.locator("summary").get_by_text("ValueError: mine").wait_for()
    note.locator("summary").click()
    note.locator("pre").get_by_text('raise ValueError("mine")').wait_for()
    rate = printed(
        notebook,
        "with shown.frames(every=True) as frames:\n"
        "    began = time.monotonic()\n    for count, _ in enumerate(frames, 1):\n"
        "        if time.monotonic() > began + 3: break\n"
        "print(json.dumps([count / 3, shown.error_count]))",
    )
    assert rate[0] > 8  # 20 of 30 on an idle machine
    assert rate[1] > 10


def test_a_slow_function_leaves_preview_camera_and_other_functions_unharmed(live):
    notebook = live(
        "@cam.map\ndef slow(image):\n    time.sleep(0.5)\n    return image\nslow",
        "@cam.map\ndef quick(image):\n    return image[::2, ::2]\nquick",
    )
    wait_until_shown(notebook, 2)
    figures = printed(
        notebook,
        """
def rate(track):
    with track.frames(every=True) as frames:
        began = time.monotonic()
        for count, _ in enumerate(frames, 1):
            if time.monotonic() > began + 3: return count / 3

print(json.dumps({"cam": rate(cam), "quick": rate(quick), "slow": rate(slow)}))
""",
    )
    assert figures["slow"] < 2.5
    assert figures["quick"] > 12  # 30 on an idle machine
    assert figures["cam"] > 12


def test_further_displays_are_views_of_one_player(live):
    notebook = live(MAP, "shown", "display(shown)")
    wait_until_shown(notebook, 3)
    assert printed(notebook, "print(json.dumps([reader.name for reader in shown.reader_stats()]))") == ["player"]


def test_a_track_whose_player_is_out_of_the_page_is_read_no_more(live):
    notebook = live(MAP)
    wait_until_shown(notebook)
    notebook.evaluate("() => window.__notebook.clearOutputs(1)")
    assert printed(
        notebook,
        "until = time.monotonic() + 8\n"
        "while shown.reader_stats() and time.monotonic() < until: cam.read()\n"
        "print(json.dumps([list(shown.reader_stats()), cam.state]))",
    ) == [[], "live"]


def test_after_a_reload_the_player_shows_again(live):
    notebook = live(MAP)
    wait_until_shown(notebook)
    notebook.save()
    notebook.reload()
    wait_until_shown(notebook)


def test_a_player_is_paused_and_goes_on_by_its_button(live):
    notebook = live(MAP)
    wait_until_shown(notebook)
    view = notebook.page.locator(".rtcw").last
    view.hover()
    view.get_by_role("button", name="Stop").click()
    view.locator(".rtcw-card").get_by_text("Paused").wait_for()
    view.locator(".rtcw-card").get_by_role("button", name="Start").click()
    wait_until_shown(notebook)


def test_a_track_made_in_the_kernel_is_shown_without_a_camera(open_notebook):
    notebook = open_notebook(
        """
import numpy as np
import rtcwidgets as rtc

def paint():
    for level in range(10_000):
        image = np.zeros((240, 321), np.uint8)
        image[:, : level % 321] = 255
        yield image

rtc.VideoTrack.from_generator(paint)
"""
    )
    output = notebook.run_cell(0)
    assert output.error is None, output.error.traceback
    wait_until_shown(notebook)
    assert notebook.evaluate("() => document.querySelector('.rtcw video').videoWidth") == 320
