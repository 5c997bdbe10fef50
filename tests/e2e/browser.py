"""Where Chromium is; run as a script it installs Debian's package when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OTHER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
# Without fonts a browser draws boxes instead of letters.
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-core")
REMEDY = (
    "No Chromium or Chrome found. Install one and put it on PATH as `chromium` or `google-chrome`, "
    "or set RTCWIDGETS_CHROMIUM to its path."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, named by RTCWIDGETS_CHROMIUM or found in the usual places."""
    candidates = (os.environ.get("RTCWIDGETS_CHROMIUM"), *NAMES, *OTHER_PLACES)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


def require_chromium() -> str:
    """Return the path of a Chromium or Chrome, or raise with what to install."""
    if path := find_chromium():
        return path
    raise FileNotFoundError(REMEDY)


def install_chromium() -> None:
    """Install Debian's package, where there is apt and root."""
    print("== apt-get install", *PACKAGES, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.stderr.buffer.write(done.stdout)
            raise SystemExit(f"apt-get {arguments[0]} failed. {REMEDY}")


def can_install() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    if find_chromium() is None and can_install():
        install_chromium()
    print("== browser:", find_chromium() or sys.exit(REMEDY))
