"""The thread that everything about the network runs on."""

import asyncio
import threading
import time

from rtcwidgets.transport.loop import io_loop


def test_what_is_finished_in_the_loops_own_thread_is_not_waited_for():
    """An ipywidget that is garbage closes itself in whatever thread collects it."""
    io, took, done = io_loop(), [], threading.Event()

    async def work():
        await asyncio.sleep(0)
        done.set()

    def collect():
        began = time.monotonic()
        assert io.finish(work(), 3) is None
        took.append(time.monotonic() - began)

    io.call(collect)
    assert done.wait(2)
    assert took[0] < 1
