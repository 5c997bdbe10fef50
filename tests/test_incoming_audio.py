"""Sound from a plain aiortc peer in the same process: contiguous, timed, at the right pitch, losses filled."""

import asyncio
import threading
import time
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from rtcwidgets.transport import incoming_audio
from rtcwidgets.transport.clock import NTP_TO_UNIX_S
from rtcwidgets.transport.incoming_audio import IncomingAudio
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.transport.peer import CONTROL_LABEL, Peer

RATE = 48_000
PACKET = 960


def on_io(coroutine, timeout_s=20):
    return io_loop().finish(coroutine, timeout_s)


class Tone(MediaStreamTrack):
    """440 Hz in the left channel, 880 Hz in the right one."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.at = 0
        self.started = None

    async def recv(self):
        self.started = self.started or time.monotonic()
        await asyncio.sleep(max(0.0, self.started + self.at / RATE - time.monotonic()))
        t = (self.at + np.arange(PACKET)) / RATE
        both = np.stack([np.sin(2 * np.pi * 440 * t), np.sin(2 * np.pi * 880 * t)], axis=1)
        frame = av.AudioFrame.from_ndarray((both * 16_000).astype(np.int16).reshape(1, -1), "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.at, Fraction(1, RATE)
        self.at += PACKET
        return frame


class Call:
    """A plain aiortc peer that plays a tone to a Peer."""

    def __init__(self, channels):
        self.channels = channels
        self.blocks, self.enough = [], threading.Event()

    def publish_audio(self, block):
        self.blocks.append(block)
        if sum(map(len, self.blocks)) >= RATE:
            self.enough.set()

    async def make(self):
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.control = self.pc.createDataChannel(CONTROL_LABEL)
        self.figures = asyncio.Queue()
        self.control.on("message", self.figures.put_nowait)
        self.pc.addTrack(Tone())
        await self.pc.setLocalDescription(await self.pc.createOffer())
        self.peer = Peer(
            publish_audio=self.publish_audio, channels=self.channels, ice_servers=[], on_state=lambda state: None
        )
        self.answer = await self.peer.accept(self.pc.localDescription.sdp, 64_000)
        await self.pc.setRemoteDescription(RTCSessionDescription(self.answer, "answer"))
        return self

    async def hang_up(self):
        await self.peer.close()
        await self.pc.close()


@pytest.fixture
def call(request):
    made = on_io(Call(getattr(request, "param", 1)).make())
    yield made
    on_io(made.hang_up())


def pitch(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return spectrum.argmax() * RATE / len(samples)


def heard(call):
    assert call.enough.wait(20)
    return np.concatenate([block.samples for block in call.blocks])


@pytest.mark.parametrize("call", [1, 2], indirect=True)
def test_sound_arrives_contiguous_at_its_pitch_and_with_the_channels_asked_for(call):
    samples = heard(call)
    assert samples.dtype == np.float32
    assert samples.shape[1] == call.channels
    middle = samples[RATE // 4 : -RATE // 4]
    # No hole: a quarter of a period of 440 Hz is never quiet.
    loud = np.abs(middle).max(axis=1)
    assert np.lib.stride_tricks.sliding_window_view(loud, 120).max(axis=1).min() > 0.05
    assert pitch(middle[:, 0]) == pytest.approx(440, abs=3) or call.channels == 1
    if call.channels == 2:
        assert pitch(middle[:, 1]) == pytest.approx(880, abs=3)
        assert "stereo=1" in call.answer


def test_blocks_bear_their_time_and_come_without_a_buffers_delay(call):
    heard(call)
    times = np.array([block.time for block in call.blocks])
    assert (np.diff(times) > 0).all()
    assert np.median(np.diff(times)) == pytest.approx(0.02, abs=0.005)
    assert 0 <= time.time() - times[-1] < 20


def test_figures_are_of_the_sound_where_there_is_nothing_else(call):
    heard(call)
    stats = call.peer.audio_stats()
    assert stats.total_samples_received >= RATE
    assert stats.packets_received >= 50
    assert (stats.packets_lost, stats.concealed_samples, stats.codec) == (0, 0, "opus")
    assert 0.1 < stats.audio_level <= 1
    assert stats.bitrate > 1000
    assert 0 <= stats.age < 5

    async def figures():
        call.peer.send_figures(call.peer.stats())
        return await asyncio.wait_for(call.figures.get(), 10)

    assert '"codec":"opus"' in on_io(figures())
    assert call.peer.silent_s < 5


def test_a_peer_that_wants_no_sound_passes_it_over():
    made = Call(1)
    made.publish_audio = None
    on_io(made.make())
    assert made.peer.audio is None
    on_io(made.hang_up())


def test_closing_ends_the_decoder(call):
    heard(call)
    on_io(call.hang_up())
    assert not [thread for thread in threading.enumerate() if thread.name == "audio-decoder"]


# -- without a network


@pytest.fixture
def incoming(monkeypatch):
    """An IncomingAudio whose packets a test hands in, and the blocks that it published."""
    monkeypatch.setattr(incoming_audio, "tunable", lambda receiver: False)
    blocks = []
    return IncomingAudio(SimpleNamespace(), blocks.append, 1), blocks


def some_sound(value=1000):
    frame = av.AudioFrame.from_ndarray(np.full((1, 2 * PACKET), value, np.int16), "s16", "stereo")
    frame.sample_rate = RATE
    return frame


def test_what_is_lost_is_silence_of_its_length(incoming):
    track, blocks = incoming
    track.sound(some_sound(), 0, 100.0)
    track.sound(some_sound(), 3 * PACKET, 100.06)
    assert [len(block) for block in blocks] == [PACKET, 2 * PACKET, PACKET]
    assert not blocks[1].samples.any()
    assert blocks[1].time == pytest.approx(blocks[0].time + 0.02, abs=1e-3)
    assert track.stats(None).concealed_samples == 2 * PACKET


def test_time_stamps_may_wrap(incoming):
    track, blocks = incoming
    track.sound(some_sound(), 2**32 - PACKET, 100.0)
    track.sound(some_sound(), 0, 100.02)
    assert [len(block) for block in blocks] == [PACKET, PACKET]


def test_a_long_silence_is_not_filled_as_a_whole(incoming):
    track, blocks = incoming
    track.sound(some_sound(), 0, 100.0)
    track.sound(some_sound(), 3600 * RATE, 3700.0)
    assert [len(block) for block in blocks] == [PACKET, 2 * RATE, PACKET]
    assert blocks[2].time == pytest.approx(3699.98)


def test_a_sender_report_says_when_the_last_sample_was_captured(incoming):
    track, blocks = incoming
    track.sender_report(int((1_800_000_000.0 + NTP_TO_UNIX_S) * 2**32), 960)
    track.clock.set_offset(0.5)
    track.sound(some_sound(), 960, 1_800_000_000.51)
    assert blocks[0].time == pytest.approx(1_800_000_000.48, abs=1e-4)


def play(track, first, count, arrival, packets_at_once=1):
    """Packets without a gap in their time stamps; the arrival after the last one."""
    for number in range(count):
        track.sound(some_sound(), (first + number) * PACKET, arrival)
        if number % packets_at_once == packets_at_once - 1:
            arrival += 0.02 * packets_at_once
    return arrival


def test_a_source_that_pauses_has_its_time_back_soon_after(incoming):
    track, blocks = incoming
    arrival = play(track, 0, 50, 100.0)
    track.sender_report(int((arrival + NTP_TO_UNIX_S) * 2**32), 50 * PACKET)
    arrival = play(track, 50, 50, arrival)
    arrival = play(track, 100, 20, arrival + 3.0)
    assert blocks[-1].time == pytest.approx(arrival - 0.04, abs=0.01)
    assert not track.stats(None).concealed_samples


def test_a_jam_of_the_network_leaves_the_clock_alone(incoming):
    track, blocks = incoming
    arrival = play(track, 0, 50, 100.0)
    play(track, 50, 50, arrival + 1.0, packets_at_once=50)
    assert blocks[-1].time == pytest.approx(100.0 + 99 * 0.02 - 0.02, abs=0.01)
