"""Sound goes on at once and in order; what others have overtaken for too long is lost."""

import pytest
from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from rtcwidgets.transport.sound_buffer import OVERTAKING_PACKETS, SoundBuffer


def packet(number):
    made = RtpPacket(sequence_number=number % 65536, timestamp=number * 960 % 2**32, ssrc=7)
    made._data = str(number).encode()
    return made


def numbers(buffer, *sent):
    """The numbers of the packets that went on, for each packet sent."""
    went_on = []
    for number in sent:
        picture_lost, packets = buffer.add(packet(number))
        assert not picture_lost
        went_on.append([int(data) for data, _ in packets.packets] if packets else [])
    return went_on


def test_a_packet_goes_on_at_once():
    assert numbers(SoundBuffer(), 5, 6, 7) == [[5], [6], [7]]


def test_a_packet_that_was_overtaken_is_waited_for():
    assert numbers(SoundBuffer(), 5, 7, 8, 6, 9) == [[5], [], [], [6, 7, 8], [9]]


def test_a_packet_that_three_have_overtaken_is_lost():
    assert OVERTAKING_PACKETS == 3
    assert numbers(SoundBuffer(), 5, 7, 8, 9, 10, 11) == [[5], [], [], [], [7, 8, 9, 10], [11]]


def test_after_a_loss_sound_is_not_later_than_before():
    buffer = SoundBuffer()
    numbers(buffer, 1, 2, *range(10, 14))
    assert numbers(buffer, 14, 15) == [[14], [15]]


def test_what_comes_too_late_or_twice_is_passed_over():
    assert numbers(SoundBuffer(), 5, 6, 6, 4, 7) == [[5], [6], [], [], [7]]


def test_sequence_numbers_may_wrap():
    assert numbers(SoundBuffer(), 65534, 65535, 65536, 65538, 65537) == [[65534], [65535], [65536], [], [65537, 65538]]


@pytest.mark.parametrize("anew", [1000, 40_000])
def test_a_sender_that_begins_anew_is_followed(anew):
    went_on = numbers(SoundBuffer(), 20_000, 20_001, *[anew + count for count in range(6)])
    assert went_on[-1] == [anew + 5]


@given(st.permutations(range(12)))
def test_sound_never_goes_backwards_and_little_waits(order):
    buffer = SoundBuffer()
    flat = [number for went_on in numbers(buffer, *order) for number in went_on]
    assert flat == sorted(set(flat))
    assert len(buffer._waiting) <= OVERTAKING_PACKETS
