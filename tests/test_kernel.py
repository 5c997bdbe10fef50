"""Our messages go to a subshell of our own, all else keeps its way; without one the widget works all the same."""

from types import SimpleNamespace

import pytest

from rtcwidgets import kernel


class Loop:
    """The shell channel's loop: runs a callback at once."""

    def add_callback(self, fn):
        fn()


class Manager:
    """ipykernel's SubshellManager, as far as kernel.py knows it."""

    def __init__(self, fails=False):
        self._shell_channel_io_loop = Loop()
        self.made = []
        self._fails = fails

    def _create_subshell(self):
        if self._fails:
            raise AssertionError("not in this thread")
        self.made.append(f"subshell-{len(self.made)}")
        return self.made[-1]

    def list_subshell(self):
        return self.made


class Comm:
    """A comm of ipykernel 7.4, whose replies go where its cell ran."""

    def _reply_subshell_for(self, data, default):
        return "the cell's shell"


@pytest.fixture
def running(monkeypatch):
    """A kernel with that manager."""

    def run(manager):
        monkeypatch.setattr(kernel, "_subshell_id", None)
        fake = SimpleNamespace(shell_channel_thread=SimpleNamespace(_manager=manager))
        monkeypatch.setattr(kernel, "_kernel", lambda: fake)
        return manager

    return run


def test_custom_messages_go_to_our_subshell_and_updates_keep_their_way(running):
    running(Manager())
    comm = Comm()
    assert kernel.route_to_subshell(comm)
    assert comm._reply_subshell_for({"method": "custom", "content": {}}, None) == "subshell-0"
    assert comm._reply_subshell_for({"method": "update", "state": {}}, None) == "the cell's shell"
    assert comm._reply_subshell_for(None, None) == "the cell's shell"


def test_all_widgets_of_a_kernel_share_one_subshell(running):
    manager = running(Manager())
    assert kernel.make_subshell() == kernel.make_subshell() == "subshell-0"
    assert kernel.route_to_subshell(Comm())
    assert manager.made == ["subshell-0"]


def test_a_subshell_that_was_deleted_is_made_again(running):
    manager = running(Manager())
    kernel.make_subshell()
    manager.made = ["of somebody else"]
    assert kernel.make_subshell() == "subshell-1"


def test_where_no_subshell_can_be_made_the_widget_works_without(running, caplog):
    running(Manager(fails=True))
    comm = Comm()
    assert not kernel.route_to_subshell(comm)
    assert comm._reply_subshell_for({"method": "custom"}, None) == "the cell's shell"
    assert "no subshell" in caplog.text


@pytest.mark.parametrize("manager", [None, SimpleNamespace()], ids=["none", "another kind"])
def test_an_ipykernel_without_subshells_is_left_alone(running, manager):
    running(manager)
    assert kernel.make_subshell() is None
    assert not kernel.route_to_subshell(Comm())


def test_a_comm_that_knows_no_routes_is_left_alone(running):
    running(Manager())
    assert not kernel.route_to_subshell(SimpleNamespace())


def test_ipykernel_6_is_named_in_the_error_text(running, monkeypatch):
    import ipykernel

    running(None)
    monkeypatch.setattr(ipykernel._version, "__version__", "6.30.1")
    assert "ipykernel 6.30.1" in kernel.delivery(routed=False)
    assert "next cell" in kernel.delivery(routed=False)
    assert kernel.delivery(routed=True) == ""


def test_without_a_kernel_there_is_nothing_to_say():
    assert kernel._kernel() is None
    assert kernel.delivery(routed=False) == ""
    assert kernel.make_subshell() is None
