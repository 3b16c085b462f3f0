import numpy as np
import pytest

from tests.engine.dlib import reference


def boxes_of(faces) -> np.ndarray:
    return np.array([face.rectangle for face in faces], dtype=np.int32)


class TestPredict:
    @pytest.mark.models
    def test_points_are_those_of_dlib_on_sixty_faces(self, predictor):
        for face in reference.hog_faces(60):
            assert np.array_equal(predictor.predict(face.pixels, boxes_of([face]))[0], face.points)

    @pytest.mark.models
    def test_faces_of_one_picture_do_not_influence_one_another(self, predictor):
        face = reference.hog_faces(60)[0]
        left, top, right, bottom = face.rectangle
        boxes = np.array(
            [(left + shift, top - shift, right + shift, bottom) for shift in range(-30, 31, 10)],
            dtype=np.int32,
        )
        together = predictor.predict(face.pixels, boxes)
        alone = [predictor.predict(face.pixels, box[None])[0] for box in boxes]
        assert np.array_equal(together, np.stack(alone))

    @pytest.mark.parametrize(
        "box",
        [
            (-40, -40, 60, 60),
            (150, 100, 260, 230),
            (-500, -500, 700, 700),
            (900, 900, 990, 990),
            (20, 30, 29, 41),
        ],
    )
    def test_boxes_beyond_the_picture_are_dlibs_too(self, predictor, box):
        pixels = np.random.default_rng(3).integers(0, 256, (160, 220, 3), dtype=np.uint8)
        expected = reference.points_of(reference.predictor()(pixels, reference.rectangle(box)))
        assert np.array_equal(predictor.predict(pixels, np.array([box], dtype=np.int32))[0], expected)

    def test_no_box_gives_no_points(self, predictor):
        pixels = np.zeros((9, 9, 3), dtype=np.uint8)
        points = predictor.predict(pixels, np.zeros((0, 4), dtype=np.int32))
        assert points.shape == (0, 5, 2)
        assert points.dtype == np.float32

    def test_order_is_outer_and_inner_corners_then_the_nose(self, predictor):
        # On a flat picture every tree goes the same way, so the mean face comes out a little moved.
        pixels = np.full((400, 400, 3), 128, dtype=np.uint8)
        (points,) = predictor.predict(pixels, np.array([(100, 100, 299, 299)], dtype=np.int32))
        right_outer, right_inner, left_outer, left_inner, nose = points
        assert left_outer[0] < left_inner[0] < nose[0] < right_inner[0] < right_outer[0]
        assert nose[1] > points[:4, 1].max()
