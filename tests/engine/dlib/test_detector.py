import json

import cv2
import numpy as np
import pytest

from kith.engine import boxes as geometry
from kith.engine.dlib.dat import read_network
from kith.engine.dlib.detector import BACKGROUND, NMS_OVERLAP, WINDOW_PX
from kith.engine.faces import Detections, Pixels
from tests.engine.dlib import reference
from tests.support.shared import shared_path


def group(name: str) -> Pixels:
    return reference.photo(shared_path("data", "groups", name))


def same(one: Detections, other: Detections) -> bool:
    """The same faces; scores may differ in the last digits of float32."""
    return (
        np.array_equal(one.xyxy, other.xyxy)
        and np.allclose(one.score, other.score, atol=1e-5)
        and np.array_equal(one.landmarks, other.landmarks)
    )


def labelled(kinds: set[str]) -> dict[str, np.ndarray]:
    """Annotated boxes (n, 4) xyxy of the group photos of these kinds."""
    images = json.loads(shared_path("data", "groups", "boxes.json").read_text())["images"]
    boxes = {
        entry["file"]: np.array(entry.get("boxes", []), dtype=np.float32).reshape(-1, 4)
        for entry in images.values()
        if entry["kind"] in kinds
    }
    return {
        name: np.concatenate((xywh[:, :2], xywh[:, :2] + xywh[:, 2:]), axis=1) for name, xywh in boxes.items()
    }


class TestParity:
    @pytest.mark.models
    @pytest.mark.slow
    def test_exact_detector_finds_the_same_faces_as_dlib(self, exact_detector):
        pictures = [*reference.portraits(12), group("dlib__2008_001009.jpg"), group("face-api.js__bbt3.jpg")]
        pictures += [cv2.resize(pictures[0], (301, 97)), pictures[-1][:, :200], pictures[-2][100:160]]
        for pixels, found in zip(pictures, exact_detector.detect(pictures), strict=True):
            expected = sorted(
                reference.detector()(np.ascontiguousarray(pixels), 0), key=lambda d: -d.confidence
            )
            boxes = [(d.rect.left(), d.rect.top(), d.rect.right() + 1, d.rect.bottom() + 1) for d in expected]
            assert found.xyxy.tolist() == np.array(boxes, dtype=float).reshape(-1, 4).tolist()
            scores = [1 / (1 + np.exp(-4 * d.confidence)) for d in expected]
            assert np.allclose(found.score, scores, atol=1e-5)
            for box, points in zip(expected, found.landmarks, strict=True):
                assert np.array_equal(points, reference.points_of(reference.predictor()(pixels, box.rect)))

    def test_constants_are_those_of_the_network(self):
        network = read_network(reference.dat(reference.DETECTOR).read_bytes())
        assert network.loss.settings[:2] == (WINDOW_PX, WINDOW_PX)
        assert NMS_OVERLAP in network.loss.settings
        assert np.allclose(network.means, BACKGROUND, atol=1e-4)


