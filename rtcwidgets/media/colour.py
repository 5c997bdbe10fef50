"""Which matrix and range turn a decoded picture into the colours that the page shows.

A camera's pictures arrive as untagged BT.601 of limited range, a canvas's as BT.709 of full range, tagged in H264 and
untagged in VP8. So a tag in the stream wins, then what the page says of the track (``VideoFrame.colorSpace``),
then the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import av

# The matrix coefficients of ITU-T H.273, table 4, as FFmpeg numbers them.
_BT709 = 1
_UNSPECIFIED = 2
_BT601 = 5
_FULL = 2
_LIMITED = 1

_MATRICES = {"rgb": _BT709, "bt709": _BT709, "bt470bg": _BT601, "smpte170m": _BT601}


class Colour(NamedTuple):
    """A YCbCr matrix (H.273 number) and whether luma uses all of 0–255."""

    matrix: int = _BT601
    full_range: bool = False

    @classmethod
    def of_page(cls, matrix: str, full_range: bool) -> Colour:
        """What the page's ``VideoColorSpace`` means for the encoded stream."""
        # The encoder converts RGB pictures (a canvas) to BT.709 full range, whatever fullRange says of the RGB.
        return cls(_MATRICES.get(matrix, _BT601), full_range or matrix == "rgb")

    def of_stream(self, picture: av.VideoFrame) -> Colour:
        """Itself, unless the stream says otherwise."""
        matrix, full = int(picture.colorspace), int(picture.color_range) == _FULL
        if matrix != _UNSPECIFIED:
            return Colour(matrix, full)
        # VP8's decoder calls every stream limited: without a matrix only "full" is a word to be believed.
        return Colour(self.matrix, self.full_range or full)

    def as_options(self) -> dict[str, Any]:
        """Arguments for ``av.VideoFrame.reformat``."""
        return {"src_colorspace": self.matrix, "src_color_range": _FULL if self.full_range else _LIMITED}


#: Pictures of red, green and blue, or gray, that no encoder has seen: all of 0–255.
RGB = Colour(_BT709, full_range=True)
