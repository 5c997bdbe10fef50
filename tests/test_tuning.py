"""A frame is complete with its marker; what never comes ends in a fresh start; the backlog is bounded."""

import queue
import threading
from types import SimpleNamespace

import pytest
from aiortc.rtp import RtpPacket

from rtcwidgets.transport import tuning
from rtcwidgets.transport.picture_buffer import GAP_PATIENCE_S, CompletedFrames, EncodedFrame, MarkerJitterBuffer
from rtcwidgets.transport.tuning import BACKLOG_FRAMES

SSRC = 1234


def packet(sequence_number, timestamp, marker=0, data=b"x"):
    made = RtpPacket(sequence_number=sequence_number % 65536, timestamp=timestamp, marker=marker, ssrc=SSRC)
    made._data = data
    return made


def completed(buffer, made):
    _, frames = buffer.add(made)
    return [(frame.data, frame.rtp_timestamp) for frame in frames.frames] if frames else []


def test_a_frame_is_complete_with_its_marker():
    buffer = MarkerJitterBuffer()
    assert completed(buffer, packet(0, 0, data=b"a")) == []
    assert completed(buffer, packet(1, 0, marker=1, data=b"b")) == [(b"ab", 0)]


def test_a_frame_waits_for_its_missing_packet():
    buffer = MarkerJitterBuffer()
    assert completed(buffer, packet(0, 0, data=b"a")) == []
    assert completed(buffer, packet(2, 0, marker=1, data=b"c")) == []
    assert completed(buffer, packet(1, 0, data=b"b")) == [(b"abc", 0)]


def test_a_packet_that_fills_a_gap_completes_every_frame_behind_it():
    buffer = MarkerJitterBuffer()
    completed(buffer, packet(0, 0, marker=1))
    assert completed(buffer, packet(2, 3000, marker=1, data=b"c")) == []
    assert completed(buffer, packet(3, 6000, marker=1, data=b"d")) == []
    assert completed(buffer, packet(1, 3000, data=b"b")) == [(b"bc", 3000), (b"d", 6000)]


def test_padding_between_frames_belongs_to_none():
    buffer = MarkerJitterBuffer()
    assert completed(buffer, packet(0, 0, marker=1, data=b"a")) == [(b"a", 0)]
    assert completed(buffer, packet(1, 0, data=b"")) == []
    assert completed(buffer, packet(2, 3000, marker=1, data=b"b")) == [(b"b", 3000)]


def test_sequence_numbers_may_wrap():
    buffer = MarkerJitterBuffer()
    assert completed(buffer, packet(65535, 0, data=b"a")) == []
    assert completed(buffer, packet(65536, 0, marker=1, data=b"b")) == [(b"ab", 0)]


def test_frames_after_an_overflow_need_a_key_frame():
    buffer = MarkerJitterBuffer(capacity=8)
    buffer.add(packet(0, 0))
    lost = [buffer.add(packet(n, 3000 * n, marker=1)) for n in range(2, 12)]
    assert any(pli for pli, _ in lost)
    assert any(frames is not None and frames.after_gap for _, frames in lost)


