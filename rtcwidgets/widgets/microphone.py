"""The microphone: a MediaStream from getUserMedia that is sound alone."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets
from traitlets import Bool, Dict, Int, Unicode

from rtcwidgets.widgets.hearing import AudioReading
from rtcwidgets.widgets.media_stream import MediaStream
from rtcwidgets.widgets.wording import MICROPHONE, Wording

__all__ = ["Microphone"]


class Microphone(MediaStream, AudioReading):
    """The browser's microphone. Show it (``display(mic)``), allow it, then ``mic.read(seconds=1)``.

    Blocks are float32 (samples, channels) at 48 000 Hz, contiguous; ``resample`` makes a track at another rate.
    ``device_id`` and the three kinds of processing are what is asked for, as ideal values; ``settings`` says what came
    of it. Browsers process speech unless told otherwise: for measurements and music set all three to False.
    """

    device_id = Unicode(
        None,
        allow_none=True,
        help="A certain microphone, by its device_id in ``devices``; default any. "
        "Setting it changes a live stream over to that microphone.",
    ).tag(sync=True)
    echo_cancellation = Bool(
        None,
        allow_none=True,
        help="Whether the browser takes out what its loudspeakers play; default None: as it likes, mostly yes.",
    ).tag(sync=True)
    noise_suppression = Bool(
        None,
        allow_none=True,
        help="Whether the browser takes out noise, which it thinks tones are; default None: as it likes, mostly yes.",
    ).tag(sync=True)
    auto_gain_control = Bool(
        None,
        allow_none=True,
        help="Whether the browser evens out the loudness; default None: as it likes, mostly yes.",
    ).tag(sync=True)
    channel_count = Int(
        1,
        min=1,
        max=2,
        help="1 (default) for mono, 2 for stereo; for the life of the microphone. Chromium gives stereo without "
        "echo cancellation only.",
    ).tag(sync=True)
    constraints = Dict(
        help="MediaStreamConstraints for getUserMedia as they are (W3C Media Capture, section 10.2.2); they win over "
        "the options above. Default {}: none.",
    ).tag(sync=True)

    wording: ClassVar[Wording] = MICROPHONE
    _settled = False

    _source = Unicode("microphone").tag(sync=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.audio_track.channels = self.channel_count
        self._settled = True

    @traitlets.validate("channel_count")
    def _keep_channel_count(self, proposal: Any) -> int:
        count: int = proposal["value"]
        if self._settled and count != self.channel_count:
            raise traitlets.TraitError("channel_count stays as it is, as those of tracks do: make another Microphone")
        return count
