"""Tracks into a file, each in a thread of its own: a slow disk or encoder loses frames, counted, and delays nobody."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from rtcwidgets.errors import RecordingFailed
from rtcwidgets.media.audio_track import AudioTrack
from rtcwidgets.media.demand import LOOK_S
from rtcwidgets.media.file_format import file_format
from rtcwidgets.media.recorded_file import RecordedFile
from rtcwidgets.media.track import VideoTrack

if TYPE_CHECKING:
    from types import TracebackType

    from rtcwidgets.media.audio_reader import AudioReader
    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.reader import FrameReader, Reader
    from rtcwidgets.media.samples import AudioBlock

__all__ = ["Progress", "Recorder"]

#: Frames that may wait for the encoder; the oldest is dropped, and counted, when there are more.
WAITING_FRAMES = 32
STOP_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is."""

    #: Length of what was recorded.
    seconds: float
    #: Frames in the file.
    frames: int
    #: Size of the file.
    bytes: int
    #: Frames that are not in the file: the encoder was behind, or two had the same time.
    dropped: int
    #: Seconds of sound that were lost, and are silence in the file.
    lost_seconds: float

    def __str__(self) -> str:
        lost = f", {self.dropped} dropped" if self.dropped else ""
        return f"{self.seconds:.1f} s, {self.frames} frames{lost}, {self.bytes / 1e6:.1f} MB"


