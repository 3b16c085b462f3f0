from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from kith.engine import boxes as geometry
from kith.engine.arcface import ArcFaceEmbedder
from kith.engine.base import FaceEngine
from kith.engine.calibration import Calibration
from kith.engine.errors import InvalidBox
from kith.engine.faces import Detections, EmbeddingSpace, Faces, Float32, Image, Pixels
from kith.engine.pipeline import CROPS, Engine
from kith.engine.session import SessionOptions
from kith.engine.yunet import YunetDetector
from tests.support.networks import tiny_embedder
from tests.support.shared import shared_path

CALIBRATION = Calibration((0.25, 0.34, 0.41, 0.46, 0.5), "made up")
SPACE = EmbeddingSpace("tiny", "1", "0" * 64, 6, "arcface")
FIELDS = ("xyxy", "score", "landmarks", "quality", "size_px", "sharpness", "frontality", "embeddings")


@dataclass(frozen=True)
class ColourDetector:
    """Sees a face wherever it is told to, its landmarks in a fixed pattern in the box."""

    boxes: Float32

    def detect(self, images: Sequence[Pixels]) -> list[Detections]:
        score = np.linspace(0.9, 0.6, len(self.boxes), dtype=np.float32)
        return [Detections(self.boxes, score, self.landmarks(pixels, self.boxes)) for pixels in images]

    def landmarks(self, pixels: Pixels, boxes: Float32) -> Float32:
        shape = np.asarray(((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.3, 0.8), (0.7, 0.8)), np.float32)
        return (boxes[:, None, :2] + shape * (boxes[:, 2:] - boxes[:, :2])[:, None]).astype(np.float32)


def tiny_engine(boxes: Sequence[Sequence[float]]) -> FaceEngine:
    detector = ColourDetector(np.asarray(boxes, np.float32).reshape(-1, 4))
    return Engine(
        detector, ArcFaceEmbedder.open(tiny_embedder(), SPACE, SessionOptions(threads=1)), CALIBRATION
    )


def noise(height: int, width: int, seed: int = 0) -> Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image(pixels, width, height)


def alike(left: Faces, right: Faces, tolerance: float = 1e-4) -> bool:
    return len(left) == len(right) and all(
        np.allclose(getattr(left, name), getattr(right, name), atol=tolerance) for name in FIELDS
    )


class TestAnalyse:
    def test_of_no_images_is_nothing(self):
        assert tiny_engine([]).analyse([]) == []

    def test_without_faces_is_empty_but_knows_the_dimension(self):
        (faces,) = tiny_engine([]).analyse([noise(50, 60)])
        assert len(faces) == 0
        assert faces.embeddings.shape == (0, 6)

    def test_keeps_the_order_of_images_and_faces_whatever_the_batches(self):
        boxes = [(3 * n, n, 3 * n + 40, n + 50) for n in range(CROPS + 7)]
        images = [noise(200, 400, seed) for seed in range(3)]
        engine = tiny_engine(boxes)
        together = engine.analyse(images)
        assert [len(faces) for faces in together] == [len(boxes)] * 3
        for image, faces in zip(images, together, strict=True):
            assert alike(faces, engine.analyse([image])[0])
        some = tiny_engine(boxes[40:41]).analyse(images[1:2])[0]
        assert np.allclose(some.embeddings[0], together[1].embeddings[40], atol=1e-5)

    def test_cuts_boxes_at_the_border_and_drops_those_beyond(self):
        engine = tiny_engine([(-10, -10, 30, 30), (200, 200, 250, 250), (80, 20, 140, 60)])
        (faces,) = engine.analyse([noise(60, 100)])
        assert faces.xyxy.tolist() == [[0, 0, 30, 30], [80, 20, 100, 60]]
        assert faces.size_px.tolist() == pytest.approx([30, np.sqrt(20 * 40)])

    def test_answers_in_pixels_of_the_original(self):
        pixels = noise(60, 100).pixels
        engine = tiny_engine([(10, 20, 30, 50)])
        whole = engine.analyse([Image(pixels, 100, 60)])[0]
        scaled = engine.analyse([Image(pixels, 400, 120)])[0]
        assert scaled.xyxy.tolist() == [[40, 40, 120, 100]]
        assert np.allclose(scaled.landmarks, whole.landmarks * (4, 2))
        assert scaled.size_px[0] == pytest.approx(np.sqrt(80 * 60))
        assert np.allclose(scaled.embeddings, whole.embeddings)

    def test_can_be_called_from_many_threads(self):
        engine = tiny_engine([(5, 5, 45, 45), (50, 10, 90, 55)])
        images = [noise(60, 100, seed) for seed in range(24)]
        alone = [engine.analyse([image])[0] for image in images]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda image: engine.analyse([image])[0], images))
        assert all(alike(one, other) for one, other in zip(alone, together, strict=True))


