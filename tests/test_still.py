"""Photographs from pages: read within limits, written as files."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcwidgets.media.frame import Frame
from rtcwidgets.media.still import MAX_PIXELS, as_picture
from tests.pictures import frame


@pytest.mark.parametrize(("name", "tolerance"), [("still.png", 0), ("still.jpg", 3), ("STILL.JPEG", 3)])
def test_a_saved_frame_is_the_same_picture_when_it_is_read(tmp_path, name, tolerance):
    saved = frame(width=83, height=61)
    saved.save(tmp_path / name)
    read = Frame(as_picture((tmp_path / name).read_bytes()), index=0, time=0.0)
    assert read.rgb.shape == (61, 83, 3)
    assert np.abs(read.rgb.astype(int) - saved.rgb).max() <= tolerance


@pytest.mark.parametrize("name", ["still.bmp", "still"])
def test_another_ending_is_refused_with_those_there_are(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.jpg, \.jpeg, \.png"):
        frame().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]), st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_a_value_error(signature, rest):
    try:
        as_picture(signature + rest)
    except ValueError:
        return


def png_of(width, height):
    """A PNG file that claims a size and has next to no pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(3 * width + 1) * height if width * height < 1000 else b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def test_a_picture_too_large_to_be_one_is_refused_before_memory_is_taken_for_it():
    assert as_picture(png_of(20, 10)).width == 20
    side = int(MAX_PIXELS**0.5) + 1
    with pytest.raises(ValueError, match="cannot be decoded"):
        as_picture(png_of(side, side))
