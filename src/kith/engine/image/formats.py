"""What a file is, told from its first bytes; its name is never asked."""

from dataclasses import dataclass
from enum import StrEnum

from kith.engine.errors import UnsupportedImage
from kith.engine.image.ifd import Directory, Tiff, open_tiff


class Format(StrEnum):
    """The formats that are decoded."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    TIFF = "tiff"
    HEIC = "heic"
    BMP = "bmp"
    JP2 = "jp2"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Kind:
    """A format and its media type, which for RAW also says whose."""

    format: Format
    media_type: str


_JPEG = Kind(Format.JPEG, "image/jpeg")
_PNG = Kind(Format.PNG, "image/png")
_WEBP = Kind(Format.WEBP, "image/webp")
_AVIF = Kind(Format.AVIF, "image/avif")
_GIF = Kind(Format.GIF, "image/gif")
_TIFF = Kind(Format.TIFF, "image/tiff")
_HEIC = Kind(Format.HEIC, "image/heic")
_HEIF = Kind(Format.HEIC, "image/heif")
_BMP = Kind(Format.BMP, "image/bmp")
_JP2 = Kind(Format.JP2, "image/jp2")
_CR2 = Kind(Format.RAW, "image/x-canon-cr2")
_CR3 = Kind(Format.RAW, "image/x-canon-cr3")
_DNG = Kind(Format.RAW, "image/x-adobe-dng")
_ORF = Kind(Format.RAW, "image/x-olympus-orf")
_RAF = Kind(Format.RAW, "image/x-fuji-raf")
_RW2 = Kind(Format.RAW, "image/x-panasonic-rw2")
_OTHER_RAW = Kind(Format.RAW, "image/x-raw")

_PICTURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _JP2),
    (b"\xff\x4f\xff\x51", _JP2),
    (b"FUJIFILMCCD-RAW", _RAF),
    (b"IIRO", _ORF),
    (b"IIRS", _ORF),
    (b"MMOR", _ORF),
    (b"IIU\x00", _RW2),
)

# The brands of ISO base media files (ISO/IEC 14496-12), major or compatible, most telling first.
_BRANDS: tuple[tuple[tuple[bytes, ...], Kind], ...] = (
    ((b"crx ",), _CR3),
    ((b"avif", b"avis"), _AVIF),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), _HEIC),
    ((b"mif1", b"msf1", b"mif2"), _HEIF),
)

_MAKERS: tuple[tuple[str, str], ...] = (
    ("nikon", "image/x-nikon-nef"),
    ("sony", "image/x-sony-arw"),
    ("canon", "image/x-canon-cr2"),
    ("pentax", "image/x-pentax-pef"),
    ("samsung", "image/x-samsung-srw"),
)

# Things people upload that are no pictures Kith reads; naming them makes the answer useful.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "an icon (ICO)"),
    (b"icns", "an icon (ICNS)"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"qoif", "a QOI picture"),
    (b"DDS ", "a DDS texture"),
    (b"BLP", "a BLP texture"),
    (b"\x01\xda", "an SGI picture"),
    (b"#?RADIANCE", "a Radiance picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"gimp xcf", "a GIMP document"),
    (b"FOVb", "a Sigma RAW picture (X3F)"),
    (b"\x00MRM", "a Minolta RAW picture (MRW)"),
    (b"\xff\x01Exiv2", "a metadata file (EXV)"),
    (b"PGF", "a PGF picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1aE\xdf\xa3", "a video (Matroska or WebM)"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a video (Windows Media)"),
    (b"FLV\x01", "a video (Flash)"),
    (b"\x00\x00\x01\xba", "a video (MPEG)"),
    (b"\x00\x00\x01\xb3", "a video (MPEG)"),
    (b"OggS", "an Ogg sound or video"),
    (b"ID3", "a sound (MP3)"),
    (b"fLaC", "a sound (FLAC)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_NETPBM = b"123456"

_TAG_MAKE = 0x010F
_TAG_PHOTOMETRIC = 0x0106
_TAG_SUB_DIRECTORIES = 0x014A
_TAG_DNG_VERSION = 0xC612
# Colour filter array and LinearRaw: a sensor's data rather than a picture (TIFF/EP, DNG 1.6).
_SENSOR_PHOTOMETRICS = (32803, 34892)
_MAX_SUB_DIRECTORIES = 16


def identify(data: bytes) -> Kind:
    """Tell the kind of picture from its bytes.

    Raises UnsupportedImage, naming what was found where that is known.
    """
    for magic, kind in _PICTURES:
        if data.startswith(magic):
            return kind
    if data.startswith(b"BM") and data[15:18] == bytes(3):
        return _BMP  # two letters are no magic; the header's size beside them is below 256
    if data[4:8] == b"ftyp":
        return _identify_boxes(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _WEBP
    if tiff := open_tiff(data):
        return _identify_tiff(tiff)
    found = _name_other(data)
    raise UnsupportedImage(
        f"The file is {found}, which Kith does not read as a picture."
        if found
        else "The file is not in a picture format that Kith knows.",
        detected=found,
        supported=[item.value for item in Format],
    )


def _identify_boxes(data: bytes) -> Kind:
    size = min(max(int.from_bytes(data[:4], "big"), 16), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size, 4))}
    for known, kind in _BRANDS:
        if brands.intersection(known):
            return kind
    found = "a JPEG XL picture" if data[8:12] == b"jxl " else "a video"
    raise UnsupportedImage(
        f"The file is {found}, which Kith does not read as a picture.",
        detected=found,
        supported=[item.value for item in Format],
    )


def _identify_tiff(tiff: Tiff) -> Kind:
    if tiff.data[8:10] == b"CR":
        return _CR2
    first = tiff.first()
    if _TAG_DNG_VERSION in first:
        return _DNG
    if not _holds_sensor_data(tiff, first):
        return _TIFF
    make = first.text(_TAG_MAKE).lower()
    for maker, media_type in _MAKERS:
        if make.startswith(maker):
            return Kind(Format.RAW, media_type)
    return _OTHER_RAW


def _holds_sensor_data(tiff: Tiff, first: Directory) -> bool:
    offsets = first.integers(_TAG_SUB_DIRECTORIES)[:_MAX_SUB_DIRECTORIES]
    directories = (first, *(tiff.directory(offset) for offset in offsets))
    return any(item.integer(_TAG_PHOTOMETRIC) in _SENSOR_PHOTOMETRICS for item in directories)


def _name_other(data: bytes) -> str | None:
    for magic, name in _OTHERS:
        if data.startswith(magic):
            return name
    if data.startswith(b"RIFF"):
        return {b"AVI ": "a video (AVI)", b"WAVE": "a sound (WAV)"}.get(data[8:12])
    if data[4:8] in _QUICKTIME_BOXES:
        return "a video (QuickTime)"
    if data[6:14] == b"HEAPCCDR":
        return "a Canon RAW picture of the old kind (CRW)"
    if data[:1] == b"P" and data[1:2] in _NETPBM and data[2:3].isspace():
        return "a Netpbm picture"
    return _name_text(data[:4_096])


def _name_text(head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith(b"<"):
        return "an XML document"
    is_text = bool(start) and not any(byte < 9 or 13 < byte < 32 for byte in head)
    return "text" if is_text else None
