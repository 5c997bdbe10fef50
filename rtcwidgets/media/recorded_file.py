"""The file that is being recorded: begun with the first piece, readable while it grows, whole after ``close``."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtcwidgets.media.audio_encoder import AudioEncoder
from rtcwidgets.media.file_format import FileFormat, encoder_of
from rtcwidgets.media.frame import Frame
from rtcwidgets.media.samples import AudioBlock
from rtcwidgets.media.video_encoder import VideoEncoder

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer

__all__ = ["RecordedFile"]


class RecordedFile:
    """Container and encoders. Video and audio may be written from a thread each; ``begin`` comes before."""

    def __init__(self, path: Path, format: FileFormat) -> None:
        self.path = path
        self._format = format
        self._muxing = threading.Lock()
        self._container: OutputContainer | None = None
        self._zero = 0.0
        self._video: VideoEncoder | None = None
        self._audio: AudioEncoder | None = None
        #: Set once there is something to write to.
        self.begun = threading.Event()
        #: How far the recording goes (s).
        self.seconds = 0.0

    def begin(
        self,
        zero: float,
        frame: Frame | None,
        bitrate: int | None,
        audio: bool,
        sample_rate: int | None,
        channels: int | None,
    ) -> None:
        """Open it: with video of ``frame``'s size if there is one, with ``audio``; its time 0 is ``zero`` (s)."""
        import av

        container = av.open(str(self.path), "w", format=self._format.container, options=self._format.options)
        self._container, self._zero = container, zero
        if frame is not None:
            codec = encoder_of(self._format.video)
            self._video = VideoEncoder(container, codec, self._format.tick, frame, bitrate)
        if audio:
            self._audio = AudioEncoder(container, encoder_of(self._format.audio), sample_rate, channels)
        self.begun.set()

    def add_frame(self, frame: Frame) -> bool:
        """Encode and write a frame; False if it came within the tick of the one before, and was left out."""
        assert self._video is not None
        packets = self._video.encode(frame, frame.time - self._zero)
        if packets is None:
            return False
        self._mux(packets)
        self.seconds = max(self.seconds, frame.time - self._zero)
        return True

    def add_block(self, block: AudioBlock) -> None:
        """Encode and write sound."""
        assert self._audio is not None
        self._mux(self._audio.encode(block, block.time - self._zero))
        self.seconds = max(self.seconds, self._audio.seconds)

    def close(self) -> None:
        """Write what the encoders still hold, and the end of the file."""
        if self._container is None:
            return
        try:
            for encoder in (self._video, self._audio):
                if encoder is not None:
                    self._mux(encoder.flush())
        finally:
            self._container.close()

    def _mux(self, packets: list[av.Packet[Any]]) -> None:
        if self._container is not None and packets:
            with self._muxing:
                self._container.mux(packets)
