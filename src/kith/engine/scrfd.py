"""SCRFD: the face detector of the InsightFace packs, with five landmarks in YuNet's order.

J. Guo et al., "Sample and Computation Redistribution for Efficient Face Detection" (2021). Two
anchors a cell at strides 8, 16 and 32; a box is the distances from its anchor to left, top, right
and bottom, landmarks are offsets from it, both in strides. Decoded as in InsightFace's Python package.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np

from kith.engine.detector import DetectorConfig, ViewDetector
from kith.engine.errors import EngineNotReady
from kith.engine.faces import Detections, Float32, Pixels
from kith.engine.graph import PIXELS, PixelFormat, accept_pixels
from kith.engine.session import Session, SessionOptions, open_session

STRIDES = (8, 16, 32)
ANCHORS = 2
SIDE_PX = 640
PIXEL_FORMAT = PixelFormat((127.5, 127.5, 127.5), (128.0, 128.0, 128.0))
WIDTHS = (1, 4, 10)  # last axis of the scores, the boxes and the landmarks

# Upstream's settings: every image in a square of 640 px. The networks were trained at that size.
SCRFD = DetectorConfig(
    score_threshold=0.5,
    nms_iou=0.4,
    max_side_px=SIDE_PX,
    small_side_px=SIDE_PX,
    multiple_px=SIDE_PX,
    max_enlargement=8.0,
)


class ScrfdDetector(ViewDetector):
    """Finds faces from about 12 px in an image scaled to 640 px up to those that fill the frame."""

    mean_shape = np.asarray(
        ((0.3, 0.4), (0.7, 0.4), (0.5, 0.59), (0.33, 0.77), (0.67, 0.77)), dtype=np.float32
    )

    def __init__(self, session: Session, config: DetectorConfig = SCRFD) -> None:
        """Raises EngineNotReady when the network is not an SCRFD with landmarks."""
        super().__init__(config)
        self._session = session
        # The networks of the InsightFace releases flatten a batch into one list: one image at a time.
        self._takes_batches = self._levels(np.zeros((1, 64, 64, 3), dtype=np.uint8))[0][0].ndim == 3

    @classmethod
    def open(cls, network: bytes, options: SessionOptions, config: DetectorConfig = SCRFD) -> Self:
        """A detector from an ONNX file's bytes; raises EngineNotReady if they are not an SCRFD."""
        return cls(open_session(accept_pixels(network, PIXEL_FORMAT), options), config)

    def candidates(self, canvas: Pixels, threshold: float) -> list[Detections]:
        """Candidates from `threshold` on in each image of a canvas, sides multiples of 32."""
        width = canvas.shape[2]
        if not self._takes_batches:
            return [_decode(self._levels(image[None]), width, threshold) for image in canvas]
        levels = self._levels(canvas)
        return [
            _decode([[output[row] for output in level] for level in levels], width, threshold)
            for row in range(len(canvas))
        ]

    def _levels(self, canvas: Pixels) -> list[list[Float32]]:
        """For each stride its scores, boxes and landmarks.

        Outputs are told apart by what they hold, not by name or order, which differ by exporter.
        """
        outputs = self._session.run(None, {PIXELS: canvas})
        kinds = [[output for output in outputs if output.shape[-1] == width] for width in WIDTHS]
        if any(len(kind) != len(STRIDES) for kind in kinds):
            raise EngineNotReady("the network is not an SCRFD face detector with landmarks")
        finest_first = [sorted(kind, key=lambda output: -output.size) for kind in kinds]
        return [list(level) for level in zip(*finest_first, strict=True)]


def _decode(levels: Sequence[Sequence[Float32]], width_px: int, threshold: float) -> Detections:
    """One image's scores (k, 1), boxes (k, 4) and landmarks (k, 10) at each stride."""
    parts = [
        _decode_level(level, stride, width_px // stride, threshold)
        for level, stride in zip(levels, STRIDES, strict=True)
    ]
    xyxy, score, landmarks = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Detections(xyxy, score, landmarks)


def _decode_level(
    level: Sequence[Float32], stride: int, columns: int, threshold: float
) -> tuple[Float32, Float32, Float32]:
    scores, distances, points = level
    rows = np.nonzero(scores[:, 0] >= threshold)[0]
    cells = rows // ANCHORS
    anchor = np.stack((cells % columns, cells // columns), axis=1).astype(np.float32) * stride
    reach = distances[rows] * stride
    xyxy = np.concatenate((anchor - reach[:, :2], anchor + reach[:, 2:]), axis=1)
    return xyxy, scores[rows, 0], points[rows].reshape(-1, 5, 2) * stride + anchor[:, None]
