"""Where a camera's notes (EXIF) lie in a file, and the one of them that decoding needs."""

from dataclasses import dataclass

from kith.engine.image.boxes import find_box
from kith.engine.image.ifd import NO_DIRECTORY, Directory, Tiff, open_tiff

_TAG_ORIENTATION = 0x0112
_TAG_EXIF = 0x8769
_TAG_GPS = 0x8825
_EXIF = b"Exif\x00\x00"
_FUJI = b"FUJIFILMCCD-RAW"
_UUID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Exif:
    """The three directories people ask for; those that are absent are empty.

    `main` speaks of the file (maker, model, description, when changed), `photo` of the exposure (when
    taken), `gps` of the place. Tags are those of EXIF 2.32.
    """

    main: Directory = NO_DIRECTORY
    photo: Directory = NO_DIRECTORY
    gps: Directory = NO_DIRECTORY


def parse_exif(block: bytes) -> Exif:
    """Read an EXIF block laid out as TIFF; an unreadable one is an empty Exif."""
    tiff = open_tiff(block)
    if tiff is None:
        return Exif()
    main = tiff.first()
    return Exif(main, _linked(tiff, main, _TAG_EXIF), _linked(tiff, main, _TAG_GPS))


def orientation_of(block: bytes) -> int:
    """The orientation (1-8) an EXIF block gives; 1 where it gives none or nonsense."""
    tiff = open_tiff(block)
    value = tiff.first().integer(_TAG_ORIENTATION, 1) if tiff else 1
    return value if 1 <= value <= 8 else 1


def _linked(tiff: Tiff, main: Directory, tag: int) -> Directory:
    offset = main.integer(tag)
    return tiff.directory(offset) if offset > 0 else NO_DIRECTORY


def read_raw_exif(data: bytes) -> Exif:
    """The EXIF of a TIFF or RAW file: mostly one TIFF as a whole, else with it in a known place."""
    if data.startswith(_FUJI):
        return _read_fuji(data)
    return _read_cr3(data) if data[4:8] == b"ftyp" else parse_exif(data)


def _read_fuji(data: bytes) -> Exif:
    """Fuji's header says where the camera's own JPEG lies, and that begins with its EXIF."""
    start = int.from_bytes(data[84:88], "big")
    found = data.find(_EXIF, start, start + 64)
    return parse_exif(data[found + len(_EXIF) :]) if found >= 0 else Exif()


def _read_cr3(data: bytes) -> Exif:
    """Canon keeps each directory as a TIFF of its own, in boxes inside the first one of the movie."""
    start, end = find_box(data, b"uuid", *find_box(data, b"moov", 0, len(data)))
    places = (find_box(data, kind, start + _UUID_BYTES, end) for kind in (b"CMT1", b"CMT2", b"CMT4"))
    return Exif(*(parse_exif(data[first:last]).main for first, last in places))
