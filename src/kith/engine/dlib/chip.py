"""Upright 150 x 150 chips of faces, cut as dlib cuts them (`extract_image_chips`).

The embedding network was trained on such chips, so everything is kept that shows in the pixels: how
a picture is halved before a large face is sampled, and where values are truncated.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kith.engine.faces import Float32, Pixels

SIDE_PX = 150
_PADDING = 0.25
# Where dlib's mean face has the five points (in the order of landmarks.py), in the unit box.
_MEAN_POINTS = np.array(
    (
        (0.8595674595992, 0.2134981538014),
        (0.6460604764104, 0.2289674387677),
        (0.1205750620789, 0.2137274526848),
        (0.3340850613712, 0.2290642403242),
        (0.4901123135679, 0.6277975316475),
    )
)
_TEMPLATE = (_PADDING + _MEAN_POINTS) / (1 + 2 * _PADDING) * SIDE_PX
_TEMPLATE_MEAN = _TEMPLATE.mean(axis=0)
_TEMPLATE_SPREAD = ((_TEMPLATE - _TEMPLATE_MEAN) ** 2).sum()
# dlib maps a point to the next level of its pyramid by p / 2 minus this, although its filter
# puts p at p / 2 - 1.
_LEVEL_SHIFT = np.array((1.25, 0.75))
# A smaller picture has no next level.
_SMALLEST_HALVED_PX = 9
_STRIP_ROWS = 30

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Square:
    """A turned square: its centre, its side, and (cos, sin) of its turn. All in pixels of a level."""

    centre: Float64
    side: float
    turn: Float64

    def corner(self, x: int, y: int) -> Float64:
        """One corner, x and y being -1 or 1. As dlib's boxes it ends inside its last pixel."""
        cosine, sine = self.turn
        return self.centre + (self.side - 1) / 2 * np.array((x * cosine - y * sine, x * sine + y * cosine))

    def halved(self) -> "_Square":
        return _Square(self.centre / 2 - _LEVEL_SHIFT, (self.side + 1) / 2, self.turn)


def cut_chips(pixels: Pixels, landmarks: Float32) -> Pixels:
    """Chips (n, 150, 150, 3) of the faces with these landmarks (n, 5, 2) in `pixels` (h, w, 3).

    What lies outside the picture is black.
    """
    chips = np.zeros((len(landmarks), SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    for chip, points in zip(chips, landmarks.astype(np.float64), strict=True):
        _cut(pixels, _place(points), chip)
    return chips


def _place(points: Float64) -> _Square:
    """The square that a chip shows: the template, brought onto the points by least squares."""
    mean = points.mean(axis=0)
    template, shape = _TEMPLATE - _TEMPLATE_MEAN, points - mean
    along = (template * shape).sum() / _TEMPLATE_SPREAD
    across = (template[:, 0] * shape[:, 1] - template[:, 1] * shape[:, 0]).sum() / _TEMPLATE_SPREAD
    scale = max(float(np.hypot(along, across)), 1e-6)  # points that coincide show one pixel
    x, y = SIDE_PX / 2 - _TEMPLATE_MEAN
    centre = mean + np.array((along * x - across * y, across * x + along * y))
    return _Square(centre, SIDE_PX * scale, np.array((along, across)) / scale)


def _cut(pixels: Pixels, square: _Square, chip: Pixels) -> None:
    """Fill `chip` with what `square` shows, out of a copy of the picture of about its resolution."""
    halvings, margin, shown = 0, 2, square
    while (smaller := shown.halved()).side > SIDE_PX:
        halvings, margin, shown = halvings + 1, 2 * margin + 2, smaller
    left, top, right, bottom = _surroundings(square, margin, pixels)
    crop = pixels[top : bottom + 1, left : right + 1]
    shown = _Square(square.centre - (left, top), square.side, square.turn)
    for _ in range(halvings):
        crop, shown = _halved(crop), shown.halved()
    if min(crop.shape[:2]) > 1:
        _sample(crop, shown, chip)


def _surroundings(square: _Square, margin: int, pixels: Pixels) -> tuple[int, int, int, int]:
    """The part of the picture needed for `square`: left, top, right, bottom, the last two inclusive."""
    height, width = pixels.shape[:2]
    corners = np.array([square.corner(x, y) for x in (-1, 1) for y in (-1, 1)])
    low = np.maximum(corners.min(axis=0) - margin, 0)
    high = np.minimum(corners.max(axis=0) + margin, (width - 1, height - 1))
    if (low > high).any():
        return 0, 0, -1, -1
    left, top, right, bottom = np.floor(np.concatenate((low, high)) + 0.5).astype(int)
    return left, top, right, bottom


def _halved(pixels: Pixels) -> Pixels:
    """The next level: a 1-4-6-4-1 filter at every second pixel from the third on, truncated."""
    height, width = pixels.shape[:2]
    if min(height, width) < _SMALLEST_HALVED_PX:
        return np.zeros((0, 0, 3), dtype=np.uint8)
    # In float32 these sums are exact; of uint8, OpenCV would round instead of truncating.
    filtered = cv2.pyrDown(pixels.astype(np.float32))
    return filtered[1 : (height - 1) // 2, 1 : (width - 1) // 2].astype(np.uint8)


def _sample(pixels: Pixels, shown: _Square, chip: Pixels) -> None:
    """Bilinear, truncated; black where a sample's four pixels are not all inside."""
    height, width = pixels.shape[:2]
    flat = pixels.reshape(-1, 3)
    start = shown.corner(-1, -1)
    across = (shown.corner(1, -1) - start) / (SIDE_PX - 1)
    down = (shown.corner(-1, 1) - start) / (SIDE_PX - 1)
    columns = np.arange(SIDE_PX)
    # In strips whose float64 values stay in the processor's cache: a third of the time.
    for rows in columns.reshape(-1, _STRIP_ROWS, 1):
        x = columns * across[0] + rows * down[0] + start[0]
        y = columns * across[1] + rows * down[1] + start[1]
        left, top = np.floor(x), np.floor(y)
        inside = (left >= 0) & (top >= 0) & (left < width - 1) & (top < height - 1)
        first = np.where(inside, top * width + left, 0).astype(np.intp)
        right, below = (x - left)[..., None], (y - top)[..., None]
        upper = (1 - right) * flat.take(first, axis=0) + right * flat.take(first + 1, axis=0)
        first += width
        lower = (1 - right) * flat.take(first, axis=0) + right * flat.take(first + 1, axis=0)
        blended = (1 - below) * upper + below * lower
        chip[rows[0, 0] : rows[-1, 0] + 1] = np.where(inside[..., None], blended, 0)
