"""What the EXIF of a photo tells, and what is left out because it cannot be believed."""

import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from kith.photos.metadata import PhotoMetadata, read_metadata
from tests.support.image_files import dng_file, quarters
from tests.support.shared import shared_path

EXIF, GPS = 0x8769, 0x8825
DATE_TIME, ORIGINAL, DIGITIZED = 0x0132, 0x9003, 0x9004
OFFSET, OFFSET_ORIGINAL = 0x9010, 0x9011
SUBSEC_ORIGINAL = 0x9291
SAN_FRANCISCO = {1: "N", 2: (37.0, 46.0, 30.0), 3: "W", 4: (122.0, 25.0, 12.0)}

# Where Pillow cannot open a file, reads UTF-8 as Latin-1, or takes what is no date or place for one.
BETTER_THAN_PILLOW = {
    "exiftool/t/images/FujiFilm.raf",
    "exiftool/t/images/InfiRay.jpg",
    "exiftool/t/images/Panasonic.rw2",
    "photoprism/meta/testdata/buggy_panorama.jpg",
    "photoprism/meta/testdata/image-2011.jpg",
    "photoprism/meta/testdata/snow.jpg",
    "exifr/fixtures/broken1.jpg",
    "elodie/files/photo.heic",
    "elodie/files/with-null-coordinates.jpg",
    "pigallery2/assets/sidecar/testimagedesc1.jpg",
    "pigallery2/assets/sidecar/testimagedesc2.jpg",
}


def photo(
    main: dict | None = None, exposure: dict | None = None, gps: dict | None = None, form="JPEG"
) -> bytes:
    """A picture whose EXIF was written by Pillow."""
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(EXIF).update(exposure or {})
    exif.get_ifd(GPS).update(gps or {})
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, form, exif=exif.tobytes())
    return buffer.getvalue()


def iso(text: str) -> datetime:
    return datetime.fromisoformat(f"{text[:10].replace(':', '-').replace('/', '-')}T{text[11:19]}")


class TestTakenAt:
    def test_the_exposure_comes_before_the_scan_and_the_file(self):
        times = {ORIGINAL: "2019:06:01 10:20:30", DIGITIZED: "2020:06:01 10:20:30"}
        found = read_metadata(photo({DATE_TIME: "2021:06:01 10:20:30"}, times))
        assert (found.taken_at, found.taken_at_source) == (datetime(2019, 6, 1, 10, 20, 30), "original")

    def test_then_the_scan(self):
        found = read_metadata(photo({DATE_TIME: "2021:06:01 10:20:30"}, {DIGITIZED: "2020:06:01 10:20:30"}))
        assert (found.taken_at, found.taken_at_source) == (datetime(2020, 6, 1, 10, 20, 30), "digitized")

    def test_then_the_file(self):
        found = read_metadata(photo({DATE_TIME: "2021:06:01 10:20:30"}))
        assert (found.taken_at, found.taken_at_source) == (datetime(2021, 6, 1, 10, 20, 30), "modified")

    def test_a_time_that_is_none_gives_way_to_the_next(self):
        found = read_metadata(photo({DATE_TIME: "2021:06:01 10:20:30"}, {ORIGINAL: "0000:00:00 00:00:00"}))
        assert found.taken_at_source == "modified"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2019-06-01 10:20:30", datetime(2019, 6, 1, 10, 20, 30)),
            ("2019/06/01 10:20:30", datetime(2019, 6, 1, 10, 20, 30)),
            ("2019:06:01T10:20:30", datetime(2019, 6, 1, 10, 20, 30)),
            ("2019:06:01 10:20", datetime(2019, 6, 1, 10, 20)),
            ("2019:06:01", datetime(2019, 6, 1)),
            ("2019:6:1 9:05:03", datetime(2019, 6, 1, 9, 5, 3)),
            ("2016:12:31 23:59:60", datetime(2016, 12, 31, 23, 59, 59)),
            ("2019:06:01 10:20:30.25", datetime(2019, 6, 1, 10, 20, 30, 250_000)),
        ],
    )
    def test_ways_to_write_a_time(self, text, expected):
        assert read_metadata(photo(exposure={ORIGINAL: text})).taken_at == expected

    @pytest.mark.parametrize(
        "text",
        [
            "0000:00:00 00:00:00",
            "0001:01:01 00:00:00",
            "    :  :     :  :  ",
            "2019:13:01 10:20:30",
            "2019:02:30 10:20:30",
            "2019:06:01 25:20:30",
            "2019:06:01 10:61:30",
            "yesterday",
            "",
            "99999:06:01 10:20:30",
        ],
    )
    def test_what_is_no_time(self, text):
        found = read_metadata(photo(exposure={ORIGINAL: text}))
        assert (found.taken_at, found.taken_at_source, found.offset_minutes) == (None, None, None)

    @pytest.mark.parametrize(
        ("fraction", "micros"),
        [("5", 500_000), ("25", 250_000), ("1234567", 123_456), ("07 ", 70_000), ("x", 0)],
    )
    def test_fractions_of_a_second(self, fraction, micros):
        data = photo(exposure={ORIGINAL: "2019:06:01 10:20:30", SUBSEC_ORIGINAL: fraction})
        assert read_metadata(data).taken_at == datetime(2019, 6, 1, 10, 20, 30, micros)

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("+02:00", 120),
            ("-03:30", -210),
            ("+00:00", 0),
            ("Z", 0),
            ("+0530", 330),
            ("+14:00", 840),
            ("+99:00", None),
            ("CEST", None),
            ("", None),
        ],
    )
    def test_offset_from_utc(self, text, minutes):
        found = read_metadata(photo(exposure={ORIGINAL: "2019:06:01 10:20:30", OFFSET_ORIGINAL: text}))
        assert found.offset_minutes == minutes
        assert found.taken_at == datetime(2019, 6, 1, 10, 20, 30)

    def test_the_offset_of_another_time_is_not_taken(self):
        found = read_metadata(photo(exposure={ORIGINAL: "2019:06:01 10:20:30", OFFSET: "+02:00"}))
        assert found.offset_minutes is None

    def test_an_offset_within_the_time(self):
        found = read_metadata(photo(exposure={ORIGINAL: "2019:06:01 10:20:30+02:00"}))
        assert (found.taken_at, found.offset_minutes) == (datetime(2019, 6, 1, 10, 20, 30), 120)


