"""Pictures: what a file is, its upright pixels, its EXIF, pixels to bytes, and what is derived of them."""

from kith.engine.image.decoder import ImageInfo, decode, probe, read_exif
from kith.engine.image.derived import PREVIEW_SIDE_PX, Derived, crop, derive, preview
from kith.engine.image.encoder import encode_jpeg, encode_webp
from kith.engine.image.exif import Exif
from kith.engine.image.formats import Format
from kith.engine.image.limits import ImageLimits

__all__ = [
    "PREVIEW_SIDE_PX",
    "Derived",
    "Exif",
    "Format",
    "ImageInfo",
    "ImageLimits",
    "crop",
    "decode",
    "derive",
    "encode_jpeg",
    "encode_webp",
    "preview",
    "probe",
    "read_exif",
]
