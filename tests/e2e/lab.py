"""A JupyterLab server of its own: nothing of the user's configuration reaches it, and it ends with its owner."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
POLL_S = 0.1

SETTINGS: dict[str, dict[str, Any]] = {
    # Saving happens when a test says so.
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}


class LabServer:
    """`jupyter lab` of this interpreter's environment on a free loopback port, its files in `root`.

    The kernels it starts run in this interpreter too. `settings` maps a plugin's id to the user's settings for it.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        settings: dict[str, dict[str, Any]] | None = None,
        environment: dict[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lab-")
        home = Path(self._folder.name).resolve()
        self.root = (root or home / "root").resolve()
        self.token = secrets.token_hex(16)
        self.url = ""
        self._home = home
        self._log_path = home / "log.txt"
        self._settings = SETTINGS | (settings or {})
        self._environment = environment or {}
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # --- its life -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server and return when it answers; `url` then ends with a slash."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=self._environment_of_process(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut the server and its kernels down and wait for its end; harmless when it is stopped."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                self.request("POST", "api/shutdown")
            if not _ends(process, STOP_TIMEOUT_S):
                _signal_group(process, signal.SIGTERM)
                if not _ends(process, STOP_TIMEOUT_S):
                    _signal_group(process, signal.SIGKILL)
                    process.wait()
        self._folder.cleanup()

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended with exit code {self._process.returncode}:\n{self.log_tail()}")
            self.url = self._published_url()
            if self.url and self._answers():
                return
            time.sleep(POLL_S)
        raise TimeoutError(f"JupyterLab did not answer within {START_TIMEOUT_S:.0f} s:\n{self.log_tail()}")

    def _published_url(self) -> str:
        """Return the url that the server wrote into its runtime folder once its port was bound."""
        for path in (self._home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # half written
                return str(json.loads(path.read_text())["url"]).replace("localhost", "127.0.0.1")
        return ""

    def _answers(self) -> bool:
        try:
            self.request("GET", "api/status")
        except OSError:
            return False
        return True

    # --- what others ask of it ----------------------------------------------------------------------------

    def request(self, method: str, path: str, content: Any = None) -> Any:
        """Call the server's REST interface and return the parsed answer, None where it has no body."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=STOP_TIMEOUT_S) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def page_url(self, path: str, *, host: str | None = None) -> str:
        """Return the address of a page, with the token.

        Another `host`, such as "lab.test", which our Chromium resolves to this machine, is no secure origin.
        """
        url = self.url if host is None else self.url.replace("127.0.0.1", host)
        joint = "&" if "?" in path else "?"
        return f"{url}{path}{joint}token={self.token}"

    def shut_down_kernels_of(self, name: str) -> None:
        """End the sessions of the notebook with this path below root."""
        for session in self.request("GET", "api/sessions"):
            if session["path"] == name:
                with contextlib.suppress(urllib.error.HTTPError):  # ended by itself meanwhile
                    self.request("DELETE", f"api/sessions/{session['id']}")

    def log_tail(self, lines: int = 40) -> str:
        """Return the end of what the server and its kernels printed."""
        if not self._log_path.exists():
            return "(no log)"
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-lines:])

    # --- how it is called ---------------------------------------------------------------------------------

    def _command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.allow_remote_access=True",  # pages on *.test, which are no secure origin
            "--ServerApp.terminals_enabled=False",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
            *self._options,
        ]

    def _environment_of_process(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "JPY_"))
        }
        return inherited | {
            "IPYTHONDIR": str(self._home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self._home / "config"),
            "JUPYTER_DATA_DIR": str(self._home / "data"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_RUNTIME_DIR": str(self._home / "runtime"),
            "JUPYTER_TOKEN": self.token,  # not on the command line, where every user of the machine could read it
            "JUPYTERLAB_SETTINGS_DIR": str(self._home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self._home / "workspaces"),
            **self._environment,
        }

    def _write_settings(self) -> None:
        for plugin, values in self._settings.items():
            package, name = plugin.split(":")
            path = self._home / "settings" / package / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))


def _ends(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