class TestPlace:
    def test_degrees_minutes_seconds(self):
        found = read_metadata(photo(gps=SAN_FRANCISCO))
        assert found.latitude == pytest.approx(37.775)
        assert found.longitude == pytest.approx(-122.42)
        assert found.altitude_m is None

    @pytest.mark.parametrize(
        ("north", "east", "latitude", "longitude"),
        [("S", "E", -37.775, 122.42), ("s", "w", -37.775, -122.42)],
    )
    def test_hemispheres(self, north, east, latitude, longitude):
        found = read_metadata(photo(gps=SAN_FRANCISCO | {1: north, 3: east}))
        assert (found.latitude, found.longitude) == (pytest.approx(latitude), pytest.approx(longitude))

    @pytest.mark.parametrize(
        "wrong",
        [
            {2: (91.0, 0.0, 0.0)},
            {4: (181.0, 0.0, 0.0)},
            {2: (IFDRational(0, 0), 0.0, 0.0)},
            {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        ],
        ids=["beyond-the-pole", "beyond-the-date-line", "over-zero", "null-island"],
    )
    def test_a_place_that_is_none(self, wrong):
        found = read_metadata(photo(gps=SAN_FRANCISCO | wrong))
        assert (found.latitude, found.longitude) == (None, None)

    def test_half_a_place_is_none(self):
        found = read_metadata(photo(gps={1: "N", 2: (37.0, 46.0, 30.0)}))
        assert (found.latitude, found.longitude) == (None, None)

    @pytest.mark.parametrize(("reference", "metres"), [(b"\0", 420.5), (b"\1", -420.5)])
    def test_altitude_above_and_below_the_sea(self, reference, metres):
        assert read_metadata(photo(gps={5: reference, 6: 420.5})).altitude_m == metres


class TestText:
    def test_maker_model_and_description(self):
        found = read_metadata(photo({0x010F: "Kith  ", 0x0110: " Model 1\0junk", 0x010E: "A day at the sea"}))
        assert (found.make, found.model, found.description) == ("Kith", "Model 1", "A day at the sea")

    def test_letters_beyond_ascii(self):
        assert read_metadata(photo({0x010E: "Grüße, 東京".encode()})).description == "Grüße, 東京"
        assert read_metadata(photo({0x010E: "Grüße".encode("latin-1")})).description == "Grüße"

    def test_blank_is_none_and_control_letters_go(self):
        found = read_metadata(photo({0x010F: "   ", 0x010E: "two\nlines\x1b[31m"}))
        assert (found.make, found.description) == (None, "two\nlines[31m")

    def test_a_description_has_an_end(self):
        found = read_metadata(photo({0x010E: "x" * 50_000}))
        assert found.description is not None
        assert len(found.description) == 2_000


class TestFormats:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
    def test_exif_is_found_in_every_format(self, form):
        data = photo({0x010F: "Kith"}, {ORIGINAL: "2019:06:01 10:20:30"}, SAN_FRANCISCO, form)
        found = read_metadata(data)
        assert found.make == "Kith"
        assert found.taken_at == datetime(2019, 6, 1, 10, 20, 30)
        assert found.latitude == pytest.approx(37.775)

    def test_raw(self):
        found = read_metadata(dng_file(quarters()))
        assert (found.make, found.model) == ("Kith", "Test sensor")

    @pytest.mark.parametrize("data", [b"", b"text", b"\xff\xd8\xff", b"II*\0" + bytes(20)])
    def test_what_has_none_says_nothing(self, data):
        assert read_metadata(data) == PhotoMetadata()

    @given(st.integers(0, 900), st.binary(min_size=1, max_size=12))
    @settings(max_examples=500, deadline=None)
    def test_damage_never_raises(self, position, piece):
        data = HOSTILE[:position] + piece + HOSTILE[position + len(piece) :]
        found = read_metadata(data)
        assert found.latitude is None or -90 <= found.latitude <= 90
        assert found.longitude is None or -180 <= found.longitude <= 180


HOSTILE = photo(
    {0x010F: "Kith", 0x0110: "Model", DATE_TIME: "2021:06:01 10:20:30"},
    {ORIGINAL: "2019:06:01 10:20:30", OFFSET_ORIGINAL: "+02:00", SUBSEC_ORIGINAL: "12"},
    SAN_FRANCISCO | {5: b"\0", 6: 12.5},
)


@pytest.mark.models
class TestSharedPhotos:
    """Real files, against what others read from them."""

    def test_agrees_with_pillow(self):
        folder = shared_path("data", "metadata")
        summary = json.loads((folder / "exif_summary.json").read_text(encoding="utf-8"))["files"]
        assert len(summary) > 200
        different = {
            name.removeprefix("metadata/")
            for name, facts in summary.items()
            if not self.agrees(folder.parent / name, facts)
        }
        assert different == BETTER_THAN_PILLOW

    @staticmethod
    def agrees(path: Path, facts: dict) -> bool:
        found = read_metadata(path.read_bytes())
        times = [facts.get(key) for key in ("DateTimeOriginal", "DateTimeDigitized", "DateTime")]
        usable = [text for text in times if text and text[:4].isdigit() and text[:4] != "0000"]
        expected = iso(usable[0]) if usable else None
        taken_at = found.taken_at and found.taken_at.replace(microsecond=0)
        place = tuple(facts.get(key) for key in ("lat", "lon"))
        found_place = tuple(
            value if value is None else pytest.approx(value, abs=1e-5)
            for value in (found.latitude, found.longitude)
        )
        texts = tuple(facts.get(key, "").split("\0")[0].strip() or None for key in ("Make", "Model"))
        return (taken_at, found_place, (found.make, found.model)) == (expected, place, texts)

    @pytest.mark.parametrize(
        ("name", "taken_at", "offset", "place", "model"),
        [
            ("Chars.jpg", datetime(2024, 1, 31, 0, 2, 7), 60, (57.780696, 14.162922), None),
            ("old_photo.jpg", datetime(2005, 9, 11, 16, 23, 2), None, None, "FinePix F601 ZOOM"),
            (
                "orientation/broken_orientation_exif.jpg",
                datetime(2018, 2, 18, 14, 38, 32),
                None,
                (40.778451, -73.964251),
                "Pixel 2",
            ),
            ("edge_case_exif_data/date_error.JPG", None, None, None, "E880"),
            ("edge_case_exif_data/no_metadata.jpg", None, None, None, None),
        ],
    )
    def test_agrees_with_what_another_gallery_expects(self, name, taken_at, offset, place, model):
        data = shared_path("data", "metadata", "pigallery2", "assets", *name.split("/")).read_bytes()
        found = read_metadata(data)
        assert (found.taken_at and found.taken_at.replace(microsecond=0)) == taken_at
        assert (found.offset_minutes, found.model) == (offset, model)
        expected = place and (pytest.approx(place[0], abs=1e-5), pytest.approx(place[1], abs=1e-5))
        assert ((found.latitude, found.longitude) if found.latitude is not None else None) == expected

    def test_raw_and_phone_files_are_read_too(self):
        folder = shared_path("data", "metadata")
        models = {
            "exiftool/t/images/FujiFilm.raf": "FinePix S5Pro",
            "exiftool/t/images/Panasonic.rw2": "DMC-LX3",
            "elodie/files/photo.heic": "iPhone 8",
            "../formats/raw/exiv2__Canon-R6-pruned.CR3": "Canon EOS R6",
        }
        found = {name: read_metadata((folder / name).read_bytes()) for name in models}
        assert {name: metadata.model for name, metadata in found.items()} == models
        assert all(metadata.taken_at_source == "original" for metadata in found.values())

    def test_malformed_files_never_raise(self):
        for path in shared_path("data", "malformed").iterdir():
            assert isinstance(read_metadata(path.read_bytes()), PhotoMetadata)
