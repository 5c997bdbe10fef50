"""Sound of the kernel at a plain aiortc peer: its pitch, its pace, its end."""

import asyncio

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import MediaStreamError

from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.samples import AudioBlock
from rtcwidgets.transport.loop import io_loop
from rtcwidgets.transport.outgoing_audio import PACKET_SAMPLES, RATE, STORE_S, OutgoingAudio


def on_io(coroutine, timeout_s=20):
    return io_loop().finish(coroutine, timeout_s)


def tone(rate):
    """440 Hz, 10 ms at a time, for ever."""
    at = 0
    while True:
        t = (at + np.arange(rate // 100)) / rate
        yield (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
        at += rate // 100


async def heard_of(outgoing, count):
    """What a plain peer hears of it: so many frames."""
    sender, receiver = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    arrived = asyncio.get_running_loop().create_future()
    receiver.on("track", arrived.set_result)
    sender.addTrack(outgoing)
    try:
        await sender.setLocalDescription(await sender.createOffer())
        await receiver.setRemoteDescription(sender.localDescription)
        await receiver.setLocalDescription(await receiver.createAnswer())
        await sender.setRemoteDescription(receiver.localDescription)
        track = await asyncio.wait_for(arrived, 10)
        return [await asyncio.wait_for(track.recv(), 10) for _ in range(count)]
    finally:
        outgoing.stop()
        await sender.close()
        await receiver.close()


@pytest.mark.parametrize("rate", [RATE, 16_000])
def test_a_tone_is_heard_at_its_pitch(rate):
    with AudioTrack.from_generator(tone(rate), sample_rate=rate) as track:
        frames = on_io(heard_of(OutgoingAudio(track), 75))
    samples = np.concatenate([frame.to_ndarray().reshape(-1, 2)[:, 0] for frame in frames])[RATE // 2 :]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert spectrum.argmax() * RATE / len(samples) == pytest.approx(440, abs=2)


async def test_what_is_missing_is_silence_and_what_is_too_much_goes():
    track = AudioTrack(sample_rate=RATE, channels=1)
    outgoing = OutgoingAudio(track)
    first = await outgoing.recv()
    assert (first.samples, first.pts, outgoing.silent) == (PACKET_SAMPLES, 0, PACKET_SAMPLES)
    for number in range(30):
        track.publish(AudioBlock(np.full((PACKET_SAMPLES, 1), number / 100, np.float32), RATE, 0.0))
    second = await outgoing.recv()
    assert second.pts == PACKET_SAMPLES
    assert outgoing.dropped == 30 * PACKET_SAMPLES - round(STORE_S * RATE)
    assert second.to_ndarray()[0, 0] == round(0.20 * 32767)  # the oldest that was kept
    outgoing.stop()


async def test_a_stopped_track_gives_nothing_more():
    track = AudioTrack(sample_rate=RATE, channels=1)
    outgoing = OutgoingAudio(track)
    await outgoing.recv()
    outgoing.stop()
    outgoing.stop()
    with pytest.raises(MediaStreamError):
        await outgoing.recv()
    assert not track.is_read()


async def test_after_silence_sound_waits_for_a_little_more_of_it():
    track = AudioTrack(sample_rate=RATE, channels=1)
    outgoing = OutgoingAudio(track)
    await outgoing.recv()
    loud = []
    for _ in range(4):
        track.publish(AudioBlock(np.full((PACKET_SAMPLES, 1), 0.5, np.float32), RATE, 0.0))
        loud.append(bool((await outgoing.recv()).to_ndarray().any()))
    assert loud == [False, True, True, True]
    outgoing.stop()


async def test_the_end_of_the_track_is_silence():
    track = AudioTrack.writer(RATE)
    outgoing = OutgoingAudio(track)
    await outgoing.recv()
    track.close()
    assert not (await outgoing.recv()).to_ndarray().any()
    outgoing.stop()
