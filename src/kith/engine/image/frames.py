"""Counting frames and pages without decoding any, and without counting further than asked."""

from kith.engine.image.ifd import open_tiff

_IMAGE = 0x2C
_EXTENSION = 0x21


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
