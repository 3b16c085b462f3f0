"""Bytes from strangers: whatever they are, a picture or one of four errors, and nothing else."""

import io
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kith.engine.errors import CorruptImage, EmptyImage, ImageTooLarge, UnsupportedImage
from kith.engine.faces import Image as Decoded
from kith.engine.image import ImageLimits, decode, probe, read_exif
from kith.engine.image.ifd import open_tiff
from tests.support.image_files import (
    LOSSLESS,
    LOSSY,
    dng_file,
    image_file,
    lossless_jpeg_file,
    quarters,
    scenery,
    tiff_file,
)

ERRORS = (EmptyImage, UnsupportedImage, CorruptImage, ImageTooLarge)
LIMITS = ImageLimits(max_pixels=2_000_000)


def seeds() -> list[bytes]:
    """A small file of every format and of the kinds within a format that take another path."""
    small = scenery(40, 30)
    exif = Image.Exif()
    exif[274] = 6
    transparent = Image.new("RGBA", (20, 16), (9, 9, 9, 99))
    cmyk, progressive = io.BytesIO(), io.BytesIO()
    Image.new("CMYK", (24, 16), (9, 99, 9, 9)).save(cmyk, "JPEG")
    Image.fromarray(small).save(progressive, "JPEG", progressive=True, exif=exif.tobytes())
    return [
        *(image_file(form, small) for form in (*LOSSLESS, *LOSSY)),
        *(image_file(form, small, 6) for form in ("JPEG", "PNG", "TIFF", "AVIF", "HEIC")),
        *(image_file(form, transparent) for form in ("PNG", "WEBP", "HEIC")),
        image_file("TIFF", small, compression="jpeg"),
        image_file("TIFF", small, compression="tiff_deflate"),
        cmyk.getvalue(),
        progressive.getvalue(),
        dng_file(scenery(40, 30)),
        lossless_jpeg_file(40, 30),
    ]


SEEDS = seeds()
EDIT = st.tuples(
    st.sampled_from(["replace", "insert", "remove", "cut"]),
    # Most of what a codec believes stands in the first bytes.
    st.one_of(st.integers(0, 200), st.integers(0, 6_000)),
    st.one_of(
        st.binary(min_size=1, max_size=8),
        st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xd9", b"\x80\0"]),
    ),
)


def edited(data: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    for kind, position, piece in edits:
        at = position % (len(data) + 1)
        match kind:
            case "replace":
                data = data[:at] + piece + data[at + len(piece) :]
            case "insert":
                data = data[:at] + piece + data[at:]
            case "remove":
                data = data[:at] + data[at + len(piece) :]
            case _:
                data = data[:at]
    return data


def check(data: bytes, side: int | None) -> None:
    try:
        image = decode(data, LIMITS, side)
    except ERRORS:
        return
    assert isinstance(image, Decoded)
    info = probe(data, LIMITS)
    assert (info.width_px, info.height_px) == (image.width_px, image.height_px)
    assert max(image.pixels.shape[:2]) <= (side or max(image.width_px, image.height_px))


class TestAnyBytes:
    @given(st.sampled_from(SEEDS), st.lists(EDIT, max_size=6), st.sampled_from([None, 24, 8]))
    @settings(max_examples=1_500, deadline=None)
    def test_damaged_files_are_decoded_or_refused(self, data, edits, side):
        damaged = edited(data, edits)
        check(damaged, side)
        read_exif(damaged)

    @given(st.binary(max_size=300))
    @settings(max_examples=200, deadline=None)
    def test_noise_is_refused(self, data):
        check(data, None)

    @given(
        st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"II+\0", b"GIF89a", b"IIRO"]),
        st.binary(max_size=300),
    )
    @settings(max_examples=200, deadline=None)
    def test_noise_after_a_magic_is_refused(self, magic, data):
        check(magic + data, None)
        read_exif(magic + data)


