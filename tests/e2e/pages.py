"""Pages as the tests need them: in which browser, which camera there is, who allowed it, how large the window is.

Firefox is the machine's own too: with the channels `moz-*` Playwright speaks WebDriver BiDi with it, so that tests and
`Notebook` are the same in both browsers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Dialog, Page, Playwright

from tests.e2e.browser import CHROMIUM, FIREFOX

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

# As about:config shows them. Playwright's profile turns off most of what goes on behind a user's back.
PREFERENCES: dict[str, str | float | bool] = {
    "services.settings.server": "data:,",  # remote settings
    "network.captive-portal-service.enabled": False,
    "toolkit.telemetry.server": "data:,",
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "network.dns.localDomains": "lab.test",  # an origin that is not secure
}

ALLOW, BLOCK = 1, 2

BrowserName = Literal["chromium", "firefox"]
Camera = Literal["drawn", "own"]


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
    return playwright.chromium.launch(executable_path=CHROMIUM.require(), headless=headless, args=chosen)


def launch_firefox(
    playwright: Playwright, *, fake_device: bool = True, allowed: bool = True, headless: bool = True
) -> Browser:
    """Start the Firefox of this machine, in a profile that is removed with it.

    fake_device: Firefox's own camera and microphone, as for Chromium.
    allowed: every page is allowed at once, or is refused: contexts cannot decide (Mozilla's bug 1609427).
    """
    permission = ALLOW if allowed else BLOCK
    chosen: dict[str, str | float | bool] = {
        "media.navigator.streams.fake": fake_device,
        "permissions.default.camera": permission,
        "permissions.default.microphone": permission,
    }
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=FIREFOX.require(),
        headless=headless,
        firefox_user_prefs=PREFERENCES | chosen,
    )


def launch(playwright: Playwright, name: BrowserName, *, fake_device: bool = True) -> Browser:
    """Start the browser of that name."""
    if name == "firefox":
        return launch_firefox(playwright, fake_device=fake_device)
    return launch_chromium(playwright, fake_device=fake_device)


def new_page(
    browser: Browser,
    *,
    camera: Camera = "drawn",
    permissions: tuple[str, ...] = ("camera", "microphone"),
    viewport: tuple[int, int] = (1280, 900),
    device_scale_factor: float = 1.0,
) -> Page:
    """Return a page in a fresh context, the scripts of the harness in it.

    camera: "drawn" is drawn_camera.js, which asks no permission; "own" is what the browser itself has.
    permissions: what the context allows; `()` refuses, as a user does. Firefox heeds only `launch_firefox`.
    """
    context = browser.new_context(
        viewport={"width": viewport[0], "height": viewport[1]},
        device_scale_factor=device_scale_factor,
        permissions=list(permissions) if browser.browser_type.name == "chromium" else None,
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
