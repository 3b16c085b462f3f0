import dlib
import numpy as np
import pytest

from kith.engine.dlib.chip import SIDE_PX, cut_chips
from tests.engine.dlib import reference

# A face looking straight ahead, eyes a third apart, in a square of side 1 around its middle.
UPRIGHT = np.array(((0.36, -0.29), (0.15, -0.27), (-0.38, -0.29), (-0.17, -0.27), (-0.01, 0.13)))


def turned(side_px: float, degrees: float, centre: tuple[float, float]) -> np.ndarray:
    """Landmarks in whole pixels of a face of that size, turned, at that place."""
    angle = np.deg2rad(degrees)
    rotation = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    return np.round(UPRIGHT @ rotation.T * side_px + centre).astype(np.float32)


def dlib_chip(pixels: np.ndarray, points: np.ndarray) -> np.ndarray:
    return dlib.get_face_chip(pixels, reference.full_detection(points), size=SIDE_PX, padding=0.25)


class TestCutChips:
    @pytest.mark.models
    def test_chips_of_photos_are_dlibs_pixel_for_pixel(self):
        for face in reference.hog_faces(60):
            assert np.array_equal(
                cut_chips(face.pixels, face.points[None])[0], dlib_chip(face.pixels, face.points)
            )

    @pytest.mark.parametrize("side_px", [12, 60, 100, 190, 210, 400, 430, 900])
    @pytest.mark.parametrize("degrees", [0, 17, -95, 180])
    def test_any_size_and_turn_gives_dlibs_pixels(self, side_px, degrees):
        pixels = np.random.default_rng(side_px).integers(0, 256, (700, 900, 3), dtype=np.uint8)
        points = turned(side_px, degrees, (430.0, 340.0))
        assert np.array_equal(cut_chips(pixels, points[None])[0], dlib_chip(pixels, points))

    @pytest.mark.parametrize("centre", [(5.0, 8.0), (295.0, 100.0), (150.0, 199.0), (-60.0, 90.0)])
    @pytest.mark.parametrize("side_px", [40, 300, 1000])
    def test_a_face_cut_by_the_border_is_dlibs_and_black_outside(self, centre, side_px):
        pixels = np.random.default_rng(1).integers(1, 256, (200, 300, 3), dtype=np.uint8)
        points = turned(side_px, 8, centre)
        chip = cut_chips(pixels, points[None])[0]
        assert np.array_equal(chip, dlib_chip(pixels, points))
        assert (chip == 0).all(axis=-1).any()

    def test_chips_keep_the_order_of_the_faces_and_do_not_depend_on_one_another(self):
        pixels = np.random.default_rng(2).integers(0, 256, (500, 500, 3), dtype=np.uint8)
        landmarks = np.stack([turned(90, 5 * place, (120 + 40.0 * place, 200)) for place in range(4)])
        together = cut_chips(pixels, landmarks)
        assert together.shape == (4, SIDE_PX, SIDE_PX, 3)
        assert np.array_equal(together, np.stack([cut_chips(pixels, one[None])[0] for one in landmarks]))

    def test_a_view_of_a_larger_picture_is_a_picture(self):
        pixels = np.random.default_rng(4).integers(0, 256, (400, 400, 3), dtype=np.uint8)
        view = pixels[50:350, 40:360]
        landmarks = turned(80, 3, (150, 150))[None]
        assert np.array_equal(cut_chips(view, landmarks), cut_chips(view.copy(), landmarks))

    def test_no_face_gives_no_chip(self):
        assert cut_chips(np.zeros((9, 9, 3), np.uint8), np.zeros((0, 5, 2), np.float32)).shape == (
            0,
            150,
            150,
            3,
        )

    def test_points_that_coincide_give_a_chip_all_the_same(self):
        pixels = np.full((40, 40, 3), 200, dtype=np.uint8)
        chip = cut_chips(pixels, np.full((1, 5, 2), 20, dtype=np.float32))[0]
        assert np.isin(chip, (199, 200)).all()

    @pytest.mark.parametrize("shape", [(1, 1), (1, 50), (2, 2), (8, 8)])
    def test_pictures_of_a_few_pixels_are_cut_without_harm(self, shape):
        pixels = np.full((*shape, 3), 90, dtype=np.uint8)
        landmarks = np.stack([turned(side_px, 0, (0.0, 0.0)) for side_px in (2, 50, 5000)])
        assert cut_chips(pixels, landmarks).max() <= 90
