"""The kernel's peer against a plain aiortc peer in the same process: offer, answer, frames, heartbeat, end."""

import asyncio
import contextlib
import json
import sys
import threading
import time
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from rtcwidgets.errors import ProtocolError
from rtcwidgets.media.colour import Colour
from rtcwidgets.transport import tuning
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.transport.peer import CONTROL_LABEL, Peer

SIZE = (320, 240)


def on_io(coroutine, timeout_s=15):
    return io_loop().finish(coroutine, timeout_s)


class CountingTrack(VideoStreamTrack):
    """Pictures whose brightness says their number, at 30 a second."""

    def __init__(self):
        super().__init__()
        self.number = 0

    async def recv(self):
        await asyncio.sleep(1 / 30)
        image = np.full((SIZE[1], SIZE[0], 3), 60 + self.number % 16 * 10, np.uint8)
        picture = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")
        picture.pts, picture.time_base = self.number * 3000, Fraction(1, 90_000)
        self.number += 1
        return picture


class FakePage:
    """A plain aiortc peer in the place of the browser."""

    def __init__(self):
        self.frames = []
        self.enough, self.over = threading.Event(), threading.Event()
        self.pongs = asyncio.Queue()

    def on_state(self, state):
        if state in ("closed", "failed"):
            self.over.set()

    def publish(self, frame):
        self.frames.append(frame)
        if len(self.frames) >= 20:
            self.enough.set()

    async def call(self):
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.control = self.pc.createDataChannel(CONTROL_LABEL)
        self.control.on("message", self.pongs.put_nowait)
        self.opened = asyncio.Event()
        self.control.on("open", self.opened.set)
        self.pc.addTrack(CountingTrack())
        await self.pc.setLocalDescription(await self.pc.createOffer())
        self.peer = Peer(self.publish, colour=Colour(), first_index=100, ice_servers=[], on_state=self.on_state)
        self.answer = await self.peer.accept(self.pc.localDescription.sdp, 1_500_000)
        await self.pc.setRemoteDescription(RTCSessionDescription(self.answer, "answer"))

    async def ping(self, **fields):
        await asyncio.wait_for(self.opened.wait(), 10)
        self.control.send(json.dumps({"type": "ping", "sent_ms": 5.0, **fields}))
        return json.loads(await asyncio.wait_for(self.pongs.get(), 10))

    async def hang_up(self):
        await self.peer.close()
        await self.pc.close()


@pytest.fixture
def page():
    made = on_io(_made())
    yield made
    on_io(made.hang_up())


async def _made():
    page = FakePage()
    await page.call()
    return page


def test_frames_arrive_numbered_timed_and_at_full_size(page):
    assert page.enough.wait(20)
    frames = page.frames[:20]
    assert [frame.index for frame in frames] == list(range(100, 120))
    assert {(frame.width, frame.height) for frame in frames} == {SIZE}
    times = [frame.time for frame in frames]
    assert times == sorted(times)
    assert all(0 <= frame.age < 30 for frame in frames)
    gaps = np.diff([frame.pts for frame in frames])
    assert (gaps > 0).all()


def test_a_frame_is_published_in_the_decoders_thread_without_the_event_loop(page):
    assert page.enough.wait(20)
    assert page.peer.video.counts.decoded >= 20
    assert page.peer.video._tuned is not None


def test_a_heartbeat_is_answered_with_the_kernels_time(page):
    pong = on_io(page.ping())
    assert pong["type"] == "pong"
    assert pong["sent_ms"] == 5.0
    assert abs(pong["kernel_ms"] - time.time() * 1000) < 60_000


def test_a_heartbeat_sets_the_clock(page):
    on_io(page.ping(offset_ms=-2000.0, round_trip_ms=4.0))
    assert page.peer.video.clock._page_to_kernel_s == -2.0


def test_what_is_no_heartbeat_is_passed_over(page):
    async def send_rubbish():
        await asyncio.wait_for(page.opened.wait(), 10)
        for rubbish in ("", "{}", "[" * 1000, b"\x00\xff", "x" * 10_000):
            page.control.send(rubbish)
        return await page.ping()

    assert on_io(send_rubbish())["type"] == "pong"


