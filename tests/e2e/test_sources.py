"""What is no camera: a screen that a user chooses, a file that the page plays, the picture of another widget."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from rtcwidgets import Frame
from tests.e2e import pages
from tests.e2e.conftest import in_both_browsers
from tests.e2e.notebook import Notebook
from tests.stamps import encode

HERE = Path(__file__).parent
CHOOSE = "Choose what to show"

BEGIN = """
import json, time
import numpy as np
import rtcwidgets as rtc
from tests.stamps import decode

def until(holds, stream, timeout_s=10):
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "not in time"
        stream.read(timeout=5)  # paces the wait: one look a frame

def error_of(stream, timeout=3):
    try:
        while True:
            stream.read(timeout=timeout)
    except Exception as error:
        return {"kind": type(error).__name__, "text": str(error), "state": stream.state}
"""


def printed(notebook: Notebook, source: str, timeout_s: float = 40):
    """What the cell's last line printed as JSON."""
    return json.loads(notebook.run(source, timeout_s).stdout.splitlines()[-1])


def card(notebook):
    shown = notebook.page.locator(".rtcw-card")
    shown.wait_for(timeout=15_000)
    return shown.inner_text()


def press(notebook, name):
    notebook.page.locator(".rtcw").get_by_role("button", name=name).click()


# -- Screen


@pytest.fixture
def screen(open_notebook):
    """A notebook that shows a Screen, of a browser whose picker gives a drawn one."""

    def open_screen(options="", **more):
        notebook = open_notebook(BEGIN, **more)
        notebook.page.evaluate((HERE / "drawn_screen.js").read_text())
        notebook.run_cell(0)
        notebook.run(f"screen = rtc.Screen({options})\ndisplay(screen)")
        return notebook

    return open_screen


@in_both_browsers
def test_a_screen_is_offered_chosen_by_a_click_and_read(screen):
    notebook = screen("width=640, height=480, display_surface='window', cursor='never'")
    assert CHOOSE in card(notebook)
    assert notebook.evaluate("() => window.__drawnScreen.asked") == []
    press(notebook, CHOOSE)
    assert printed(
        notebook,
        "image = screen.read()\nprint(json.dumps([image.shape, decode(image) is not None, screen.state]))",
    ) == [[480, 640, 3], True, "live"]
    (asked,) = notebook.evaluate("() => window.__drawnScreen.asked")
    assert asked["clicked"]
    assert asked["options"]["video"] == {
        "width": {"ideal": 640},
        "height": {"ideal": 480},
        "frameRate": {"ideal": 30},
        "displaySurface": "window",
        "cursor": "never",
    }


def test_a_read_waits_for_the_choice_and_says_which_button_to_press(screen):
    notebook = screen()
    card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(screen, timeout=0.3)))")
    assert error["kind"] == "PermissionPending"
    assert CHOOSE in error["text"]
    assert "camera" not in error["text"]
    waiting = notebook.add_cell("image = screen.read()\nprint(json.dumps(image.shape))")
    notebook.start_cell(waiting)
    press(notebook, CHOOSE)
    assert json.loads(notebook.wait_cell(waiting).stdout) == [720, 1280, 3]


def test_a_picker_that_is_closed_is_no_choice_and_may_be_opened_again(screen):
    notebook = screen()
    notebook.evaluate("() => { window.__drawnScreen.refuseWith = 'NotAllowedError'; }")
    press(notebook, CHOOSE)
    notebook.page.locator(".rtcw-card").get_by_text("Nothing was chosen").wait_for()
    error = printed(notebook, "print(json.dumps(error_of(screen)))")
    assert error["kind"] == "PermissionDenied"
    assert "Nothing was chosen" in error["text"]
    assert error["state"] == "failed"
    notebook.evaluate("() => { window.__drawnScreen.refuseWith = null; }")
    press(notebook, "Try again")
    notebook.run("assert screen.read(timeout=10).shape == (720, 1280, 3)")


def test_stop_sharing_in_the_browser_stops_the_stream(screen):
    notebook = screen()
    press(notebook, CHOOSE)
    notebook.run("screen.read()")
    notebook.evaluate("() => window.__drawnScreen.stopSharing()")
    assert "Stop sharing" in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(screen)))")
    assert (error["kind"], error["state"]) == ("StreamStopped", "stopped")
    assert "Stop sharing" in error["text"]
    press(notebook, CHOOSE)
    notebook.run("screen.read(timeout=10)")


def test_a_screen_on_an_insecure_origin_is_told_apart_from_a_camera(screen):
    notebook = screen(host="lab.test")
    assert "show screens only to pages from https or localhost" in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(screen)))")
    assert error["kind"] == "InsecureOrigin"
    assert "camera" not in error["text"]


