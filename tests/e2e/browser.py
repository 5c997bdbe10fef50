"""Where the tests' browsers are; run as a script it installs Debian's packages of those named and missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

# Without fonts a browser draws boxes instead of letters.
FONTS = ("fonts-dejavu-core", "fonts-noto-core")


@dataclass(frozen=True)
class Application:
    """A browser as a machine may have it: what it is called on PATH, where it is elsewhere, in which package."""

    title: str
    variable: str
    names: tuple[str, ...]
    other_places: tuple[str, ...]
    package: str
    optional: bool = False  # its tests are skipped where it is missing

    @property
    def remedy(self) -> str:
        return (
            f"No {self.title} found. Install one and put it on PATH as `{self.names[0]}`, "
            f"or set {self.variable} to its path."
        )

    def find(self) -> str | None:
        """Return its path, named by the variable or found in the usual places."""
        candidates = (os.environ.get(self.variable), *self.names, *self.other_places)
        return next((path for name in candidates if name and (path := shutil.which(name))), None)

    def require(self) -> str:
        """Return its path, or raise with what to install."""
        if path := self.find():
            return path
        raise FileNotFoundError(self.remedy)

    def install(self) -> None:
        """Install Debian's package; where that fails apt-get has said why."""
        packages = (self.package, *FONTS)
        print("== apt-get install", *packages, flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.PIPE, check=False)
            if done.returncode != 0:
                sys.stderr.buffer.write(done.stdout)
                return


CHROMIUM = Application(
    title="Chromium or Chrome",
    variable="RTCWIDGETS_CHROMIUM",
    names=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    other_places=(
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ),
    package="chromium",
)
FIREFOX = Application(
    title="Firefox",
    variable="RTCWIDGETS_FIREFOX",
    names=("firefox-esr", "firefox"),
    other_places=(
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
        r"C:\Program Files (x86)\Mozilla Firefox\firefox.exe",
    ),
    package="firefox-esr",
    optional=True,
)
APPLICATIONS = {"chromium": CHROMIUM, "firefox": FIREFOX}


def can_install() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def provide(application: Application) -> None:
    """Say where it is, having installed it if need be."""
    if application.find() is None and can_install():
        application.install()
    if path := application.find():
        print("== browser:", path)
    elif application.optional:
        print("==", application.remedy, "Its tests are skipped.")
    else:
        sys.exit(application.remedy)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        provide(APPLICATIONS[name])
