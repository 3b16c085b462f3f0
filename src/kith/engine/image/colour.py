"""Whatever colours a file keeps, made into 8-bit sRGB."""

import io
import math
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, TiffImagePlugin

from kith.engine.faces import Pixels

# Work on a band of rows at a time, so that a large picture is never held in three forms at once.
_BAND_PIXELS = 4_000_000

_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}
_MAX_PROFILE_BYTES = 8 * 1024 * 1024
_TAG_BITS_PER_SAMPLE = 258
# A difference of two in 255 is below what anybody or any network here can tell.
_SAME_COLOUR = 2


def to_rgb(image: Image.Image, icc: bytes = b"") -> Pixels:
    """The pixels (h, w, 3) of a loaded Pillow image of any mode.

    Transparent parts are shown on white, as on paper and in every browser: on black, dark hair would
    run into the ground. Grey and CMYK go through their profile here; RGB is left to `to_srgb`.
    """
    levels = _levels(image)
    width, height = image.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        band = image if rows >= height else image.crop((0, top, width, bottom))
        band = _eight_bits(band, levels) if levels else band
        pixels[top:bottom] = np.asarray(_rgb(band, icc))
    return pixels


def to_srgb(pixels: Pixels, icc: bytes) -> Pixels:
    """Pixels (h, w, 3) in the colours of an RGB profile, made sRGB.

    No profile, one that already means sRGB, or one that cannot be read leaves them as they are.
    """
    transform = _transform(icc, "RGB")
    if transform is None:
        return pixels
    converted = np.empty_like(pixels)
    rows = max(1, _BAND_PIXELS // pixels.shape[1])
    for top in range(0, len(pixels), rows):
        band = Image.fromarray(pixels[top : top + rows])
        converted[top : top + rows] = np.asarray(transform.apply(band))
    return converted


def _rgb(image: Image.Image, icc: bytes) -> Image.Image:
    if image.has_transparency_data:
        canvas = Image.new("RGB", image.size, "white")
        layered = image.convert("RGBA")
        canvas.paste(layered, mask=layered.getchannel("A"))
        return canvas
    if image.mode in {"L", "CMYK"} and (transform := _transform(icc, image.mode)):
        return transform.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _levels(image: Image.Image) -> tuple[float, float] | None:
    """The values of black and white where they are not 0 and 255, else None."""
    if image.mode.startswith("I;16"):
        is_tiff = isinstance(image, TiffImagePlugin.TiffImageFile)
        bits = image.tag_v2.get(_TAG_BITS_PER_SAMPLE, (16,))[0] if is_tiff else 16
        return 0, 2**bits - 1
    if image.mode not in {"I", "F"}:
        return None
    low, high = cast("tuple[float, float]", image.getextrema())  # one band has one pair
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0, 1
    # Nothing in such a file says what white is: take the usual scale that holds it, else its own range.
    scales = (1, 255, 65_535) if image.mode == "F" else (255, 65_535)
    white = next((scale for scale in scales if high <= scale), None)
    return (0, white) if low >= 0 and white else (low, max(high, low + 1))


def _eight_bits(image: Image.Image, levels: tuple[float, float]) -> Image.Image:
    black, white = levels
    values: NDArray[np.float32] = np.asarray(image).astype(np.float32)
    scaled = np.nan_to_num((values - black) * (255 / (white - black)))
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))


@lru_cache(maxsize=32)
def _transform(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB, None if there is none to go. A library has few profiles."""
    if icc[16:20] != _SPACES[mode] or len(icc) > _MAX_PROFILE_BYTES:
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return None if mode == "RGB" and _changes_nothing(transform) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform leaves a grid of 729 colours as they are: cheaper than trusting names."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    changed = np.asarray(transform.apply(Image.fromarray(grid)))
    return int(np.abs(changed.astype(np.int16) - grid).max()) <= _SAME_COLOUR
