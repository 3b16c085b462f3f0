import json

import cv2
import numpy as np
import pytest

from kith.engine import boxes as geometry
from kith.engine.errors import EngineNotReady
from kith.engine.faces import Detections, Float32, Pixels
from kith.engine.session import SessionOptions
from kith.engine.yunet import YUNET, YunetDetector
from tests.support.shared import shared_path

pytestmark = pytest.mark.models

GROUPS = ("dlib__2007_007763.jpg", "dlib__2008_002079.jpg", "dlib__2008_002470.jpg")
NONE = np.zeros((0, 4), np.float32)


def photo(*parts: str) -> Pixels:
    image = cv2.imread(str(shared_path("data", *parts)))
    return np.ascontiguousarray(image[:, :, ::-1])


def annotated(kind: str) -> dict[str, Float32]:
    """The boxes (n, 4) of the group photos that carry annotations of a kind, by file."""
    images = json.loads(shared_path("data", "groups", "boxes.json").read_text())["images"].values()
    found: dict[str, Float32] = {}
    for image in images:
        if image["kind"] == kind:
            boxes = np.asarray(image["boxes"], np.float32).reshape(-1, 4)
            boxes[:, 2:] += boxes[:, :2]
            found[image["file"]] = boxes
    return found


def same(left: Detections, right: Detections, tolerance_px: float) -> bool:
    return (
        len(left) == len(right)
        and np.allclose(left.xyxy, right.xyxy, atol=tolerance_px)
        and np.allclose(left.score, right.score, atol=1e-4)
        and np.allclose(left.landmarks, right.landmarks, atol=tolerance_px)
    )


@pytest.fixture(scope="module")
def network() -> bytes:
    return shared_path("models", "face_detection_yunet_2023mar.onnx").read_bytes()


@pytest.fixture(scope="module")
def detector(network: bytes) -> YunetDetector:
    return YunetDetector.open(network, SessionOptions())


