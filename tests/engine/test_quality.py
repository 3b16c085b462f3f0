import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine.align import ARCFACE_POINTS
from kith.engine.quality import LandmarkScheme, frontality, quality, sharpness

UNIT = st.floats(0.01, 1)
# dlib's mean face: outer and inner corner of the eye on the right, then of the other, base of the nose.
DLIB_POINTS = np.asarray(
    ((0.86, 0.213), (0.646, 0.229), (0.121, 0.214), (0.334, 0.229), (0.49, 0.628)), dtype=np.float32
)


def one(value: float) -> np.ndarray:
    return np.asarray([value], dtype=np.float32)


def textured(side: int = 112) -> np.ndarray:
    """A crop with detail of many sizes, as a face has."""
    random = np.random.default_rng(0)
    layers = [
        cv2.resize(random.uniform(0, 255, (size, size, 3)), (side, side), interpolation=cv2.INTER_CUBIC)
        for size in (4, 8, 16, 32, 56, 100)
    ]
    return np.clip(np.mean(layers, axis=0), 0, 255).astype(np.uint8)


def turned(points: np.ndarray, nose: int, shift: float) -> np.ndarray:
    moved = points.copy()
    moved[nose, 0] += shift
    return moved[None]


class TestSharpness:
    def test_of_no_faces_is_none(self):
        assert sharpness(np.zeros((0, 112, 112, 3), np.uint8)).shape == (0,)

    def test_falls_with_every_blur(self):
        crops = np.stack([cv2.GaussianBlur(textured(), (0, 0), sigma) for sigma in (0.5, 1, 1.5, 2, 3, 5)])
        measured = sharpness(crops)
        assert (np.diff(measured) < 0).all()
        assert measured[0] > 0.9
        assert measured[-1] < 0.2

    def test_of_a_flat_crop_is_nothing(self):
        assert sharpness(np.full((1, 112, 112, 3), 90, np.uint8)).tolist() == [0]

    def test_falls_as_a_face_gets_smaller_before_it_is_blown_up(self):
        small = [cv2.resize(textured(), (side, side), interpolation=cv2.INTER_AREA) for side in (80, 40, 20)]
        measured = sharpness(np.stack([cv2.resize(crop, (112, 112)) for crop in small]))
        assert (np.diff(measured) < 0).all()

    def test_ignores_what_surrounds_the_face(self):
        crop = textured()
        framed = crop.copy()
        framed[:20] = 0
        framed[:, :14] = 255
        assert sharpness(framed[None]) == sharpness(crop[None])

    def test_takes_crops_of_other_sizes(self):
        assert sharpness(textured(150)[None])[0] > 0.5


class TestFrontality:
    @pytest.mark.parametrize(
        ("points", "scheme", "nose"),
        [
            (ARCFACE_POINTS, LandmarkScheme.EYES_NOSE_MOUTH, 2),
            (DLIB_POINTS, LandmarkScheme.EYE_CORNERS_NOSE, 4),
        ],
    )
    def test_falls_as_the_nose_leaves_the_middle(self, points, scheme, nose):
        width = float(np.ptp(points[:, 0]))
        measured = [
            float(frontality(turned(points, nose, share * width), scheme)[0]) for share in (0, 0.1, 0.3, 0.8)
        ]
        mirrored = [
            float(frontality(turned(points, nose, -share * width), scheme)[0]) for share in (0, 0.1, 0.3, 0.8)
        ]
        assert measured[0] > 0.98
        assert measured == sorted(measured, reverse=True)
        assert measured[-1] < 0.3
        assert np.allclose(measured, mirrored, atol=0.1)

    @given(st.floats(-np.pi, np.pi), st.floats(0.1, 30))
    def test_knows_neither_roll_nor_size(self, roll, scale):
        points = turned(ARCFACE_POINTS, 2, 8)
        matrix = scale * np.asarray(((np.cos(roll), -np.sin(roll)), (np.sin(roll), np.cos(roll))))
        rolled = (points @ matrix.T).astype(np.float32)
        scheme = LandmarkScheme.EYES_NOSE_MOUTH
        assert frontality(rolled, scheme) == pytest.approx(frontality(points, scheme), abs=1e-3)

    def test_of_points_that_coincide_is_a_number(self):
        measured = frontality(np.full((1, 5, 2), 3, np.float32), LandmarkScheme.EYES_NOSE_MOUTH)
        assert np.isfinite(measured).all()

    def test_of_no_faces_is_none(self):
        none = np.zeros((0, 5, 2), np.float32)
        assert all(frontality(none, scheme).shape == (0,) for scheme in LandmarkScheme)


class TestQuality:
    @given(st.floats(1, 3000), UNIT, UNIT, UNIT, st.integers(0, 3), st.floats(0.1, 0.95))
    def test_never_grows_when_a_measure_falls(self, size_px, sharp, frontal, score, which, factor):
        measures = [one(size_px), one(sharp), one(frontal), one(score)]
        before = quality(*measures)[0]
        measures[which] = measures[which] * np.float32(factor)
        assert 0 <= quality(*measures)[0] < before <= 1

    @pytest.mark.parametrize(
        ("size_px", "sharp", "frontal", "score"),
        [(19, 0.95, 0.98, 0.93), (120, 0.2, 0.98, 0.93), (120, 0.95, 0.25, 0.93), (40, 0.6, 0.6, 0.65)],
        ids=["tiny", "blurred", "profile", "all three a little"],
    )
    def test_is_low_when_one_measure_is_bad(self, size_px, sharp, frontal, score):
        assert quality(one(size_px), one(sharp), one(frontal), one(score))[0] < 0.3

    def test_is_high_when_all_are_good(self):
        assert quality(one(110), one(0.93), one(0.97), one(0.94))[0] > 0.7

    def test_of_nothing_measured_is_nothing(self):
        assert quality(one(0), one(0), one(0), one(0))[0] < 1e-4
