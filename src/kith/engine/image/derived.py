"""What stands for a picture where its pixels are too many: smaller pictures, and a hash of what it shows."""

from dataclasses import dataclass

import imagehash
from PIL import Image as PillowImage

from kith.engine.faces import Image, Pixels
from kith.engine.image.encoder import encode_webp
from kith.engine.image.geometry import fitted_size, shrink

THUMBNAIL_SIDE_PX = 320
PREVIEW_SIDE_PX = 1600

# A third to two fifths less time than the encoder's usual effort, for a fifth (preview) to a third
# (thumbnail) more bytes: of what an import adds to decoding and the networks, encoding is the dearest.
_EFFORT = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """Two WebP pictures, upright and in sRGB, and the perceptual hash.

    `preview` is None where the picture is no larger than a thumbnail. `phash` has 64 bits (DCT, as
    `imagehash.phash` of the thumbnail's pixels): pictures that look alike differ in few of them.
    """

    thumbnail: bytes
    preview: bytes | None
    phash: int


def derive(image: Image) -> Derived:
    """Made of pixels that are decoded already; nothing is enlarged, so a scaled decode limits both."""
    preview = None
    pixels = _within(image.pixels, PREVIEW_SIDE_PX)
    if max(image.width_px, image.height_px) > THUMBNAIL_SIDE_PX:
        preview = encode_webp(pixels, effort=_EFFORT)
    small = _within(pixels, THUMBNAIL_SIDE_PX)
    return Derived(encode_webp(small, effort=_EFFORT), preview, perceptual_hash(small))


def perceptual_hash(pixels: Pixels) -> int:
    """The 64 bits of RGB pixels (h, w, 3), the first one highest."""
    return int(str(imagehash.phash(PillowImage.fromarray(pixels))), 16)


def _within(pixels: Pixels, side_px: int) -> Pixels:
    height, width = pixels.shape[:2]
    return shrink(pixels, *fitted_size(width, height, side_px))
