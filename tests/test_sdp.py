"""Edits to session descriptions: what aiortc would wait for goes out, everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcwidgets.errors import ProtocolError
from rtcwidgets.transport.sdp import MAX_MEDIA_SECTIONS, cleaned, usable_candidate, with_opus_wishes, with_start_bitrate

HOST = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0"
MDNS = "candidate:2 1 udp 2122260223 5b1cb2d5-5c3b-4d0b-9d6c-0c7f3bd0a5a3.local 50000 typ host"
TCP = "candidate:3 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"
IPV6 = "candidate:4 1 udp 2122260223 fd00::2 50000 typ host"

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        f"a={HOST}",
        f"a={MDNS}",
        f"a={TCP}",
        "a=end-of-candidates",
        "a=rtpmap:96 VP8/90000",
        "",
    ]
)

ANSWER = "\r\n".join(
    [
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=rtpmap:111 opus/48000/2",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 packetization-mode=1",
        "",
    ]
)


def test_names_of_mdns_and_the_end_of_candidates_are_taken_out():
    lines = cleaned(OFFER).splitlines()
    assert f"a={HOST}" in lines
    assert not [line for line in lines if ".local" in line or "end-of-candidates" in line or " tcp " in line]
    assert "a=rtpmap:96 VP8/90000" in lines


def test_a_clean_offer_stays_as_it_is():
    assert cleaned(cleaned(OFFER)) == cleaned(OFFER)


@pytest.mark.parametrize("text", ["", "hello", "v=1\r\n", "m=video\r\nv=0\r\n"])
def test_what_is_no_description_is_refused(text):
    with pytest.raises(ProtocolError, match="v=0"):
        cleaned(text)


def test_a_description_of_too_many_sections_is_refused():
    with pytest.raises(ProtocolError, match="media sections"):
        cleaned("v=0\r\n" + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * (MAX_MEDIA_SECTIONS + 1))


@pytest.mark.parametrize(
    ("candidate", "usable"), [(HOST, True), (IPV6, True), (MDNS, False), (TCP, False), ("", False)]
)
def test_a_candidate_is_usable_if_it_is_udp_with_an_address(candidate, usable):
    assert usable_candidate(candidate) is usable


@given(st.text(max_size=200))
def test_any_text_is_cleaned_or_refused(text):
    try:
        cleaned(text)
    except ProtocolError:
        return


@given(st.lists(st.sampled_from([*OFFER.split(), "v=0", "m=", "a=candidate:", "a=fmtp:", "\r\n", "\n"]), max_size=40))
def test_any_mixture_of_its_words_is_cleaned_or_refused(words):
    try:
        cleaned(" ".join(words))
    except ProtocolError:
        return


@given(st.text(max_size=120))
def test_a_candidate_that_is_called_usable_can_be_parsed(text):
    from aiortc.sdp import candidate_from_sdp

    for candidate in (text, HOST[: len(text) % len(HOST)] + text):
        if usable_candidate(candidate):
            candidate_from_sdp(candidate.removeprefix("candidate:"))


def test_each_video_codec_is_told_where_to_start():
    lines = with_start_bitrate(ANSWER, 1843).splitlines()
    assert "a=fmtp:96 x-google-start-bitrate=1843" in lines
    assert "a=fmtp:102 packetization-mode=1;x-google-start-bitrate=1843" in lines
    assert "a=fmtp:97 apt=96" in lines
    assert not [line for line in lines if line.startswith("a=fmtp:111")]


def test_opus_is_asked_for_stereo_and_a_bitrate():
    answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n"
    wished = with_opus_wishes(answer, 2, 128_000)
    assert "a=fmtp:111 maxaveragebitrate=128000;useinbandfec=0;stereo=1\r\n" in wished
    assert wished.count("a=fmtp") == 1
    assert "stereo=0" in with_opus_wishes(answer, 1, 64_000)
