import numpy as np
import pytest

from kith.engine.errors import EngineNotReady
from kith.engine.scrfd import ScrfdDetector
from kith.engine.session import SessionOptions
from tests.support.networks import SCRFD_BOX, SCRFD_POINTS, tiny_embedder, tiny_scrfd

OPTIONS = SessionOptions(threads=1)
STRIDE = 16
SCORE = 1 / (1 + np.exp(-10 * (255 - 127.5) / 128))


def picture(*cells: tuple[int, int], side: int = 640) -> np.ndarray:
    """Black, with the given cells (column, row) of stride 16 white."""
    pixels = np.zeros((side, side, 3), np.uint8)
    for column, row in cells:
        pixels[row * STRIDE : (row + 1) * STRIDE, column * STRIDE : (column + 1) * STRIDE] = 255
    return pixels


def expected_box(column: int, row: int) -> list[float]:
    left, top, right, bottom = SCRFD_BOX
    return [
        (column - left) * STRIDE,
        (row - top) * STRIDE,
        (column + right) * STRIDE,
        (row + bottom) * STRIDE,
    ]


def expected_points(column: int, row: int) -> np.ndarray:
    return np.add(np.reshape(SCRFD_POINTS, (5, 2)), (column, row)) * STRIDE


@pytest.fixture(params=[False, True], ids=["flattened", "batched"])
def detector(request: pytest.FixtureRequest) -> ScrfdDetector:
    return ScrfdDetector.open(tiny_scrfd(batched=request.param), OPTIONS)


class TestDetect:
    def test_decodes_boxes_scores_and_points(self, detector):
        (found,) = detector.detect([picture((10, 20))])
        assert np.allclose(found.xyxy, [expected_box(10, 20)], atol=1e-3)
        assert np.allclose(found.score, [SCORE], atol=1e-4)
        assert np.allclose(found.landmarks, [expected_points(10, 20)], atol=1e-3)

    def test_finds_every_face_in_its_own_image(self, detector):
        images = [picture((5, 5), (30, 9)), picture(), picture((20, 20))]
        found = detector.detect(images)
        assert [len(faces) for faces in found] == [2, 0, 1]
        assert sorted(found[0].xyxy[:, 0].tolist()) == [expected_box(5, 5)[0], expected_box(30, 9)[0]]
        assert np.allclose(found[2].xyxy, [expected_box(20, 20)], atol=1e-3)

    def test_suppresses_the_neighbour_that_overlaps(self, detector):
        (found,) = detector.detect([picture((10, 20), (11, 20), (30, 5))])
        assert len(found) == 2

    def test_scales_a_large_picture_down_and_its_boxes_back(self, detector):
        large = np.repeat(np.repeat(picture((10, 20)), 2, axis=0), 2, axis=1)
        (found,) = detector.detect([large])
        assert np.allclose(found.xyxy, 2 * np.asarray([expected_box(10, 20)]), atol=1e-2)

    def test_fills_up_a_picture_that_is_not_square(self, detector):
        (found,) = detector.detect([picture((10, 20))[:400]])
        assert np.allclose(found.xyxy, [expected_box(10, 20)], atol=1e-3)

    def test_finds_nothing_in_nothing(self, detector):
        assert detector.detect([]) == []
        assert [len(faces) for faces in detector.detect([np.zeros((1, 1, 3), np.uint8)])] == [0]


class TestOpen:
    def test_refuses_another_network(self):
        with pytest.raises(EngineNotReady):
            ScrfdDetector.open(tiny_embedder(), OPTIONS)