class Recorder:
    """Records a video track, an audio track, or one of each, from now on until ``stop()`` or until they end.

    The ending of the name says the format: .mp4 (H.264, AAC), .mkv (H.264, Opus), .webm (VP8, Opus), .wav, .gif. Frames
    keep their times (to the tick of the format: 1/90 ms in mp4, 1 ms in mkv and webm, 10 ms in gif), sound is kept in
    step with them. The recording begins with the first frame; its size is the size of all: later frames of another size
    are scaled to it, an odd width or height loses its last column or row. ``bitrate`` (bit/s) is for the video; without
    it the quality is constant. Choosing 256 colours for each picture of a .gif takes time (1280x720: 0.1 s): map to a
    smaller picture first, or frames are dropped.

    After ``stop()`` the file is whole. If the process is killed, it can be read up to about its last second (.wav and
    .gif included). Raises FileExistsError unless ``overwrite``, ValueError for tracks that the format cannot hold.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *tracks: VideoTrack | AudioTrack,
        overwrite: bool = False,
        bitrate: int | None = None,
    ) -> None:
        video = [track for track in tracks if isinstance(track, VideoTrack)]
        audio = [track for track in tracks if isinstance(track, AudioTrack)]
        if not tracks or len(video) > 1 or len(audio) > 1 or len(video) + len(audio) != len(tracks):
            raise ValueError("a Recorder wants one VideoTrack, one AudioTrack, or one of each")
        self.path = Path(path)
        self._bitrate = bitrate
        self._audio = audio[0] if audio else None
        self._file = RecordedFile(self.path, file_format(self.path, bool(video), bool(audio)))
        _reserve(self.path, overwrite)
        self._lock = threading.Lock()
        self._frames = self._left_out = 0
        self._lost_before = 0.0
        self._errors: list[Exception] = []
        self._frame_reader: FrameReader | None = None
        self._block_reader: AudioReader | None = None
        works: list[tuple[Callable[[], None], str]] = []
        if video:
            self._frame_reader = video[0].frames(every=True, slots=WAITING_FRAMES, name=f"record {self.path.name}")
            works.append((self._record_video, "video"))
        if self._audio is not None:
            self._block_reader = self._audio.blocks(name=f"record {self.path.name}")
            works.append((self._record_audio, "audio"))
        self._working = len(works)
        self._whole = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(work,), name=f"rtcwidgets record {kind}", daemon=True)
            for work, kind in works
        ]
        atexit.register(self._stop_at_exit)
        for thread in self._threads:
            thread.start()

    # -- for the user

    @property
    def state(self) -> Literal["recording", "inactive"]:
        """As the W3C's MediaRecorder.state."""
        return "inactive" if self._whole.is_set() else "recording"

    @property
    def error(self) -> Exception | None:
        """Why the recording ended before its time, or None."""
        return self._errors[0] if self._errors else None

    @property
    def progress(self) -> Progress:
        """Length, frames, size and losses, as of now."""
        waited = self._frame_reader.dropped if self._frame_reader is not None else 0
        lost = self._block_reader.lost_s - self._lost_before if self._block_reader is not None else 0.0
        return Progress(self._file.seconds, self._frames, _size(self.path), waited + self._left_out, lost)

    def stop(self) -> Progress:
        """Record what is waiting, make the file whole, and say what is in it. May be called again.

        Raises RecordingFailed if the recording ended before its time, or has nothing in it.
        """
        self._leave()
        self.wait(STOP_TIMEOUT_S)
        return self.progress

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the recording has ended, because its tracks have or by ``stop()`` elsewhere.

        Raises TimeoutError after ``timeout`` seconds, RecordingFailed as ``stop()`` does.
        """
        for thread in self._threads:
            thread.join(timeout)
            if thread.is_alive():
                raise TimeoutError(f"{self.path.name} is still being recorded")
        if self.error is not None:
            raise RecordingFailed(f"{self.path.name}: {self.error}") from self.error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.stop()
        else:
            self._leave()

    def __repr__(self) -> str:
        return f"<Recorder {self.path.name!r}: {self.state}, {self.progress}>"

    # -- in the threads

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # told by stop() and `error`; the other track ends too
            self._errors.append(error)
            self._leave()
        with self._lock:
            self._working -= 1
            last = self._working == 0
        if last:
            self._finish()
            self._whole.set()

    def _record_video(self) -> None:
        reader = self._frame_reader
        assert reader is not None
        while not reader.done:
            if (frame := reader.next_within(LOOK_S)) is not None:
                if not self._file.begun.is_set():
                    self._begin(frame.time, frame, None)
                self._add(frame)

    def _record_audio(self) -> None:
        reader = self._block_reader
        assert reader is not None
        while self._frame_reader is not None and not self._file.begun.wait(LOOK_S):
            if self._frame_reader.done:
                return  # not one frame came
        self._lost_before = reader.lost_s  # what was before the first frame is no loss
        while not reader.done:
            if (block := reader.next_within(LOOK_S)) is not None:
                if not self._file.begun.is_set():
                    self._begin(block.time, None, block)
                self._file.add_block(block)

    def _begin(self, zero: float, frame: Frame | None, block: AudioBlock | None) -> None:
        known = block or self._audio
        sample_rate, channels = (known.sample_rate, known.channels) if known is not None else (None, None)
        self._file.begin(zero, frame, self._bitrate, self._audio is not None, sample_rate, channels)

    def _add(self, frame: Frame) -> None:
        if self._file.add_frame(frame):
            self._frames += 1
        else:
            self._left_out += 1

    def _finish(self) -> None:
        atexit.unregister(self._stop_at_exit)
        try:
            self._file.close()
        except Exception as error:  # a full disk, most likely: told by stop() and `error`
            self._errors.append(error)
        if not self._file.begun.is_set():
            self.path.unlink(missing_ok=True)
            self._errors.append(RecordingFailed("nothing came while it was recorded, so there is no file"))

    def _leave(self) -> None:
        readers: list[Reader[Any] | None] = [self._frame_reader, self._block_reader]
        for reader in readers:
            if reader is not None:
                reader.leave()

    def _stop_at_exit(self) -> None:
        self._leave()
        for thread in self._threads:
            thread.join(STOP_TIMEOUT_S)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # nothing came, and it has just been removed
        return 0


def _reserve(path: Path, overwrite: bool) -> None:
    """Make the file now: what forbids it is said to who asked, not in a thread later."""
    try:
        path.open("wb" if overwrite else "xb").close()
    except FileExistsError:
        raise FileExistsError(
            f"{str(path)!r} is there already. Take another name, or overwrite=True to lose what is in it."
        ) from None
