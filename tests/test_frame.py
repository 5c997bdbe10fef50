"""A frame: pixels in the format asked for, owned by who asked, in the colours that the page shows."""

import io
import time

import av
import numpy as np
import pytest

from rtcwidgets import Frame
from rtcwidgets.media.colour import Colour
from tests.pictures import flat_picture, frame


@pytest.mark.parametrize(
    ("format", "shape"),
    [
        ("bgr24", (48, 64, 3)),
        ("rgb24", (48, 64, 3)),
        ("bgra", (48, 64, 4)),
        ("rgba", (48, 64, 4)),
        ("gray", (48, 64)),
    ],
)
def test_each_format_has_its_shape(format, shape):
    array = frame().to_ndarray(format)
    assert array.shape == shape
    assert array.dtype == np.uint8


def test_bgr_has_blue_first_and_rgb_red_first():
    shown = frame()
    assert np.abs(shown.bgr[24, 32].astype(int) - (30, 120, 210)).max() <= 3
    assert np.array_equal(shown.bgr[..., ::-1], shown.rgb)


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown pixel format 'yuv420p'.*bgr24"):
        frame().to_ndarray("yuv420p")


def test_odd_widths_come_without_padding():
    array = frame(width=50, height=38).bgr
    assert array.shape == (38, 50, 3)
    assert array.flags.c_contiguous


def test_a_format_is_converted_once():
    shown = frame()
    assert shown.bgr is shown.bgr


def test_arrays_belong_to_who_got_the_frame():
    mine = frame()
    yours = mine.for_another()
    mine.bgr[:] = 0
    assert yours.bgr.max() > 0


def test_an_array_outlives_its_frame():
    array = frame().bgr
    copy = array.copy()
    for _ in range(20):
        frame()
    assert np.array_equal(array, copy)


def test_luma_is_a_read_only_view_of_the_decoded_plane():
    luma = frame().y
    assert luma.shape == (48, 64)
    with pytest.raises(ValueError, match="read-only"):
        luma[0, 0] = 1


def test_gray_stretches_limited_luma_to_the_full_range():
    white = Frame(flat_picture((255, 255, 255)), index=0, time=0.0)
    assert 233 <= white.y[0, 0] <= 235
    assert white.gray[0, 0] >= 253


def test_a_canvas_is_converted_as_full_range_bt709():
    """An encoder makes BT.709 of full range from a canvas and does not say so in VP8."""
    bgr = (200, 60, 30)
    image = np.full((48, 64, 3), bgr, np.uint8)
    picture = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(
        format="yuv420p", dst_colorspace=1, dst_color_range=2
    )
    picture.colorspace, picture.color_range = 2, 0
    told = Frame(picture, index=0, time=0.0, colour=Colour.of_page("rgb", True))
    untold = Frame(picture, index=0, time=0.0)
    assert np.abs(told.bgr[24, 32].astype(int) - bgr).max() <= 3
    assert np.abs(untold.bgr[24, 32].astype(int) - bgr).max() > 10


def test_a_tag_in_the_stream_wins_over_what_the_page_says():
    picture = flat_picture()
    picture.colorspace, picture.color_range = 1, 2
    assert Colour().of_stream(picture) == Colour(1, True)


def test_a_limited_range_without_a_matrix_is_not_believed():
    """FFmpeg's VP8 decoder says so of every stream."""
    picture = flat_picture()
    picture.colorspace, picture.color_range = 2, 1
    assert Colour.of_page("rgb", True).of_stream(picture) == Colour(1, True)


def test_age_grows_from_the_time_of_capture():
    shown = frame(at=time.time() - 2.0)
    assert 2.0 <= shown.age < 2.5


def test_a_capture_time_in_the_future_has_no_negative_age():
    assert frame(at=time.time() + 5).age == 0.0


def test_a_frame_shows_itself_as_a_picture():
    jpeg = frame()._repr_jpeg_()
    with av.open(io.BytesIO(jpeg)) as container:
        picture = next(container.decode(video=0))
    assert (picture.width, picture.height) == (64, 48)
    assert np.abs(picture.to_ndarray(format="bgr24")[24, 32].astype(int) - (30, 120, 210)).max() <= 6


def test_a_frame_of_odd_size_shows_itself_too():
    assert frame(width=51, height=37)._repr_jpeg_().startswith(b"\xff\xd8")


def test_numpy_takes_a_frame_as_its_bgr_array():
    shown = frame()
    assert np.array_equal(np.asarray(shown), shown.bgr)


def test_the_text_says_number_size_and_age():
    assert repr(frame(7)).startswith("<Frame 7: 64x48, ")


def array_frame(format="bgr24", channels=3, **options):
    pixels = np.random.default_rng(0).integers(0, 256, (37, 51, channels), np.uint8)
    return pixels, Frame(pixels.copy(), index=0, time=0.0, pixel_format=format, **options)


@pytest.mark.parametrize(("format", "channels"), [("bgr24", 3), ("rgb24", 3), ("bgra", 4), ("rgba", 4)])
def test_a_frame_of_an_array_gives_it_back_bit_by_bit(format, channels):
    pixels, shown = array_frame(format, channels)
    assert np.array_equal(shown.to_ndarray(format), pixels)
    assert (shown.width, shown.height, shown.pts) == (51, 37, None)


def test_a_frame_of_an_array_reorders_its_channels_exactly():
    pixels, shown = array_frame("bgra", 4)
    assert np.array_equal(shown.bgr, pixels[..., :3])
    assert np.array_equal(shown.rgb, pixels[..., 2::-1])
    assert np.array_equal(shown.to_ndarray("rgba"), pixels[..., [2, 1, 0, 3]])
    opaque = array_frame("rgb24")[1].to_ndarray("bgra")
    assert opaque[..., 3].min() == 255


def test_the_gray_of_a_frame_of_an_array_is_its_brightness():
    white = Frame(np.full((4, 4, 3), 255, np.uint8), index=0, time=0.0)
    assert white.gray.min() == 255
    red = Frame(np.full((4, 4, 3), (0, 0, 255), np.uint8), index=0, time=0.0)
    assert 74 <= red.gray[0, 0] <= 78
    assert np.array_equal(red.y, red.gray)


def test_readers_of_a_frame_of_an_array_share_no_memory():
    pixels, mine = array_frame()
    yours = mine.for_another()
    mine.bgr[:] = 0
    assert np.array_equal(yours.bgr, pixels)


def test_a_frame_of_an_array_shows_itself_in_its_colours():
    shown = Frame(np.full((48, 64, 3), (30, 120, 210), np.uint8), index=0, time=0.0)
    with av.open(io.BytesIO(shown._repr_jpeg_())) as container:
        picture = next(container.decode(video=0))
    assert np.abs(picture.to_ndarray(format="bgr24")[24, 32].astype(int) - (30, 120, 210)).max() <= 4


def test_an_encoder_gets_the_decoders_own_picture():
    picture = flat_picture()
    assert Frame(picture, index=0, time=0.0).video_frame() is picture
    assert array_frame()[1].video_frame().format.name == "bgr24"
