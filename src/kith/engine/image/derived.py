"""What stands for a picture where its pixels are too many: smaller ones, its faces, a hash of its looks."""

from dataclasses import dataclass

import imagehash
from PIL import Image as PillowImage

from kith.engine.faces import Image, Pixels
from kith.engine.image.encoder import encode_webp
from kith.engine.image.geometry import fitted_size, shrink

THUMBNAIL_SIDE_PX = 320
PREVIEW_SIDE_PX = 1600
CROP_SIDE_PX = 256

# A crop is so many times as wide as the face: hair and chin belong to it.
_CROP_RATIO = 1.6

# A third less time than the encoder's usual effort, for a third more bytes: of what an import adds to
# decoding and the networks, encoding is the dearest.
_EFFORT = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """A WebP picture, upright and in sRGB, and the perceptual hash.

    `phash` has 64 bits (DCT, as `imagehash.phash` of the thumbnail's pixels): pictures that look alike
    differ in few of them.
    """

    thumbnail: bytes
    phash: int


def derive(image: Image) -> Derived:
    """Made of pixels that are decoded already; nothing is enlarged."""
    height, width = image.pixels.shape[:2]
    small = shrink(image.pixels, *fitted_size(width, height, THUMBNAIL_SIDE_PX))
    return Derived(encode_webp(small, effort=_EFFORT), perceptual_hash(small))


def preview(image: Image) -> bytes:
    """A WebP picture that fills a screen; nothing is enlarged."""
    height, width = image.pixels.shape[:2]
    return encode_webp(shrink(image.pixels, *fitted_size(width, height, PREVIEW_SIDE_PX)))


def crop(image: Image, xyxy: tuple[float, float, float, float]) -> bytes:
    """A square WebP picture of what is at a box and a little around it, within the picture."""
    height, width = image.pixels.shape[:2]
    (scale_x, scale_y), (x1, y1, x2, y2) = image.scale, xyxy
    longest = max((x2 - x1) * scale_x, (y2 - y1) * scale_y)
    side = max(1, min(round(longest * _CROP_RATIO), width, height))
    left = _within(round((x1 + x2) / 2 * scale_x - side / 2), width - side)
    top = _within(round((y1 + y2) / 2 * scale_y - side / 2), height - side)
    cut = image.pixels[top : top + side, left : left + side]
    return encode_webp(shrink(cut, *fitted_size(side, side, CROP_SIDE_PX)))


def _within(place: int, last: int) -> int:
    return min(max(place, 0), last)


def perceptual_hash(pixels: Pixels) -> int:
    """The 64 bits of RGB pixels (h, w, 3), the first one highest."""
    return int(str(imagehash.phash(PillowImage.fromarray(pixels))), 16)
