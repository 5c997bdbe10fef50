"""Chromium's pages as the tests need them: which camera there is, who allowed it, how large the window is."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Dialog, Page, Playwright

from tests.e2e.browser import require_chromium

HERE = Path(__file__).parent

FLAGS = (
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # origins that are not secure
)

Camera = Literal["drawn", "chromium"]


def launch_chromium(
    playwright: Playwright,
    *,
    fake_device: bool = True,
    fake_permission: bool = False,
    flags: tuple[str, ...] = (),
    headless: bool = True,
) -> Browser:
    """Start the Chromium of this machine.

    fake_device: Chromium's own camera and microphone; without them the machine has none (or its real ones).
    fake_permission: every page is allowed at once; without it each context decides (`permissions` of `new_page`).
    """
    chosen = [*FLAGS, *flags]
    if fake_device:
        chosen.append("--use-fake-device-for-media-stream")
    if fake_permission:
        chosen.append("--use-fake-ui-for-media-stream")
    return playwright.chromium.launch(executable_path=require_chromium(), headless=headless, args=chosen)


def new_page(
    browser: Browser,
    *,
    camera: Camera = "drawn",
    permissions: tuple[str, ...] = ("camera", "microphone"),
    viewport: tuple[int, int] = (1280, 900),
    device_scale_factor: float = 1.0,
) -> Page:
    """Return a page in a fresh context, the scripts of the harness in it.

    camera: "drawn" is drawn_camera.js, which asks no permission; "chromium" is what the browser itself has.
    permissions: what the context allows; `()` refuses, as a user does.
    """
    context = browser.new_context(
        viewport={"width": viewport[0], "height": viewport[1]},
        device_scale_factor=device_scale_factor,
        permissions=list(permissions),
    )
    context.add_init_script(path=HERE / "notebook_driver.js")
    if camera == "drawn":
        context.add_init_script(path=HERE / "drawn_camera.js")
    page = context.new_page()
    page.on("dialog", _answer)
    return page


def console_of(page: Page) -> list[str]:
    """Return a list to which the page's console errors and uncaught exceptions are added from now on."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


def _answer(dialog: Dialog) -> None:
    """Let unsaved notebooks go: a dialog nobody answers would hold the page for ever."""
    dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss()
