"""What only shows after minutes: memory that grows, threads and cameras that stay."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

SHOW = """
import gc, json, os, threading, time
import rtcwidgets as rtc

def resident_mb():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

def open_files():
    return len(os.listdir("/proc/self/fd"))

cam = rtc.Camera()
display(cam)
cam.read()
"""


def printed(output):
    assert output.error is None, output.error.traceback
    return json.loads(output.stdout.splitlines()[-1])


def test_memory_is_flat_while_a_slow_reader_falls_behind(open_notebook):
    notebook = open_notebook(
        SHOW,
        """
every, slow = cam.frames(every=True), cam.frames()
until, seen = time.monotonic() + 300, []
while time.monotonic() < until:
    slow.next().bgr
    time.sleep(1)  # a slow consumer
    seen.append(resident_mb())
print(json.dumps({"begin": seen[30], "most": max(seen[30:]), "dropped": every.dropped}))
""",
    )
    notebook.run_cell(0)
    memory = printed(notebook.run_cell(1, timeout_s=400))
    assert memory["dropped"] > 1000
    assert memory["most"] - memory["begin"] < 30


def test_a_hundred_starts_and_stops_leave_nothing_behind(open_notebook):
    notebook = open_notebook(
        SHOW,
        """
def cycle(times):
    for _ in range(times):
        cam.stop()
        cam.start()
        cam.read()
    return [threading.active_count(), open_files(), resident_mb()]

print(json.dumps({"before": cycle(10), "after": cycle(100)}))
""",
    )
    notebook.run_cell(0)
    counts = printed(notebook.run_cell(1, timeout_s=600))
    (threads, files, memory), (threads_after, files_after, memory_after) = counts["before"], counts["after"]
    assert threads_after <= threads
    assert files_after <= files
    assert memory_after - memory < 30
    assert notebook.evaluate("() => window.__drawnCamera.live") == 1
