"""One measurement of rtcwidgets: a notebook in JupyterLab whose cells read the drawn camera, in a kernel of its own."""

from __future__ import annotations

import textwrap

import msgspec
from playwright.sync_api import Browser

from tests.benchmarks import frame_log
from tests.benchmarks.frame_log import Log
from tests.benchmarks.sender import Sender, new_page, sender_of
from tests.e2e.lab import LabServer
from tests.e2e.notebook import Notebook

# To set the connection up and to read the log, besides the seconds that are measured.
PATIENCE_S = 30.0

SHOW = """
    import time
    import rtcwidgets as rtc
    from IPython.display import display
    from tests.benchmarks import frame_log

    cam = rtc.Camera(width={width}, height={height}, frame_rate={frame_rate})
    log = frame_log.FrameLog({seconds})
    asked_at = time.time()
    display(cam)
"""
# How the pictures are taken: `read` in the cell's own loop, frames with their capture time, or in a worker thread while
# the cell keeps the interpreter busy with nothing.
LOOPS = {
    "read": """
        while not log.complete:
            log.take(cam.read(timeout=20))
    """,
    "frames": """
        frames = cam.frames()
        while not log.complete:
            frame = frames.next(timeout=20)
            log.take(frame.bgr, frame.time)
    """,
    "spinning": """
        cam.read(timeout=20)
        cam.on_frame(lambda frame: log.take(frame.bgr, frame.time))
        until = time.time() + {seconds} + 10
        x = 0
        while not log.complete and time.time() < until:
            x += 1
    """,
}
# The camera goes on, so that the page's statistics can be asked for.
FINISH = """
    print(frame_log.encode(asked_at, log))
"""

FIRST = """
    import time
    began = time.perf_counter()
    import rtcwidgets as rtc
    imported = time.perf_counter()
    cam = rtc.Camera()
    made = time.perf_counter()
    display(cam)
    image = cam.read(timeout=20)
    read = time.perf_counter()
    print([1000 * (imported - began), 1000 * (made - imported), 1000 * (read - made)])
"""
AGAIN = """
    cam.close()
    cam = rtc.Camera()
    made = time.perf_counter()
    display(cam)
    image = cam.read()
    read = time.perf_counter()
    cam.close()
    print(1000 * (read - made))
"""


class FirstArray(msgspec.Struct, frozen=True):
    """How long it took until the first array, in a page and a kernel that were just started."""

    import_ms: float  # import rtcwidgets
    make_ms: float  # Camera()
    read_ms: float  # display(cam); cam.read()
    again_ms: float  # display(cam); cam.read() with another camera in the same kernel and page


def measure(
    lab: LabServer, browser: Browser, width: int, height: int, frame_rate: int, seconds: float, *, loop: str
) -> tuple[Log, Sender]:
    """Return what a kernel saw of the drawn camera in `seconds` from its first frame on; `loop` is one of LOOPS."""
    values = {"width": width, "height": height, "frame_rate": frame_rate, "seconds": seconds}
    source = "".join(textwrap.dedent(part).format(**values) for part in (SHOW, LOOPS[loop], FINISH))
    notebook = Notebook.of_cells(lab, new_page(browser))
    try:
        notebook.open()
        log = frame_log.decode(notebook.run(source, timeout_s=seconds + PATIENCE_S).stdout)
        return log, sender_of(notebook.page)
    finally:
        notebook.close()


def measure_first_array(lab: LabServer, browser: Browser) -> FirstArray:
    """Return how long the first array takes in a fresh page with a fresh kernel, and the next camera's there."""
    notebook = Notebook.of_cells(lab, new_page(browser))
    try:
        notebook.open()
        first = msgspec.json.decode(notebook.run(textwrap.dedent(FIRST)).stdout, type=tuple[float, float, float])
        again = msgspec.json.decode(notebook.run(textwrap.dedent(AGAIN)).stdout, type=float)
        return FirstArray(*first, again_ms=again)
    finally:
        notebook.close()
