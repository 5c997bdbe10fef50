"""Live encoding: sharp, in true colours, decodable from a key frame on, a size at a time."""

import av
import numpy as np
import pytest

from rtcwidgets.media.colour import Colour
from rtcwidgets.media.encoder import VideoEncoder
from rtcwidgets.media.frame import Frame
from tests.pictures import flat_picture, frame

CODECS = ["h264", "vp8"]
BITRATE = 4_000_000


def decoded(codec, *packets):
    """Frames as a page would decode them."""
    decoder = av.CodecContext.create(codec, "r")
    pictures = [picture for packet in packets for picture in decoder.decode(packet)]
    return [Frame(picture, index=0, time=0.0, colour=Colour()) for picture in pictures]


@pytest.mark.parametrize("codec", CODECS)
def test_each_frame_is_one_packet_that_can_be_decoded_at_once(codec):
    encoder = VideoEncoder(codec)
    packets = [encoder.encode(frame(index, at=10 + index / 30), BITRATE) for index in range(5)]
    assert [packet.pts for packet in packets] == [0, 3000, 6000, 9000, 12000]
    for count in range(1, 6):
        assert len(decoded(codec, *packets[:count])) == count


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("bgr", [(30, 120, 210), (200, 40, 30), (60, 160, 30), (128, 128, 128)])
def test_colours_are_those_of_the_frame(codec, bgr):
    shown = Frame(flat_picture(bgr, 64, 48), index=0, time=1.0)
    (seen,) = decoded(codec, VideoEncoder(codec).encode(shown, BITRATE))
    assert np.abs(seen.bgr.astype(int) - shown.bgr).max() <= 3


@pytest.mark.parametrize("codec", CODECS)
def test_a_key_frame_comes_when_it_is_asked_for_and_stands_by_itself(codec):
    encoder = VideoEncoder(codec)
    packets = [encoder.encode(frame(index, at=index / 30), BITRATE, key_frame=index == 3) for index in range(5)]
    assert len(decoded(codec, *packets[3:])) == 2


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [(63, 47), (64, 47), (63, 48), (2, 2)])
def test_a_picture_of_odd_size_loses_its_last_column_or_row(codec, size):
    width, height = size
    encoder = VideoEncoder(codec)
    (seen,) = decoded(codec, encoder.encode(frame(0, at=0.0, width=width, height=height), BITRATE))
    assert (seen.width, seen.height) == (width - width % 2, height - height % 2)
    assert np.abs(seen.bgr.astype(int) - (30, 120, 210)).max() <= 4


@pytest.mark.parametrize("codec", CODECS)
def test_another_size_begins_anew_and_time_goes_on(codec):
    encoder = VideoEncoder(codec)
    small = encoder.encode(frame(0, at=0.0), BITRATE)
    large = encoder.encode(frame(1, at=0.1, width=128, height=96), BITRATE)
    assert (decoded(codec, large)[0].width, large.pts - small.pts) == (128, 9000)


@pytest.mark.parametrize("codec", CODECS)
def test_a_frame_that_others_have_too_is_not_written_to(codec):
    shown = frame(0, at=5.0)
    shown.video_frame().pts = 77
    encoder = VideoEncoder(codec)
    encoder.encode(frame(0, at=4.0), BITRATE)
    encoder.encode(shown, BITRATE)
    assert shown.pts == 77


def test_times_that_go_back_are_set_right():
    encoder = VideoEncoder("vp8")
    packets = [encoder.encode(frame(index, at=at), BITRATE) for index, at in enumerate([5.0, 5.1, 5.05])]
    assert [packet.pts for packet in packets] == [0, 9000, 9001]


@pytest.mark.parametrize("codec", CODECS)
def test_a_moving_picture_stays_sharp_below_the_highest_bitrate(codec):
    """A landscape of noise and edges that pans: luma PSNR of at least 36 dB from the second second on."""
    random = np.random.default_rng(1)
    coarse = random.integers(30, 226, (31, 61, 3), np.uint8)
    wide = av.VideoFrame.from_ndarray(coarse, format="rgb24").reformat(width=960, height=480, interpolation="BICUBIC")
    landscape = np.clip(wide.to_ndarray(format="rgb24").astype(int) + random.integers(-12, 13, (480, 960, 3)), 0, 255)
    encoder, decoder = VideoEncoder(codec), av.CodecContext.create(codec, "r")
    sizes, errors = [], []
    for index in range(60):
        window = landscape[:, 3 * index : 3 * index + 640].astype(np.uint8)
        picture = av.VideoFrame.from_ndarray(window, format="rgb24").reformat(format="yuv420p", dst_colorspace=5)
        packet = encoder.encode(Frame(picture, index=index, time=index / 30), BITRATE)
        (seen,) = decoder.decode(packet)
        sizes.append(packet.size)
        errors.append(np.square(seen.to_ndarray()[:480].astype(float) - picture.to_ndarray()[:480]).mean())
    assert 10 * np.log10(255**2 / max(errors[30:])) >= 36
    assert np.mean(sizes[30:]) * 8 * 30 <= BITRATE * 1.1
