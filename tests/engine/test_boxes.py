import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine import boxes as geometry

NONE = np.zeros((0, 4), dtype=np.float32)


def box(*corners: float) -> np.ndarray:
    return np.asarray([corners], dtype=np.float32)


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(0, 30))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    corners = random.uniform(0, 60, (count, 2))
    sides = random.uniform(1, 40, (count, 2))
    xyxy = np.concatenate((corners, corners + sides), axis=1).astype(np.float32)
    return xyxy, random.integers(0, 10, count).astype(np.float32) / 10


class TestArea:
    @pytest.mark.parametrize(
        ("boxes", "expected"),
        [
            (NONE, []),
            (box(0, 0, 2, 3), [6]),
            (box(2, 3, 0, 0), [0]),
            (box(0, 5, 9, 5), [0]),
        ],
    )
    def test_counts_only_what_is_the_right_way_round(self, boxes, expected):
        assert geometry.area(boxes).tolist() == expected


class TestIou:
    @pytest.mark.parametrize(
        ("left", "right", "expected"),
        [
            (NONE, NONE, np.zeros((0, 0))),
            (NONE, box(0, 0, 1, 1), np.zeros((0, 1))),
            (box(0, 0, 2, 2), box(0, 0, 2, 2), [[1]]),
            (box(0, 0, 2, 2), box(1, 0, 3, 2), [[1 / 3]]),
            (box(0, 0, 2, 2), box(2, 0, 4, 2), [[0]]),
            (box(0, 0, 4, 4), box(1, 1, 3, 3), [[1 / 4]]),
            (box(1, 1, 1, 1), box(1, 1, 1, 1), [[0]]),
        ],
    )
    def test_is_shared_area_over_all_area(self, left, right, expected):
        assert np.allclose(geometry.iou(left, right), expected)

    def test_pairs_every_box_with_every_other(self):
        left = np.concatenate((box(0, 0, 2, 2), box(10, 10, 12, 12)))
        right = np.concatenate((box(10, 10, 12, 12), box(0, 0, 2, 2), box(5, 5, 6, 6)))
        assert geometry.iou(left, right).tolist() == [[0, 1, 0], [1, 0, 0]]


class TestCovered:
    @pytest.mark.parametrize(
        ("inner", "outer", "expected"),
        [
            (NONE, box(0, 0, 1, 1), np.zeros((0, 1))),
            (box(0, 0, 1, 1), NONE, np.zeros((1, 0))),
            (box(1, 1, 3, 3), box(0, 0, 9, 9), [[1]]),
            (box(0, 0, 9, 9), box(1, 1, 4, 4), [[1 / 9]]),
            (box(0, 0, 2, 2), box(1, 0, 9, 9), [[1 / 2]]),
            (box(1, 1, 1, 1), box(0, 0, 9, 9), [[0]]),
        ],
    )
    def test_is_the_part_of_the_inner_box(self, inner, outer, expected):
        assert np.allclose(geometry.covered(inner, outer), expected)


class TestSuppress:
    def test_keeps_nothing_of_nothing(self):
        assert geometry.suppress(NONE, np.zeros(0, np.float32), 0.3).tolist() == []

    def test_keeps_the_best_of_overlapping_boxes_and_all_others(self):
        boxes = np.concatenate((box(0, 0, 10, 10), box(50, 50, 60, 60), box(1, 0, 11, 10)))
        assert geometry.suppress(boxes, np.asarray([0.7, 0.6, 0.9], np.float32), 0.3).tolist() == [2, 1]

    def test_keeps_boxes_that_overlap_just_as_much_as_allowed(self):
        boxes = np.concatenate((box(0, 0, 2, 2), box(0, 0, 2, 1)))
        assert geometry.suppress(boxes, np.asarray([0.9, 0.8], np.float32), 0.5).tolist() == [0, 1]

    def test_a_suppressed_box_suppresses_nothing(self):
        chain = np.concatenate((box(0, 0, 10, 10), box(4, 0, 14, 10), box(8, 0, 18, 10)))
        assert geometry.suppress(chain, np.asarray([0.9, 0.8, 0.7], np.float32), 0.3).tolist() == [0, 2]

    @given(scored_boxes(), st.floats(0, 0.9))
    def test_agrees_with_the_definition(self, scored, limit):
        boxes, score = scored
        kept: list[int] = []
        for row in sorted(range(len(boxes)), key=lambda row: (-score[row], row)):
            overlaps = geometry.iou(boxes[row : row + 1], boxes[kept])[0]
            if all(overlap <= limit for overlap in overlaps):
                kept.append(row)
        assert geometry.suppress(boxes, score, limit).tolist() == kept


class TestClip:
    def test_moves_corners_into_the_picture(self):
        assert geometry.clip(box(-5, 2, 30, 44), 20, 40).tolist() == [[0, 2, 20, 40]]

    def test_leaves_no_area_of_a_box_outside(self):
        assert geometry.area(geometry.clip(box(25, 2, 30, 10), 20, 40)).tolist() == [0]


class TestScale:
    def test_has_a_factor_for_each_axis(self):
        assert geometry.scale(box(1, 2, 3, 4), 2, 10).tolist() == [[2, 20, 6, 40]]


class TestGrow:
    def test_keeps_the_centre(self):
        assert geometry.grow(box(10, 20, 20, 40), 2).tolist() == [[5, 10, 25, 50]]

    def test_of_nothing_is_nothing(self):
        assert geometry.grow(NONE, 2).shape == (0, 4)
