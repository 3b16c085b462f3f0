"""The engine's nouns: an upright image, its faces, and the space their embeddings live in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """Pixels of one picture, upright and in sRGB.

    `pixels` is (h, w, 3) uint8 RGB. It may be smaller than the picture when it was decoded scaled;
    `width_px` and `height_px` are the size of the upright original, in which all boxes are given.
    """

    pixels: Pixels
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise ValueError("pixels must be (h, w, 3) uint8")
        if self.pixels.shape[0] == 0 or self.pixels.shape[1] == 0:
            raise ValueError("an image needs at least one pixel")

    @property
    def scale(self) -> tuple[float, float]:
        """Decoded pixels per original pixel, (x, y), each in (0, 1] for a scaled decode."""
        height, width = self.pixels.shape[:2]
        return width / self.width_px, height / self.height_px


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Faces a detector found in one array of pixels, best first.

    `xyxy` (n, 4) and `landmarks` (n, 5, 2) are float32 pixels of that array; `score` (n,) is the
    detection score as a probability in 0..1. The meaning of the five points belongs to the pack.
    """

    xyxy: Float32
    score: Float32
    landmarks: Float32

    def __post_init__(self) -> None:
        count = len(self.xyxy)
        _check("xyxy", self.xyxy, (count, 4))
        _check("score", self.score, (count,))
        _check("landmarks", self.landmarks, (count, 5, 2))

    def __len__(self) -> int:
        return len(self.xyxy)

    @classmethod
    def empty(cls) -> Self:
        return cls(_zeros(0, 4), _zeros(0), _zeros(0, 5, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces of one picture as a struct of float32 arrays; none found is an empty struct.

    xyxy        (n, 4)     box in pixels of the upright original, clipped to it
    score       (n,)       detection score 0..1; 1 for a box drawn by hand
    landmarks   (n, 5, 2)  five points in pixels of the upright original
    quality     (n,)       0..1, how far the face can be trusted to start a person
    size_px     (n,)       square root of the box area in original pixels
    sharpness   (n,)       0..1, from the variance of the Laplacian of the aligned face
    frontality  (n,)       0..1, 1 looks into the camera, 0 is a profile
    embeddings  (n, d)     unit length, comparable by cosine within one embedding space
    """

    xyxy: Float32
    score: Float32
    landmarks: Float32
    quality: Float32
    size_px: Float32
    sharpness: Float32
    frontality: Float32
    embeddings: Float32

    def __post_init__(self) -> None:
        count = len(self.xyxy)
        _check("xyxy", self.xyxy, (count, 4))
        _check("landmarks", self.landmarks, (count, 5, 2))
        for name in ("score", "quality", "size_px", "sharpness", "frontality"):
            _check(name, getattr(self, name), (count,))
        if self.embeddings.ndim != 2:
            raise ValueError("embeddings must be (n, d)")
        _check("embeddings", self.embeddings, (count, self.embeddings.shape[1]))

    def __len__(self) -> int:
        return len(self.xyxy)

    @classmethod
    def empty(cls, dimension: int) -> Self:
        flat = _zeros(0)
        return cls(_zeros(0, 4), flat, _zeros(0, 5, 2), flat, flat, flat, flat, _zeros(0, dimension))

    def pick(self, rows: Sequence[int] | NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """The chosen rows, in the order given (or where a mask is true)."""
        return type(self)(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Where a vector is at home; vectors of two spaces are never compared.

    `digest` is the SHA-256 of the embedding network's file (for `dlib`, of the original .dat).
    """

    pack: str
    version: str
    digest: str
    dimension: int
    preprocessing: str

    @property
    def key(self) -> str:
        """A short stable name: pack, version, first 12 hex digits, preprocessing."""
        return f"{self.pack}-{self.version}-{self.digest[:12]}-{self.preprocessing}"


def _check(name: str, array: Float32, shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype != np.float32:
        raise ValueError(f"{name} must be float32 {shape}, not {array.dtype} {array.shape}")


def _zeros(*shape: int) -> Float32:
    return np.zeros(shape, dtype=np.float32)
