"""From the bytes of a file to upright sRGB pixels, and to what can be known without them."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL.Image import DecompressionBombError

from kith.engine.errors import CorruptImage, ImageTooLarge
from kith.engine.faces import Image
from kith.engine.image import geometry
from kith.engine.image.colour import to_srgb
from kith.engine.image.exif import Exif, parse_exif, read_raw_exif
from kith.engine.image.formats import Format, Kind, identify
from kith.engine.image.heic import open_heic
from kith.engine.image.jpeg import open_jpeg
from kith.engine.image.limits import DEFAULT_LIMITS, ImageLimits
from kith.engine.image.picture import Picture
from kith.engine.image.raster import open_raster
from kith.engine.image.raw import open_raw
from kith.errors import AppError


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a picture's header says.

    `width_px` and `height_px` are those of the upright picture, `orientation` is the EXIF value (1-8) that
    Kith applies to get there: 1 also where the codec itself turns the picture. `frames` counts frames
    of an animation, pages of a TIFF, pictures of a HEIF file; all but the first are left alone.
    """

    format: Format
    media_type: str
    width_px: int
    height_px: int
    orientation: int
    frames: int


def probe(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> ImageInfo:
    """Tell what picture `data` is, from its content, without decoding it.

    Raises EmptyImage, UnsupportedImage, CorruptImage or ImageTooLarge, and nothing else.
    """
    kind, picture = _open(data, limits)
    header = picture.header
    width, height = geometry.upright_size(header.width_px, header.height_px, header.orientation)
    return ImageInfo(kind.format, kind.media_type, width, height, header.orientation, header.frames)


def decode(data: bytes, limits: ImageLimits = DEFAULT_LIMITS, max_side_px: int | None = None) -> Image:
    """Decode the first frame: upright, sRGB, transparency on white, at most `max_side_px` a side.

    Asking for less than the full size saves most of the time for JPEG (scaled in the DCT), JPEG 2000
    (fewer resolution levels) and RAW (2x2 binning). Limits are checked before pixels are allocated;
    the codecs run without the interpreter lock.

    Raises EmptyImage, UnsupportedImage, CorruptImage or ImageTooLarge, and nothing else.
    """
    if max_side_px is not None and max_side_px < 1:
        raise ValueError("max_side_px must be at least 1")
    kind, picture = _open(data, limits)
    header = picture.header
    width, height = header.width_px, header.height_px
    reduction = geometry.reduction_for(width, height, max_side_px)
    with _reading(kind):
        pixels = picture.pixels(reduction)
        pixels = geometry.shrink(pixels, *geometry.fitted_size(width, height, max_side_px))
        pixels = geometry.upright(to_srgb(pixels, header.icc), header.orientation)
    return Image(pixels, *geometry.upright_size(width, height, header.orientation))


def read_exif(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> Exif:
    """The camera's notes in a picture of any format; an empty Exif where there are none. Never raises."""
    try:
        limits.check_bytes(len(data))
        kind = identify(data)
        if kind.format in {Format.RAW, Format.TIFF}:
            return read_raw_exif(data)
        return parse_exif(_open(data, limits)[1].header.exif)
    except AppError:
        return Exif()


def _open(data: bytes, limits: ImageLimits) -> tuple[Kind, Picture]:
    limits.check_bytes(len(data))
    kind = identify(data)
    with _reading(kind):
        picture = _opened(data, kind.format, limits)
    header = picture.header
    limits.check_size(header.width_px, header.height_px, header.weight)
    limits.check_frames(header.frames)
    return kind, picture


def _opened(data: bytes, form: Format, limits: ImageLimits) -> Picture:
    match form:
        case Format.JPEG:
            return open_jpeg(data)
        case Format.HEIC:
            return open_heic(data)
        case Format.RAW:
            return open_raw(data, limits)
        case _:
            return open_raster(data, form, limits)


@contextmanager
def _reading(kind: Kind) -> Generator[None]:
    """Turn whatever a codec makes of hostile bytes into one of the engine's own errors."""
    # Pillow warns of damage that either does no harm or raises. This is idempotent and needs no undoing,
    # unlike catch_warnings, which is not safe among threads.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    name = kind.format.value.upper()
    try:
        yield
    except AppError:
        raise
    except DecompressionBombError as error:  # raised where a frame is larger than the header let expect
        raise ImageTooLarge(f"The {name} picture is too large for its decoder.") from error
    except MemoryError as error:
        raise ImageTooLarge(f"There is not enough memory to decode this {name} picture.") from error
    except Exception as error:  # codecs raise some forty unrelated classes
        raise CorruptImage(
            f"The {name} picture is damaged or of a rare kind: it cannot be decoded."
        ) from error
