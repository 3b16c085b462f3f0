"""What the convolutional detectors share: which views of an image to look at, and what to keep."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kith.engine import boxes as geometry
from kith.engine.faces import Detections, Float32, Pixels
from kith.engine.views import View, batches, cropped_view, scaled_view

HINT_SIDE_PX = 256  # a box drawn by hand is looked at with as much around it again, at this side
HINT_IOU = 0.4  # a detection that overlaps such a box less is of another face
MAX_CANDIDATES = 5000  # per canvas before suppression, which costs time by their square


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How hard a detector looks.

    score_threshold   detection score from which a face is reported
    hint_threshold    the same inside a box drawn by hand, where a face is known to be
    nms_iou           overlap above which the weaker of two boxes is dropped
    max_side_px       larger images are looked at scaled down to this side
    small_side_px     smaller images are looked at enlarged to this side …
    max_enlargement   … but at most by this factor
    sure_px           larger faces, in the scaled image, are looked at again in a smaller one; so are
                      images where all faces found, if any, are cut by the frame, with margins around
    multiple_px       canvases are filled up with black to a multiple of this
    batch_px          pixels handed to the network in one run. More at once leave the processor's cache
                      between two layers: at 4 megapixels YuNet takes a third longer
    """

    score_threshold: float
    nms_iou: float
    max_side_px: int
    small_side_px: int
    multiple_px: int
    max_enlargement: float = 2.0
    hint_threshold: float = 0.2
    sure_px: float = 400.0
    batch_px: int = 500_000


class ViewDetector(ABC):
    """A `Detector` made of a network that answers for canvases of pixels. Thread-safe."""

    mean_shape: ClassVar[Float32]
    """Where the five points (5, 2) lie in the network's own boxes on average, as parts of the box."""

    def __init__(self, config: DetectorConfig) -> None:
        self.config = config

    @abstractmethod
    def candidates(self, canvas: Pixels, threshold: float) -> list[Detections]:
        """What the network sees in each image of a canvas (n, h, w, 3), overlaps and all."""

    def detect(self, images: Sequence[Pixels]) -> list[Detections]:
        """The faces of each image, best score first."""
        threshold = self.config.score_threshold
        views = [self._whole(pixels) for pixels in images]
        found = self._look(views, threshold)
        doubtful = [
            row for row, faces in enumerate(found) if self._is_doubtful(faces, images[row], views[row])
        ]
        closer = self._look([self._closer_view(images[row], found[row]) for row in doubtful], threshold)
        for row, faces in zip(doubtful, closer, strict=True):
            found[row] = self._suppress(_joined(_outside_better(found[row], faces), faces))
        return found

    def landmarks(self, pixels: Pixels, boxes: Float32) -> Float32:
        """Five points (n, 5, 2) for boxes (n, 4): a detection that fits the box, else a mean face in it."""
        sides = boxes[:, 2:] - boxes[:, :2]
        points = np.add(boxes[:, None, :2], self.mean_shape * sides[:, None], dtype=np.float32)
        crops = [cropped_view(pixels, box, HINT_SIDE_PX) for box in geometry.grow(boxes, 2)]
        for row, faces in enumerate(self._look(crops, self.config.hint_threshold)):
            overlap = geometry.iou(boxes[row : row + 1], faces.xyxy)[0]
            if len(faces) and overlap.max() >= HINT_IOU:
                points[row] = faces.landmarks[overlap.argmax()]
        return points

    def _whole(self, pixels: Pixels) -> View:
        config = self.config
        side = max(pixels.shape[:2])
        enlarged = min(config.small_side_px, config.max_enlargement * side)
        return scaled_view(pixels, min(max(side, enlarged), config.max_side_px) / side)

    def _closer_view(self, pixels: Pixels, faces: Detections) -> View:
        """A view with margins in which the largest face found, else the whole image, is of a good size."""
        good_px = self.config.sure_px / 2
        sides = faces.xyxy[:, 2:] - faces.xyxy[:, :2]
        largest = float(sides.max()) if len(faces) else float(max(pixels.shape[:2]))
        largest_view = self.config.max_side_px / max(pixels.shape[:2])
        return scaled_view(pixels, min(good_px / largest, largest_view), margin_px=round(good_px / 2))

    def _is_doubtful(self, faces: Detections, pixels: Pixels, view: View) -> bool:
        """Whether a close-up may have been missed or misjudged: no face was found that the border
        does not cut, or one larger in the view than the network is sure of."""
        height, width = pixels.shape[:2]
        inside = (faces.xyxy[:, :2] > 0).all(axis=1) & (faces.xyxy[:, 2:] < (width, height)).all(axis=1)
        sides = (faces.xyxy[:, 2:] - faces.xyxy[:, :2]) * np.asarray(view.scale)
        return not inside.any() or bool((sides > self.config.sure_px).any())

    def _look(self, views: Sequence[View], threshold: float) -> list[Detections]:
        found = [Detections.empty() for _ in views]
        for rows, canvas in batches(views, self.config.multiple_px, self.config.batch_px):
            for row, seen in zip(rows, self.candidates(canvas, threshold), strict=True):
                found[row] = self._suppress(views[row].restore(seen))
        return found

    def _suppress(self, seen: Detections) -> Detections:
        best = np.argsort(-seen.score, kind="stable")[:MAX_CANDIDATES]
        rows = best[geometry.suppress(seen.xyxy[best], seen.score[best], self.config.nms_iou)]
        return Detections(seen.xyxy[rows], seen.score[rows], seen.landmarks[rows])


def _outside_better(faces: Detections, closer: Detections) -> Detections:
    """Without those that lie in a better face of the closer look: parts of it, seen too close."""
    inside = geometry.covered(faces.xyxy, closer.xyxy) > 0.8
    worse = faces.score[:, None] < closer.score[None, :]
    rows = np.nonzero(~(inside & worse).any(axis=1))[0]
    return Detections(faces.xyxy[rows], faces.score[rows], faces.landmarks[rows])


def _joined(left: Detections, right: Detections) -> Detections:
    return Detections(
        np.concatenate((left.xyxy, right.xyxy)),
        np.concatenate((left.score, right.score)),
        np.concatenate((left.landmarks, right.landmarks)),
    )