@pytest.fixture
def choosing(playwright_driver):
    """A Chromium whose own picker chooses a tab by itself."""
    browser = pages.launch_chromium(
        playwright_driver,
        fake_device=False,
        fake_permission=True,
        flags=("--use-fake-device-for-media-stream=display-media-type=browser",),
    )
    yield browser
    browser.close()


def test_the_browsers_own_picker_gives_a_tab(open_notebook, choosing):
    """Nothing of getDisplayMedia is replaced."""
    notebook = open_notebook(BEGIN + "screen = rtc.Screen()\ndisplay(screen)", browser=choosing, camera="own")
    notebook.run_cell(0)
    press(notebook, CHOOSE)
    shape, surface = printed(
        notebook,
        "image = screen.read(timeout=15)\nprint(json.dumps([image.shape, screen.settings['display_surface']]))",
    )
    assert min(shape[:2]) > 100
    assert surface == "browser"


# -- VideoFile

FRAME_RATE = 30


def make_film(path, seconds=4, size=(320, 240), tone_hz=None):
    """A film whose pictures bear their numbers, with a tone beside them if wanted."""
    width, height = size
    with av.open(str(path), "w") as container:
        sound = container.add_stream("libopus", rate=48_000, layout="mono") if tone_hz else None
        stream = container.add_stream("libvpx", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = 2_000_000
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for index in range(seconds * FRAME_RATE):
            image = np.full((height, width, 3), 90, np.uint8)
            image[height // 2 :] = (index * 2) % 255
            encode(image, index, 0)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
        if sound is not None:
            samples = 0.5 * np.sin(2 * np.pi * tone_hz * np.arange(seconds * 48_000) / 48_000)
            block = av.AudioFrame.from_ndarray(samples.astype(np.float32)[None], format="fltp", layout="mono")
            block.sample_rate = 48_000
            container.mux([*sound.encode(block), *sound.encode()])
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_film(tmp_path_factory.mktemp("films") / "film.webm")


NUMBER = """
def number():
    stamp = decode(video.read(timeout=5))
    return -1 if stamp is None else stamp.index
"""


@pytest.fixture
def playing(open_notebook, film):
    def play(options="", source=None, **more):
        source = repr(str(film)) if source is None else source
        show = f"video = rtc.VideoFile({source}{options})\ndisplay(video)\n"
        notebook = open_notebook(BEGIN + NUMBER + show, **more)
        output = notebook.run_cell(0)
        assert output.error is None, output.error.traceback
        return notebook

    return play


@in_both_browsers
def test_a_file_of_the_kernels_machine_is_played_in_the_page_and_read(playing):
    notebook = playing(", loop=True")
    shape, numbers, duration = printed(
        notebook,
        """
shape = video.read().shape
numbers = [number() for _ in range(20)]
print(json.dumps([shape, numbers, video.duration]))
""",
    )
    assert shape == [240, 320, 3]
    assert duration == pytest.approx(4, abs=0.1)
    steps = np.diff(numbers)
    assert min(numbers) >= 0
    assert ((steps >= 0) & (steps <= 6) | (steps < -60)).all(), numbers


def test_bytes_of_several_parts_arrive_whole(playing, tmp_path):
    """Bytes after the film's end are none of the player's business, but have to travel all the same."""
    film = make_film(tmp_path / "long.webm", seconds=2)
    film.write_bytes(film.read_bytes() + bytes(5 * 2**20))
    notebook = playing(source=f"open({str(film)!r}, 'rb').read()")
    notebook.run("assert video.read().shape == (240, 320, 3)")


@in_both_browsers
def test_the_sound_of_a_file_is_its_audio_track(playing, tmp_path):
    notebook = playing(", loop=True", repr(str(make_film(tmp_path / "tone.webm", tone_hz=440))))
    pitch, level = printed(
        notebook,
        """
video.read()
heard = video.audio_track.read(1.0, timeout=10).samples[:, 0]
spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
print(json.dumps([int(spectrum.argmax()), float(np.abs(heard).max())]))
""",
    )
    assert pitch == pytest.approx(440, abs=3)
    assert level > 0.1


def test_pause_seek_speed_and_loop_are_traits(playing):
    notebook = playing()
    result = printed(
        notebook,
        """
video.read()
video.playing = False
video.current_time = 2.0
until(lambda: number() in (59, 60, 61), video)
still = [number() for _ in range(5)]
video.playback_rate = 2.0
video.playing = True
begin, at = number(), time.monotonic()
until(lambda: number() > 85, video)
speed = (number() - begin) / (time.monotonic() - at)
video.loop = True
until(lambda: number() < 50, video)
print(json.dumps({"still": still, "speed": speed, "loop": video.loop, "rate": video.playback_rate}))
""",
    )
    assert len(set(result["still"])) == 1
    assert 40 < result["speed"] < 80  # 60 is twice as fast
    assert (result["loop"], result["rate"]) == (True, 2.0)
    played = notebook.page.locator(".rtcw-playback")
    assert played.get_by_label("Repeat").get_attribute("aria-pressed") == "true"
    assert played.get_by_label("Speed").input_value() == "2"


def test_at_the_end_the_stream_stays_and_readers_are_told(playing):
    notebook = playing(", current_time=3.0")
    error = printed(notebook, "print(json.dumps(error_of(video, timeout=2)))")
    assert error["kind"] == "FrameTimeout"
    assert "at its end" in error["text"]
    assert error["state"] == "live"
    assert printed(
        notebook,
        """
assert not video.playing
video.current_time = 0
video.playing = True
until(lambda: 0 <= number() < 60, video)
print(json.dumps([video.state, video.transport]))
""",
    ) == ["live", "direct"]


def test_what_a_user_does_with_the_controls_is_told_in_python(playing):
    notebook = playing(", loop=True")
    notebook.run("video.read()\nheard = []\nvideo.observe(lambda change: heard.append(change['new']), 'playing')")
    notebook.page.locator(".rtcw").hover()
    controls = notebook.page.locator(".rtcw-playback")
    controls.get_by_label("Pause").click()
    controls.get_by_label("Play", exact=True).wait_for()
    notebook.run("until(lambda: heard == [False], video)\nassert video.playing is False")
    controls.get_by_label("Position").fill("1")
    notebook.run("until(lambda: number() in (29, 30, 31), video)\nassert abs(video.current_time - 1) < 0.1")


def test_a_file_that_no_browser_plays_is_explained(playing, tmp_path):
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(bytes(1000))
    notebook = playing(source=repr(str(noise)))
    assert "cannot play this file" in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(video)))")
    assert error["kind"] == "SourceFailed"
    assert "VideoTrack.from_file" in error["text"]


