"""True colours: what Python gets is what the page shows, whatever the camera and the codec."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from tests.e2e import pages

# Red, green, blue: grey levels, primaries, skin; nothing that BT.601 and BT.709 would agree on by chance.
PATCHES = [
    (16, 16, 16), (235, 235, 235), (128, 128, 128), (200, 40, 30),
    (30, 160, 60), (20, 60, 200), (224, 172, 140), (210, 190, 40),
]  # fmt: skip
SIZE = (640, 480)
TOLERANCE = 4

SCRIPT = (Path(__file__).parent / "patches.js").read_text().replace("__PATCHES__", json.dumps(PATCHES))

SHOW = """
import json
import numpy as np
import rtcwidgets as rtc
cam = rtc.Camera(codec={codec!r})
display(cam)
"""

# The page learns its pictures' colour space from the first one, and the kernel from the page: that takes a moment.
READ = """
for frame in cam.frames():
    if frame.index > 20:
        break

def middles(image):
    height, width = image.shape[:2]
    return [
        image[round((row + 0.5) * height / 2), round((column + 0.5) * width / 4)].tolist()
        for row in range(2) for column in range(4)
    ]

rgb, bgr = middles(frame.rgb), [pixel[::-1] for pixel in middles(frame.bgr)]
print(json.dumps({"rgb": rgb, "bgr": bgr, "codec": cam.stats.codec}))
"""


def patches_picture() -> np.ndarray:
    """The patches as a camera sees them."""
    width, height = SIZE
    rows = np.array(PATCHES, np.uint8).reshape(2, 4, 3)
    return rows.repeat(height // 2, axis=0).repeat(width // 4, axis=1)


def write_camera_file(path: Path) -> Path:
    """A file for Chromium's fake camera: Y4M or MJPEG by its ending."""
    codec, pix_fmt = {".y4m": ("wrapped_avframe", "yuv420p"), ".mjpeg": ("mjpeg", "yuvj420p")}[path.suffix]
    with av.open(path, "w", format={".y4m": "yuv4mpegpipe", ".mjpeg": "mjpeg"}[path.suffix]) as file:
        stream = file.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pix_fmt
        if codec == "mjpeg":
            stream.options = {"qmin": "2", "qmax": "2"}
        for _ in range(10):
            picture = av.VideoFrame.from_ndarray(patches_picture(), format="rgb24")
            file.mux(stream.encode(picture.reformat(format=pix_fmt, dst_colorspace=5)))
        file.mux(stream.encode(None))
    return path


@pytest.fixture(params=["drawn", "y4m", "mjpeg"])
def camera(request, playwright_driver, tmp_path):
    """A browser whose camera shows the patches, and what to call in its page."""
    if request.param == "drawn":
        browser = pages.launch_chromium(playwright_driver)
    else:
        file = write_camera_file(tmp_path / f"patches.{request.param}")
        browser = pages.launch_chromium(playwright_driver, flags=(f"--use-file-for-fake-video-capture={file}",))
    yield browser, request.param == "drawn"
    browser.close()


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_flat_patches_are_what_the_page_shows(open_notebook, camera, codec):
    browser, drawn = camera
    notebook = open_notebook(SHOW.format(codec=codec), READ, browser=browser, camera="own")
    notebook.evaluate(SCRIPT)
    if drawn:
        notebook.evaluate("() => window.__patches.draw()")
    notebook.run_cell(0)
    output = notebook.run_cell(1)
    assert output.error is None, output.error.traceback
    read = json.loads(output.stdout)
    shown = notebook.evaluate("() => window.__patches.shown(document.querySelector('.rtcw video'))")
    assert read["codec"].lower() == codec
    assert spread(shown) > 100, "the page shows no patches"
    for order in ("rgb", "bgr"):
        off = np.abs(np.array(read[order]) - np.array(shown)).max(axis=1)
        assert off.max() <= TOLERANCE, f"{order}: {read[order]} where the page shows {shown}"


def spread(patches) -> int:
    """How far apart the patches' colours are: a black picture must not pass."""
    return int(np.ptp(np.array(patches), axis=0).min())
