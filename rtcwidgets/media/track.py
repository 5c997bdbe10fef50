"""A video track in the kernel: one publisher, any number of readers, none of whom can delay it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from time import monotonic
from typing import Any

from rtcwidgets.errors import FrameTimeout
from rtcwidgets.media.frame import Frame, Image, PixelFormat
from rtcwidgets.media.reader import FrameReader
from rtcwidgets.media.stats import ReaderStats
from rtcwidgets.media.worker import FrameWorker

__all__ = ["Patience", "VideoTrack", "wait_at_most"]

#: Says how many seconds a wait that ``started`` (``time.monotonic()``) with ``timeout`` may still go on; raises when
#: there is nothing more to wait for. Called under the track's lock: it must not wait.
Patience = Callable[[float, "float | None"], float]

READ_TIMEOUT_S = 10.0
EVERY_FRAME_SLOTS = 64


def wait_at_most(started: float, timeout: float | None) -> float:
    """The patience of a track that has nothing to say about itself."""
    remaining = started + (READ_TIMEOUT_S if timeout is None else timeout) - monotonic()
    if remaining <= 0:
        raise FrameTimeout("No new frame came in time.")
    return remaining


class VideoTrack:
    """Frames of one track: ``read`` them, iterate over them, or have a function called with them.

    All methods may be called from any thread. ``publish`` belongs to whoever makes the frames.
    """

    def __init__(self, patience: Patience = wait_at_most, pixel_format: PixelFormat = "bgr24") -> None:
        #: Notified at every new frame and whenever ``patience`` may have changed its mind.
        self.changed = threading.Condition()
        self.patience = patience
        self.pixel_format: PixelFormat = pixel_format
        self._latest: Frame | None = None
        self._readers: weakref.WeakSet[FrameReader] = weakref.WeakSet()
        self._workers: dict[str, FrameWorker] = {}
        self._of_thread = threading.local()

    # -- for the publisher

    def publish(self, frame: Frame) -> None:
        """Give a frame to every reader. Never waits for one."""
        with self.changed:
            self._latest = frame
            for reader in self._readers:
                reader.offer(frame)
            self.changed.notify_all()

    def reconsider(self) -> None:
        """Let everyone who waits ask ``patience`` again."""
        with self.changed:
            self.changed.notify_all()
            for reader in self._readers:
                reader.wake()

    def forget(self) -> None:
        """Drop all frames that were not yet read: the stream they came from is over."""
        with self.changed:
            self._latest = None
            for reader in self._readers:
                reader.forget()

    def close(self) -> None:
        """End the workers and drop all frames. ``patience`` is expected to raise from now on."""
        self.forget()
        self.reconsider()
        for worker in list(self._workers.values()):
            worker.stop()
        self._workers.clear()

    # -- for readers

    @property
    def latest(self) -> Frame | None:
        """The newest frame, or None before the first one."""
        frame = self._latest
        return frame and frame.for_another()

    def read(self, timeout: float | None = None, pixel_format: PixelFormat | None = None) -> Image:
        """The newest frame that this thread has not been given before, as an array that is the caller's to change.

        Waits for one if need be; see ``MediaStream.read``.
        """
        reader = self._reader_of_this_thread()
        return reader.next(timeout).to_ndarray(pixel_format or self.pixel_format)

    def frames(self, every: bool = False, slots: int = EVERY_FRAME_SLOTS) -> FrameReader:
        """A reader to iterate over: of the newest frames, or of ``every`` frame through that many ``slots``."""
        return self._add(FrameReader(self, slots if every else 1, "every frame" if every else "newest frame"))

    def collect(self, seconds: float, timeout: float | None = None) -> list[Frame]:
        """Every frame of the next ``seconds``, counted from the first one on; ``timeout`` is for each frame."""
        with self.frames(every=True) as reader:
            collected = [reader.next(timeout)]
            while (frame := reader.next(timeout)).time - collected[0].time < seconds:
                collected.append(frame)
        return collected

    def on_frame(
        self, fn: Callable[[Frame], Any], on_error: Callable[[BaseException], None], remove: bool = False
    ) -> Callable[[Frame], Any]:
        """Call ``fn`` with each newest frame in a thread of its own; a function of the same name takes its place."""
        key = f"{fn.__module__}.{fn.__qualname__}"
        if (earlier := self._workers.pop(key, None)) is not None:
            earlier.stop()
        if not remove:
            self._workers[key] = FrameWorker(self._add(FrameReader(self, 1, f"on_frame {key}")), fn, on_error)
        return fn

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames())

    def __aiter__(self) -> AsyncIterator[Frame]:
        return aiter(self.frames())

    def reader_stats(self) -> tuple[ReaderStats, ...]:
        """Delivered and dropped frames of each reader that is there."""
        with self.changed:
            return tuple(ReaderStats(reader.name, reader.delivered, reader.dropped) for reader in self._readers)

    def remove_reader(self, reader: FrameReader) -> None:
        """Offer no more frames to ``reader``; called by it, under the lock."""
        self._readers.discard(reader)

    def _add(self, reader: FrameReader) -> FrameReader:
        with self.changed:
            self._readers.add(reader)
        return reader

    def _reader_of_this_thread(self) -> FrameReader:
        reader: FrameReader | None = getattr(self._of_thread, "reader", None)
        if reader is None:
            reader = FrameReader(self, 1, f"read in {threading.current_thread().name}")
            with self.changed:
                if self._latest is not None:
                    reader.offer(self._latest)
                self._readers.add(reader)
            self._of_thread.reader = reader
        return reader
