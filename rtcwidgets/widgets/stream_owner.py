"""What the conversation with pages needs of the widget that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from rtcwidgets import protocol
    from rtcwidgets.media.audio_track import AudioTrack
    from rtcwidgets.media.frame import Frame
    from rtcwidgets.media.samples import AudioBlock
    from rtcwidgets.widgets.situation import Situation
    from rtcwidgets.widgets.wording import Wording

__all__ = ["StreamOwner"]


class StreamOwner(Protocol):
    """A stream as its session sees it."""

    situation: Situation
    wording: ClassVar[Wording]
    autostart: bool
    ice_servers: list[dict[str, Any]]
    max_bitrate: int | None
    audio_track: AudioTrack

    @property
    def has_video(self) -> bool:
        """Whether pictures are taken from the page."""

    def publish(self, frame: Frame) -> None:
        """Take a frame; in the decoder's thread."""

    def publish_audio(self, block: AudioBlock) -> None:
        """Take some sound; in its decoder's thread."""

    def forget_frames(self) -> None:
        """Drop what was not read, pictures and sound: the stream is over."""

    def captured_changed(self) -> None:
        """The page says something new of its tracks."""

    def devices_changed(self) -> None:
        """The page says something new of its devices."""

    def still_taken(self, picture: bytes | None) -> None:
        """Someone pressed the view's shutter; without a picture the next frame will do."""

    def figures_changed(self) -> None:
        """About once a second while frames come."""

    def heed_source(self, page: str, message: protocol.OfSource) -> None:
        """What the publishing page says or asks about its source."""
