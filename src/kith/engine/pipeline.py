"""The face engine: a detector and an embedder run over batches of images."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kith.engine import boxes as geometry
from kith.engine.base import Detector, Embedder
from kith.engine.calibration import Calibration
from kith.engine.errors import InvalidBox
from kith.engine.faces import Detections, EmbeddingSpace, Faces, Float32, Image, Pixels
from kith.engine.quality import LandmarkScheme, frontality, quality, sharpness

CROPS = 64  # aligned faces from which a batch is embedded, whatever the number of faces in the images


@dataclass(frozen=True, slots=True)
class Engine:
    """A `FaceEngine` of any pack's parts. Thread-safe when they are: it keeps nothing between calls."""

    detector: Detector
    embedder: Embedder
    calibration: Calibration
    scheme: LandmarkScheme = LandmarkScheme.EYES_NOSE_MOUTH

    @property
    def space(self) -> EmbeddingSpace:
        return self.embedder.space

    def analyse(self, images: Sequence[Image]) -> list[Faces]:
        """The faces of each image, best score first. No face is an empty `Faces`."""
        found = self.detector.detect([image.pixels for image in images])
        return self._faces(images, [_inside(seen, image) for seen, image in zip(found, images, strict=True)])

    def embed(self, image: Image, boxes: Float32) -> Faces:
        """Faces for boxes (n, 4) xyxy in original pixels, cut at the border, in the order given.

        Raises InvalidBox for a box that is not finite, has no area or lies outside the picture.
        """
        boxes = checked_boxes(boxes, image)
        on_pixels = geometry.scale(boxes, *image.scale)
        points = self.detector.landmarks(image.pixels, on_pixels)
        seen = Detections(on_pixels, np.ones(len(boxes), dtype=np.float32), points)
        return self._faces([image], [seen])[0]

    def _faces(self, images: Sequence[Image], found: Sequence[Detections]) -> list[Faces]:
        """Faces of detections in decoded pixels, all images' crops embedded together."""
        count = sum(len(seen) for seen in found)
        if not count:
            return [Faces.empty(self.space.dimension) for _ in images]
        embeddings = np.empty((count, self.space.dimension), dtype=np.float32)
        sharp = np.empty(count, dtype=np.float32)
        start = 0
        for crops in self._crops(images, found):
            rows = slice(start, start + len(crops))
            embeddings[rows] = self.embedder.embed(crops)
            sharp[rows] = sharpness(crops)
            start += len(crops)
        ends = np.cumsum([len(seen) for seen in found])
        return [
            self._assemble(image, seen, sharp[end - len(seen) : end], embeddings[end - len(seen) : end])
            for image, seen, end in zip(images, found, ends, strict=True)
        ]

    def _crops(self, images: Sequence[Image], found: Sequence[Detections]) -> Iterator[Pixels]:
        """The aligned faces of all images in turn, some `CROPS` at a time."""
        held: list[Pixels] = []
        for image, seen in zip(images, found, strict=True):
            for start in range(0, len(seen), CROPS):
                held.append(self.embedder.align(image.pixels, seen.landmarks[start : start + CROPS]))
                if sum(map(len, held)) >= CROPS:
                    yield np.concatenate(held)
                    held.clear()
        if held:
            yield np.concatenate(held)

    def _assemble(self, image: Image, seen: Detections, sharp: Float32, embeddings: Float32) -> Faces:
        x, y = image.scale
        xyxy = geometry.clip(geometry.scale(seen.xyxy, 1 / x, 1 / y), image.width_px, image.height_px)
        size_px = np.sqrt(geometry.area(xyxy))
        frontal = frontality(seen.landmarks, self.scheme)
        return Faces(
            xyxy=xyxy,
            score=seen.score,
            landmarks=(seen.landmarks / np.asarray((x, y))).astype(np.float32),
            quality=quality(size_px, sharp, frontal, seen.score),
            size_px=size_px,
            sharpness=sharp,
            frontality=frontal,
            embeddings=embeddings,
        )


def _inside(seen: Detections, image: Image) -> Detections:
    """The detections cut at the picture's border, without those that lie beyond it."""
    height, width = image.pixels.shape[:2]
    xyxy = geometry.clip(seen.xyxy, width, height)
    rows = np.nonzero(geometry.area(xyxy) > 0)[0]
    return Detections(xyxy[rows], seen.score[rows], seen.landmarks[rows])


def checked_boxes(boxes: Float32, image: Image) -> Float32:
    """Boxes (n, 4) cut at the border of the picture; raises InvalidBox."""
    boxes = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    if not np.isfinite(boxes).all():
        raise InvalidBox("a box has a corner that is not a number")
    if not geometry.are_inside(boxes, image.width_px, image.height_px).all():
        raise InvalidBox(f"a box has no area in a picture of {image.width_px} x {image.height_px} pixels")
    return geometry.clip(boxes, image.width_px, image.height_px)