@pytest.fixture
def film_server(film):
    """A server of another origin than the notebook's; below /open/ it allows every page."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/open"))

        def end_headers(self):
            if self.path.startswith("/open/"):
                self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

        def log_message(self, *args): ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(film.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_whose_server_allows_it_is_played(playing, film_server):
    notebook = playing(source=repr(f"{film_server}/open/film.webm"))
    assert printed(notebook, "print(json.dumps(video.read().shape))") == [240, 320, 3]


@pytest.mark.parametrize(
    ("path", "sentence", "kind", "remedy"),
    [
        ("/open/nowhere.webm", "does not give this video", "SourceFailed", "404"),
        ("/film.webm", "does not let this page read it", "CrossOrigin", "Access-Control-Allow-Origin"),
    ],
    ids=["a 404", "without CORS"],
)
def test_a_url_that_fails_is_explained(playing, film_server, path, sentence, kind, remedy):
    notebook = playing(source=repr(film_server + path))
    assert sentence in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(video)))")
    assert error["kind"] == kind
    assert remedy in error["text"]


def test_a_server_that_is_not_there_is_explained(playing):
    notebook = playing(source=repr("http://127.0.0.1:9/film.webm"))
    assert "cannot reach the video's server" in card(notebook)
    assert printed(notebook, "print(json.dumps(error_of(video)))")["kind"] == "SourceFailed"


def test_a_reload_of_the_page_plays_on(playing):
    notebook = playing(", loop=True")
    notebook.run("video.read()")
    notebook.save()
    notebook.reload()
    notebook.page.locator(".rtcw").get_by_text("live", exact=True).first.wait_for(timeout=15_000)
    notebook.run("assert number() >= 0")


# -- WidgetStream

DRAWING = (
    BEGIN
    + '''
import anywidget, traitlets

class Drawing(anywidget.AnyWidget):
    """A canvas that shows the drawn camera's stamped pictures, after a while."""
    late_ms = traitlets.Int(0).tag(sync=True)
    foreign = traitlets.Unicode("").tag(sync=True)
    still = traitlets.Bool(False).tag(sync=True)
    _esm = """
    async function draw(model, el, signal) {
      const canvas = document.createElement("canvas");
      canvas.width = 320;
      canvas.height = 240;
      const context = canvas.getContext("2d");
      el.append(canvas);
      if (model.get("foreign")) {
        const image = new Image();
        image.src = model.get("foreign");
        await image.decode();
        context.drawImage(image, 0, 0);
        return;
      }
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
      await video.play();
      const tick = () => {
        if (signal.aborted) return video.srcObject.getTracks().forEach((track) => track.stop());
        context.drawImage(video, 0, 0);
        if (!model.get("still")) requestAnimationFrame(tick);
      };
      tick();
    }
    export default {
      render({ model, el, signal }) {
        setTimeout(() => draw(model, el, signal), model.get("late_ms"));
      },
    };
    """
