"""Plain aiortc as its server example has it: one page sends its camera, each picture becomes an array.

Nothing of rtcwidgets is here. Started as a process of its own by plain.py; prints its port when it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import aioice.ice
import av
from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from tests.benchmarks import frame_log
from tests.benchmarks.frame_log import FrameLog

PAGE = Path(__file__).parent / "plain_page.html"


class Answerer:
    """Serves a page and answers its one offer; `_follow` is given the tracks."""

    def __init__(self, page: Path) -> None:
        self._page = page
        # An empty list: without one aiortc asks a public STUN server.
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._pc.on("track", self._follow)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self.page), web.post("/offer", self.offer)]

    async def page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(self._page)

    async def offer(self, request: web.Request) -> web.Response:
        await self._pc.setRemoteDescription(RTCSessionDescription(**await request.json()))
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        local = self._pc.localDescription
        return web.json_response({"type": local.type, "sdp": local.sdp})

    async def close(self, app: web.Application) -> None:
        await self._pc.close()

    def _follow(self, track: MediaStreamTrack) -> None:
        raise NotImplementedError


class Receiver(Answerer):
    """Reads the page's video until the log is complete."""

    def __init__(self, seconds: float) -> None:
        super().__init__(PAGE)
        self._log = FrameLog(seconds)
        self._reading: asyncio.Future[asyncio.Task[None]] = asyncio.get_running_loop().create_future()

    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.get("/log", self.log)]

    async def log(self, request: web.Request) -> web.Response:
        """Answer when the log is complete."""
        await (await self._reading)
        return web.json_response(text=frame_log.encode(float(request.query["asked_at"]), self._log))

    def _follow(self, track: MediaStreamTrack) -> None:
        self._reading.set_result(asyncio.create_task(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        while not self._log.complete:
            picture = await track.recv()
            assert isinstance(picture, av.VideoFrame)
            self._log.take(picture.to_ndarray(format="bgr24"))


async def serve(make: Callable[[], Answerer]) -> None:
    """Listen on a free loopback port, which is printed, until the process is ended."""
    # On a machine without a network aiortc finds no address at all, and could not be measured.
    aioice.ice.get_host_addresses = _host_addresses
    answerer = make()
    app = web.Application()
    app.add_routes(answerer.routes())
    app.on_shutdown.append(answerer.close)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(json.dumps(runner.addresses[0][1]), flush=True)
    await asyncio.Event().wait()


_plain_host_addresses = aioice.ice.get_host_addresses


def _host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    return _plain_host_addresses(use_ipv4, use_ipv6) or ["127.0.0.1"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    seconds = parser.parse_args().seconds
    asyncio.run(serve(lambda: Receiver(seconds)))
