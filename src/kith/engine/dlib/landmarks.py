"""The five points of a face, by dlib's cascade of regression trees, on NumPy arrays.

Point order: outer and inner corner of the eye on the picture's right, outer and inner corner of the
eye on its left, bottom of the nose. As in dlib they are whole pixels.
"""

import numpy as np
from numpy.typing import NDArray

from kith.engine.dlib.forest import Forest
from kith.engine.faces import Float32, Pixels

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]


class LandmarkPredictor:
    """A shape predictor ready to run on many boxes of one picture at once."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        cascades, trees, splits = forest.first.shape
        # Trees lie one after another, so that one number names a split or a leaf of a whole cascade.
        self._first = forest.first.reshape(cascades, -1).astype(np.intp)
        self._second = forest.second.reshape(cascades, -1).astype(np.intp)
        self._threshold = forest.threshold.reshape(cascades, -1)
        self._leaves = forest.leaves.reshape(cascades, trees * (splits + 1), -1)
        self._split_starts = np.arange(trees, dtype=np.intp) * splits
        self._leaf_starts = np.arange(trees, dtype=np.intp) * (splits + 1)
        self._depth = (splits + 1).bit_length() - 1
        mean = forest.shape.reshape(-1, 2).astype(np.float64)
        self._mean = mean - mean.mean(axis=0)
        self._mean_spread = float((self._mean**2).sum())

    def predict(self, pixels: Pixels, boxes: Int32) -> Float32:
        """Points (n, 5, 2), whole pixels, of the faces in boxes (n, 4): left, top, right, bottom,
        the last two inclusive. `pixels` is (h, w, 3) RGB; boxes may reach beyond it."""
        if not len(boxes):
            return np.zeros((0, len(self._mean), 2), dtype=np.float32)
        grey = _grey(pixels)
        origin = boxes[:, None, :2].astype(np.float64)
        span = boxes[:, None, 2:].astype(np.float64) - origin
        points = np.repeat(self._forest.shape.reshape(1, -1, 2), len(boxes), axis=0)
        for cascade in range(len(self._first)):
            values = self._sample(grey, cascade, points, origin, span)
            leaves = self._leaves[cascade][self._walk(cascade, values).T]
            # Adding row upon row, tree after tree, rounds in float32 just as dlib's loop does.
            steps = np.concatenate((points.reshape(1, len(boxes), -1), leaves))
            points = np.add.reduce(steps, axis=0).reshape(points.shape)
        return np.floor(points * span + origin + 0.5).astype(np.float32)

    def _sample(
        self, grey: Pixels, cascade: int, points: Float32, origin: Float64, span: Float64
    ) -> NDArray[np.int16]:
        """Grey values (n, k) of the cascade's pixels; 0 outside the picture."""
        turned = self._turns(points)
        dx, dy = self._forest.offsets[cascade].T
        anchored = points[:, self._forest.anchors[cascade]]
        columns, rows = (
            np.floor(
                (turned[:, axis, :1] * dx + turned[:, axis, 1:] * dy + anchored[..., axis]) * span[..., axis]
                + origin[..., axis]
                + 0.5
            ).astype(np.int64)
            for axis in (0, 1)
        )
        height, width = grey.shape
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        return grey.take((rows * width + columns) * inside).astype(np.int16) * inside

    def _turns(self, points: Float32) -> Float32:
        """Rotation and scale (n, 2, 2) that bring the mean shape nearest to each shape.

        Least squares, as in Umeyama (1991); for five points of a face there is never a reflection.
        """
        shape = points.astype(np.float64)
        shape = shape - shape.mean(axis=1, keepdims=True)
        along = (self._mean * shape).sum(axis=(1, 2)) / self._mean_spread
        across = (self._mean[:, 0] * shape[..., 1] - self._mean[:, 1] * shape[..., 0]).sum(axis=1)
        across /= self._mean_spread
        return np.stack((along, -across, across, along), axis=-1).reshape(-1, 2, 2).astype(np.float32)

    def _walk(self, cascade: int, values: NDArray[np.int16]) -> NDArray[np.intp]:
        """The leaf (n, t) each tree of the cascade ends in."""
        first, second, threshold = self._first[cascade], self._second[cascade], self._threshold[cascade]
        row = (np.arange(len(values)) * values.shape[1])[:, None]
        node = np.zeros((len(values), len(self._split_starts)), dtype=np.intp)
        for _ in range(self._depth):
            split = node + self._split_starts
            difference = values.take(first.take(split) + row) - values.take(second.take(split) + row)
            node = 2 * node + 2 - (difference > threshold.take(split))
        return node - (2**self._depth - 1) + self._leaf_starts


def _grey(pixels: Pixels) -> Pixels:
    """dlib's grey (h, w): the truncated mean of the three channels."""
    total = pixels[..., 0].astype(np.uint16)
    total += pixels[..., 1]
    total += pixels[..., 2]
    return (total // 3).astype(np.uint8)
