"""What stands for a picture where its pixels are too many: a thumbnail, and a hash of what it shows."""

from dataclasses import dataclass

import imagehash
from PIL import Image as PillowImage

from kith.engine.faces import Image, Pixels
from kith.engine.image.encoder import encode_webp
from kith.engine.image.geometry import fitted_size, shrink

THUMBNAIL_SIDE_PX = 320

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


def perceptual_hash(pixels: Pixels) -> int:
    """The 64 bits of RGB pixels (h, w, 3), the first one highest."""
    return int(str(imagehash.phash(PillowImage.fromarray(pixels))), 16)
