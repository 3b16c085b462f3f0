"""When, where and with what a photo was taken, as its EXIF tells."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from kith.engine.image import Exif, read_exif

TakenAtSource = Literal["original", "digitized", "modified"]

# Tags of EXIF 2.32: (when, its fraction of a second, its offset from UTC).
_ORIGINAL = (0x9003, 0x9291, 0x9011)
_DIGITIZED = (0x9004, 0x9292, 0x9012)
_MODIFIED = (0x0132, 0x9290, 0x9010)
_DESCRIPTION = 0x010E
_MAKE = 0x010F
_MODEL = 0x0110
_LATITUDE = (0x0001, 0x0002, "S", 90)
_LONGITUDE = (0x0003, 0x0004, "W", 180)
_ALTITUDE_REFERENCE = 0x0005
_ALTITUDE = 0x0006

# The form EXIF asks for, and those that phones and editors write instead.
_TIMESTAMP = re.compile(
    r"(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})"
    r"(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
# A camera whose clock was never set says 0000 or 0001; people do date old paintings and maps.
_FIRST_YEAR = 1000
_MAX_OFFSET_MINUTES = 14 * 60
_MAX_ALTITUDE_M = 100_000
_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What a file says of its photo; None where it says nothing that can be believed.

    `taken_at` is the wall clock's time at the place, without a zone, as cameras keep it;
    `offset_minutes` is that clock's distance from UTC where the file tells. `taken_at_source` says which
    of three times it is: `original` (the exposure), `digitized` (a scan) or `modified` (the file, a weak
    hint). `latitude` and `longitude` are WGS 84 degrees, north and east positive.
    """

    taken_at: datetime | None = None
    offset_minutes: int | None = None
    taken_at_source: TakenAtSource | None = None
    make: str | None = None
    model: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    description: str | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What is known beside the time, JSON-ready."""
        names = ("make", "model", "latitude", "longitude", "altitude_m", "description")
        known = {name: getattr(self, name) for name in names}
        return {
            name: it for name, it in known.items()
            if it is not None and not (isinstance(it, float) and not math.isfinite(it))
        }  # fmt: skip


def read_metadata(data: bytes) -> PhotoMetadata:
    """Read the EXIF of a picture of any format. Never raises: what is broken or absurd is left out."""
    exif = read_exif(data)
    taken_at, offset_minutes, source = _taken_at(exif)
    latitude, longitude = _place(exif)
    return PhotoMetadata(
        taken_at=taken_at,
        offset_minutes=offset_minutes,
        taken_at_source=source,
        make=_text(exif, _MAKE),
        model=_text(exif, _MODEL),
        latitude=latitude,
        longitude=longitude,
        altitude_m=_altitude(exif),
        description=_text(exif, _DESCRIPTION),
    )


def _taken_at(exif: Exif) -> tuple[datetime | None, int | None, TakenAtSource | None]:
    times: tuple[tuple[TakenAtSource, tuple[int, int, int]], ...] = (
        ("original", _ORIGINAL),
        ("digitized", _DIGITIZED),
        ("modified", _MODIFIED),
    )
    for source, (when, fraction, offset) in times:
        text = exif.photo.text(when) or exif.main.text(when)
        taken_at, own_offset = _timestamp(text, exif.photo.text(fraction))
        if taken_at is not None:
            minutes = _offset_minutes(exif.photo.text(offset))
            return taken_at, own_offset if minutes is None else minutes, source
    return None, None, None


def _timestamp(text: str, fraction: str) -> tuple[datetime | None, int | None]:
    """A time and, where the text itself has one, its offset in minutes."""
    match = _TIMESTAMP.match(text)
    if match is None:
        return None, None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year < _FIRST_YEAR:
        return None, None
    digits = re.match(r"\d*", fraction.strip())
    micros = (digits[0] if digits and digits[0] else match[7] or "")[:6].ljust(6, "0")
    try:
        # A second of 60 is a leap second or a rounding; neither is worth losing the date.
        clock = time(hour, minute, min(second, 59), int(micros))
        return datetime.combine(date(year, month, day), clock), _offset_minutes(match[8] or "")
    except ValueError:
        return None, None


def _offset_minutes(text: str) -> int | None:
    if text == "Z":
        return 0
    match = _OFFSET.match(text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return None if minutes > _MAX_OFFSET_MINUTES else -minutes if match[1] == "-" else minutes


def _place(exif: Exif) -> tuple[float | None, float | None]:
    latitude = _degrees(exif, *_LATITUDE)
    longitude = _degrees(exif, *_LONGITUDE)
    # Half a place is none; and 0, 0 in the open sea is what devices write without a fix.
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(exif: Exif, reference: int, value: int, negative: str, limit: int) -> float | None:
    parts = exif.gps.numbers(value)[:3]
    if not parts or min(parts) < 0:
        return None
    degrees = sum(part / 60**power for power, part in enumerate(parts))
    if degrees > limit:
        return None
    return -degrees if exif.gps.text(reference).upper().startswith(negative) else degrees


def _altitude(exif: Exif) -> float | None:
    altitude = next(iter(exif.gps.numbers(_ALTITUDE)), None)
    if altitude is None or not math.fabs(altitude) < _MAX_ALTITUDE_M:
        return None
    return -altitude if exif.gps.integer(_ALTITUDE_REFERENCE) == 1 else altitude


def _text(exif: Exif, tag: int) -> str | None:
    text = "".join(
        letter for letter in exif.main.text(tag)[:_MAX_TEXT] if letter.isprintable() or letter == "\n"
    )
    return text.strip() or None
