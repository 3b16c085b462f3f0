"""YuNet: a small anchor-free face detector with five landmarks.

W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector" (2023), weights 2023mar of
OpenCV Zoo, decoded as OpenCV's FaceDetectorYN decodes them. The five points are the eye on the
picture's left, the eye on its right, the tip of the nose, the mouth's corners, left and right.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np

from kith.engine.detector import DetectorConfig, ViewDetector
from kith.engine.faces import Detections, Float32, Pixels
from kith.engine.graph import PIXELS, PixelFormat, accept_pixels
from kith.engine.session import Session, SessionOptions, open_session

STRIDES = (8, 16, 32)
PIXEL_FORMAT = PixelFormat(bgr=True)
OUTPUTS = [f"{name}_{stride}" for name in ("cls", "obj", "bbox", "kps") for stride in STRIDES]

# At score 0.6 every annotated face from 16 px of the unscaled group photos is found; of the answers
# from 16 px that no annotation covers all but one candle are faces too. Below, noise sets in. NMS at
# 0.3 is upstream's. Sides up to 1280 px cost 25 ms on two cores; enlarging pictures below 640 px
# finds 4 to 8 % more of the faces from 12 to 40 px in them for 3 ms.
YUNET = DetectorConfig(
    score_threshold=0.6, nms_iou=0.3, max_side_px=1280, small_side_px=640, multiple_px=max(STRIDES)
)


class YunetDetector(ViewDetector):
    """Finds faces from about 10 px in the scaled image up to those that fill the frame."""

    # The mean of 423 faces of Labelled Faces in the Wild and their mirror images.
    mean_shape = np.asarray(
        ((0.268, 0.373), (0.732, 0.373), (0.5, 0.574), (0.302, 0.726), (0.698, 0.726)), dtype=np.float32
    )

    def __init__(self, session: Session, config: DetectorConfig = YUNET) -> None:
        super().__init__(config)
        self._session = session

    @classmethod
    def open(cls, network: bytes, options: SessionOptions, config: DetectorConfig = YUNET) -> Self:
        """A detector from an ONNX file's bytes; raises EngineNotReady if they are no network."""
        return cls(open_session(accept_pixels(network, PIXEL_FORMAT), options), config)

    def candidates(self, canvas: Pixels, threshold: float) -> list[Detections]:
        """Candidates from `threshold` on in each image of a canvas, sides multiples of 32."""
        outputs = self._session.run(OUTPUTS, {PIXELS: canvas})
        width = canvas.shape[2]
        return [_decode([output[row] for output in outputs], width, threshold) for row in range(len(canvas))]


def _decode(outputs: Sequence[Float32], width_px: int, threshold: float) -> Detections:
    """One image's twelve outputs, in the order of `OUTPUTS`."""
    levels = len(STRIDES)
    parts = [
        _decode_level(outputs[level::levels], stride, width_px // stride, threshold)
        for level, stride in enumerate(STRIDES)
    ]
    xyxy, score, landmarks = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Detections(xyxy, score, landmarks)


def _decode_level(
    outputs: Sequence[Float32], stride: int, columns: int, threshold: float
) -> tuple[Float32, Float32, Float32]:
    face, object_, offsets, points = outputs
    score = np.sqrt(np.clip(face[:, 0], 0, 1) * np.clip(object_[:, 0], 0, 1))
    rows = np.nonzero(score >= threshold)[0]
    cells = np.stack((rows % columns, rows // columns), axis=1).astype(np.float32)
    centre = (cells + offsets[rows, :2]) * stride
    half = np.exp(offsets[rows, 2:]) * np.float32(stride / 2)
    landmarks = (points[rows].reshape(-1, 5, 2) + cells[:, None]) * stride
    return np.concatenate((centre - half, centre + half), axis=1), score[rows], landmarks
