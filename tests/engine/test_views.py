import numpy as np
import pytest

from kith.engine.faces import Detections
from kith.engine.views import batches, cropped_view, scaled_view


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def seen_at(x: float, y: float) -> Detections:
    """A detection whose box and points are all one point of a view."""
    point = np.asarray((x, y), dtype=np.float32)
    return Detections(
        np.tile(point, 2)[None], np.ones(1, np.float32), np.tile(point, (1, 5, 1)).astype(np.float32)
    )


class TestScaledView:
    @pytest.mark.parametrize(
        ("size", "factor", "expected"),
        [((100, 200), 1.0, (100, 200)), ((100, 200), 0.5, (50, 100)), ((1, 4000), 0.1, (1, 400))],
    )
    def test_has_at_least_one_pixel_each_way(self, size, factor, expected):
        assert scaled_view(picture(*size), factor).pixels.shape[:2] == expected

    def test_does_not_copy_what_need_not_change(self):
        pixels = picture(64, 64)
        assert scaled_view(pixels, 1.0).pixels is pixels

    @pytest.mark.parametrize("margin_px", [0, 16])
    def test_restores_points_in_the_image(self, margin_px):
        view = scaled_view(picture(100, 200), 0.5, margin_px=margin_px)
        found = view.restore(seen_at(30 + margin_px, 20 + margin_px))
        assert found.xyxy.tolist() == [[60, 40, 60, 40]]
        assert found.landmarks[0, 3].tolist() == [60, 40]

    def test_surrounds_the_image_with_black(self):
        view = scaled_view(np.full((10, 20, 3), 255, np.uint8), 1.0, margin_px=4)
        assert view.pixels.shape == (18, 28, 3)
        assert view.pixels[4:-4, 4:-4].min() == 255
        assert view.pixels.sum() == 10 * 20 * 3 * 255


class TestCroppedView:
    def test_restores_points_in_the_image(self):
        view = cropped_view(picture(100, 200), np.asarray((40, 20, 80, 60), np.float32), side_px=80)
        assert view.pixels.shape == (80, 80, 3)
        assert view.restore(seen_at(10, 30)).xyxy.tolist() == [[45, 35, 45, 35]]

    @pytest.mark.parametrize(
        "box", [(-50, -50, 10, 10), (190, 90, 500, 500), (300, 300, 400, 400), (-9, -9, -5, -5), (7, 7, 7, 7)]
    )
    def test_is_cut_at_the_border_but_never_empty(self, box):
        view = cropped_view(picture(100, 200), np.asarray(box, np.float32), side_px=32)
        assert max(view.pixels.shape[:2]) == 32


class TestBatches:
    def test_of_no_views_are_none(self):
        assert list(batches([], multiple=32, budget_px=1000)) == []

    def test_hold_views_of_one_filled_up_size(self):
        views = [scaled_view(picture(*size), 1.0) for size in ((30, 60), (100, 10), (32, 64), (97, 32))]
        canvases = {tuple(rows): canvas.shape for rows, canvas in batches(views, 32, 1_000_000)}
        assert canvases == {(0, 2): (2, 32, 64, 3), (1, 3): (2, 128, 32, 3)}

    def test_fill_up_with_black(self):
        ((_, canvas),) = batches([scaled_view(np.full((30, 31, 3), 255, np.uint8), 1.0)], 32, 1_000_000)
        assert canvas[0, :30, :31].min() == 255
        assert canvas.sum() == 30 * 31 * 3 * 255

    def test_keep_within_the_budget_but_always_take_one(self):
        views = [scaled_view(picture(32, 32), 1.0) for _ in range(5)]
        assert [rows for rows, _ in batches(views, 32, 2048)] == [[0, 1], [2, 3], [4]]
        assert [rows for rows, _ in batches(views[:2], 32, 1)] == [[0], [1]]
