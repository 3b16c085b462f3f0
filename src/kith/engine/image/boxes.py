"""Boxes: the nested pieces of ISO base media files (ISO/IEC 14496-12), HEIC, AVIF and CR3 among them."""

from collections.abc import Iterator

_MAX_BOXES = 1_000


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places: (type, start of content, end). Stops at the first broken one."""
    for _ in range(_MAX_BOXES):
        size = int.from_bytes(data[start : start + 4], "big")
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < head or start + head > end:
            return
        yield data[start + 4 : start + 8], start + head, min(start + size, end)
        start += size


def find_box(data: bytes, kind: bytes, start: int, end: int) -> tuple[int, int]:
    """The content (start, end) of the first box of a type; (0, 0) where there is none."""
    return next(((first, last) for name, first, last in boxes(data, start, end) if name == kind), (0, 0))
