"""dlib's MMOD face detector on ONNX Runtime.

King, "Max-Margin Object Detection" (2015): a network with one window of 80 x 80 pixels runs over many
scales of a picture. A box is square and reaches about from the brows to the chin.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kith.engine.dlib.graph import INPUT
from kith.engine.dlib.landmarks import LandmarkPredictor
from kith.engine.dlib.pyramid import Canvas, apart, resampled, tiled
from kith.engine.faces import Detections, Float32, Pixels
from kith.engine.session import Session

WINDOW_PX = 80
# Of two boxes that share more than this part of the box around both, the weaker goes. It was learnt
# with the network and stands in its file.
NMS_OVERLAP = 0.3382761351109955
# The network's means, so that its first layer sees nothing where a canvas shows no picture.
BACKGROUND = (122.782, 117.001, 104.298)
# A cell of the scores is the window around this place on the canvas.
_CELL_PX, _FIRST_CELL_PX = 8, 14
# In network pixels: OpenCV resamples nothing longer, and nothing narrower can show a face.
_LONGEST_PX, _NARROWEST_PX = 32_000, 16
# Steepness of the map from the network's score to 0..1.
_SLOPE = 4.0

Float64 = NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How much work is spent on a picture. bench/engine.py prints what other values find and cost.

    enlargement  how much larger a picture is made for the network, which finds faces of 80 px there
    budget_px    width x height a picture may have then; larger ones are enlarged less, or shrunk
    level_step   2 looks at every other scale of dlib's pyramid, 1 at all
    min_score    faces are kept above this score of the network, 0 where one is as likely as not
    batch_px     pictures of equal size go through the network together up to this many pixels; more leave
                 the processor's cache between two layers
    exact        dlib's own way: all its scales on one canvas, and boxes as the network has them
    """

    enlargement: float = 2.4
    budget_px: int = 5_000_000
    level_step: int = 2
    min_score: float = 0.0
    batch_px: int = 500_000
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Boxes (n, 4) on one picture, scores (n,) and the place (n,) of their picture in the batch."""

    boxes: Float64
    scores: Float32
    pictures: NDArray[np.intp]


class DlibDetector:
    """`kith.engine.base.Detector` with dlib's detector and its 5-point landmarks.

    Boxes are whole pixels and may reach beyond the picture; a box (x0, y0, x1, y1) is dlib's rectangle
    (x0, y0, x1 - 1, y1 - 1). The detection score is 1 / (1 + exp(-4 s)) of the network's score s,
    which training pushed above 1 for faces and below -1 elsewhere: 0.5 is undecided, 0.98 is sure.
    Landmarks are those of landmarks.py. Thread-safe.
    """

    def __init__(
        self, session: Session, predictor: LandmarkPredictor, config: DetectorConfig | None = None
    ) -> None:
        self._session = session
        self._predictor = predictor
        self._config = config or DetectorConfig()

    def with_config(self, config: DetectorConfig) -> "DlibDetector":
        """The same networks at other settings."""
        return DlibDetector(self._session, self._predictor, config)

    def detect(self, images: Sequence[Pixels]) -> list[Detections]:
        """Faces of each image (h, w, 3) RGB, best first."""
        found = [Detections.empty()] * len(images)
        for size, places in self._batches(images):
            batch = [images[place] for place in places]
            for place, detections in zip(places, self._detect_alike(batch, size), strict=True):
                found[place] = detections
        return found

    def landmarks(self, pixels: Pixels, boxes: Float32) -> Float32:
        """Points (n, 5, 2) in boxes (n, 4). A box that is not square is replaced by the square of
        the same area and centre, since the predictor knows no others."""
        return self._predictor.predict(pixels, _squares(boxes.astype(np.float64)) - (0, 0, 1, 1))

    def _batches(self, images: Sequence[Pixels]) -> Iterator[tuple[Size, list[int]]]:
        """Places of images that the network may see at once, with the size in which it does."""
        alike: defaultdict[Size, list[int]] = defaultdict(list)
        for place, pixels in enumerate(images):
            size = self._network_size(pixels)
            if min(size) >= _NARROWEST_PX:
                alike[size].append(place)
        for (columns, rows), places in alike.items():
            count = max(1, self._config.batch_px // (columns * rows))
            for start in range(0, len(places), count):
                yield (columns, rows), places[start : start + count]

    def _network_size(self, pixels: Pixels) -> Size:
        rows, columns = pixels.shape[:2]
        affordable = (self._config.budget_px / (rows * columns)) ** 0.5
        scale = min(self._config.enlargement, affordable, _LONGEST_PX / max(rows, columns))
        return max(1, round(columns * scale)), max(1, round(rows * scale))

    def _detect_alike(self, images: list[Pixels], size: Size) -> list[Detections]:
        candidates = list(self._candidates([_resized(pixels, size) for pixels in images], size))
        boxes = np.concatenate([some.boxes for some in candidates])
        scores = np.concatenate([some.scores for some in candidates])
        pictures = np.concatenate([some.pictures for some in candidates])
        found: list[Detections] = []
        for place, pixels in enumerate(images):
            mine = pictures == place
            rows, columns = pixels.shape[:2]
            scaled = (boxes[mine] + (0, 0, 1, 1)) * np.tile((columns / size[0], rows / size[1]), 2)
            found.append(self._detections(pixels, np.floor(scaled + 0.5), scores[mine]))
        return found

    def _candidates(self, pictures: list[Float32], size: Size) -> Iterator[_Candidates]:
        """All windows that score high enough, canvas by canvas."""
        canvases = tiled(*size) if self._config.exact else apart(*size, self._config.level_step)
        for canvas in canvases:
            background = np.tile(np.array(BACKGROUND, dtype=np.float32), canvas.columns)
            pixels = np.full((len(pictures), canvas.rows, len(background)), background)
            pixels = pixels.reshape(len(pictures), canvas.rows, canvas.columns, 3)
            for level in canvas.levels:
                pictures = [resampled(picture, level.columns, level.rows) for picture in pictures]
                pixels[:, level.top : level.bottom, level.left : level.right] = pictures
            (scores,) = self._session.run(None, {INPUT: pixels})
            yield _read(scores[:, 0], canvas, self._config.min_score)

    def _detections(self, pixels: Pixels, boxes: Float64, scores: Float32) -> Detections:
        """The faces among candidates in one picture (h, w, 3)."""
        best: list[int] = []
        faces: list[Float64] = []
        rest = np.argsort(-scores, kind="stable")
        while len(rest):
            alike = _overlap(boxes[rest[0]], boxes[rest]) > NMS_OVERLAP
            best.append(rest[0])
            faces.append(self._face(boxes[rest[alike]], scores[rest[alike]]))
            rest = rest[~alike]
        xyxy = np.floor(np.array(faces).reshape(-1, 4) + 0.5).astype(np.float32)
        probability = 1 / (1 + np.exp(-_SLOPE * scores[best]))
        return Detections(xyxy, probability.astype(np.float32), self.landmarks(pixels, xyxy))

    def _face(self, boxes: Float64, scores: Float32) -> Float64:
        """One box for all that show a face, best first.

        A single box is only as exact as the steps between scales. Their mean, weighted by score, is
        steadier: the same face in a resized picture overlaps with itself by .86 instead of .72.
        """
        if self._config.exact:
            return boxes[0]
        return np.average(boxes, axis=0, weights=scores - self._config.min_score)


def _resized(pixels: Pixels, size: Size) -> Float32:
    if pixels.shape[1::-1] == size:
        return pixels.astype(np.float32)
    method = cv2.INTER_AREA if pixels.shape[1] > size[0] else cv2.INTER_LINEAR
    return cv2.resize(pixels, size, interpolation=method).astype(np.float32)


def _read(scores: Float32, canvas: Canvas, min_score: float) -> _Candidates:
    """The windows of score maps (n, r, c) above `min_score`, as boxes on the first level."""
    pictures, rows, columns = np.nonzero(scores > min_score)
    centres = np.stack((columns, rows), axis=-1).astype(np.float64) * _CELL_PX + _FIRST_CELL_PX
    reach = (WINDOW_PX - 1) / 2
    boxes = np.concatenate((centres - reach, centres + reach), axis=-1)
    nearest = canvas.nearest(centres)
    for place, level in enumerate(canvas.levels):
        boxes[nearest == place] = level.to_first(boxes[nearest == place])
    return _Candidates(boxes, scores[pictures, rows, columns], pictures)


def _overlap(box: Float64, others: Float64) -> Float64:
    """The part (n,) that a box shares with others (n, 4) of the box around both."""
    shared = np.minimum(others[:, 2:], box[2:]) - np.maximum(others[:, :2], box[:2])
    around = np.maximum(others[:, 2:], box[2:]) - np.minimum(others[:, :2], box[:2])
    return shared.clip(min=0).prod(axis=1) / around.prod(axis=1)


def _squares(boxes: Float64) -> NDArray[np.int32]:
    """Boxes in whole pixels; those whose sides differ by more than rounding does, made square."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    centres, reach = (boxes[:, :2] + boxes[:, 2:]) / 2, np.sqrt(sides.prod(axis=1, keepdims=True)) / 2
    oblong = np.abs(sides[:, :1] - sides[:, 1:]) > 1
    squares = np.where(oblong, np.concatenate((centres - reach, centres + reach), axis=1), boxes)
    return np.floor(squares + 0.5).astype(np.int32)
