"""A track of the kernel to a plain aiortc peer in the place of the page."""

import asyncio
import threading
import time

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.track import VideoTrack
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.transport.outgoing import OutgoingVideo, SendingOptions
from rtcwidgets.transport.peer import Peer
from tests.pictures import frame
from tests.waiting import until


def on_io(coroutine, timeout_s=15):
    return io_loop().finish(coroutine, timeout_s)


class Painter:
    """Publishes frames on a track until it is told to stop."""

    def __init__(self, track, frame_rate=30):
        self._track, self._interval_s = track, 1 / frame_rate
        self._stopped = threading.Event()
        self.painted = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stopped.wait(self._interval_s):
            self._track.publish(frame(self.painted, width=320, height=240))
            self.painted += 1

    def stop(self):
        self._stopped.set()
        self._thread.join()


class Viewer:
    """A plain aiortc peer that wants to see."""

    async def call(self, outgoing, codecs=()):
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = self.pc.addTransceiver("video", direction="recvonly")
        known = RTCRtpReceiver.getCapabilities("video").codecs
        if codecs:
            transceiver.setCodecPreferences([codec for codec in known if codec.mimeType in codecs])
        await self.pc.setLocalDescription(await self.pc.createOffer())
        self.peer = Peer(outgoing=[outgoing()], ice_servers=[], on_state=lambda state: None)
        answer = await self.peer.accept(self.pc.localDescription.sdp, 1_000_000)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        self.track = transceiver.receiver.track
        return self

    async def see(self, count=1):
        return [await asyncio.wait_for(self.track.recv(), 10) for _ in range(count)]

    async def hang_up(self):
        await self.peer.close()
        await self.pc.close()


@pytest.fixture
def track():
    track = VideoTrack()
    painter = Painter(track)
    yield track
    painter.stop()
    track.close()


def view(track, codecs=(), **options):
    return on_io(Viewer().call(lambda: OutgoingVideo(track, SendingOptions(**options)), codecs))


def encoder_threads():
    return [thread for thread in threading.enumerate() if thread.name == "rtcwidgets encoder"]


@pytest.mark.parametrize("codecs", [("video/H264",), ("video/VP8",), ("video/VP8", "video/H264")], ids=str)
def test_a_page_sees_the_track_with_the_codec_that_both_know(track, codecs):
    viewer = view(track, codecs)
    try:
        *_, seen = on_io(viewer.see(10))
        assert (seen.width, seen.height) == (320, 240)
        assert np.abs(seen.to_ndarray(format="bgr24").astype(int) - (30, 120, 210)).max() <= 4
        assert viewer.peer.outgoing[0].frames_sent >= 10
        assert viewer.peer.outgoing[0].key_frames_sent >= 1
    finally:
        on_io(viewer.hang_up())


def test_only_the_codec_that_was_asked_for_is_offered(track):
    viewer = view(track, ("video/VP8", "video/H264"), codec="vp8")
    try:
        on_io(viewer.see(3))
        assert "H264" not in viewer.pc.remoteDescription.sdp
    finally:
        on_io(viewer.hang_up())


def test_a_track_is_read_only_while_a_page_looks(track):
    assert track.reader_stats() == ()
    viewer = view(track)
    on_io(viewer.see(1))
    assert len(track.reader_stats()) == 1
    assert encoder_threads()
    on_io(viewer.hang_up())
    for thread in encoder_threads():
        thread.join(5)
    assert not encoder_threads()
    assert track.reader_stats() == ()


def test_a_lost_picture_brings_a_key_frame(track):
    viewer = view(track)
    try:
        on_io(viewer.see(5))
        before = viewer.peer.outgoing[0].key_frames_sent
        receiver = viewer.pc.getReceivers()[0]
        ssrc = viewer.peer._pc.getSenders()[0]._ssrc
        on_io(receiver._send_rtcp_pli(ssrc))
        on_io(viewer.see(10))
        assert viewer.peer.outgoing[0].key_frames_sent > before
    finally:
        on_io(viewer.hang_up())


def test_no_more_frames_are_sent_than_were_asked_for(track):
    viewer = view(track, frame_rate=10)
    try:
        on_io(viewer.see(2))
        began = time.monotonic()
        on_io(viewer.see(8))
        assert time.monotonic() - began >= 8 / 15
    finally:
        on_io(viewer.hang_up())


def test_a_drawing_that_does_not_change_is_shown_too():
    track = VideoTrack.writer()
    track.write(np.full((240, 320, 3), (30, 120, 210), np.uint8))
    viewer = view(track)
    try:
        # Plain aiortc shows a picture when the next one comes: that is the same one, asked for again.
        seeing = asyncio.run_coroutine_threadsafe(viewer.see(1), io_loop()._loop)
        until(lambda: viewer.peer.outgoing[0].frames_sent == 1)
        viewer.peer.outgoing[0].request_key_frame()
        (seen,) = seeing.result(10)
        assert np.abs(seen.to_ndarray(format="bgr24").astype(int) - (30, 120, 210)).max() <= 4
        assert viewer.peer.outgoing[0].key_frames_sent == 2
    finally:
        on_io(viewer.hang_up())
        track.close()


def test_the_end_of_a_track_ends_the_sending(track):
    viewer = view(track)
    try:
        on_io(viewer.see(2))
        track.close()
        for thread in encoder_threads():
            thread.join(5)
        assert not encoder_threads()
    finally:
        on_io(viewer.hang_up())


def test_figures_are_of_what_is_sent(track):
    viewer = view(track)
    try:
        on_io(viewer.see(12))
        stats = viewer.peer.stats()
        assert (stats.frame_width, stats.frame_height, stats.codec) == (320, 240, "H264")
        assert stats.frames_per_second > 5
        assert stats.bitrate > 100
        assert 0 <= stats.age < 5
    finally:
        on_io(viewer.hang_up())


async def test_a_stopped_track_gives_nothing_more():
    outgoing = OutgoingVideo(VideoTrack(), SendingOptions())
    waiting = asyncio.create_task(outgoing.recv())
    await asyncio.sleep(0)
    outgoing.stop()
    outgoing.stop()
    with pytest.raises(MediaStreamError):
        await waiting
    with pytest.raises(MediaStreamError):
        await outgoing.recv()
