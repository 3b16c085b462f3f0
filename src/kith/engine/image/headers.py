"""Facts read from headers before a decoder is trusted with the file: sizes, frames, pages, levels."""

from kith.engine.errors import CorruptImage
from kith.engine.image.boxes import find_box
from kith.engine.image.ifd import open_tiff

_IMAGE = 0x2C
_EXTENSION = 0x21
_CODING_STYLE = b"\xff\x52"
_MAX_COMPONENTS = 4


def count_gif_frames(data: bytes, limit: int) -> int:
    """The images in a GIF (GIF89a section 15), at most `limit`; at least 1."""
    position = 13 + _colour_table_bytes(data, 10)
    frames = 0
    while position < len(data) and frames < limit:
        block = data[position]
        if block == _EXTENSION:
            position = _skip_sub_blocks(data, position + 2)
        elif block == _IMAGE:
            frames += 1
            position = _skip_sub_blocks(data, position + 11 + _colour_table_bytes(data, position + 9))
        else:
            break
    return max(1, frames)


def _colour_table_bytes(data: bytes, position: int) -> int:
    flags = data[position] if position < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1


def count_tiff_pages(data: bytes, limit: int) -> int:
    """The directories in a TIFF's main chain, at most `limit`; at least 1."""
    tiff = open_tiff(data)
    return max(1, sum(1 for _ in tiff.pages(limit))) if tiff else 1


def webp_size(data: bytes) -> tuple[int, int]:
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
            raise CorruptImage("The WEBP picture does not begin as one.")


def jp2_size(data: bytes) -> tuple[int, int]:
    """The size in a JPEG 2000 codestream (ISO/IEC 15444-1 A.5.1), which may not be that of its box.

    Raises CorruptImage for more components than a picture has: each costs as much as the first.
    """
    start = _codestream(data)
    if _big(data, start + 40, 2) > _MAX_COMPONENTS:
        raise CorruptImage("The JP2 picture has more components than colours and transparency need.")
    return _big(data, start + 8, 4), _big(data, start + 12, 4)


def jp2_levels(data: bytes) -> int:
    """How often the sides of a JPEG 2000 picture can be halved (ISO/IEC 15444-1 A.6.1)."""
    position = data.find(_CODING_STYLE, _codestream(data))
    return _big(data, position + 9, 1) if position >= 0 else 0


def _codestream(data: bytes) -> int:
    return 0 if data.startswith(b"\xff\x4f") else find_box(data, b"jp2c", 0, len(data))[0]


def _little(data: bytes, position: int, size: int) -> int:
    return int.from_bytes(data[position : position + size], "little")


def _big(data: bytes, position: int, size: int) -> int:
    return int.from_bytes(data[position : position + size], "big")
