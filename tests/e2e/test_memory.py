"""Camera, map, Player and Recorder together for a while: memory stays flat, and the recording is whole."""

from __future__ import annotations

import json

import pytest

SHOW = """
import gc, json, os, time
import rtcwidgets as rtc

def resident_mb():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

cam = rtc.Camera()
display(cam)
image = cam.read()

@cam.map
def flipped(image):
    return image[::-1]

display(flipped)
recorder = flipped.record("memory.mkv", overwrite=True)
recorder
"""

WATCH = """
until, seen = time.monotonic() + {seconds}, []
while time.monotonic() < until:
    flipped.read()
    time.sleep(0.5)  # a reader that looks in twice a second, as a notebook's loop does
    seen.append(resident_mb())
progress = recorder.stop()
settled = seen[len(seen) // 4]  # encoders and decoders have what they need by then
print(json.dumps({{"settled": settled, "most": max(seen[len(seen) // 4:]), "frames": progress.frames,
                  "dropped": progress.dropped, "seconds": progress.seconds}}))
"""


@pytest.mark.parametrize(
    "seconds",
    [60, pytest.param(600, marks=[pytest.mark.soak, pytest.mark.timeout(900)])],
)
def test_memory_is_flat_through_camera_map_player_and_recorder(open_notebook, seconds):
    notebook = open_notebook(SHOW, WATCH.format(seconds=seconds))
    first = notebook.run_cell(0)
    assert first.error is None, first.error.traceback
    output = notebook.run_cell(1, timeout_s=seconds + 60)
    assert output.error is None, output.error.traceback
    memory = json.loads(output.stdout.splitlines()[-1])
    assert memory["most"] - memory["settled"] < 20, memory
    assert memory["frames"] > 10 * seconds  # 30 a second on an idle machine
    assert memory["seconds"] == pytest.approx(seconds, abs=5)
    notebook.page.get_by_text("✓ memory.mkv").wait_for()
