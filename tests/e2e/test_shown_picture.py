"""What the page tells of a video's pictures is what was drawn, and when."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from tests import stamps
from tests.e2e.conftest import HERE

PLAY = """async ([width, height]) => {
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true });
    document.body.append(video);
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width, height } });
}"""
FOLLOW = """() => window.__shownPicture.follow(() => document.querySelector("video"), { seconds: 1, patience: 20 })"""
NEXT_LUMA = """() => window.__shownPicture.nextLuma(document.querySelector("video"))"""


@pytest.fixture(params=[(640, 480), (1280, 720)], ids=lambda size: "{}x{}".format(*size))
def page(request, open_page):
    """A page that shows its drawn camera, without a network in between, and the size."""
    page = open_page()
    page.context.add_init_script(path=HERE / "shown_picture.js")
    page.route("http://localhost/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://localhost/")
    page.evaluate(PLAY, list(request.param))
    return page, request.param


def test_each_picture_is_followed_by_its_stamp(page):
    page, size = page
    pictures = page.evaluate(FOLLOW)["pictures"]
    indices = [picture["index"] for picture in pictures]
    assert len(indices) >= 8  # 30 on an idle machine
    assert None not in indices
    assert indices == sorted(indices)
    assert {(picture["width"], picture["height"]) for picture in pictures} == {size}
    assert all(0 < picture["age_ms"] < 2000 for picture in pictures)
    assert 0.9e3 < pictures[-1]["displayed_ms"] - pictures[0]["displayed_ms"] < 3e3


def test_a_whole_picture_is_read_as_luma(page):
    page, (width, height) = page
    luma = np.frombuffer(base64.b64decode(page.evaluate(NEXT_LUMA)), np.uint8).reshape(height, width)
    assert stamps.decode(luma) is not None
    assert luma.std() > 20
