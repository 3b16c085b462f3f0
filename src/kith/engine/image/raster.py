"""The formats that Pillow decodes: PNG, WebP, AVIF, GIF, TIFF, BMP and JPEG 2000.

Each is opened with its own plugin: no other gets to guess, and Pillow's own limit on size, which only
warns at first and is not ours, stays out of it.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    Jpeg2KImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from kith.engine.faces import Pixels
from kith.engine.image.colour import to_rgb
from kith.engine.image.exif import orientation_of
from kith.engine.image.formats import Format
from kith.engine.image.frames import count_gif_frames, count_tiff_pages
from kith.engine.image.limits import ImageLimits
from kith.engine.image.picture import Header

_PLUGINS: dict[Format, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    Format.PNG: PngImagePlugin.PngImageFile,
    Format.WEBP: WebPImagePlugin.WebPImageFile,
    Format.AVIF: AvifImagePlugin.AvifImageFile,
    Format.GIF: GifImagePlugin.GifImageFile,
    Format.TIFF: TiffImagePlugin.TiffImageFile,
    Format.BMP: BmpImagePlugin.BmpImageFile,
    Format.JP2: Jpeg2KImagePlugin.Jpeg2KImageFile,
}

_CODESTREAM = b"\xff\x4f\xff\x51"
_CODING_STYLE = b"\xff\x52"

# What a pixel costs beside one of a plain JPEG, by the dearer of time and memory.
_WEIGHTS: dict[Format, float] = {Format.WEBP: 2, Format.AVIF: 2, Format.JP2: 4}


@dataclass(frozen=True, slots=True)
class RasterPicture:
    """A picture that Pillow has opened but not loaded; `levels` is how often its sides can be halved."""

    image: ImageFile.ImageFile
    header: Header
    levels: int = 0

    def pixels(self, reduction: int) -> Pixels:
        if isinstance(self.image, Jpeg2KImagePlugin.Jpeg2KImageFile):
            self.image.reduce = min(reduction.bit_length() - 1, self.levels)
        with self.image:
            self.image.load()
            return to_rgb(self.image, self.header.icc)


def open_raster(data: bytes, form: Format, limits: ImageLimits) -> RasterPicture:
    """Read the header of a picture of one of Pillow's formats.

    Raises ImageTooLarge by `limits` before a decoder that allocates on opening is made, and whatever
    Pillow raises on damaged headers.
    """
    weight = _WEIGHTS.get(form, 1)
    if form is Format.WEBP and (size := _webp_size(data)):
        limits.check_size(*size, weight)
    image = _PLUGINS[form](io.BytesIO(data))
    exif = image.info.get("exif", b"")
    header = Header(
        *image.size,
        # Pillow turns a TIFF by itself, and reports it turned.
        orientation=1 if form is Format.TIFF else orientation_of(exif.removeprefix(b"Exif\x00\x00")),
        frames=_count_frames(image, data, limits.max_frames + 1),
        weight=weight,
        icc=image.info.get("icc_profile") or b"",
        exif=exif,
    )
    return RasterPicture(image, header, _jp2_levels(data) if form is Format.JP2 else 0)


def _count_frames(image: ImageFile.ImageFile, data: bytes, limit: int) -> int:
    match image:
        case GifImagePlugin.GifImageFile():
            return count_gif_frames(data, limit)
        case TiffImagePlugin.TiffImageFile():
            return count_tiff_pages(data, limit)
        case (
            PngImagePlugin.PngImageFile() | WebPImagePlugin.WebPImageFile() | AvifImagePlugin.AvifImageFile()
        ):
            return image.n_frames
        case _:
            return 1


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """The canvas of a WebP (RFC 9649), which its decoder allocates as soon as it is made."""
    match data[12:16]:
        case b"VP8X":
            return 1 + _little(data, 24, 3), 1 + _little(data, 27, 3)
        case b"VP8L":
            bits = _little(data, 21, 4)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
        case _:
            return None


def _little(data: bytes, position: int, size: int) -> int:
    return int.from_bytes(data[position : position + size], "little")


def _jp2_levels(data: bytes) -> int:
    """The decomposition levels of a JPEG 2000 codestream (ISO/IEC 15444-1 A.6.1)."""
    position = data.find(_CODING_STYLE, data.find(_CODESTREAM))
    return data[position + 9] if 0 <= position < len(data) - 9 else 0
