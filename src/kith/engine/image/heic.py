"""HEIC and HEIF, through libheif."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pillow_heif

from kith.engine.errors import CorruptImage
from kith.engine.faces import Pixels
from kith.engine.image.boxes import find_box
from kith.engine.image.colour import to_rgb
from kith.engine.image.exif import orientation_of
from kith.engine.image.picture import Header

# Transparency takes a detour through Pillow, in two more copies.
_ALPHA_WEIGHT = 2.0
_EXIF = b"Exif\x00\x00"


@dataclass(frozen=True, slots=True)
class HeicPicture:
    """The primary picture of a HEIF file."""

    image: pillow_heif.HeifImage
    header: Header

    def pixels(self, reduction: int) -> Pixels:
        del reduction  # HEVC has no scaled decode
        self.image.load()
        if self.image.size != (self.header.width_px, self.header.height_px):
            raise CorruptImage("The HEIC picture is not of the size that it states.")
        if self.image.mode != "RGB":
            return to_rgb(self.image.to_pillow(), self.header.icc)
        return np.asarray(self.image, dtype=np.uint8)[:, : self.header.width_px]


def open_heic(data: bytes) -> HeicPicture:
    """Read the header of a HEIF file's primary picture; raises what libheif raises on damaged ones."""
    file = pillow_heif.open_heif(data)
    image = file[file.primary_index]
    # pillow-heif types `info` as a union of everything it may hold.
    exif = cast("bytes", image.info["exif"] or b"").removeprefix(_EXIF)
    header = Header(
        *image.size,
        # libheif turns the picture as the file's own transformations say, and the format wants EXIF
        # to be ignored; but some iPhones wrote only EXIF, and then nothing else tells which way is up.
        orientation=1 if _has_transformations(data) else orientation_of(exif),
        frames=len(file),
        weight=1 if image.mode == "RGB" else _ALPHA_WEIGHT,
        icc=cast("bytes", image.info.get("icc_profile", b"")),
        exif=exif,
    )
    return HeicPicture(image, header)


def _has_transformations(data: bytes) -> bool:
    start, end = find_box(data, b"meta", 0, len(data))
    return any(data.find(kind, start, end) >= 0 for kind in (b"irot", b"imir"))
