"""What every codec gives: the facts of a picture first, its pixels when asked."""

from dataclasses import dataclass
from typing import Protocol

from kith.engine.faces import Pixels


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a picture before it is decoded.

    `width_px`, `height_px` is the size of the pixels a codec delivers and `orientation` the EXIF value
    (1-8) that is still to be applied to them; codecs that turn pictures themselves say 1. `weight` is
    the cost of a pixel beside one of a plain JPEG (see ImageLimits). `icc` and `exif` are empty when
    the file has none; `exif` is laid out as TIFF.
    """

    width_px: int
    height_px: int
    orientation: int = 1
    frames: int = 1
    weight: float = 1.0
    icc: bytes = b""
    exif: bytes = b""


class Picture(Protocol):
    """A picture whose header was read and whose pixels were not."""

    @property
    def header(self) -> Header: ...

    def pixels(self, reduction: int) -> Pixels:
        """The first frame as RGB, in the colours of an RGB profile if it has one, else in sRGB.

        `reduction` is 1, 2, 4 or 8. Where the format can be decoded at 1/reduction of its size, sides
        rounded up, it is; where it cannot, the answer has the full size.
        """
        ...
