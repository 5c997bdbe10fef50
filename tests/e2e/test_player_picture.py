"""The Player's picture is what Python made: sharp while it moves, and in true colours."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from tests import photographs, stamps
from tests.e2e.test_colours import PATCHES, TOLERANCE, spread
from tests.e2e.test_colours import SCRIPT as PATCHES_SCRIPT

SCRIPT = (Path(__file__).parent / "shown_picture.js").read_text()
VIDEO = "document.querySelector('.rtcw video')"

FRAME_RATE = 30
# The start is over then: a first picture is coarse, above all VP8's.
SETTLED_S = 2
PICTURES = 12
LEAST_PSNR_DB = 36
MOST_BITRATE = 6_000_000

SHOW_PAN = """
import numpy as np
import rtcwidgets as rtc
from tests.photographs import pan

mosaic = np.load({path!r})
track = rtc.VideoTrack.from_generator(lambda: pan(mosaic), frame_rate={frame_rate}, pixel_format="rgb24")
player = rtc.Player(track{options})
player
"""

SHOW_PATCHES = """
import numpy as np
import rtcwidgets as rtc

patches = np.array({patches}, np.uint8).reshape(2, 4, 3)
picture = patches.repeat({height} // 2, axis=0).repeat({width} // 4, axis=1)
track = rtc.VideoTrack.from_generator(lambda: picture, frame_rate={frame_rate}, pixel_format="rgb24")
player = rtc.Player(track, codec={codec!r})
player
"""


@pytest.fixture(scope="module")
def mosaic(tmp_path_factory):
    """The photographs, and a file of them for the kernel."""
    image, path = photographs.mosaic(), tmp_path_factory.mktemp("photographs") / "mosaic.npy"
    np.save(path, image)
    return image, path


def show(open_notebook, source, script, size):
    """Open a notebook whose cell shows a Player, wait until it has a picture of that size, return the notebook."""
    notebook = open_notebook(source)
    notebook.evaluate(script)
    output = notebook.run_cell(0)
    assert output.error is None, output.error.traceback
    notebook.wait_for(f"([width, height]) => {has_size()}", list(size), what="picture of the right size")
    return notebook


def has_size():
    return f"{VIDEO}?.videoWidth === width && {VIDEO}.videoHeight === height"


def next_luma(notebook):
    """The picture that the page shows next."""
    width, height = photographs.WINDOW
    shown = base64.b64decode(notebook.evaluate(f"() => window.__shownPicture.nextLuma({VIDEO})"))
    return np.frombuffer(shown, np.uint8).reshape(height, width)


def stats(notebook):
    code = "import json; now = player.get_stats(); print(json.dumps([now.bitrate, now.codec]))"
    return json.loads(notebook.run(code).stdout)


@pytest.mark.parametrize("options", ["", ", codec='vp8'"], ids=["as it comes", "vp8"])
def test_moving_photographs_are_sharp(open_notebook, mosaic, options):
    image, path = mosaic
    source = SHOW_PAN.format(path=str(path), frame_rate=FRAME_RATE, options=options)
    notebook = show(open_notebook, source, SCRIPT, photographs.WINDOW)
    sharpness, bitrates = {}, []
    while len(sharpness) < PICTURES:
        shown = next_luma(notebook)
        stamp = stamps.decode(shown[:, : photographs.STAMP_WIDTH])
        assert stamp is not None, "the stamp in the picture's corner cannot be read"
        if stamp.index >= SETTLED_S * FRAME_RATE:
            wanted = photographs.luma(photographs.window(image, stamp.index))
            sharpness[stamp.index] = round(photographs.psnr(shown, wanted), 1)
            bitrates.append(stats(notebook)[0])
    print(
        f"PSNR in dB, by frame: {sharpness}; Mbit/s: {np.median(bitrates) / 1e6:.2f}, at most {max(bitrates) / 1e6:.2f}"
    )
    assert min(sharpness.values()) >= LEAST_PSNR_DB, sharpness
    assert max(bitrates) <= MOST_BITRATE


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)], ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_flat_patches_are_what_python_made(open_notebook, codec, size):
    width, height = size
    source = SHOW_PATCHES.format(patches=PATCHES, width=width, height=height, codec=codec, frame_rate=FRAME_RATE)
    notebook = show(open_notebook, source, PATCHES_SCRIPT, size)
    settled = f"(count) => {VIDEO}.getVideoPlaybackQuality().totalVideoFrames >= count"
    notebook.wait_for(settled, SETTLED_S * FRAME_RATE, what="picture after the start")
    shown = notebook.evaluate(f"() => window.__patches.shown({VIDEO})")
    assert stats(notebook)[1].lower() == codec
    assert spread(shown) > 100, "the page shows no patches"
    off = np.abs(np.array(shown) - np.array(PATCHES)).max(axis=1)
    print(f"off by {off.tolist()}")
    assert off.max() <= TOLERANCE, f"{shown} where Python made {PATCHES}"
