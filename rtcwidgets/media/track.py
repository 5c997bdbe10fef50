"""A video track in the kernel: frames for any number of readers, and what can be made of them."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, overload

from rtcwidgets.errors import StreamStopped
from rtcwidgets.media.faults import Faults, OnError
from rtcwidgets.media.frame import Frame, Image, PixelFormat
from rtcwidgets.media.media_stream_track import MediaStreamTrack, Patience, wait_at_most
from rtcwidgets.media.reader import LINGER_S, FrameReader
from rtcwidgets.media.worker import FrameWorker

if TYPE_CHECKING:
    from rtcwidgets.media.audio_track import AudioTrack
    from rtcwidgets.media.file_source import FileVideoTrack
    from rtcwidgets.media.generator_source import GeneratedVideoTrack
    from rtcwidgets.media.mapped_track import MapFunction, MappedTrack
    from rtcwidgets.media.recording import Recorder
    from rtcwidgets.media.written_track import WrittenVideoTrack

__all__ = ["EVERY_FRAME_SLOTS", "Patience", "VideoTrack", "wait_at_most"]

EVERY_FRAME_SLOTS = 64


class VideoTrack(MediaStreamTrack[Frame]):
    """Frames of one track: ``read`` them, iterate over them, or have a function called with them.

    All methods may be called from any thread. ``publish`` belongs to whoever makes the frames.
    """

    kind = "video"

    def __init__(self, patience: Patience = wait_at_most, pixel_format: PixelFormat = "bgr24") -> None:
        super().__init__(patience)
        self.pixel_format: PixelFormat = pixel_format
        self._latest: Frame | None = None
        self._workers: dict[str, FrameWorker] = {}
        self._of_thread = threading.local()

    # -- for the publisher

    def publish(self, frame: Frame) -> None:
        """Give a frame to every reader. Never waits for one."""
        with self.changed:
            self._latest = frame
            super().publish(frame)

    def forget(self) -> None:
        """Drop all frames that were not yet read: the stream they came from is over."""
        with self.changed:
            self._latest = None
        super().forget()

    def close(self) -> None:
        """End the threads of this track and of those made from it, and drop all frames."""
        super().close()
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
        try:
            return reader.next(timeout).to_ndarray(pixel_format or self.pixel_format)
        except StreamStopped:
            self._of_thread.reader = None  # told of the end once; who reads on begins anew
            raise

    def frames(self, every: bool = False, slots: int = EVERY_FRAME_SLOTS, name: str = "") -> FrameReader:
        """A reader to iterate over: of the newest frames, or of ``every`` frame through that many ``slots``."""
        name = name or ("every frame" if every else "newest frame")
        reader = FrameReader(self, slots if every else 1, name)
        self._add_reader(reader)
        return reader

    def collect(self, seconds: float, timeout: float | None = None) -> list[Frame]:
        """Every frame of the next ``seconds``, counted from the first one on; ``timeout`` is for each frame."""
        with self.frames(every=True) as reader:
            collected = [reader.next(timeout)]
            while (frame := reader.next(timeout)).time - collected[0].time < seconds:
                collected.append(frame)
        return collected

    def on_frame(
        self, fn: Callable[[Frame], Any], on_error: OnError | None = None, remove: bool = False
    ) -> Callable[[Frame], Any]:
        """Call ``fn`` with each newest frame in a thread of its own; a function of the same name takes its place.

        What it raises goes to ``on_error``, without one to ``sys.stderr``, once for each distinct error.
        """
        key = f"{fn.__module__}.{fn.__qualname__}"
        if (earlier := self._workers.pop(key, None)) is not None:
            earlier.stop()
        if not remove:
            report = on_error or Faults(f"on_frame {fn.__qualname__}").report
            self._workers[key] = FrameWorker(self.frames(name=f"on_frame {key}"), fn, report)
        return fn

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames())

    def __aiter__(self) -> AsyncIterator[Frame]:
        return aiter(self.frames())

    # -- tracks made from this one

    @overload
    def map(self, fn: MapFunction, frames: bool = False) -> MappedTrack: ...

    @overload
    def map(self, fn: None = None, frames: bool = False) -> Callable[[MapFunction], MappedTrack]: ...

    def map(
        self, fn: MapFunction | None = None, frames: bool = False
    ) -> MappedTrack | Callable[[MapFunction], MappedTrack]:
        """A new track of what ``fn(image)`` makes of this one's pictures; also as ``@track.map``, ``@track.map(...)``.

        ``fn`` is given an array that is its own to draw into (with ``frames=True`` the Frame) and returns an ndarray of
        any size: (height, width, 3) in the track's ``pixel_format``, (height, width, 4) with alpha or (height, width)
        gray, uint8 or float in 0–1; or None to drop the picture; or a pair ``(image, data)``, see ``on_data``.

        It is called in a thread of the new track, with the newest picture only, and only while the new track is read.
        A slow ``fn`` lowers the frame rate of its own track and nothing else. What it raises is told once for each
        distinct error (``on_error``) and the next picture is tried.

        Running the cell that defines ``fn`` again (same module and ``__qualname__``, compiled anew) puts the new
        function into the same track, and returns that track.
        """
        from rtcwidgets.media.mapped_track import MappedTrack  # which is a VideoTrack itself

        if fn is None:
            return lambda fn: self.map(fn, frames)
        if not callable(fn):
            raise TypeError(f"map wants a function from image to image, not {type(fn).__name__}")
        for track in list(self._derived):
            if isinstance(track, MappedTrack) and track.ready_state == "live" and track.redefine(fn, frames):
                return track
        return MappedTrack(self, fn, frames)

    def record(
        self,
        path: str | os.PathLike[str],
        audio: AudioTrack | None = None,
        *,
        overwrite: bool = False,
        bitrate: int | None = None,
    ) -> Recorder:
        """Record to ``path``, together with ``audio``, from now on until ``stop()`` of what is returned: a Recorder."""
        from rtcwidgets.media.recording import Recorder

        tracks = (self,) if audio is None else (self, audio)
        return Recorder(path, *tracks, overwrite=overwrite, bitrate=bitrate)

    # -- tracks made in the kernel

    @staticmethod
    def from_generator(
        source: Callable[[], Any] | Iterable[Any],
        frame_rate: float = 30.0,
        real_time: bool = True,
        pixel_format: PixelFormat = "bgr24",
    ) -> GeneratedVideoTrack:
        """A track of the pictures that an iterable yields, or that a function returns or yields; see the class."""
        from rtcwidgets.media.generator_source import GeneratedVideoTrack

        return GeneratedVideoTrack(source, frame_rate, real_time, pixel_format)

    @staticmethod
    def from_file(
        path: str | os.PathLike[str],
        loop: bool = False,
        real_time: bool = True,
        timeout: float = 10.0,
        pixel_format: PixelFormat = "bgr24",
    ) -> FileVideoTrack:
        """A track of a file's or URL's video: whatever FFmpeg reads; see the class."""
        from rtcwidgets.media.file_source import FileVideoTrack

        return FileVideoTrack(path, loop, real_time, timeout, pixel_format)

    @staticmethod
    def writer(pixel_format: PixelFormat = "bgr24") -> WrittenVideoTrack:
        """A track to ``write(image)`` to."""
        from rtcwidgets.media.written_track import WrittenVideoTrack

        return WrittenVideoTrack(pixel_format)

    def _reader_of_this_thread(self) -> FrameReader:
        reader: FrameReader | None = getattr(self._of_thread, "reader", None)
        if reader is None:
            reader = FrameReader(self, 1, f"read in {threading.current_thread().name}", LINGER_S)
            with self.changed:
                # Of a paced track the next frame is wanted, of one that does not run the newest is stale.
                if self._latest is not None and not self.paced and (self._demand is None or self._demand.running):
                    reader.offer(self._latest)
                self._add_reader(reader)
            self._of_thread.reader = reader
        return reader
