"""Pictures: what a file is, its upright pixels, its EXIF, pixels to bytes, and what is derived of them."""

from kith.engine.image.decoder import ImageInfo, decode, probe, read_exif
from kith.engine.image.derived import Derived, derive
from kith.engine.image.encoder import encode_jpeg, encode_webp
from kith.engine.image.exif import Exif
from kith.engine.image.formats import Format
from kith.engine.image.limits import ImageLimits

__all__ = [
    "Derived",
    "Exif",
    "Format",
    "ImageInfo",
    "ImageLimits",
    "decode",
    "derive",
    "encode_jpeg",
    "encode_webp",
    "probe",
    "read_exif",
]
