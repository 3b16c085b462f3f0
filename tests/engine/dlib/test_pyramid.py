import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine.dlib.pyramid import Canvas, Level, apart, resampled, tiled

SIDES = st.integers(min_value=1, max_value=3000)


def meet(one: Level, other: Level) -> bool:
    return (
        max(one.left, other.left) < min(one.right, other.right)
        and max(one.top, other.top) < min(one.bottom, other.bottom)
    )  # fmt: skip


def within(level: Level, canvas: Canvas) -> bool:
    return level.left >= 0 <= level.top and level.right <= canvas.columns and level.bottom <= canvas.rows


class TestApart:
    @given(SIDES, SIDES, st.integers(min_value=1, max_value=3))
    def test_every_canvas_holds_one_level_with_room_around(self, columns, rows, level_step):
        canvases = apart(columns, rows, level_step)
        assert (canvases[0].levels[0].columns, canvases[0].levels[0].rows) == (columns, rows)
        for place, canvas in enumerate(canvases):
            (level,) = canvas.levels
            assert level.depth == place * level_step
            assert level.left == level.top == canvas.columns - level.right == canvas.rows - level.bottom > 0

    def test_levels_end_where_a_face_would_be_twice_the_picture(self):
        last = apart(640, 480, level_step=1)[-1].levels[0]
        assert 40 <= last.rows < 48

    def test_levels_shrink_by_five_sixths_rounded_down(self):
        levels = [canvas.levels[0] for canvas in apart(100, 75, level_step=1)]
        assert [(level.columns, level.rows) for level in levels] == [(100, 75), (83, 62), (69, 51), (57, 42)]


class TestTiled:
    @given(SIDES, SIDES)
    def test_levels_lie_on_the_canvas_and_nowhere_on_one_another(self, columns, rows):
        (canvas,) = tiled(columns, rows)
        assert all(within(level, canvas) for level in canvas.levels)
        assert not any(meet(*pair) for pair in itertools.combinations(canvas.levels, 2))
        assert [level.depth for level in canvas.levels] == list(range(len(canvas.levels)))

    def test_layout_of_a_small_picture_by_hand(self):
        (canvas,) = tiled(60, 30)
        places = [(level.left, level.top, level.columns, level.rows) for level in canvas.levels]
        # Down the left edge until 19 px fit beside 23 px with a gap of 10, then up along the right.
        assert places == [
            (11, 11, 60, 30),
            (11, 51, 50, 25),
            (11, 86, 41, 20),
            (11, 116, 34, 16),
            (11, 142, 28, 13),
            (11, 165, 23, 10),
            (52, 167, 19, 8),
            (56, 151, 15, 6),
            (59, 136, 12, 5),
        ]
        assert (canvas.columns, canvas.rows) == (82, 186)


class TestToFirst:
    def test_the_first_level_only_moves(self):
        level = Level(depth=0, left=11, top=20, columns=50, rows=50)
        assert np.array_equal(level.to_first(np.array([[11.0, 20.0, 31.0, 60.0]])), [[0, 0, 20, 40]])

    def test_each_step_up_is_1_2_p_plus_0_3(self):
        level = Level(depth=2, left=0, top=0, columns=50, rows=50)
        assert np.allclose(level.to_first(np.array([[10.0, 0.0, 20.0, 5.0]])), [[15.06, 0.66, 29.46, 7.86]])


class TestNearest:
    def test_points_belong_to_the_level_they_lie_in_or_are_nearest_to(self):
        canvas = Canvas(100, 100, (Level(0, 10, 10, 40, 40), Level(1, 10, 60, 30, 30)))
        points = np.array([(20.0, 20.0), (20.0, 70.0), (0.0, 0.0), (20.0, 53.0), (20.0, 58.0), (99.0, 99.0)])
        assert canvas.nearest(points).tolist() == [0, 1, 0, 0, 1, 1]


class TestResampled:
    @pytest.mark.parametrize("size", [(83, 62), (41, 100), (1, 1), (220, 133)])
    def test_values_are_bilinear_between_fixed_corners(self, size):
        picture = np.random.default_rng(0).uniform(0, 255, (75, 100, 3)).astype(np.float32)
        columns, rows = size
        x, y = np.linspace(0, 99, columns) if columns > 1 else np.zeros(1), np.linspace(0, 74, rows)[:rows]
        left, top = np.minimum(x.astype(int), 98), np.minimum(y.astype(int), 73)
        across, down = (x - left)[:, None], (y - top)[:, None, None]
        upper = picture[top][:, left] * (1 - across) + picture[top][:, left + 1] * across
        lower = picture[top + 1][:, left] * (1 - across) + picture[top + 1][:, left + 1] * across
        expected = upper * (1 - down) + lower * down
        found = resampled(picture, columns, rows)
        assert found.shape == (rows, columns, 3)
        # OpenCV keeps places in float32, or in 1/32 px in older versions.
        assert np.abs(found - expected).max() < 255 / 16

    def test_the_same_size_is_the_same_picture(self):
        picture = np.random.default_rng(1).uniform(0, 255, (9, 7, 3)).astype(np.float32)
        assert np.array_equal(resampled(picture, 7, 9), picture)
