"""Cameras come, go and are changed for one another while a reader reads on; tracks are steered from Python."""

from __future__ import annotations

import json

import pytest

SHOW = """
import json, threading, time
import numpy as np
import rtcwidgets as rtc
from tests.stamps import decode
cam = rtc.Camera({options})
display(cam)
image = cam.read()
"""


@pytest.fixture
def live(open_notebook):
    """A notebook whose camera is live, on a page that has two."""

    def open_live(options=""):
        notebook = open_notebook(SHOW.format(options=options))
        notebook.evaluate("() => window.__drawnCamera.plug('Second camera', 'second')")
        output = notebook.run_cell(0)
        assert output.error is None, output.error.traceback
        return notebook

    return open_live


def printed(output):
    assert output.error is None, output.error.traceback
    return json.loads(output.stdout.splitlines()[-1])


def run_printed(notebook, source, timeout_s=30):
    return printed(notebook.run_cell(notebook.add_cell(source), timeout_s))


UNTIL = """
def until(holds, timeout_s=10):
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "not in time"
        cam.read()  # paces the wait: one look a frame
"""


def test_the_devices_are_known_by_name_and_follow_plugging(live):
    notebook = live()
    notebook.run(UNTIL)
    names = "json.dumps([device.label for device in cam.devices if device.kind == 'videoinput'])"
    assert run_printed(notebook, f"print({names})") == ["Drawn camera", "Second camera"]
    notebook.run(
        "told = []\ncam.observe(lambda change: told.append([device.label for device in change['new']]), 'devices')"
    )
    notebook.evaluate("() => window.__drawnCamera.plug('Third camera', 'third')")
    run_printed(notebook, "until(lambda: told and 'Third camera' in told[-1])\nprint('true')")


def test_a_device_chosen_in_the_view_takes_over_and_the_reader_reads_on(live):
    notebook = live()
    notebook.run(UNTIL)
    notebook.page.locator(".rtcw").hover()
    notebook.page.locator(".rtcw-bar").get_by_label("Camera device").select_option(label="Second camera")
    assert run_printed(
        notebook,
        "until(lambda: cam.settings['device_id'] == 'second')\n"
        "print(json.dumps([cam.tracks[0].label, decode(cam.read()) is not None, cam.state]))",
    ) == ["Second camera", True, "live"]
    assert notebook.evaluate("() => window.__drawnCamera.live") == 1


