"""Everything that knows ipykernel: a subshell of our own, so that messages of our widgets arrive while a cell runs.

ipykernel 7.4 handles a widget's messages in the shell whose cell made the widget, so they would wait until that cell
has ended. Here they are sent to a subshell (JEP 91) instead. ipykernel 7.0 to 7.3 leave the choice to the front end,
and JupyterLab 4.4 and later choose a subshell of their own; ipykernel 6 knows none: messages arrive between cells.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from typing import Any

__all__ = ["delivery", "make_subshell", "route_to_subshell"]

logger = logging.getLogger(__name__)

CREATE_TIMEOUT_S = 2.0

_lock = threading.Lock()
_subshell_id: str | None = None


def make_subshell() -> str | None:
    """The id of our subshell: one a kernel, made at the first call; None where ipykernel offers no way."""
    manager = _subshell_manager()
    if manager is None:
        return None
    try:
        return _subshell(manager)
    except Exception:  # private API: whatever it does, the widget works without
        logger.warning("no subshell for rtcwidgets; its messages wait for running cells", exc_info=True)
        return None


def route_to_subshell(comm: Any) -> bool:
    """Have the custom messages of this widget's comm handled while cells run; False where ipykernel offers no way.

    State updates (``method == "update"``) keep their way: they belong in the user's thread.
    """
    route = getattr(comm, "_reply_subshell_for", None)
    if route is None:
        return False
    subshell_id = make_subshell()
    if subshell_id is None:
        return False

    def route_custom_messages(data: Any, default: str | None) -> str | None:
        if isinstance(data, dict) and data.get("method") == "custom":
            return subshell_id
        chosen: str | None = route(data, default)
        return chosen

    comm._reply_subshell_for = route_custom_messages
    return True


def delivery(routed: bool) -> str:
    """How messages get here while a cell runs, in words for an error text; empty when there is nothing to say."""
    kernel = _kernel()
    if routed or kernel is None:
        return ""
    import ipykernel

    version: str = ipykernel._version.__version__
    if int(version.split(".")[0]) >= 7:
        return ""
    return (
        f" This kernel runs ipykernel {version}, where widgets' messages wait until the cell has ended: "
        "read in the next cell, or install ipykernel 7.4 or later."
    )


def _kernel() -> Any:
    """The running ipykernel, or None outside of one."""
    try:
        from ipykernel.kernelbase import Kernel
    except ImportError:
        return None
    return Kernel.instance() if Kernel.initialized() else None


def _subshell_manager() -> Any:
    thread = getattr(_kernel(), "shell_channel_thread", None)
    manager = getattr(thread, "_manager", None)
    needed = ("_create_subshell", "_shell_channel_io_loop", "list_subshell")
    return manager if all(hasattr(manager, name) for name in needed) else None


def _subshell(manager: Any) -> str:
    """The id of our subshell in this kernel; it ends with the kernel."""
    global _subshell_id
    with _lock:
        if _subshell_id is None or _subshell_id not in manager.list_subshell():
            created: Future[str] = Future()

            def create() -> None:
                try:
                    created.set_result(manager._create_subshell())
                except BaseException as error:
                    created.set_exception(error)

            manager._shell_channel_io_loop.add_callback(create)
            _subshell_id = created.result(CREATE_TIMEOUT_S)
        return _subshell_id
