"""The view as people with and without a mouse, in light and dark, wide and narrow, have it."""

from __future__ import annotations

from pathlib import Path

import pytest

AXE = (Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js").read_text()

SHOW = """
import json, threading
import ipywidgets
import rtcwidgets as rtc
from tests.stamps import decode
cam = rtc.Camera({options})
display({shown})
image = cam.read()
"""


@pytest.fixture
def live(open_notebook):
    def open_live(options="", shown="cam", **where):
        notebook = open_notebook(SHOW.format(options=options, shown=shown), **where)
        output = notebook.run_cell(0)
        assert output.error is None, output.error.traceback
        notebook.page.locator(".rtcw").get_by_text("live", exact=True).first.wait_for()
        return notebook

    return open_live


def control(notebook, name):
    return notebook.page.locator(".rtcw-bar").get_by_role("button", name=name)


def faults(notebook):
    """What axe finds in the view that is serious: rule, and where."""
    notebook.evaluate(f"() => {{ {AXE} }}")
    found = notebook.evaluate(
        "async () => (await axe.run('.rtcw')).violations.map(({ id, impact, nodes }) => "
        "({ id, impact, where: nodes.map(({ target }) => target.join(' ')) }))"
    )
    return [fault for fault in found if fault["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_state(live, theme):
    notebook = live(theme=theme)
    notebook.page.locator(".rtcw").hover()
    assert faults(notebook) == []
    control(notebook, "Figures").click()
    assert faults(notebook) == []
    control(notebook, "Stop").click()
    notebook.page.locator(".rtcw-card").wait_for()
    assert faults(notebook) == []
    notebook.evaluate("() => { window.__drawnCamera.refuseWith = 'NotReadableError'; }")
    notebook.page.locator(".rtcw-card").get_by_role("button", name="Start").click()
    notebook.page.locator(".rtcw-card").get_by_text("in use by another program").wait_for()
    assert faults(notebook) == []


def test_a_note_of_a_failed_callback_is_accessible_too(live):
    notebook = live()
    notebook.run("@cam.on_frame\ndef breaks(frame):\n    raise ValueError('mine')")
    notebook.page.locator(".rtcw-note").wait_for()
    assert faults(notebook) == []


def test_the_bar_is_run_by_keyboard_and_jupyter_does_not_hear_it(live):
    notebook = live()
    notebook.page.locator(".rtcw-bar").get_by_role("button", name="Stop").focus()
    notebook.page.keyboard.press("End")
    notebook.page.keyboard.press("Enter")
    panel = notebook.page.locator(".rtcw-figures")
    panel.wait_for()
    notebook.page.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    cells = notebook.evaluate("() => window.__notebook.panel.content.widgets.length")
    notebook.page.keyboard.press("a")  # in the notebook's command mode it adds a cell
    notebook.page.keyboard.press("k")
    notebook.wait_for("() => window.__drawnCamera.live === 0", what="the end of the capture")
    assert notebook.evaluate("() => window.__notebook.panel.content.widgets.length") == cells


def test_figures_unfold_with_what_the_kernel_counts(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    control(notebook, "Figures").click()
    panel = notebook.page.locator(".rtcw-figures")
    for text in ("Frame rate", "Age", "Round trip", "Bit rate", "Codec", "H264", "Path", "udp"):
        panel.get_by_text(text).first.wait_for()
    assert panel.locator("svg").count() >= 3
    stats = notebook.run(
        "stats = cam.get_stats()\n"
        "assert stats.frames_received >= stats.frames_decoded > 10\n"
        "assert stats.frames_received == stats.frames_decoded + stats.frames_dropped\n"
        "assert stats.key_frames_decoded >= 1 and stats.packets_received > 10 and stats.bitrate > 1000\n"
        "assert stats.codec == 'H264' and 0 <= stats.current_round_trip_time < 5 and 0 <= stats.jitter < 1\n"
        "print(stats.freeze_count, stats.total_freezes_duration)"
    )
    assert stats.stdout


def test_muting_the_picture_sends_black_and_says_so(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    control(notebook, "Mute the picture").click()
    notebook.page.locator(".rtcw").get_by_text("picture muted").wait_for()
    notebook.run("for frame in cam:\n    if frame.bgr.max() < 40: break\nassert not cam.tracks[0].enabled")
    control(notebook, "Mute the picture").click()
    notebook.run("for frame in cam:\n    if decode(frame.bgr): break")


def test_full_screen_is_entered_and_left(live):
    notebook = live()
    notebook.page.locator(".rtcw").hover()
    control(notebook, "Full screen").click()
    notebook.wait_for("() => document.fullscreenElement?.classList.contains('rtcw')", what="full screen")
    control(notebook, "Full screen").click()
    notebook.wait_for("() => !document.fullscreenElement", what="the page again")


@pytest.mark.parametrize("width", [320, 240])
def test_a_narrow_view_keeps_its_controls_inside(live, width):
    notebook = live(shown=f"ipywidgets.VBox([cam], layout=ipywidgets.Layout(width='{width}px'))")
    notebook.page.locator(".rtcw").hover()
    outside = notebook.evaluate(
        """() => {
          const root = document.querySelector(".rtcw").getBoundingClientRect();
          return [...document.querySelectorAll(".rtcw-bar :is(button, select)")]
            .filter((control) => control.checkVisibility())
            .map((control) => [control.ariaLabel, control.getBoundingClientRect()])
            .filter(([, { left, right }]) => left < root.left - 1 || right > root.right + 1)
            .map(([name]) => name);
        }"""
    )
    assert outside == []
    control(notebook, "Stop").click()
    notebook.wait_for("() => window.__drawnCamera.live === 0", what="the end of the capture")


def test_who_wants_less_motion_sees_none(live):
    notebook = live()
    notebook.page.emulate_media(reduced_motion="reduce")
    moving = notebook.evaluate(
        """() => [...document.querySelectorAll(".rtcw, .rtcw *")]
          .map((part) => getComputedStyle(part))
          .filter((style) => style.animationName !== "none" || !/^0s(, 0s)*$/.test(style.transitionDuration)).length"""
    )
    assert moving == 0