def test_the_device_that_was_chosen_is_the_one_of_the_next_camera(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    notebook.page.locator(".rtcw-bar").get_by_label("Camera device").select_option(label="Second camera")
    notebook.run(UNTIL)
    run_printed(notebook, "until(lambda: cam.settings['device_id'] == 'second')\nprint('true')")
    assert (
        run_printed(
            notebook,
            "cam = rtc.Camera()\ndisplay(cam)\ncam.read()\nprint(json.dumps(cam.settings['device_id']))",
        )
        == "second"
    )


def test_twenty_changes_of_device_lose_no_reader_and_leak_no_track(live):
    notebook = live()
    notebook.run(UNTIL)
    result = run_printed(
        notebook,
        """
every, indices, reading = cam.frames(every=True), [], threading.Event()

def read_all():
    for frame in every:
        indices.append(frame.index)
        if reading.is_set():
            return

thread = threading.Thread(target=read_all)
thread.start()
for number in range(20):
    cam.device_id = ["second", "drawn"][number % 2]
    until(lambda: cam.settings["device_id"] == cam.device_id)
reading.set()
thread.join(10)
print(json.dumps({"gaps": int((np.diff(indices) != 1).sum()), "frames": len(indices), "state": cam.state,
                  "transport": cam.transport}))
""",
        timeout_s=90,
    )
    assert result["frames"] > 40
    assert result["gaps"] == 0
    assert (result["state"], result["transport"]) == ("live", "direct")
    notebook.wait_for("() => window.__drawnCamera.live === 1", what="one live track")
    assert notebook.evaluate("() => window.__drawnCamera.started") == 21


def test_a_device_that_is_not_there_is_told_and_the_camera_before_goes_on(live):
    notebook = live()
    notebook.run("cam.device_id = 'unheard-of'")
    notebook.page.locator(".rtcw-note").wait_for()
    assert "The camera before goes on" in notebook.page.locator(".rtcw-note").inner_text()
    notebook.run("assert decode(cam.read(timeout=5)) is not None")


def test_a_camera_that_is_pulled_out_falls_back_to_the_list(live):
    notebook = live()
    notebook.evaluate("() => window.__drawnCamera.unplug('drawn')")
    card = notebook.page.locator(".rtcw-card")
    card.get_by_text("The camera was unplugged").wait_for()
    error = run_printed(
        notebook,
        "try: cam.read(timeout=3)\nexcept Exception as error: print(json.dumps([type(error).__name__, str(error)]))",
    )
    assert error[0] == "CameraUnplugged"
    assert "choose another" in error[1]
    card.get_by_role("combobox").select_option(label="Second camera")
    notebook.page.locator(".rtcw").get_by_text("live", exact=True).first.wait_for()
    assert run_printed(notebook, "cam.read(timeout=10)\nprint(json.dumps(cam.settings['device_id']))") == "second"


# -- tracks


def test_a_track_says_what_it_is_and_what_it_can(live):
    notebook = live("width=320, height=240")
    track = run_printed(
        notebook,
        "track = cam.tracks[0]\n"
        "print(json.dumps([track.kind, track.label, track.enabled, track.muted, track.ready_state, track.settings,"
        " track.capabilities]))",
    )
    assert track[:5] == ["video", "Drawn camera", True, False, "live"]
    assert (track[5]["width"], track[5]["height"], track[5]["frame_rate"]) == (320, 240, 30)
    assert track[6]["width"] == {"min": 32, "max": 4096}


def test_constraints_are_applied_while_the_camera_is_live(live):
    notebook = live("width=320, height=240")
    notebook.run(UNTIL)
    settings, shape = run_printed(
        notebook,
        """
settings = cam.tracks[0].apply_constraints(width=640, height=480, frame_rate=15)
until(lambda: cam.read().shape == (480, 640, 3))
print(json.dumps([settings, cam.read().shape]))
""",
    )
    assert (settings["width"], settings["height"], settings["frame_rate"]) == (640, 480, 15)
    assert shape == [480, 640, 3]


def test_a_constraint_that_cannot_be_met_says_which_and_what_the_device_can(live):
    notebook = live()
    error = run_printed(
        notebook,
        "try: cam.tracks[0].apply_constraints(width={'exact': 100_000})\n"
        "except rtc.ConstraintsNotMet as error: print(json.dumps(str(error)))",
    )
    assert "width" in error
    assert "32 to 4096" in error
    notebook.run("cam.read(timeout=5)")


def test_a_track_that_is_not_enabled_gives_black_pictures(live):
    notebook = live()
    notebook.run(UNTIL)
    run_printed(
        notebook,
        "cam.tracks[0].enabled = False\nuntil(lambda: cam.read().max() < 40)\n"
        "assert not cam.tracks[0].enabled\n"
        "cam.tracks[0].enabled = True\nuntil(lambda: decode(cam.read()) is not None)\nprint('true')",
    )


def test_a_stopped_track_stops_the_stream(live):
    notebook = live()
    notebook.run("track = cam.tracks[0]\ntrack.stop()")
    notebook.wait_for("() => window.__drawnCamera.live === 0", what="the end of the capture")
    error = run_printed(
        notebook,
        "try:\n    while True: cam.read(timeout=3)\n"
        "except Exception as error: print(json.dumps([type(error).__name__, track.ready_state]))",
    )
    assert error == ["StreamStopped", "ended"]


# -- stills


def test_a_snapshot_is_saved_and_shown_by_still(live):
    notebook = live("width=320, height=240")
    taken = run_printed(
        notebook,
        "still = cam.snapshot('still.png')\nfrom pathlib import Path\n"
        "print(json.dumps([still.bgr.shape, decode(still.bgr) is not None, cam.still is still,"
        " Path('still.png').read_bytes()[:4] == b'\\x89PNG']))",
    )
    assert taken == [[240, 320, 3], True, True, True]


def test_the_shutter_in_the_view_is_an_event_in_python(live):
    notebook = live()
    notebook.run("taken = threading.Event()\ncam.observe(lambda change: taken.set(), 'still')")
    notebook.page.locator(".rtcw").hover()
    notebook.page.get_by_role("button", name="Take a still picture").click()
    assert run_printed(notebook, "assert taken.wait(10)\nprint(json.dumps(cam.still.bgr.shape))") == [480, 640, 3]