def test_a_gap_that_stays_is_stuck_and_a_restart_begins_afresh(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(tuning.time, "monotonic", lambda: now[0])
    buffer = MarkerJitterBuffer()
    completed(buffer, packet(0, 0, marker=1))
    completed(buffer, packet(2, 3000, marker=1))
    assert not buffer.is_stuck()
    now[0] += GAP_PATIENCE_S + 0.01
    assert buffer.is_stuck()
    buffer.restart()
    assert not buffer.is_stuck()
    _, frames = buffer.add(packet(3, 6000, marker=1, data=b"d"))
    assert frames.after_gap
    assert frames.data == b"d"


def test_a_frame_that_is_only_slow_is_not_stuck(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(tuning.time, "monotonic", lambda: now[0])
    buffer = MarkerJitterBuffer()
    completed(buffer, packet(0, 0))
    now[0] += 60.0
    completed(buffer, packet(1, 0))
    assert not buffer.is_stuck()


@pytest.mark.parametrize(
    ("codec", "data", "is_key"),
    [
        ("VP8", b"\x10\x00", True),
        ("VP8", b"\x11\x00", False),
        ("VP8", b"", False),
        ("H264", b"\x00\x00\x00\x01\x67abc", True),
        ("H264", b"\x00\x00\x00\x01\x65abc", True),
        ("H264", b"\x00\x00\x00\x01\x41abc", False),
        ("H264", b"", False),
    ],
)
def test_key_frames_are_known_by_their_first_bytes(codec, data, is_key):
    assert tuning.is_key_frame(codec, data) is is_key


class FakeReceiver:
    """The parts of an RTCRtpReceiver that TunedVideo works with."""

    def __init__(self):
        self.track = SimpleNamespace(_queue=None)
        self._RTCRtpReceiver__jitter_buffer = None
        self.asked_for_key_frame = []

    async def _handle_rtcp_packet(self, packet): ...

    async def _send_rtcp_pli(self, ssrc):
        self.asked_for_key_frame.append(ssrc)


class FakeDecoder:
    """Gives what it was given as a picture; refuses b"bad"."""

    def decode(self, frame):
        import av

        if b"bad" in frame.data:
            raise av.error.InvalidDataError(1, "bad data")
        return [frame]


class Pictures:
    """A sink that remembers."""

    def __init__(self):
        self.pictures = []

    def picture(self, picture, rtp_timestamp, arrival):
        self.pictures.append((picture.data, rtp_timestamp))

    def sender_report(self, ntp_timestamp, rtp_timestamp): ...


KEY, DELTA = b"\x10", b"\x11"
VP8 = SimpleNamespace(name="VP8")


def frames_of(*frames, after_gap=False):
    made = CompletedFrames([EncodedFrame(data, stamp) for data, stamp in frames], after_gap)
    made.timestamp = frames[0][1]
    return (VP8, made)


@pytest.fixture
def tuned(monkeypatch):
    monkeypatch.setattr(tuning, "get_decoder", lambda codec: FakeDecoder())
    return tuning.TunedVideo(FakeReceiver(), Pictures())


def decode(tuned, *tasks):
    tasks_queue = queue.Queue()
    for task in (*tasks, None):
        tasks_queue.put(task)
    picture_lost = threading.Event()
    tuned.decode(tasks_queue, picture_lost)
    return tuned._sink.pictures, picture_lost.is_set()


def test_nothing_is_decoded_before_the_first_key_frame(tuned):
    pictures, _ = decode(tuned, frames_of((DELTA, 0)), frames_of((KEY, 3000)), frames_of((DELTA, 6000)))
    assert pictures == [(KEY, 3000), (DELTA, 6000)]
    counts = tuned.counts
    assert (counts.received, counts.decoded, counts.key_frames, counts.bytes) == (3, 2, 1, len(DELTA + KEY + DELTA))
    assert counts.dropped == {"incomplete": 1}


def test_every_frame_of_a_burst_is_decoded(tuned):
    pictures, _ = decode(tuned, frames_of((KEY, 0), (DELTA, 3000)))
    assert pictures == [(KEY, 0), (DELTA, 3000)]


def test_after_a_gap_only_a_key_frame_helps(tuned):
    pictures, _ = decode(
        tuned,
        frames_of((KEY, 0)),
        frames_of((DELTA, 3000), after_gap=True),
        frames_of((KEY, 6000)),
    )
    assert pictures == [(KEY, 0), (KEY, 6000)]


def test_a_frame_that_cannot_be_decoded_is_told_and_the_next_key_frame_awaited(tuned):
    pictures, lost = decode(tuned, frames_of((KEY, 0)), frames_of((DELTA + b"bad", 3000)), frames_of((DELTA, 6000)))
    assert pictures == [(KEY, 0)]
    assert lost
    assert tuned.counts.dropped == {"undecodable": 1, "incomplete": 1}


def test_a_backlog_is_dropped_up_to_the_next_key_frame(tuned):
    behind = [frames_of((DELTA, 3000 * n)) for n in range(1, BACKLOG_FRAMES + 10)]
    pictures, _ = decode(tuned, frames_of((KEY, 0)), *behind, frames_of((KEY, 90_000)))
    assert pictures[-1] == (KEY, 90_000)
    assert tuned.counts.dropped["late"] >= len(behind) - 1


async def test_a_stuck_buffer_is_given_up_and_a_key_frame_asked_for_once(tuned, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(tuning.time, "monotonic", lambda: now[0])
    receiver = tuned._receiver
    buffer = receiver._RTCRtpReceiver__jitter_buffer
    buffer.add(packet(0, 0, marker=1))
    buffer.add(packet(2, 3000, marker=1))
    now[0] += 1.0
    await tuned.watch()
    await tuned.watch()
    assert receiver.asked_for_key_frame == [SSRC]
    assert not buffer.is_stuck()


async def test_a_key_frame_that_does_not_come_is_asked_for_again(tuned, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(tuning.time, "monotonic", lambda: now[0])
    decode(tuned, frames_of((DELTA, 0)))
    for _ in range(3):
        await tuned.watch()
        now[0] += tuning.KEY_FRAME_PATIENCE_S + 0.01
    assert len(tuned._receiver.asked_for_key_frame) == 3


def test_loopback_is_an_address_only_where_there_is_no_other(monkeypatch):
    monkeypatch.setattr(tuning, "_plain_get_host_addresses", lambda use_ipv4, use_ipv6: [])
    assert tuning._get_host_addresses(True, True) == ["127.0.0.1"]
    monkeypatch.setattr(tuning, "_plain_get_host_addresses", lambda use_ipv4, use_ipv6: ["192.0.2.7"])
    assert tuning._get_host_addresses(True, True) == ["192.0.2.7"]


def test_an_aiortc_that_is_too_old_is_named(monkeypatch):
    tuning.require_aiortc()
    monkeypatch.setattr(tuning.aiortc, "__version__", "1.5.0")
    with pytest.raises(ImportError, match=r"aiortc 1\.5\.0 is too old, 1\.16 is needed"):
        tuning.require_aiortc()