def test_figures_reach_the_page(page):
    assert page.enough.wait(20)

    async def figures():
        await asyncio.wait_for(page.opened.wait(), 10)
        page.peer.send_figures(page.peer.stats())
        return json.loads(await asyncio.wait_for(page.pongs.get(), 10))

    message = on_io(figures())
    assert (message["type"], message["width"], message["height"], message["transport"]) == ("figures", *SIZE, "direct")
    assert message["frame_rate"] > 1
    assert message["candidate_pair"].endswith(", udp")
    assert message["codec"] == "VP8"


def test_stats_speak_of_frames_packets_and_times(page):
    assert page.enough.wait(20)
    on_io(page.ping(offset_ms=0.0, round_trip_ms=4.0))
    stats = page.peer.stats()
    assert stats.frames_received >= stats.frames_decoded >= 20
    assert stats.frames_received == stats.frames_decoded + stats.frames_dropped
    assert stats.key_frames_decoded >= 1
    assert (stats.frame_width, stats.frame_height) == SIZE
    assert stats.frames_per_second > 1
    assert stats.bitrate > 1000
    assert stats.packets_received >= stats.frames_received
    assert stats.packets_lost == 0
    assert 0 <= stats.jitter < 1
    assert stats.current_round_trip_time == 0.004
    assert 0 <= stats.age < 30
    assert stats.codec == "VP8"


def test_the_answer_has_all_candidates_and_a_start_bitrate(page):
    assert "a=candidate:" in page.answer
    assert "x-google-start-bitrate=1500" in page.answer


def test_threads_switch_quickly_while_a_peer_is_open():
    usual = sys.getswitchinterval()
    page = on_io(_made())
    assert sys.getswitchinterval() < usual
    on_io(page.hang_up())
    assert sys.getswitchinterval() == pytest.approx(usual)


def test_the_candidates_in_use_are_known(page):
    assert page.enough.wait(20)
    pair = tuning.selected_pair(page.peer._pc)
    assert pair is not None
    assert {pair.local, pair.remote} <= {"host", "prflx"}
    assert not pair.is_relayed
    assert page.peer.transport == "direct"


def test_closing_ends_decoder_and_tasks(page):
    assert page.enough.wait(20)
    assert [thread for thread in threading.enumerate() if thread.name == "video-decoder"]
    on_io(page.hang_up())
    assert not [thread for thread in threading.enumerate() if thread.name == "video-decoder"]
    assert all(watch.done() for watch in page.peer._watches)
    on_io(page.peer.close())


def test_a_peer_that_is_closed_at_once_leaves_no_task():
    async def call_and_hang_up():
        before = asyncio.all_tasks()
        page = await _made()
        await page.hang_up()
        _, left = await asyncio.wait(asyncio.all_tasks() - before, timeout=2)
        return [task.get_coro().__qualname__ for task in left]

    assert [on_io(call_and_hang_up()) for _ in range(3)] == [[], [], []]


def test_the_end_of_the_page_is_noticed(page):
    assert page.enough.wait(20)
    on_io(page.pc.close())

    assert page.over.wait(10)


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "nonsense",
        "v=0\r\n",
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        "v=0\r\nm=video x y z\r\na=mid:0\r\n",
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
    ],
    ids=repr,
)
def test_a_hostile_offer_is_a_protocol_error_or_an_answer(offer):
    async def accept():
        peer = Peer(lambda frame: None, colour=Colour(), first_index=0, ice_servers=[], on_state=lambda state: None)
        try:
            with contextlib.suppress(ProtocolError):
                await peer.accept(offer, 1_000_000)
        finally:
            await peer.close()
        return "ended"

    assert on_io(accept()) == "ended"


@pytest.mark.parametrize("candidate", ["", "candidate:", "candidate:1 1 udp 1 ::1 x typ host", "x" * 900])
def test_a_hostile_candidate_is_passed_over(page, candidate):
    async def add():
        await page.peer.add_candidate(candidate, "0")
        return "ended"

    assert on_io(add()) == "ended"
