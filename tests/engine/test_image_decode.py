"""Formats, modes, scaling and turning: every kind of file shows the picture that was put into it."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from kith.engine.image import decode, probe
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


def difference(left, right) -> float:
    assert left.shape == right.shape
    return float(np.abs(left.astype(np.int16) - right).mean())


def saved(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


class TestFormats:
    @pytest.mark.parametrize("form", LOSSLESS)
    def test_lossless_formats_come_back_exactly(self, form):
        # GIF has 256 colours, enough for four.
        pixels = quarters() if form == "GIF" else scenery()
        image = decode(image_file(form, pixels))
        assert np.array_equal(image.pixels, pixels)
        assert (image.width_px, image.height_px) == (96, 64)

    @pytest.mark.parametrize("form", LOSSY)
    def test_lossy_formats_come_back_nearly(self, form):
        assert difference(decode(image_file(form, scenery())).pixels, scenery()) < 3

    def test_progressive_jpeg(self):
        data = image_file("JPEG", scenery(), progressive=True)
        assert difference(decode(data).pixels, scenery()) < 3

    def test_raw_shows_what_the_sensor_saw(self):
        pixels = decode(dng_file(quarters())).pixels.astype(int)
        red, green, blue, yellow = (pixels[y, x] for y in (16, 48) for x in (24, 72))
        assert red.argmax() == 0
        assert green.argmax() == 1
        assert blue.argmax() == 2
        assert yellow.argmin() == 2

    def test_lossless_jpeg_at_any_scale(self):
        # Decoders that take its frame for one that scales write past their buffer.
        data = lossless_jpeg_file(200, 120)
        for side in (None, 100, 50, 20):
            image = decode(data, max_side_px=side)
            assert np.all(image.pixels == 128)
            assert (image.width_px, image.height_px) == (200, 120)

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
    def test_the_first_frame_is_shown(self, form):
        first, second = (Image.new("RGB", (32, 24), colour) for colour in ("red", "blue"))
        data = saved(first, form, save_all=True, append_images=[second])
        assert probe(data).frames == 2
        red, green, blue = decode(data).pixels[12, 16]
        assert red > 240
        assert max(green, blue) < 15


class TestModes:
    """Expected values are the stored ones as a picture viewer shows them."""

    @pytest.mark.parametrize(
        ("mode", "colour", "form", "expected"),
        [
            ("1", 1, "PNG", (255, 255, 255)),
            ("L", 77, "PNG", (77, 77, 77)),
            ("L", 77, "JPEG", (77, 77, 77)),
            ("L", 77, "JPEG2000", (77, 77, 77)),
            ("P", 0, "PNG", (10, 20, 30)),
            ("LA", (100, 255), "PNG", (100, 100, 100)),
            ("RGB", (10, 20, 30), "BMP", (10, 20, 30)),
            ("I;16", 0x8000, "PNG", (128, 128, 128)),
            ("I;16", 0x8000, "TIFF", (128, 128, 128)),
            ("I", 200, "TIFF", (200, 200, 200)),
            ("F", 0.5, "TIFF", (128, 128, 128)),
            ("F", 200.0, "TIFF", (200, 200, 200)),
            ("CMYK", (0, 255, 255, 0), "TIFF", (255, 0, 0)),
            ("CMYK", (0, 255, 255, 0), "JPEG", (254, 0, 0)),
            ("YCbCr", (128, 128, 128), "TIFF", (128, 128, 128)),
            ("LAB", (255, 128, 128), "TIFF", (255, 255, 255)),
        ],
    )
    def test_mode_becomes_rgb(self, mode, colour, form, expected):
        image = Image.new(mode, (40, 24), colour)
        if mode == "P":
            image.putpalette([10, 20, 30, 40, 50, 60])
        pixels = decode(saved(image, form)).pixels
        assert pixels.shape == (24, 40, 3)
        assert np.abs(pixels.astype(int) - expected).max() <= 1

    def test_sixteen_bit_colour_keeps_its_high_bits(self):
        # Pillow writes no 16-bit RGB: three big-endian samples a pixel, raw, in a TIFF of our own.
        samples = np.full((10, 12, 3), (0xC800, 0x6400, 0x3200), dtype="<u2").tobytes()
        data = tiff_file(
            {
                256: (4, [12]),
                257: (4, [10]),
                258: (3, [16, 16, 16]),
                259: (3, [1]),
                262: (3, [2]),
                273: (4, [0]),
                277: (3, [3]),
                278: (4, [10]),
                279: (4, [len(samples)]),
            },
            samples,
        )
        assert np.all(decode(data).pixels == (200, 100, 50))

    def test_floats_beyond_any_scale_use_their_own_range(self):
        values = np.tile(np.linspace(-5e6, 5e6, 64, dtype=np.float32), (8, 1))
        pixels = decode(saved(Image.fromarray(values), "TIFF")).pixels
        assert np.all(np.diff(pixels[0, :, 0].astype(int)) >= 0)
        assert (pixels.min(), pixels.max()) == (0, 255)

    def test_floats_that_are_not_numbers_do_no_harm(self):
        values = np.full((8, 8), 0.5, dtype=np.float32)
        values[0, 0] = np.nan
        values[1, 1] = np.inf
        assert decode(saved(Image.fromarray(values), "TIFF")).pixels.shape == (8, 8, 3)


class TestTransparency:
    @pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "AVIF", "HEIC", "JPEG2000"])
    def test_what_is_transparent_is_white(self, form):
        image = Image.new("RGBA", (32, 32), (255, 0, 0, 255))
        image.paste((0, 0, 0, 0), (0, 0, 16, 32))
        pixels = decode(image_file(form, image)).pixels.astype(int)
        assert pixels[16, 4].min() > 245
        assert np.abs(pixels[16, 28] - (255, 0, 0)).max() < 10

    def test_half_transparent_is_half_way_to_white(self):
        pixels = decode(saved(Image.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG")).pixels
        assert np.all(pixels == 127)

    @pytest.mark.parametrize("form", ["GIF", "PNG"])
    def test_a_transparent_palette_entry_is_white(self, form):
        image = Image.new("P", (8, 8), 1)
        image.putpalette([255, 0, 0, 0, 0, 255])
        image.putpixel((0, 0), 0)
        pixels = decode(saved(image, form, transparency=1)).pixels
        assert tuple(pixels[0, 0]) == (255, 0, 0)
        assert tuple(pixels[4, 4]) == (255, 255, 255)


class TestScaling:
    FILES = ("JPEG", "PNG", "JPEG2000", "WEBP", "HEIC")

    @pytest.mark.parametrize("form", FILES)
    @pytest.mark.parametrize("side", [640, 639, 500, 320, 200, 161, 80, 17, 1])
    def test_the_longest_side_is_as_asked(self, form, side):
        full = scenery(641, 403)
        image = decode(image_file(form, full), max_side_px=side)
        height, width = image.pixels.shape[:2]
        assert width == side
        assert height == max(1, round(403 * side / 641))
        assert (image.width_px, image.height_px) == (641, 403)
        averaged = np.asarray(Image.fromarray(full).resize((width, height), Image.Resampling.BOX))
        assert difference(image.pixels, averaged) < 4

    @pytest.mark.parametrize("form", [*LOSSLESS, *LOSSY])
    def test_a_small_picture_is_never_enlarged(self, form):
        image = decode(image_file(form, quarters()), max_side_px=4_000)
        assert image.pixels.shape == (64, 96, 3)
        assert image.scale == (1, 1)

    def test_raw_is_halved(self):
        data = dng_file(scenery(300, 200))
        full, half = decode(data).pixels, decode(data, max_side_px=150).pixels
        averaged = np.asarray(Image.fromarray(full).resize((150, 100), Image.Resampling.BOX))
        assert difference(half, averaged) < 8

    def test_a_very_long_picture_keeps_a_pixel_of_height(self):
        image = decode(image_file("PNG", np.zeros((2, 3_000, 3), dtype=np.uint8)), max_side_px=100)
        assert image.pixels.shape == (1, 100, 3)

    def test_a_wide_picture_within_the_limits_is_read(self):
        image = decode(image_file("PNG", np.zeros((10, 30_000, 3), dtype=np.uint8)), max_side_px=300)
        assert image.pixels.shape == (1, 300, 3)
        assert (image.width_px, image.height_px) == (30_000, 10)

    @pytest.mark.parametrize("side", [0, -1])
    def test_a_side_below_one_is_a_mistake_of_the_caller(self, side):
        with pytest.raises(ValueError, match="max_side_px"):
            decode(image_file("PNG", quarters()), max_side_px=side)

    def test_large_pictures_are_converted_in_bands(self):
        # Over four megapixels, so that transparency is laid on white in more than one piece.
        pixels = np.zeros((2_500, 2_000, 4), dtype=np.uint8)
        pixels[..., 0] = (np.arange(2_500) % 256)[:, None]
        pixels[..., 3] = 255
        image = decode(image_file("PNG", Image.fromarray(pixels), compress_level=1))
        assert np.array_equal(image.pixels, pixels[..., :3])


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
    @pytest.mark.parametrize("side", [None, 48])
    def test_every_orientation_is_upright(self, form, orientation, side):
        data = image_file(form, quarters(), orientation)
        image = decode(data, max_side_px=side)
        assert (image.width_px, image.height_px) == (96, 64)
        expected = quarters() if side is None else quarters(48, 32)
        assert difference(image.pixels, expected) < 4

    @pytest.mark.parametrize(("orientation", "method"), [(3, 3), (6, 4), (8, 2)])
    def test_raw_is_turned_as_the_camera_was(self, orientation, method):
        upright = decode(dng_file(quarters())).pixels
        turned = decode(dng_file(quarters(), orientation))
        expected = np.asarray(ImageOps.exif_transpose(with_orientation(upright, orientation)))
        assert np.array_equal(turned.pixels, expected)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_probe_and_decode_agree_on_the_size(self, orientation):
        info = probe(image_file("JPEG", quarters(), orientation))
        assert (info.width_px, info.height_px, info.orientation) == (96, 64, orientation)

    @pytest.mark.parametrize("orientation", [0, 9, 255, 65_535])
    def test_an_orientation_that_does_not_exist_changes_nothing(self, orientation):
        exif = Image.Exif()
        exif[274] = orientation
        data = saved(Image.fromarray(quarters()), "PNG", exif=exif.tobytes())
        assert np.array_equal(decode(data).pixels, quarters())
        assert probe(data).orientation == 1


def with_orientation(pixels, orientation: int) -> Image.Image:
    """A Pillow image that carries an orientation still to be applied: the reference for turning."""
    exif = Image.Exif()
    exif[274] = orientation
    return Image.open(io.BytesIO(saved(Image.fromarray(pixels), "PNG", exif=exif.tobytes())))
