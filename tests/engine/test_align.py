import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine.align import ARCFACE_POINTS, ARCFACE_SIDE_PX, similarity_transforms, warp

NONE = np.zeros((0, 5, 2), dtype=np.float32)


def moved(points: np.ndarray, turn: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    """Points turned by `turn` radians, then scaled, then shifted."""
    matrix = scale * np.asarray(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
    return (points @ matrix.T + shift).astype(np.float32)


def applied(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ transform[:, :2].T + transform[:, 2]


def squared_error(transform: np.ndarray, points: np.ndarray) -> float:
    return float(((applied(transform, points.astype(np.float64)) - ARCFACE_POINTS) ** 2).sum())


class TestSimilarityTransforms:
    def test_of_no_faces_are_none(self):
        assert similarity_transforms(NONE, ARCFACE_POINTS).shape == (0, 2, 3)

    def test_of_the_template_itself_is_the_identity(self):
        transform = similarity_transforms(ARCFACE_POINTS[None], ARCFACE_POINTS)[0]
        assert np.allclose(transform, [[1, 0, 0], [0, 1, 0]], atol=1e-5)

    @given(
        st.floats(-np.pi, np.pi),
        st.floats(0.05, 40),
        st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)),
    )
    def test_takes_back_any_turn_scale_and_shift(self, turn, scale, shift):
        points = moved(ARCFACE_POINTS, turn, scale, shift)
        transform = similarity_transforms(points[None], ARCFACE_POINTS)[0]
        tolerance = 0.01 + 4e-4 * max(map(abs, shift)) / scale  # points are float32
        assert np.allclose(applied(transform, points), ARCFACE_POINTS, atol=tolerance)

    @given(st.integers(0, 2**32), st.integers(0, 3), st.sampled_from((-1e-3, 1e-3)))
    def test_no_similarity_nearby_fits_better(self, seed, parameter, step):
        points = ARCFACE_POINTS + np.random.default_rng(seed).normal(0, 8, (5, 2)).astype(np.float32)
        best = similarity_transforms(points[None], ARCFACE_POINTS)[0].astype(np.float64)
        along, across, right, down = best[0, 0], best[1, 0], best[0, 2], best[1, 2]
        along, across, right, down = (
            value + step * (number == parameter) for number, value in enumerate((along, across, right, down))
        )
        other = np.asarray(((along, -across, right), (across, along, down)))
        assert squared_error(other, points) >= squared_error(best, points) - 1e-3

    def test_does_not_mirror(self):
        mirrored = ARCFACE_POINTS * np.asarray((-1, 1), np.float32)
        transform = similarity_transforms(mirrored[None], ARCFACE_POINTS)[0]
        assert np.linalg.det(transform[:, :2]) > 0

    def test_survives_points_that_coincide(self):
        transform = similarity_transforms(np.full((1, 5, 2), 7, np.float32), ARCFACE_POINTS)[0]
        assert np.isfinite(transform).all()
        assert np.allclose(applied(transform, np.full((1, 2), 7.0)), ARCFACE_POINTS.mean(axis=0))

    def test_fits_each_face_by_itself(self):
        faces = np.stack([moved(ARCFACE_POINTS, turn, 2, (50, turn * 9)) for turn in (0.1, 0.7, -2)])
        together = similarity_transforms(faces, ARCFACE_POINTS)
        alone = [similarity_transforms(face[None], ARCFACE_POINTS)[0] for face in faces]
        assert np.allclose(together, alone)


class TestWarp:
    def test_of_no_faces_are_none(self):
        crops = warp(np.zeros((9, 9, 3), np.uint8), np.zeros((0, 2, 3), np.float32), 112)
        assert crops.shape == (0, 112, 112, 3)

    @pytest.mark.parametrize("scale", [0.5, 1.0, 3.0, 9.0])
    @pytest.mark.parametrize("turn", [0.0, 0.4, -1.2])
    def test_puts_the_landmarks_where_the_template_has_them(self, scale, turn):
        side = round(112 * scale * 2)
        points = moved(ARCFACE_POINTS - 56, turn, scale, (side / 2, side / 2))
        for number, template in enumerate(ARCFACE_POINTS):
            pixels = np.zeros((side, side, 3), np.uint8)
            cv2.circle(
                pixels, tuple(map(round, points[number].tolist())), round(3 * scale) + 1, (255,) * 3, -1
            )
            crop = warp(pixels, similarity_transforms(points[None], ARCFACE_POINTS), ARCFACE_SIDE_PX)[0]
            rows, columns = np.nonzero(crop[..., 0] > 127)
            assert np.allclose((columns.mean(), rows.mean()), template, atol=0.6 + 0.6 / scale)

    def test_averages_a_large_face_instead_of_picking_pixels_of_it(self):
        """A fine chequerboard is grey from afar; bilinear sampling alone would see a pattern."""
        rows, columns = np.indices((1900, 1900))
        board = np.repeat((((rows + columns) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)
        points = moved(ARCFACE_POINTS, 0.1, 12.3, (300, 200))
        crop = warp(board, similarity_transforms(points[None], ARCFACE_POINTS), ARCFACE_SIDE_PX)[0]
        assert np.abs(crop.astype(int) - 127).max() <= 4

    def test_is_black_beyond_the_picture(self):
        white = np.full((100, 100, 3), 255, np.uint8)
        far = similarity_transforms(ARCFACE_POINTS[None] + 5000, ARCFACE_POINTS)
        assert warp(white, far, ARCFACE_SIDE_PX).sum() == 0

    @pytest.mark.parametrize("scale", [0.001, 400.0])
    def test_survives_faces_of_any_size(self, scale):
        points = moved(ARCFACE_POINTS, 0.3, scale, (3, 3))
        transforms = similarity_transforms(points[None], ARCFACE_POINTS)
        assert warp(np.full((50, 60, 3), 9, np.uint8), transforms, ARCFACE_SIDE_PX).shape == (1, 112, 112, 3)
