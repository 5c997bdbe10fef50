"""Sound of the page in the kernel: at its pitch, without gaps, in step with the picture; and a view to see it in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import in_both_browsers
from tests.e2e.test_view import faults

SOUNDING = (Path(__file__).parent / "sounding_page.js").read_text()

IMPORTS = """
import json, time
import numpy as np
import rtcwidgets as rtc

def pitch(samples, below=24_000):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum[: below * len(samples) // 48_000].argmax() * 48_000 / len(samples))
"""


@pytest.fixture
def sounding(open_notebook):
    """A notebook on a page whose microphone plays a tone, and whose camera flashes and clicks."""

    def open_sounding(source, timeout_s=30):
        notebook = open_notebook(IMPORTS, camera="own")
        notebook.evaluate(f"() => {{ {SOUNDING}; return window.__sounding(); }}")
        assert notebook.run_cell(0).error is None
        return notebook, run_printed(notebook, source, timeout_s)

    return open_sounding


def run_printed(notebook, source, timeout_s=30):
    output = notebook.run_cell(notebook.add_cell(source), timeout_s)
    assert output.error is None, output.error.traceback
    return json.loads(output.stdout.splitlines()[-1])


def test_a_tone_arrives_at_its_pitch_and_without_gaps_in_the_cell_that_shows_it(sounding):
    _, heard = sounding("""
mic = rtc.Microphone(echo_cancellation=False, noise_suppression=False, auto_gain_control=False)
display(mic)
mic.read(1)  # the codec's run-in
blocks = [mic.read(1) for _ in range(3)]
starts = [block.start for block in blocks]
samples = np.concatenate([block.samples for block in blocks])
# The phase of 440 Hz in each 10 ms, from what a steady tone would have: a gap or a repetition would be a jump.
pieces = samples[:, 0].reshape(-1, 480)
phases = np.angle(pieces @ np.exp(-2j * np.pi * 440 * np.arange(480) / 48_000))
jumps = np.abs(np.angle(np.exp(1j * (np.diff(phases) - 2 * np.pi * 440 * 0.01))))
print(json.dumps({"pitch": pitch(samples[:, 0], below=700), "shape": samples.shape, "starts": np.diff(starts).tolist(),
                  "quietest": float(np.abs(pieces).max(axis=1).min()), "jump": float(jumps.max()),
                  "age": time.time() - blocks[-1].time - 1, "lost": mic.stats.packets_lost,
                  "concealed": mic.stats.concealed_samples, "stats_age": mic.stats.age, "state": mic.state,
                  "codec": mic.stats.codec, "transport": mic.transport}))
""")
    assert heard["pitch"] == pytest.approx(440, abs=1)
    assert heard["shape"] == [144_000, 1]
    assert heard["starts"] == [48_000, 48_000]
    assert heard["quietest"] > 0.2
    assert heard["jump"] < 0.3  # radians: a third of a millisecond would be one
    assert (heard["lost"], heard["concealed"]) == (0, 0)
    assert heard["age"] < 0.4  # this machine plays in steps of some 60 ms
    assert heard["stats_age"] < 0.2
    assert (heard["state"], heard["transport"], heard["codec"]) == ("live", "direct", "opus")


def test_stereo_is_two_channels(sounding):
    notebook, heard = sounding("""
mic = rtc.Microphone(channel_count=2, echo_cancellation=False)
display(mic)
mic.read(1)
samples = mic.read(1).samples
print(json.dumps([pitch(samples[:, 0]), pitch(samples[:, 1])]))
""")
    assert heard == pytest.approx([440, 880], abs=1)
    asked = notebook.evaluate("() => window.__soundingPage.asked")
    assert asked == [{"audio": {"echoCancellation": {"ideal": False}, "channelCount": {"ideal": 2}}, "video": False}]


def test_a_flash_and_its_click_are_at_the_same_time(sounding):
    _, told = sounding(
        """
cam = rtc.Camera(width=320, height=240, frame_rate=60, audio=True)
display(cam)
cam.read()
frames, sound = cam.frames(every=True, slots=512), cam.audio_track.blocks()
flashes, clicks, white, loud, until = [], [], True, True, time.monotonic() + 10
for block in sound:
    while not frames.done and (frame := frames.next_within(0)) is not None:
        was, white = white, frame.gray.mean() > 128
        if white and not was:
            flashes.append(frame.time)
    level = np.abs(block.samples[:, 0])
    was, loud = loud, level.max() > 0.1
    if loud and not was:
        clicks.append(block.time + int((level > 0.1).argmax()) / block.sample_rate)
    if time.monotonic() > until:
        break
apart = [min((click - flash for click in clicks), key=abs) * 1000 for flash in flashes]
print(json.dumps({"apart_ms": apart, "flashes": len(flashes), "clicks": len(clicks)}))
""",
        timeout_s=40,
    )
    assert told["flashes"] >= 7
    assert told["clicks"] >= 7
    assert abs(sorted(told["apart_ms"])[len(told["apart_ms"]) // 2]) < 40


@in_both_browsers
def test_the_browsers_own_microphone_is_heard_by_every_way_of_reading(open_notebook):
    notebook = open_notebook(IMPORTS, camera="own")
    notebook.run_cell(0)
    heard = run_printed(
        notebook,
        """
mic = rtc.Microphone()
display(mic)
loudest = max(block.samples.max() for block in [mic.read(0.5) for _ in range(6)])  # it beeps once a second
for block in mic.blocks(seconds=0.1):
    break
async for other in mic:
    break
voice = mic.resample(16_000).read(0.25)
print(json.dumps([float(loudest), len(block), len(other), len(voice), [track.kind for track in mic.tracks]]))
""",
    )
    assert heard[0] > 0.01
    assert heard[1:] == [4800, 960, 4000, ["audio"]]


def test_a_microphone_is_recorded(sounding):
    notebook, _ = sounding("mic = rtc.Microphone()\ndisplay(mic)\nmic.read(0.2)\nprint('true')")
    recorded = run_printed(
        notebook,
        """
with mic.record("voice.wav") as recorder:
    mic.read(2)
with rtc.AudioTrack.from_file("voice.wav", real_time=False) as track:
    block = track.read(1.5)
print(json.dumps([block.channels, block.sample_rate, pitch(block.samples[4800:, 0], below=700)]))
""",
    )
    assert recorded[:2] == [1, 48_000]
    assert recorded[2] == pytest.approx(440, abs=1)


def test_muting_in_python_is_silence_in_the_kernel_and_a_word_in_the_view(sounding):
    notebook, loud = sounding("""
mic = rtc.Microphone()
display(mic)
mic.read(0.5)
mic.tracks[0].enabled = False
deadline = time.monotonic() + 10
while (level := float(np.abs(mic.read(0.1).samples).max())) > 0.01:
    assert time.monotonic() < deadline
print(json.dumps(level))
""")
    assert loud <= 0.01
    notebook.page.locator(".rtcw-sign").get_by_text("microphone muted").wait_for()
    notebook.page.locator(".rtcw").hover()
    notebook.page.get_by_role("button", name="Mute the microphone").click()
    assert run_printed(
        notebook,
        """
deadline = time.monotonic() + 10
while float(np.abs(mic.read(0.1).samples).max()) < 0.1:
    assert time.monotonic() < deadline
print(json.dumps(mic.tracks[0].enabled))
""",
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_view_of_a_microphone_shows_how_loud_it_is(open_notebook, theme):
    notebook = open_notebook(IMPORTS, camera="own", theme=theme)
    notebook.evaluate(f"() => {{ {SOUNDING}; return window.__sounding(); }}")
    notebook.run_cell(0)
    run_printed(notebook, "mic = rtc.Microphone()\ndisplay(mic)\nmic.read(0.2)\nprint('true')")
    view = notebook.page.locator(".rtcw")
    view.get_by_text("live", exact=True).first.wait_for()
    assert 96 <= view.bounding_box()["height"] <= 120
    notebook.wait_for(
        """() => {
          const canvas = document.querySelector('.rtcw-wave');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let painted = 0;
          for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
          return painted > 2000;
        }""",
        what="bars",
    )
    notebook.screenshot(Path("build") / "e2e" / f"microphone-{theme}.png", view)
    view.hover()
    assert faults(notebook) == []
    notebook.page.get_by_role("button", name="Figures").click()
    notebook.page.locator(".rtcw-figures").get_by_text("opus").wait_for()
    notebook.screenshot(Path("build") / "e2e" / f"microphone-figures-{theme}.png", view)
    assert faults(notebook) == []
    notebook.page.get_by_role("button", name="Stop").click()
    view.get_by_text("The microphone is off.").wait_for()
    assert notebook.evaluate("() => window.__soundingPage.tracks.every(({ readyState }) => readyState === 'ended')")


def test_a_camera_with_sound_shows_a_slim_level(sounding):
    notebook, _ = sounding("cam = rtc.Camera(audio=True)\ndisplay(cam)\ncam.read()\nprint('true')")
    notebook.wait_for(
        "() => Number(document.querySelector('.rtcw-level').style.transform.match(/[\\d.]+/)?.[0]) > 0.3",
        what="a level",
    )
    notebook.screenshot(Path("build") / "e2e" / "camera-with-sound.png", notebook.page.locator(".rtcw"))


def test_a_microphone_that_is_refused_says_so_in_the_view_and_in_python(open_notebook, refusing):
    notebook = open_notebook(
        IMPORTS + "mic = rtc.Microphone()\ndisplay(mic)\ntry: mic.read(1)\n"
        "except rtc.PermissionDenied as error: print(json.dumps(str(error)))",
        browser=refusing,
        permissions=(),
        camera="own",
    )
    output = notebook.run_cell(0)
    assert "refused the microphone" in output.stdout
    notebook.page.locator(".rtcw-card").get_by_text("The browser refused the microphone.").wait_for()