class TestParity:
    @pytest.mark.parametrize("name", [*GROUPS, "wider_full__12_Group_Group_12_Group_Group_12_10.jpg"])
    def test_candidates_are_those_of_opencv(self, network, name):
        """Before views and limits: the same picture, the same boxes, points and scores."""
        pixels = photo("groups", name)
        height, width = pixels.shape[:2]
        path = str(shared_path("models", "face_detection_yunet_2023mar.onnx"))
        reference = cv2.FaceDetectorYN.create(path, "", (width, height), 0.6, 0.3, 5000)
        expected = reference.detect(np.ascontiguousarray(pixels[:, :, ::-1]))[1]
        canvas = np.zeros((1, -(-height // 32) * 32, -(-width // 32) * 32, 3), np.uint8)
        canvas[0, :height, :width] = pixels
        (found,) = YunetDetector.open(network, SessionOptions()).candidates(canvas, 0.6)
        rows = geometry.suppress(found.xyxy, found.score, 0.3)
        corners = np.concatenate((found.xyxy[:, :2], found.xyxy[:, 2:] - found.xyxy[:, :2]), axis=1)[rows]
        order = np.argsort(-expected[:, 14], kind="stable")
        assert len(rows) == len(expected)
        assert np.allclose(corners, expected[order, :4], atol=0.01)
        assert np.allclose(found.landmarks[rows].reshape(-1, 10), expected[order, 4:14], atol=0.01)
        assert np.allclose(found.score[rows], expected[order, 14], atol=1e-4)


class TestDetect:
    def test_of_no_images_is_nothing(self, detector):
        assert detector.detect([]) == []

    def test_answers_for_each_image_of_a_batch_as_for_it_alone(self, detector):
        images = [photo("groups", name) for name in GROUPS]
        images[1:1] = [np.zeros((40, 700, 3), np.uint8), images[0][:, ::-1].copy()]
        together = detector.detect(images)
        for image, found in zip(images, together, strict=True):
            assert same(found, detector.detect([image])[0], tolerance_px=0.01)

    def test_is_best_first(self, detector):
        for found in detector.detect([photo("groups", name) for name in GROUPS]):
            assert found.score.tolist() == sorted(found.score.tolist(), reverse=True)

    def test_finds_every_annotated_face_from_16_px(self, detector):
        """The dlib and full-size WIDER photos; one face of 75 is missed: it is half behind another."""
        missed = total = 0
        for name, boxes in annotated("gt_boxes").items():
            (found,) = detector.detect([photo("groups", name)])
            large = boxes[np.sqrt(geometry.area(boxes)) >= 16]
            overlap = geometry.iou(large, found.xyxy)
            missed += int((overlap.max(axis=1, initial=0) < 0.35).sum())
            total += len(large)
        assert total >= 70
        assert missed <= 1

    def test_finds_few_faces_where_there_are_none(self, detector):
        images = json.loads(shared_path("data", "groups", "boxes.json").read_text())["images"].values()
        empty = [
            image["file"] for image in images if image["kind"] == "n_faces_source" and not image["n_faces"]
        ]
        found = detector.detect([photo("groups", name) for name in empty])
        assert len(empty) >= 8
        assert sum(len(faces) for faces in found) <= 4

    @pytest.mark.parametrize("ratio", [0.7, 0.85, 1.0])
    def test_finds_a_face_that_fills_the_frame(self, detector, ratio):
        pixels = photo("identities", "alex_lacamoire", "alex_lacamoire_348e0a70.jpg")
        (face,) = detector.detect([pixels])
        box = geometry.grow(face.xyxy, ratio)[0].astype(int)
        crop = pixels[box[1] : box[3], box[0] : box[2]]
        large = np.asarray(cv2.resize(crop, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
        (found,) = detector.detect([large])
        assert len(found) == 1
        assert np.abs(found.landmarks[0] / 4 + box[:2] - face.landmarks[0]).max() < 0.1 * len(crop)

    def test_finds_the_same_faces_in_a_picture_many_times_as_large(self, detector):
        pixels = photo("groups", GROUPS[0])
        large = np.asarray(cv2.resize(pixels, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC), np.uint8)
        before, after = detector.detect([pixels, large])
        overlap = geometry.iou(before.xyxy * 6, after.xyxy).max(axis=1)
        assert len(after) == len(before)
        assert overlap.min() > 0.7

    @pytest.mark.parametrize("size", [(1, 1), (3, 5000), (5000, 3), (31, 33)])
    def test_survives_pictures_of_any_shape(self, detector, size):
        assert len(detector.detect([np.full((*size, 3), 128, np.uint8)])[0]) == 0


class TestLandmarks:
    def test_of_no_boxes_are_none(self, detector):
        assert detector.landmarks(photo("groups", GROUPS[0]), NONE).shape == (0, 5, 2)

    def test_of_boxes_drawn_roughly_are_those_of_the_faces(self, detector):
        pixels = photo("groups", GROUPS[0])
        (found,) = detector.detect([pixels])
        drawn = geometry.grow(found.xyxy + np.float32(2), 1.2)
        sides = np.sqrt(geometry.area(found.xyxy))
        error = np.linalg.norm(detector.landmarks(pixels, drawn) - found.landmarks, axis=2).max(axis=1)
        assert (error / sides).max() < 0.15

    def test_where_nothing_is_seen_are_a_mean_face_in_the_box(self, detector):
        boxes = np.asarray([[20, 30, 60, 80], [100, 100, 120, 125]], np.float32)
        points = detector.landmarks(np.zeros((200, 200, 3), np.uint8), boxes)
        inside = (points >= boxes[:, None, :2]) & (points <= boxes[:, None, 2:])
        left_eye, right_eye, nose, left_mouth, right_mouth = points.transpose(1, 0, 2)
        assert inside.all()
        assert (left_eye[:, 0] < nose[:, 0]).all()
        assert (nose[:, 0] < right_eye[:, 0]).all()
        assert (left_eye[:, 1] < nose[:, 1]).all()
        assert (nose[:, 1] < left_mouth[:, 1]).all()
        assert np.allclose(left_mouth[:, 1], right_mouth[:, 1])

    def test_keep_to_the_face_in_the_box_beside_others(self, detector):
        """A box around one of several faces close together is answered with that face's points."""
        pixels = photo("groups", GROUPS[0])
        (found,) = detector.detect([pixels])
        for row in range(len(found)):
            points = detector.landmarks(pixels, found.xyxy[row : row + 1])[0]
            nearest = np.linalg.norm(found.landmarks[:, 2] - points[2], axis=1).argmin()
            assert nearest == row


class TestOpen:
    def test_refuses_what_is_no_network(self):
        with pytest.raises(EngineNotReady):
            YunetDetector.open(b"no network", SessionOptions(), YUNET)
