"""Messages: the golden file is read by both halves; nothing a page sends raises anything but ProtocolError."""

import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcwidgets import protocol
from rtcwidgets.errors import ProtocolError

GOLDEN = json.loads((Path(__file__).parent / "data" / "messages.json").read_text())


def tag(struct):
    return struct.__struct_config__.tag


@pytest.mark.parametrize("message", GOLDEN["from_page"], ids=lambda m: m["type"])
def test_a_golden_message_of_the_page_is_read(message):
    parsed = protocol.parse(message)
    assert tag(type(parsed)) == message["type"]
    assert msgspec.to_builtins(parsed) == message


def test_the_golden_file_has_every_message_of_the_page():
    assert {m["type"] for m in GOLDEN["from_page"]} == {tag(struct) for struct in get_args(protocol.FromPage)}


@pytest.mark.parametrize("message", GOLDEN["invalid_from_page"], ids=str)
def test_an_invalid_message_is_refused(message):
    with pytest.raises(ProtocolError):
        protocol.parse(message)


@pytest.mark.parametrize("message", GOLDEN["to_page"], ids=lambda m: m["type"])
def test_a_golden_message_of_the_kernel_is_what_the_kernel_says(message):
    struct = next(s for s in get_args(protocol.ToPage) if tag(s) == message["type"])
    fields = {name: value for name, value in message.items() if name != "type"}
    assert protocol.to_builtins(struct(**fields)) == message


def test_the_golden_file_has_every_message_of_the_kernel():
    assert {m["type"] for m in GOLDEN["to_page"]} == {tag(struct) for struct in get_args(protocol.ToPage)}


@pytest.mark.parametrize("message", GOLDEN["control_from_page"], ids=str)
def test_a_golden_ping_is_read(message):
    assert isinstance(protocol.parse_control(json.dumps(message)), protocol.Ping)


@pytest.mark.parametrize("message", GOLDEN["control_to_page"], ids=str)
def test_a_golden_control_message_is_what_the_kernel_says(message):
    struct = next(s for s in (protocol.Pong, protocol.Figures) if tag(s) == message["type"])
    fields = {name: value for name, value in message.items() if name != "type"}
    assert json.loads(protocol.encode_control(struct(**fields))) == message


def test_a_description_beyond_the_limit_is_refused():
    offer = next(m for m in GOLDEN["from_page"] if m["type"] == "offer")
    with pytest.raises(ProtocolError):
        protocol.parse({**offer, "sdp": "v" * (protocol.MAX_SDP_CHARACTERS + 1)})


def test_a_control_message_beyond_the_limit_is_refused():
    with pytest.raises(ProtocolError, match="limit"):
        protocol.parse_control(" " * (protocol.MAX_CONTROL_BYTES + 1))


def test_a_still_has_its_picture_from_the_messages_buffer():
    still = next(m for m in GOLDEN["from_page"] if m["type"] == "still")
    assert protocol.parse(still, [memoryview(b"photograph")]).picture == b"photograph"
    assert protocol.parse(still).picture is None


@pytest.mark.parametrize(
    "buffers", [[b""], [b"one", b"two"], [bytes(protocol.MAX_STILL_BYTES + 1)]], ids=["none", "two", "too large"]
)
def test_a_still_in_other_than_one_buffer_within_the_limit_is_refused(buffers):
    still = next(m for m in GOLDEN["from_page"] if m["type"] == "still")
    with pytest.raises(ProtocolError, match="a still in"):
        protocol.parse(still, buffers)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_anything_at_all_is_read_or_refused(content):
    try:
        protocol.parse(content)
    except ProtocolError:
        return
    pytest.fail("nothing random is a message")


@given(st.sampled_from(GOLDEN["from_page"]), st.data())
def test_a_message_with_one_field_changed_is_read_or_refused(message, data):
    name = data.draw(st.sampled_from(sorted(message)))
    try:
        protocol.parse({**message, name: data.draw(json_values)})
    except ProtocolError:
        return


@given(st.text(max_size=100) | st.binary(max_size=100))
def test_any_control_message_is_read_or_refused(content):
    try:
        protocol.parse_control(content)
    except ProtocolError:
        return
