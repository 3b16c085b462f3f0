"""JPEG: nineteen of twenty pictures, so the one format whose header and fast path are Kith's own.

libjpeg-turbo decodes through simplejpeg, straight into the array. Whatever it finds strange (CMYK,
rare sampling, warnings about the data) goes to Pillow, which is slower, silent and forgiving.
"""

import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import simplejpeg
from PIL import JpegImagePlugin

from kith.engine.errors import CorruptImage
from kith.engine.faces import Pixels
from kith.engine.image.colour import to_rgb
from kith.engine.image.exif import orientation_of
from kith.engine.image.picture import Header

_END = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PLAIN_FRAMES = (0xC0, 0xC1, 0xC2)
_PROGRESSIVE_FRAMES = (0xC2, 0xC6, 0xCA, 0xCE)
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_APP1 = 0xE1
_APP2 = 0xE2
_EXIF = b"Exif\x00"
_ICC = b"ICC_PROFILE\x00"

# A picture in several scans is held as coefficients until its last one, and every scan, however few
# bytes it has, passes over all of it: 1,000 empty scans of 20 megapixels are 150 kB and take 7 s.
_SCANS_WEIGHT = 1.5
_CHEAP_SCANS = 50


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """A JPEG, or the first picture of an MPO."""

    data: bytes
    header: Header
    is_plain: bool

    def pixels(self, reduction: int) -> Pixels:
        if self.is_plain:
            width, height = (-(-side // reduction) for side in (self.header.width_px, self.header.height_px))
            try:
                return simplejpeg.decode_jpeg(self.data, "RGB", min_height=height, min_width=width)
            except ValueError:
                pass
        try:
            return self._decode_forgiving(self.data, reduction)
        except OSError:
            pass  # and leave the handler: its traceback would hold a picture's worth of memory
        pixels = self._decode_unended()
        if pixels is None:
            raise CorruptImage("The JPEG picture is cut off: its last part is missing.")
        return pixels

    def _decode_forgiving(self, data: bytes, reduction: int) -> Pixels:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
            width, height = image.size
            image.draft(None, (max(1, width // reduction), max(1, height // reduction)))
            image.load()
            return to_rgb(image, self.header.icc)

    def _decode_unended(self) -> Pixels | None:
        """The pixels of a picture that lacks only its end marker; None if more is missing.

        Raises OSError where that is not what is wrong.

        It is whole if what is put after its data changes no pixel. All pixels are compared, since a
        reduced decode would not see everything that is missing.
        """
        body = self.data.rstrip(b"\xff")
        disturbed = _digest(self._decode_forgiving(body + b"\x55" * 64 + _END, 1))
        pixels = self._decode_forgiving(body + _END, 1)
        return pixels if _digest(pixels) == disturbed else None


@dataclass(slots=True)
class _Facts:
    """What the segments before the first scan say."""

    width_px: int = 0
    height_px: int = 0
    components: int = 0
    is_in_scans: bool = False
    is_plain: bool = False
    exif: bytes = b""
    icc: dict[int, bytes] = field(default_factory=dict[int, bytes])


def open_jpeg(data: bytes) -> JpegPicture:
    """Read a JPEG's header; raises CorruptImage where it is not all there."""
    facts = _Facts()
    for marker, body in _segments(data):
        _take(facts, marker, body)
    if not facts.components:
        raise CorruptImage("The JPEG picture ends before its size is known.")
    scans = data.count(b"\xff\xda") if facts.is_in_scans else 0
    header = Header(
        facts.width_px,
        facts.height_px,
        orientation=orientation_of(facts.exif),
        weight=_SCANS_WEIGHT * max(1, scans / _CHEAP_SCANS) if facts.is_in_scans else 1,
        icc=b"".join(facts.icc[number] for number in sorted(facts.icc)),
        exif=facts.exif,
    )
    return JpegPicture(data, header, facts.is_plain)


def _take(facts: _Facts, marker: int, body: bytes) -> None:
    if marker in _FRAMES and len(body) >= 6:
        facts.height_px, facts.width_px, facts.components = struct.unpack_from(">HHB", body, 1)
        facts.is_in_scans = marker in _PROGRESSIVE_FRAMES
        facts.is_plain = marker in _PLAIN_FRAMES and body[0] == 8 and facts.components in {1, 3}
    elif marker == _START_OF_SCAN and body:
        facts.is_in_scans |= body[0] < facts.components
    elif marker == _APP1 and body.startswith(_EXIF) and not facts.exif:
        facts.exif = body[6:]
    elif marker == _APP2 and body.startswith(_ICC) and len(body) > 14:
        facts.icc.setdefault(body[12], body[14:])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The marker segments (marker, body) up to and including the first start of scan."""
    position = 2
    while (position := data.find(b"\xff", position)) >= 0 and position + 4 <= len(data):
        marker = data[position + 1]
        if marker in {0x00, 0xFF} or marker in _STANDALONE:
            position += 1 if marker == 0xFF else 2
            continue
        length = max(2, int.from_bytes(data[position + 2 : position + 4], "big"))
        yield marker, data[position + 4 : position + 2 + length]
        if marker == _START_OF_SCAN:
            return
        position += 2 + length


def _digest(pixels: Pixels) -> bytes:
    return hashlib.blake2b(pixels.data).digest()
