"""One measurement of plain aiortc: a server process of its own and a page that sends it the drawn camera."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.benchmarks import frame_log
from tests.benchmarks.frame_log import Log
from tests.benchmarks.sender import Sender, new_page, sender_of

REPOSITORY = Path(__file__).parents[2]
# To set the connection up and to read the log, besides the seconds that are measured.
PATIENCE_S = 30.0

Tuning = dict[str, Any]
# What the page does beyond what aiortc's example does, for plain_page.html.
AS_IT_COMES: Tuning = {}
FULL_SIZE: Tuning = {"encoding": {"maxBitrate": 4_000_000}, "preference": "maintain-resolution"}


def at_once(bitrate_bps: int) -> Tuning:
    """Full size at this bitrate from the first frame on: without it aiortc's estimate stays low for a long time."""
    return {**FULL_SIZE, "encoding": {"maxBitrate": bitrate_bps}, "startBitrate": bitrate_bps // 1000}


def measure(
    browser: Browser, width: int, height: int, frame_rate: int, seconds: float, *, tuning: Tuning
) -> tuple[Log, Sender]:
    """Return what a server process saw of the drawn camera in `seconds` from its first frame on."""
    video = {"width": width, "height": height, "frameRate": frame_rate}
    with server("tests.benchmarks.plain_server", "--seconds", str(seconds)) as url:
        page = new_page(browser)
        try:
            page.goto(url)
            asked_at_ms = page.evaluate("(wanted) => send(wanted)", {"video": video, **tuning})
            return _log(url, asked_at_ms / 1000, seconds), sender_of(page)
        finally:
            page.context.close()


def _log(url: str, asked_at_s: float, seconds: float) -> Log:
    query = urllib.parse.urlencode({"asked_at": asked_at_s})
    with urllib.request.urlopen(f"{url}log?{query}", timeout=seconds + PATIENCE_S) as answer:
        return frame_log.decode(answer.read())


@contextlib.contextmanager
def server(module: str, *options: str) -> Iterator[str]:
    """Yield the url of a server process that ends with the block."""
    command = [sys.executable, "-m", module, *options]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                process.wait(PATIENCE_S)
                errors.seek(0)
                raise RuntimeError(f"The plain aiortc server did not start:\n{errors.read()}")
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait()
