"""Pictures: what a file is, its upright pixels, its EXIF, and pixels back to bytes."""

from kith.engine.image.decoder import ImageInfo, decode, probe, read_exif
from kith.engine.image.encoder import encode_jpeg, encode_webp
from kith.engine.image.exif import Exif
from kith.engine.image.formats import Format
from kith.engine.image.limits import ImageLimits

__all__ = [
    "Exif",
    "Format",
    "ImageInfo",
    "ImageLimits",
    "decode",
    "encode_jpeg",
    "encode_webp",
    "probe",
    "read_exif",
]
