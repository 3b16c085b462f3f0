"""Thumbnail and perceptual hash: of every shape, never enlarged, and alike for what looks alike."""

import imagehash
import numpy as np
import pytest
from PIL import Image as PillowImage

from kith.engine.faces import Image, Pixels
from kith.engine.image import Derived, decode, derive, probe
from kith.errors import AppError
from tests.support.image_files import image_file, quarters, scenery
from tests.support.shared import shared_path


def of(pixels: Pixels) -> Derived:
    return derive(Image(pixels, pixels.shape[1], pixels.shape[0]))


def size(data: bytes) -> tuple[int, int]:
    info = probe(data)
    assert info.format == "webp"
    return info.width_px, info.height_px


def bits_apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


class TestSizes:
    @pytest.mark.parametrize(
        ("picture", "thumbnail"),
        [
            ((1, 1), (1, 1)),
            ((320, 200), (320, 200)),
            ((200, 320), (200, 320)),
            ((321, 200), (320, 199)),
            ((1600, 900), (320, 180)),
            ((900, 3200), (90, 320)),
            ((20_000, 2), (320, 1)),
        ],
    )
    def test_smaller_but_never_larger(self, picture, thumbnail):
        derived = of(np.full((picture[1], picture[0], 3), 128, dtype=np.uint8))
        assert size(derived.thumbnail) == thumbnail

    def test_of_a_scaled_decode_no_larger_than_that(self):
        derived = derive(decode(image_file("JPEG", scenery(900, 600)), max_side_px=300))
        assert size(derived.thumbnail) == (300, 200)


class TestPixels:
    def test_show_the_picture(self):
        derived = of(scenery(300, 200))
        assert np.abs(decode(derived.thumbnail).pixels.astype(int) - scenery(300, 200)).mean() < 5

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_are_upright_and_say_so(self, orientation):
        derived = derive(decode(image_file("JPEG", quarters(640, 400), orientation, quality=95)))
        small = decode(derived.thumbnail)
        upright = decode(image_file("JPEG", quarters(640, 400), orientation, quality=95), max_side_px=320)
        assert probe(derived.thumbnail).orientation == 1
        assert np.abs(small.pixels.astype(int) - upright.pixels).mean() < 5

    def test_what_is_transparent_is_white(self):
        see_through = PillowImage.new("RGBA", (400, 300), (0, 0, 0, 0))
        derived = derive(decode(image_file("PNG", see_through)))
        assert decode(derived.thumbnail).pixels.min() > 250

    def test_the_same_again(self):
        assert of(scenery(700, 500)) == of(scenery(700, 500))


class TestHash:
    def test_is_that_of_imagehash(self):
        pixels = scenery(300, 200)
        assert of(pixels).phash == int(str(imagehash.phash(PillowImage.fromarray(pixels))), 16)

    def test_64_bits_for_a_picture_of_one_colour_too(self):
        for level in (0, 255):
            assert 0 <= of(np.full((40, 40, 3), level, dtype=np.uint8)).phash < 2**64

    def test_of_a_smaller_copy_is_nearly_the_same(self):
        large = scenery(1200, 800)
        small = decode(image_file("JPEG", large, quality=60), max_side_px=400)
        assert bits_apart(of(large).phash, of(small.pixels).phash) <= 4

    def test_of_another_picture_is_another(self):
        assert bits_apart(of(scenery(300, 200, seed=1)).phash, of(scenery(300, 200, seed=2)).phash) > 12


@pytest.mark.models
def test_of_damaged_files_all_that_can_be_decoded_at_all():
    count = 0
    for path in sorted(shared_path("data", "malformed").iterdir()):
        try:
            image = decode(path.read_bytes(), max_side_px=2560)
        except AppError:
            continue
        assert max(size(derive(image).thumbnail)) <= 320
        count += 1
    assert count > 10
