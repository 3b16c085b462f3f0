"""The engine's seams: what a detector, an embedder and a whole engine promise."""

from collections.abc import Sequence
from typing import Protocol

from kith.engine.calibration import Calibration
from kith.engine.faces import Detections, EmbeddingSpace, Faces, Float32, Image, Pixels


class Detector(Protocol):
    """Finds faces. Batched over images of any sizes; the answer keeps their order."""

    def detect(self, images: Sequence[Pixels]) -> list[Detections]: ...

    def landmarks(self, pixels: Pixels, boxes: Float32) -> Float32:
        """The five points (n, 5, 2) for boxes (n, 4) given from outside, drawn by hand say."""
        ...


class Embedder(Protocol):
    """Turns aligned faces into embeddings. Batched over faces."""

    space: EmbeddingSpace

    def align(self, pixels: Pixels, landmarks: Float32) -> Pixels:
        """Upright crops (n, side, side, 3) of the faces with these landmarks (n, 5, 2)."""
        ...

    def embed(self, crops: Pixels) -> Float32:
        """Unit-length embeddings (n, d) of aligned crops (n, side, side, 3)."""
        ...


class FaceEngine(Protocol):
    """Pixels to faces to embeddings, in one embedding space. Synchronous and thread-safe."""

    @property
    def space(self) -> EmbeddingSpace: ...

    @property
    def calibration(self) -> Calibration: ...

    def analyse(self, images: Sequence[Image]) -> list[Faces]:
        """The faces of each image, best score first. No face is an empty `Faces`."""
        ...

    def embed(self, image: Image, boxes: Float32) -> Faces:
        """Faces for boxes (n, 4) xyxy in original pixels; raises InvalidBox outside the picture."""
        ...
