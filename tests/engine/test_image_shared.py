"""Real files: phones, cameras, editors, fuzzers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kith.engine.errors import CorruptImage, EmptyImage, ImageTooLarge, UnsupportedImage
from kith.engine.image import decode, probe
from tests.support.shared import shared_path

pytestmark = pytest.mark.models

ERRORS = (EmptyImage, UnsupportedImage, CorruptImage, ImageTooLarge)

# Folders of formats that Kith leaves alone, and files that hold no whole picture: their source cut them
# down to what their own tests need.
REFUSED_FOLDERS = {"ico", "jxl", "other", "pnm", "psd", "qoi", "sgi", "svg", "tga"}
REFUSED_FILES = {
    "einstein_same_face/CompreFace__einstein.ico": UnsupportedImage,
    "jp2/Pillow__balloon_eciRGBv2_aware.jp2": CorruptImage,
    "raw/exiv2__Canon-R6-pruned.CR3": CorruptImage,
    "raw/imagemeta__CR2.exif": CorruptImage,
    "raw/imagemeta__Heic.exif": CorruptImage,
}


def thumbnail(data: bytes, size: tuple[int, int]) -> np.ndarray:
    image = Image.fromarray(decode(data, max_side_px=400).pixels)
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float32)


class TestFormats:
    @pytest.mark.slow
    def test_every_file_of_the_manifest(self):
        folder = shared_path("data", "formats")
        with (folder / "manifest.csv").open(encoding="utf-8") as rows:
            names = [row["file"] for row in csv.DictReader(rows)]
        assert len(names) > 300
        for name in names:
            data = (folder / name).read_bytes()
            expected = UnsupportedImage if name.split("/")[0] in REFUSED_FOLDERS else REFUSED_FILES.get(name)
            if expected:
                with pytest.raises(expected):
                    decode(data)
                continue
            image, info = decode(data, max_side_px=300), probe(data)
            assert (image.width_px, image.height_px) == (info.width_px, info.height_px), name
            assert max(image.pixels.shape[:2]) == min(300, max(info.width_px, info.height_px)), name

    def test_the_same_face_in_seven_formats_is_the_same_picture(self):
        folder = shared_path("data", "formats", "einstein_same_face")
        reference = thumbnail((folder / "CompreFace__einstein.png").read_bytes(), (40, 50))
        for path in folder.iterdir():
            if path.suffix != ".ico":
                # The GIF has 256 colours and its dots.
                assert np.abs(thumbnail(path.read_bytes(), (40, 50)) - reference).mean() < 6, path.name


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(2, 9))
    @pytest.mark.parametrize(
        ("folder", "name", "upright"),
        [
            ("orientation", "recurser__Landscape_{}.jpg", "recurser__Landscape_1.jpg"),
            ("jpeg", "Pillow__hopper_orientation_{}.jpg", "Pillow__hopper.jpg"),
            ("webp", "Pillow__hopper_orientation_{}.webp", "Pillow__hopper.webp"),
        ],
    )
    def test_every_orientation_is_the_same_picture(self, folder, name, upright, orientation):
        place = shared_path("data", "formats", folder)
        turned = (place / name.format(orientation)).read_bytes()
        assert probe(turned).orientation == orientation
        expected = thumbnail((place / upright).read_bytes(), (24, 24))
        # The pictures bear their number as a label; turned the wrong way they differ by more than 40.
        assert np.abs(thumbnail(turned, (24, 24)) - expected).mean() < 12

    def test_avif_turns_and_mirrors_in_its_container(self):
        place = shared_path("data", "formats", "avif")
        expected = thumbnail((place / "Pillow__rot0mir0.avif").read_bytes(), (24, 16))
        names = sorted(path.name for path in place.glob("Pillow__rot?mir?.avif"))
        assert len(names) == 7
        for name in names:
            assert np.abs(thumbnail((place / name).read_bytes(), (24, 16)) - expected).mean() < 12, name

    @pytest.mark.parametrize(
        ("name", "size", "orientation"),
        [
            # Turned by the container; its EXIF says so too and must not turn it again.
            ("test-assets__samsung-one-ui-6.heic", (3_000, 4_000), 1),
            # Turned by EXIF alone: the sky of this castle is at the left of its pixels.
            ("photoprism__iphone_7.heic", (3_024, 4_032), 6),
        ],
    )
    def test_heic_of_phones(self, name, size, orientation):
        info = probe(shared_path("data", "formats", "heic", name).read_bytes())
        assert (info.width_px, info.height_px) == size
        assert info.orientation == orientation

    def test_the_sky_is_above_the_castle(self):
        data = shared_path("data", "formats", "heic", "photoprism__iphone_7.heic").read_bytes()
        top, bottom = np.split(thumbnail(data, (2, 2)), 2)
        assert (top[..., 2] > bottom[..., 2] + 30).all()


class TestMalformed:
    def test_every_file_is_a_picture_or_one_of_four_errors(self):
        files = [path for path in shared_path("data", "malformed").iterdir() if path.suffix != ".csv"]
        assert len(files) > 200
        outcomes: dict[str, list[Path]] = {}
        for path in files:
            data = path.read_bytes()
            for side in (None, 50):
                try:
                    image = decode(data, max_side_px=side)
                    outcome = "picture"
                    assert probe(data).width_px == image.width_px
                except ERRORS as error:
                    outcome = type(error).__name__
                outcomes.setdefault(outcome, []).append(path)
        assert outcomes.keys() >= {"picture", "CorruptImage", "UnsupportedImage", "ImageTooLarge"}

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("CompreFace__truncated.jpg", CorruptImage),
            ("CompreFace__corrupted.png", CorruptImage),
            ("Pillow__decompression_bomb.gif", ImageTooLarge),
            ("Pillow__badwidth.bmp", ImageTooLarge),
            ("photoprism__Random.docx", UnsupportedImage),
        ],
    )
    def test_each_kind_of_trouble_has_its_name(self, name, error):
        with pytest.raises(error):
            decode(shared_path("data", "malformed", name).read_bytes())

    def test_a_jpeg_that_lacks_half_its_end_marker_is_whole(self):
        image = decode(shared_path("data", "malformed", "Pillow__truncated_jpeg.jpg").read_bytes())
        assert image.pixels.shape == (100, 100, 3)

    def test_the_name_of_a_file_is_never_asked(self):
        assert (
            probe(shared_path("data", "malformed", "photoprism__this-is-a-jpeg.png").read_bytes()).format
            == "jpeg"
        )
