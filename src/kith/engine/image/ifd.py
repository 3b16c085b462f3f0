"""Image file directories: the tagged lists in which TIFF, most RAW files and EXIF keep their facts.

One bounded reader serves all of them (TIFF 6.0, BigTIFF, EXIF 2.32). It copies nothing it is not asked
for, follows no loop, and answers a damaged or lying directory with what can be read of it, never with
an exception: these bytes come from strangers.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_MAX_ENTRIES = 4_096
_MAX_VALUE_BYTES = 65_536

# Type -> (struct code, bytes). Rationals are two numbers; ASCII and UNDEFINED are read as bytes.
_TYPES = {
    1: ("B", 1),
    2: ("s", 1),
    3: ("H", 2),
    4: ("I", 4),
    5: ("II", 8),
    6: ("b", 1),
    7: ("s", 1),
    8: ("h", 2),
    9: ("i", 4),
    10: ("ii", 8),
    11: ("f", 4),
    12: ("d", 8),
    13: ("I", 4),
    16: ("Q", 8),
    17: ("q", 8),
    18: ("Q", 8),
}
_RATIONALS = (5, 10)
_BYTES = (1, 2, 7)

# Magic -> (byte order, is BigTIFF). Olympus and Panasonic RAW are TIFF in all but their magic.
_MAGICS = {
    b"II*\x00": ("<", False),
    b"MM\x00*": (">", False),
    b"II+\x00": ("<", True),
    b"MM\x00+": (">", True),
    b"IIRO": ("<", False),
    b"IIRS": ("<", False),
    b"MMOR": (">", False),
    b"IIU\x00": ("<", False),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    position: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of one directory; an absent or unreadable tag is an empty answer."""

    data: bytes = b""
    order: str = "<"
    entries: dict[int, _Entry] = field(default_factory=dict[int, _Entry])
    next_offset: int = 0

    def __contains__(self, tag: int) -> bool:
        return tag in self.entries

    def raw(self, tag: int) -> bytes:
        """The value's bytes as they stand, at most 64 KiB of them."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        size = min(entry.count * _TYPES[entry.kind][1], _MAX_VALUE_BYTES)
        return self.data[entry.position : entry.position + size]

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The finite numbers of a tag; a text, or a rational over zero, gives none."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind in {2, 7}:
            return ()
        code, size = _TYPES[entry.kind]
        raw = self.raw(tag)
        count = len(raw) // size
        found = struct.unpack_from(f"{self.order}{code * count}", raw)
        if entry.kind in _RATIONALS:
            pairs = zip(found[::2], found[1::2], strict=True)
            found = tuple(top / bottom if bottom else math.nan for top, bottom in pairs)
        return found if all(map(math.isfinite, found)) else ()

    def integers(self, tag: int) -> tuple[int, ...]:
        """The numbers of a tag as whole numbers."""
        return tuple(int(number) for number in self.numbers(tag))

    def integer(self, tag: int, default: int = 0) -> int:
        """The first whole number of a tag, or `default`."""
        return next(iter(self.integers(tag)), default)

    def text(self, tag: int) -> str:
        """A tag's text up to its first NUL, stripped; UTF-8 where it is that, else Latin-1."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _BYTES:
            return ""
        raw = self.raw(tag).split(b"\x00", 1)[0]
        try:
            return raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            return raw.decode("latin-1").strip()


NO_DIRECTORY = Directory()


@dataclass(frozen=True, slots=True)
class Tiff:
    """A block of bytes laid out as TIFF, with the place of its first directory."""

    data: bytes
    order: str
    is_big: bool
    first_offset: int

    def directory(self, offset: int) -> Directory:
        """The directory at `offset`; as much of it as can be read."""
        head, step, slot, pointer = ("Q", 20, 8, "Q") if self.is_big else ("H", 12, 4, "I")
        count = self._integer(head, offset)
        position = offset + struct.calcsize(f"<{head}")
        entries: dict[int, _Entry] = {}
        for start in range(position, position + min(count, _MAX_ENTRIES) * step, step):
            if start + step > len(self.data):
                break
            tag, kind, size = struct.unpack_from(f"{self.order}HH{pointer}", self.data, start)
            if kind not in _TYPES or not size:
                continue
            value = start + step - slot
            if size * _TYPES[kind][1] > slot:
                value = self._integer(pointer, value)
            if tag not in entries and value + _TYPES[kind][1] <= len(self.data):
                entries[tag] = _Entry(kind, size, value)
        return Directory(self.data, self.order, entries, self._integer(pointer, position + count * step))

    def pages(self, limit: int) -> Iterator[Directory]:
        """The chain of main directories, at most `limit` of them and none twice."""
        offset = self.first_offset
        seen: set[int] = set()
        while offset and offset not in seen and len(seen) < limit:
            seen.add(offset)
            directory = self.directory(offset)
            if directory.entries:
                yield directory
            offset = directory.next_offset

    def first(self) -> Directory:
        """The first directory, in EXIF and RAW the one that speaks of the main picture."""
        return self.directory(self.first_offset)

    def _integer(self, code: str, offset: int) -> int:
        if offset < 0 or offset + struct.calcsize(f"<{code}") > len(self.data):
            return 0
        return struct.unpack_from(f"{self.order}{code}", self.data, offset)[0]


def open_tiff(data: bytes) -> Tiff | None:
    """Read a TIFF header, that of BigTIFF or of a RAW file built on TIFF; None if it is no such thing."""
    known = _MAGICS.get(data[:4])
    if known is None or len(data) < 16:
        return None
    order, is_big = known
    offset = struct.unpack_from(f"{order}{'Q' if is_big else 'I'}", data, 8 if is_big else 4)[0]
    return Tiff(data, order, is_big, offset)