class TestEmbed:
    def test_is_sure_of_a_box_drawn_by_hand(self):
        faces = tiny_engine([]).embed(noise(60, 100), np.asarray([[10, 10, 40, 40]], np.float32))
        assert faces.score.tolist() == [1]
        assert faces.xyxy.tolist() == [[10, 10, 40, 40]]

    def test_embeds_the_box_as_if_it_had_been_found(self):
        image = noise(60, 100)
        boxes = [(10, 10, 40, 40), (50, 5, 90, 50)]
        found = tiny_engine(boxes).analyse([image])[0]
        drawn = tiny_engine([]).embed(image, np.asarray(boxes, np.float32))
        assert np.allclose(found.embeddings, drawn.embeddings, atol=1e-5)

    def test_takes_boxes_in_pixels_of_the_original(self):
        pixels = noise(60, 100).pixels
        whole = tiny_engine([]).embed(Image(pixels, 100, 60), np.asarray([[10, 20, 30, 50]], np.float32))
        scaled = tiny_engine([]).embed(Image(pixels, 400, 120), np.asarray([[40, 40, 120, 100]], np.float32))
        assert np.allclose(whole.embeddings, scaled.embeddings, atol=1e-5)

    def test_of_no_boxes_is_empty(self):
        assert len(tiny_engine([]).embed(noise(60, 100), np.zeros((0, 4), np.float32))) == 0

    def test_cuts_a_box_that_reaches_out_of_the_picture(self):
        faces = tiny_engine([]).embed(noise(60, 100), np.asarray([[-20, 10, 40, 400]], np.float32))
        assert faces.xyxy.tolist() == [[0, 10, 40, 60]]

    @pytest.mark.parametrize(
        "box",
        [
            (np.nan, 0, 10, 10),
            (0, 0, np.inf, 10),
            (10, 10, 10, 40),
            (40, 40, 10, 10),
            (100, 0, 140, 40),
            (-50, -50, 0, 0),
        ],
    )
    def test_refuses_a_box_without_area_in_the_picture(self, box):
        with pytest.raises(InvalidBox):
            tiny_engine([]).embed(noise(60, 100), np.asarray([box], np.float32))


@pytest.fixture(scope="module")
def mobile() -> FaceEngine:
    options = SessionOptions()
    space = EmbeddingSpace("mobile", "1", "b" * 64, 128, "mobilefacenet-flip")
    return Engine(
        YunetDetector.open(shared_path("models", "face_detection_yunet_2023mar.onnx").read_bytes(), options),
        ArcFaceEmbedder.open(shared_path("models", "mobilefacenet.onnx").read_bytes(), space, options),
        CALIBRATION,
    )


def photo(*parts: str) -> Image:
    pixels = np.ascontiguousarray(cv2.imread(str(shared_path("data", *parts)))[:, :, ::-1])
    return Image(pixels, pixels.shape[1], pixels.shape[0])


def portraits(person: str) -> list[Image]:
    folder = shared_path("data", "identities", person)
    return [photo("identities", person, path.name) for path in sorted(folder.iterdir())]


@pytest.mark.models
class TestWithRealNetworks:
    def test_one_person_is_nearer_to_himself_than_to_others(self, mobile):
        people = [portraits(person)[:4] for person in ("ariel_sharon", "megawati_sukarnoputri")]
        largest = [
            [faces.embeddings[faces.size_px.argmax()] for faces in mobile.analyse(images)]
            for images in people
        ]
        one, other = (np.stack(embeddings) for embeddings in largest)
        within = np.concatenate([(some @ some.T)[np.triu_indices(4, 1)] for some in (one, other)])
        assert within.min() > 0.4
        assert (one @ other.T).max() < 0.3

    def test_a_batch_answers_as_its_images_alone(self, mobile):
        images = [photo("groups", "dlib__2007_007763.jpg"), *portraits("ariel_sharon")[:3]]
        for image, faces in zip(images, mobile.analyse(images), strict=True):
            assert alike(faces, mobile.analyse([image])[0], tolerance=1e-3)

    def test_press_photos_are_of_high_quality(self, mobile):
        images = [*portraits("ariel_sharon"), *portraits("megawati_sukarnoputri")]
        quality = [faces.quality[faces.size_px.argmax()] for faces in mobile.analyse(images)]
        assert np.mean(np.asarray(quality) > 0.5) > 0.9

    @pytest.mark.parametrize("spoil", ["shrink", "blur"])
    def test_spoilt_faces_are_of_low_quality(self, mobile, spoil):
        spoilt: list[Image] = []
        for image in portraits("ariel_sharon"):
            pixels = image.pixels
            if spoil == "shrink":
                small = cv2.resize(pixels, None, fx=0.17, fy=0.17, interpolation=cv2.INTER_AREA)
                pixels = np.asarray(small, np.uint8)
            else:
                pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 6), np.uint8)
            spoilt.append(Image(pixels, pixels.shape[1], pixels.shape[0]))
        quality = np.concatenate([faces.quality for faces in mobile.analyse(spoilt)])
        assert len(quality) >= 3
        assert quality.max() < 0.3

    def test_a_box_drawn_by_hand_gives_nearly_the_found_embedding(self, mobile):
        for image in (photo("groups", "dlib__2007_007763.jpg"), *portraits("ariel_sharon")[:3]):
            (found,) = mobile.analyse([image])
            drawn = mobile.embed(image, geometry.grow(found.xyxy, 1.1))
            cosines = drawn.embeddings @ found.embeddings.T
            assert cosines.argmax(axis=1).tolist() == list(range(len(found)))
            assert np.diag(cosines)[found.size_px > 80].min(initial=1) > 0.8