class TestDetect:
    @pytest.mark.models
    @pytest.mark.slow
    def test_labelled_faces_from_40_px_are_found(self, detector):
        found = wanted = unexpected = 0
        for name, truth in labelled({"gt_boxes", "reviewed_boxes"}).items():
            (faces,) = detector.detect([group(name)])
            overlaps = geometry.iou(truth, faces.xyxy)
            large = np.sqrt(geometry.area(truth)) >= 40
            wanted += int(large.sum())
            found += int((overlaps[large] >= 0.3).any(axis=1).sum())
            unexpected += int((~(overlaps >= 0.3).any(axis=0)).sum())
        assert wanted > 200
        assert found >= 0.97 * wanted
        assert unexpected <= 1

    @pytest.mark.models
    def test_pictures_without_a_face_have_none(self, detector):
        images = json.loads(shared_path("data", "groups", "boxes.json").read_text())["images"]
        empty = [entry["file"] for entry in images.values() if entry.get("n_faces") == 0]
        assert len(empty) >= 5
        assert not any(map(len, detector.detect([group(name) for name in empty])))

    @pytest.mark.models
    def test_faces_that_fill_the_frame_are_found(self, detector):
        pictures = reference.portraits(12)
        truth = [faces.xyxy[0] for faces in detector.detect(pictures)]
        for scale in (1.0, 0.85):
            close_ups = []
            for pixels, box in zip(pictures, truth, strict=True):
                left, top, right, bottom = geometry.grow(box[None], scale)[0].clip(0, 250).astype(int)
                close_ups.append(pixels[top:bottom, left:right])
            assert sum(len(faces) == 1 for faces in detector.detect(close_ups)) >= 11

    @pytest.mark.models
    def test_a_batch_of_mixed_sizes_gives_what_each_picture_gives(self, detector):
        pictures = reference.portraits(6)
        pictures[2:2] = [group("face-api.js__bbt3.jpg"), np.zeros((40, 60, 3), dtype=np.uint8)]
        together = detector.detect(pictures)
        assert [len(faces) > 0 for faces in together] == [True, True, True, False, True, True, True, True]
        for pixels, faces in zip(pictures, together, strict=True):
            assert same(faces, detector.detect([pixels])[0])

    @pytest.mark.models
    def test_best_faces_come_first_and_no_face_twice(self, detector):
        (faces,) = detector.detect([group("face-api.js__bbt1.jpg")])
        assert len(faces) == 4
        assert (np.diff(faces.score) <= 0).all()
        assert ((faces.score > 0.5) & (faces.score <= 1)).all()
        overlaps = geometry.iou(faces.xyxy, faces.xyxy)
        assert (overlaps[~np.eye(4, dtype=bool)] == 0).all()

    @pytest.mark.models
    def test_a_grey_picture_shows_the_same_face(self, detector):
        pixels = reference.portraits(1)[0]
        grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        colourful, colourless = detector.detect([pixels, grey])
        assert len(colourful) == len(colourless) == 1
        assert geometry.iou(colourful.xyxy, colourless.xyxy)[0, 0] > 0.6

    @pytest.mark.parametrize(
        "shape", [(1, 1), (2, 2000), (5, 2000), (2000, 5), (30, 30), (7, 40), (1, 60_000), (40_000, 60)]
    )
    def test_odd_sizes_have_no_face_and_do_no_harm(self, detector, shape):
        noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
        (faces,) = detector.detect([noise])
        assert len(faces) == 0
        assert faces.landmarks.shape == (0, 5, 2)

    def test_no_picture_gives_no_answer(self, detector):
        assert detector.detect([]) == []

    @pytest.mark.models
    def test_a_huge_picture_is_looked_at_smaller_and_boxes_come_back_in_its_pixels(self, detector):
        pixels = reference.portraits(1)[0]
        (small,) = detector.detect([pixels])
        (large,) = detector.detect([cv2.resize(pixels, (3000, 3000), interpolation=cv2.INTER_CUBIC)])
        assert len(small) == len(large) == 1
        assert geometry.iou(small.xyxy * 12, large.xyxy)[0, 0] > 0.75


class TestLandmarks:
    @pytest.mark.models
    def test_boxes_found_give_the_points_found(self, detector):
        pixels = group("face-api.js__bbt3.jpg")
        (faces,) = detector.detect([pixels])
        assert np.array_equal(detector.landmarks(pixels, faces.xyxy), faces.landmarks)

    @pytest.mark.models
    def test_a_box_drawn_by_hand_gives_nearly_the_same_points(self, detector):
        for pixels in reference.portraits(12):
            (faces,) = detector.detect([pixels])
            left, top, right, bottom = faces.xyxy[0]
            side = right - left
            drawn = np.array([(left, top - 0.25 * side, right, bottom + 0.1 * side)], dtype=np.float32)
            distance = np.linalg.norm(detector.landmarks(pixels, drawn)[0] - faces.landmarks[0], axis=1)
            assert np.median(distance) < 0.06 * side

    def test_no_box_gives_no_points(self, detector):
        points = detector.landmarks(np.zeros((50, 50, 3), np.uint8), np.zeros((0, 4), np.float32))
        assert points.shape == (0, 5, 2)

    def test_a_box_without_a_face_gives_points_all_the_same(self, detector):
        pixels = np.zeros((50, 50, 3), np.uint8)
        points = detector.landmarks(pixels, np.array([(10, 10, 30, 12), (0, 0, 0.4, 0.4)], np.float32))
        assert np.isfinite(points).all()
