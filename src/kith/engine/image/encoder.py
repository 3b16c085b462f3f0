"""Pixels to bytes, for thumbnails and crops."""

import io

import numpy as np
import simplejpeg
from PIL import Image

from kith.engine.faces import Pixels

# Of 0-6 the last step at which more time still buys much size.
_WEBP_EFFORT = 2


def encode_jpeg(pixels: Pixels, quality: int = 85) -> bytes:
    """Encode RGB pixels (h, w, 3) as JPEG (4:2:0) at `quality` 1..100."""
    _check(quality)
    return simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "420")


def encode_webp(pixels: Pixels, quality: int = 80, effort: int = _WEBP_EFFORT) -> bytes:
    """Encode RGB pixels (h, w, 3), at most 16,383 a side, as lossy WebP at `quality` 1..100.

    `effort` 0..6 trades time for size.
    """
    _check(quality)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", quality=quality, method=effort)
    return buffer.getvalue()


def _check(quality: int) -> None:
    if not 1 <= quality <= 100:
        raise ValueError(f"quality must be 1..100, not {quality}")
