"""The track that `map` makes: pictures of another track as a function returns them; still callable as the function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from rtcwidgets.media.frame import Frame
from rtcwidgets.media.image import checked_image
from rtcwidgets.media.mapping import Mapped, Mapping
from rtcwidgets.media.redefinition import is_redefinition
from rtcwidgets.media.track import VideoTrack

__all__ = ["DataEvent", "MapFunction", "MappedTrack"]

#: From an image (or a Frame) to an image, to None, or to a pair of either and data.
MapFunction = Callable[..., Any]
OnData = TypeVar("OnData", bound="Callable[[DataEvent], Any]")


@dataclass(frozen=True, eq=False, slots=True)
class DataEvent:
    """What a function returned beside a picture."""

    #: The second of the pair ``(image, data)``.
    data: Any
    #: ``index`` of the frame that it belongs to; None if there was none: ``(None, data)``.
    index: int | None
    #: ``index`` of the picture that the function was given, in the source.
    source_index: int
    #: When the source's picture was captured: ``frame.time``.
    time: float


class MappedTrack(Mapped, VideoTrack):
    """Frames of ``source`` as ``fn`` returns them, each with the time of the picture that it was made from.

    Made by ``VideoTrack.map``. ``fn`` is called in a thread of the track, with the newest picture only, and only while
    somebody reads the track (``is_read``; a listener of ``on_data`` counts). Calling the track calls ``fn``.
    """

    def __init__(self, source: VideoTrack, fn: MapFunction, frames: bool = False) -> None:
        super().__init__(pixel_format=source.pixel_format)
        self.source = source
        self.paced = source.paced
        self._whole = frames
        self._next_index = 0
        self._data_listeners: list[Callable[[DataEvent], Any]] = []
        self._mapping = Mapping(self, source, fn, self._step, lambda name: source.frames(name=name))
        self.patience = self._mapping.patience

    def on_data(self, fn: OnData, remove: bool = False) -> OnData:
        """Call ``fn(event)`` with every DataEvent, after its frame, in the track's thread. Usable as a decorator.

        It counts as a reader of the track until it is removed. A slow one slows this track down and no other; what it
        raises is told like an error of the track's own function.
        """
        with self.changed:
            listeners = [known for known in self._data_listeners if not is_redefinition(fn, known)]
            self._data_listeners = listeners if remove else [*listeners, fn]
            if self._data_listeners and self._demand is not None:
                self._demand.arise(anew=not remove)
        return fn

    def is_read(self) -> bool:
        """Whether anybody reads this track, or listens to its data."""
        return bool(self._data_listeners) or super().is_read()

    def _step(self, frame: Frame) -> None:
        given: Any = frame if self._whole else frame.to_ndarray(self.pixel_format)
        returned = self.fn(given)
        has_data = isinstance(returned, tuple) and len(returned) == 2
        image, data = returned if has_data else (returned, None)
        index = None if image is None else self._publish_image(image, frame)
        if has_data:
            event = DataEvent(data, index, frame.index, frame.time)
            for listener in self._data_listeners:
                listener(event)

    def _publish_image(self, image: Any, frame: Frame) -> int:
        pixels, format = checked_image(image, self.pixel_format, f"{self._mapping.name} returned")
        index = self._next_index
        self._next_index += 1
        self.publish(Frame(pixels, index=index, time=frame.time, pixel_format=format, source_index=frame.index))
        return index

    def __repr__(self) -> str:
        return f"<MappedTrack {self._mapping.name} of {self.source!r}>"