'''
)


def test_the_canvas_of_another_widget_is_read(open_notebook):
    notebook = open_notebook(
        DRAWING + "drawing = Drawing()\ndisplay(drawing)\nstream = rtc.WidgetStream(drawing)\ndisplay(stream)"
    )
    notebook.run_cell(0)
    shape, indices = printed(
        notebook,
        """
shape = stream.read().shape
stamps = [decode(stream.read()) for _ in range(20)]
print(json.dumps([shape, [stamp.index for stamp in stamps if stamp]]))
""",
    )
    assert shape == [240, 320, 3]
    assert len(indices) >= 15
    assert indices == sorted(indices)


def test_a_canvas_that_is_not_drawn_again_gives_its_picture(open_notebook):
    notebook = open_notebook(DRAWING + "drawing = Drawing(still=True)\ndisplay(drawing)")
    notebook.run_cell(0)
    notebook.page.locator("canvas").first.wait_for()
    notebook.run("stream = rtc.WidgetStream(drawing)\ndisplay(stream)\nassert stream.read().shape == (240, 320, 3)")


def test_a_canvas_that_comes_late_is_waited_for(open_notebook):
    notebook = open_notebook(
        DRAWING
        + "drawing = Drawing(late_ms=1500)\nstream = rtc.WidgetStream(drawing)\ndisplay(stream)\ndisplay(drawing)"
    )
    notebook.run_cell(0)
    notebook.run("assert stream.read().shape == (240, 320, 3)")


@in_both_browsers
def test_the_video_in_a_test_patterns_view_is_read(open_notebook):
    notebook = open_notebook(
        BEGIN + "pattern = rtc.TestPattern(width=320, height=240)\ndisplay(pattern)\npattern.read()\n"
        "stream = rtc.WidgetStream(pattern)\ndisplay(stream)"
    )
    notebook.run_cell(0)
    difference = printed(
        notebook,
        """
until(lambda: stream.read(timeout=5).shape == (240, 320, 3), stream)
one, other = stream.read(), pattern.read()
bars = slice(0, 60)  # what does not move
print(json.dumps(float(np.abs(one[bars, :, 1].astype(int) - other[bars, :, 1]).mean())))
""",
    )
    assert difference < 12


def test_the_picture_of_a_widget_that_is_not_shown_is_explained(open_notebook):
    notebook = open_notebook(DRAWING + "drawing = Drawing()\nstream = rtc.WidgetStream(drawing)\ndisplay(stream)")
    notebook.run_cell(0)
    assert "not shown in this page" in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(stream)))")
    assert error["kind"] == "NothingToCapture"
    assert "display(widget)" in error["text"]


def test_a_widget_without_a_canvas_is_explained(open_notebook):
    notebook = open_notebook(
        BEGIN + "import ipywidgets\nslider = ipywidgets.IntSlider()\ndisplay(slider)\n"
        "stream = rtc.WidgetStream(slider)\ndisplay(stream)"
    )
    notebook.run_cell(0)
    assert "no canvas and no video" in card(notebook)
    assert printed(notebook, "print(json.dumps(error_of(stream)))")["kind"] == "NothingToCapture"


def test_a_tainted_canvas_is_explained(open_notebook, film_server, film):
    Frame(np.full((240, 320, 3), 90, np.uint8), index=0, time=0.0).save(film.parent / "picture.png")
    notebook = open_notebook(
        DRAWING + f"drawing = Drawing(foreign={film_server + '/picture.png'!r})\ndisplay(drawing)\n"
    )
    notebook.run_cell(0)
    notebook.page.locator("canvas").first.wait_for()
    notebook.run("stream = rtc.WidgetStream(drawing)\ndisplay(stream)")
    assert "another origin" in card(notebook)
    error = printed(notebook, "print(json.dumps(error_of(stream)))")
    assert error["kind"] == "CrossOrigin"


def test_when_the_other_view_is_closed_the_stream_stops_and_says_so(open_notebook):
    notebook = open_notebook(DRAWING + "drawing = Drawing()\ndisplay(drawing)")
    notebook.run_cell(0)
    notebook.run("stream = rtc.WidgetStream(drawing)\ndisplay(stream)\nstream.read()")
    notebook.evaluate("() => window.__notebook.clearOutputs(0)")
    notebook.page.locator(".rtcw-card").get_by_text("view has gone").wait_for()
    error = printed(notebook, "print(json.dumps(error_of(stream)))")
    assert (error["kind"], error["state"]) == ("StreamStopped", "stopped")
