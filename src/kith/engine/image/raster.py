"""The formats that Pillow decodes: PNG, WebP, AVIF, GIF, TIFF, BMP and JPEG 2000.

Each is opened with its own plugin: no other gets to guess, and Pillow's own limit on size, which only
warns at first and is not ours, stays out of it.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

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
from kith.engine.image.headers import count_gif_frames, count_tiff_pages, jp2_levels, jp2_size, webp_size
from kith.engine.image.ifd import open_tiff
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

# What a pixel costs beside one of a plain JPEG, by the dearer of time and memory.
_WEIGHTS: dict[Format, float] = {Format.AVIF: 1.5, Format.WEBP: 2, Format.JP2: 4}
_TILE_SIDES = (0x0142, 0x0143)


@dataclass(frozen=True, slots=True)
class RasterPicture:
    """A picture that Pillow has opened but not loaded; `levels` is how often its sides can be halved."""

    image: ImageFile.ImageFile
    header: Header
    levels: int = 0

    def pixels(self, reduction: int) -> Pixels:
        if isinstance(self.image, Jpeg2KImagePlugin.Jpeg2KImageFile):
            self.image.reduce = self._halvings(reduction)
        with self.image:
            self.image.load()
            return to_rgb(self.image, self.header.icc)

    def _halvings(self, reduction: int) -> int:
        """How often to halve a JPEG 2000, at most as `reduction` says.

        Pillow expects sides rounded to nearest where the format rounds them up, and takes a picture
        for broken where that differs.
        """
        most = min(reduction.bit_length() - 1, self.levels)
        sides = (self.header.width_px, self.header.height_px)
        return next(
            (
                count
                for count in range(most, 0, -1)
                if all((side + (1 << count >> 1)) >> count == -(-side >> count) for side in sides)
            ),
            0,
        )


def open_raster(data: bytes, form: Format, limits: ImageLimits) -> RasterPicture:
    """Read the header of a picture of one of Pillow's formats.

    Raises ImageTooLarge by `limits` for whatever a decoder would allocate, and what Pillow raises on
    damaged headers.
    """
    weight = _WEIGHTS.get(form, 1)
    for width, height in _allocations(data, form):
        limits.check_size(width, height, weight)
    image = _PLUGINS[form](io.BytesIO(data))
    exif = cast("bytes", image.info.get("exif", b"")).removeprefix(b"Exif\x00\x00")
    header = Header(
        *image.size,
        # Pillow turns a TIFF by itself, and reports it turned.
        orientation=1 if form is Format.TIFF else orientation_of(exif),
        frames=_count_frames(image, data, limits.max_frames + 1),
        weight=weight,
        icc=cast("bytes", image.info.get("icc_profile") or b""),
        exif=exif,
    )
    return RasterPicture(image, header, jp2_levels(data) if form is Format.JP2 else 0)


def _allocations(data: bytes, form: Format) -> Iterator[tuple[int, int]]:
    """Sizes that are allocated on opening, or that may differ from that of the picture."""
    match form:
        case Format.WEBP:
            yield webp_size(data)
        case Format.JP2:
            yield jp2_size(data)
        case Format.TIFF if tiff := open_tiff(data):
            first = tiff.first()
            if all(tag in first for tag in _TILE_SIDES):
                yield first.integer(_TILE_SIDES[0]), first.integer(_TILE_SIDES[1])
        case _:
            return


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