class TestJpegEnds:
    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize("side", [None, 60])
    @pytest.mark.parametrize("kept", [0.3, 0.5, 0.8, 0.95])
    def test_a_truncated_picture_is_corrupt(self, progressive, side, kept):
        data = image_file("JPEG", scenery(240, 160), progressive=progressive)
        with pytest.raises(CorruptImage, match="cut off"):
            decode(data[: int(len(data) * kept)], max_side_px=side)

    @pytest.mark.parametrize("progressive", [False, True])
    def test_a_missing_end_marker_is_no_harm(self, progressive):
        data = image_file("JPEG", scenery(240, 160), progressive=progressive)
        assert data.endswith(b"\xff\xd9")
        whole = decode(data).pixels
        for cut in (1, 2):
            assert np.array_equal(decode(data[:-cut]).pixels, whole)

    def test_what_follows_the_picture_is_no_harm(self):
        # Motion photos, and MPO with its second picture.
        data = image_file("JPEG", scenery())
        for more in (b"garbage" * 100, b"\0\0\0\x18ftypmp42" + bytes(500), data):
            assert np.array_equal(decode(data + more).pixels, decode(data).pixels)

    def test_a_header_alone_is_corrupt(self):
        data = image_file("JPEG", scenery())
        for size in (2, 3, 20, data.index(b"\xff\xda")):
            with pytest.raises(CorruptImage):
                decode(data[:size])

    def test_damage_within_is_shown_without_a_word(self, capfd):
        # As every viewer does: a part of a photo is worth more than none.
        data = bytearray(image_file("JPEG", scenery(240, 160)))
        middle = len(data) // 2
        data[middle : middle + 3] = b"\x00\x01\x02"
        assert decode(bytes(data)).pixels.shape == (160, 240, 3)
        assert capfd.readouterr() == ("", "")


class TestOtherEnds:
    @pytest.mark.parametrize("form", ["PNG", "WEBP", "BMP", "AVIF", "HEIC", "GIF", "JPEG2000", "TIFF"])
    def test_half_a_file_is_corrupt(self, form):
        data = image_file(form, scenery() if form != "GIF" else quarters())
        with pytest.raises(CorruptImage):
            decode(data[: len(data) // 2])

    def test_a_raw_picture_that_was_cut_off_is_corrupt(self):
        data = dng_file(scenery(400, 300))
        with pytest.raises(CorruptImage):
            decode(data[: len(data) * 3 // 4])

    def test_a_sensor_of_zeros_is_taken_for_cut_off(self):
        data = dng_file(scenery(40, 30))
        with pytest.raises(CorruptImage, match="last rows"):
            decode(data[:-400] + bytes(400))


class TestDirectories:
    def test_an_entry_that_points_outside_is_left_out(self):
        data = bytearray(tiff_file({271: (2, b"Elsewhere\0"), 274: (3, [6])}))
        struct.pack_into("<I", data, data.index(struct.pack("<HH", 271, 2)) + 8, 1_000_000)
        tiff = open_tiff(bytes(data))
        assert tiff is not None
        assert 271 not in tiff.first()
        assert tiff.first().text(271) == ""
        assert tiff.first().integer(274) == 6

    def test_a_rational_over_zero_is_no_number(self):
        tiff = open_tiff(tiff_file({282: (5, [1, 0]), 283: (5, [1, 2])}))
        assert tiff is not None
        assert tiff.first().numbers(282) == ()
        assert tiff.first().numbers(283) == (0.5,)

    def test_a_count_of_billions_costs_nothing(self):
        data = bytearray(tiff_file({270: (2, b"short text\0"), 274: (3, [6])}))
        entry = data.index(struct.pack("<HH", 270, 2))
        struct.pack_into("<I", data, entry + 4, 0xFFFFFFFF)
        tiff = open_tiff(bytes(data))
        assert tiff is not None
        assert tiff.first().text(270).startswith("short text")
        assert tiff.first().integer(274) == 6


class TestThreads:
    def test_many_at_once_give_what_one_gives(self):
        """Codecs run without the interpreter lock; none may share what it writes to."""
        files = SEEDS[:10]
        expected = [decode(data).pixels for data in files]
        barrier = threading.Barrier(4)

        def work(_: int) -> bool:
            barrier.wait()
            return all(
                np.array_equal(decode(data).pixels, pixels)
                for _ in range(5)
                for data, pixels in zip(files, expected, strict=True)
            )

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(work, range(4)))
