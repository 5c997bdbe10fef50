"""The page's bundle is built here, from a checkout always, from an unpacked sdist never.

hatch-jupyter-builder skips the build when the bundle exists (stale in a checkout) or needs Node (in an sdist).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = ("rtcwidgets/static/widget.js", "rtcwidgets/static/widget.css")
OLDEST_NODE = 20
REMEDY = f"Install Node {OLDEST_NODE} or newer (with npm), or install the wheel from PyPI, which needs no Node."


class BundleHook(BuildHookInterface[Any]):
    """Puts a fresh bundle beside the Python sources before they are packed or linked."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle; in an unpacked sdist check that it was shipped."""
        root = Path(self.root)
        if (root / "PKG-INFO").exists():
            require_bundle(root, "The sdist is incomplete. Install the wheel from PyPI.")
        else:
            build_bundle(root)


def build_bundle(root: Path) -> None:
    """Run `npm ci` and `npm run build` in js/."""
    npm = require_node()
    for arguments in (["ci"], ["run", "build"]):
        try:
            subprocess.run([npm, *arguments], cwd=root / "js", check=True)
        except subprocess.CalledProcessError as error:
            command = " ".join(["npm", *arguments])
            raise SystemExit(
                f"rtcwidgets: `{command}` in js/ ended with exit code {error.returncode}; its output above has the "
                "cause. Repair that (npm ci needs the npm registry), then run the installation again."
            ) from None
    require_bundle(root, "js/build.mjs did not write it; run `npm run build` in js/ and look at its output.")


def require_node() -> str:
    """Return npm's path, or end the build with what to install."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        missing = " and ".join(name for name, path in (("node", node), ("npm", npm)) if not path)
        raise SystemExit(f"rtcwidgets: building the bundle needs {missing}, not found on PATH. {REMEDY}")
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    release = re.match(r"v(\d+)\.", printed)
    if release is None or int(release[1]) < OLDEST_NODE:
        raise SystemExit(f"rtcwidgets: {node} is Node {printed or 'of unknown version'}. {REMEDY}")
    return npm


def require_bundle(root: Path, remedy: str) -> None:
    """End the build when a file of the bundle is missing."""
    missing = [name for name in BUNDLE if not (root / name).is_file()]
    if missing:
        raise SystemExit(f"rtcwidgets: no {' and no '.join(missing)}. {remedy}")
