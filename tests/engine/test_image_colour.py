"""Colour profiles: what a file means by its numbers, in sRGB."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from kith.engine.image import decode
from tests.support.image_files import image_file, scenery

# Primaries as columns of XYZ under D50, as profiles keep them.
SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
DISPLAY_P3 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
WHITE = (0.9642, 1.0, 0.8249)
GAMMA = 2.2


def fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65_536) for number in numbers))


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC 2.4 display profile with these tags beside the ones every profile has."""
    text = b"A profile of the tests\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(*WHITE),
    } | tags
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", offset + len(body), len(value))
        body += padded
    head = struct.pack(">I4sI4s4s4s", offset + len(body), bytes(4), 0x02400000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(*WHITE)
    return head.ljust(128, b"\0") + table + body


def curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def rgb_profile(primaries: np.ndarray) -> bytes:
    tags = {
        name + suffix: value
        for column, name in enumerate((b"r", b"g", b"b"))
        for suffix, value in (
            (b"XYZ", b"XYZ \0\0\0\0" + fixed(*primaries[:, column])),
            (b"TRC", curve(GAMMA)),
        )
    }
    return profile(b"RGB ", tags)


def in_srgb(pixels: np.ndarray, primaries: np.ndarray) -> np.ndarray:
    """What pixels in a space of these primaries are in sRGB, from the definitions."""
    linear = (pixels / 255.0) ** GAMMA @ primaries.T @ np.linalg.inv(SRGB).T
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return encoded * 255


class TestProfile:
    @pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
    def test_wide_gamut_becomes_srgb(self, form):
        # Kept away from the edge of the gamut, where ways of clipping differ.
        pixels = (scenery() * 0.4 + 70).astype(np.uint8)
        data = image_file(form, pixels, icc_profile=rgb_profile(DISPLAY_P3))
        decoded = decode(data).pixels
        assert np.abs(decoded - in_srgb(pixels, DISPLAY_P3)).max() <= 2
        assert np.abs(decoded.astype(int) - pixels).max() > 8

    @pytest.mark.parametrize("form", ["JPEG", "AVIF", "HEIC"])
    @pytest.mark.parametrize("side", [None, 48])
    def test_wide_gamut_in_lossy_formats_at_any_scale(self, form, side):
        pixels = np.full((64, 96, 3), (180, 100, 80), dtype=np.uint8)
        decoded = decode(image_file(form, pixels, icc_profile=rgb_profile(DISPLAY_P3)), max_side_px=side)
        assert np.abs(decoded.pixels - in_srgb(pixels[0, 0], DISPLAY_P3)).max() <= 4

    def test_channels_are_what_the_profile_says(self):
        swapped = rgb_profile(SRGB[:, ::-1])
        red = np.full((8, 8, 3), (255, 0, 0), dtype=np.uint8)
        assert decode(image_file("PNG", red, icc_profile=swapped)).pixels[0, 0].argmax() == 2

    def test_a_profile_that_means_srgb_changes_no_pixel(self):
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        assert np.array_equal(decode(image_file("PNG", scenery(), icc_profile=srgb)).pixels, scenery())

    def test_grey_goes_through_its_profile(self):
        linear = profile(b"GRAY", {b"kTRC": curve(1.0)})
        buffer = io.BytesIO()
        Image.new("L", (8, 8), 55).save(buffer, "PNG", icc_profile=linear)
        # 55/255 of the light is 127 in sRGB.
        assert np.abs(decode(buffer.getvalue()).pixels.astype(int) - 128).max() <= 2

    def test_a_jpeg_profile_in_several_pieces(self):
        # JPEG segments hold 64 KiB, so a large profile is cut and must be put together again.
        large = rgb_profile(DISPLAY_P3) + bytes(150_000)
        large = struct.pack(">I", len(large)) + large[4:]
        pixels = np.full((16, 16, 3), (180, 100, 80), dtype=np.uint8)
        decoded = decode(image_file("JPEG", pixels, icc_profile=large)).pixels
        assert np.abs(decoded - in_srgb(pixels[0, 0], DISPLAY_P3)).max() <= 4

    @pytest.mark.parametrize(
        "broken",
        [b"", b"x", bytes(200), rgb_profile(DISPLAY_P3)[:200], profile(b"CMYK", {}), profile(b"RGB ", {})],
        ids=["empty", "short", "zeros", "cut", "of-another-space", "without-curves"],
    )
    def test_a_profile_that_cannot_be_used_is_left_out(self, broken):
        assert np.array_equal(decode(image_file("PNG", scenery(), icc_profile=broken)).pixels, scenery())
