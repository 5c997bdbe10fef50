"""Plain aiortc as its server example has it: each picture of the page becomes an array, is changed, and goes back.

Nothing of rtcwidgets is here. Started as a process of its own by returned.py; prints its port when it listens.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
from aiortc import MediaStreamTrack, VideoStreamTrack
from aiortc.contrib.media import MediaRelay

from tests.benchmarks.marking import marked
from tests.benchmarks.plain_server import Answerer, serve

PAGE = Path(__file__).parent / "returned_page.html"


class TransformTrack(VideoStreamTrack):
    """The example's VideoTransformTrack."""

    def __init__(self, track: MediaStreamTrack) -> None:
        super().__init__()
        self._track = track

    async def recv(self) -> av.VideoFrame:
        picture = await self._track.recv()
        assert isinstance(picture, av.VideoFrame)
        changed = av.VideoFrame.from_ndarray(marked(picture.to_ndarray(format="bgr24")), format="bgr24")
        changed.pts, changed.time_base = picture.pts, picture.time_base
        return changed


class Transformer(Answerer):
    """Gives the page's video back."""

    def __init__(self) -> None:
        super().__init__(PAGE)
        self._relay = MediaRelay()

    def _follow(self, track: MediaStreamTrack) -> None:
        self._pc.addTrack(TransformTrack(self._relay.subscribe(track)))


if __name__ == "__main__":
    asyncio.run(serve(Transformer))
