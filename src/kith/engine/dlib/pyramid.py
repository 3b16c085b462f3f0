"""How the MMOD detector sees a picture: many scales of it, laid out on canvases.

Each scale is 5/6 of the one before. dlib tiles them all on one canvas; a canvas for each gives
almost the same faces, sooner and in a fraction of the memory.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kith.engine.faces import Float32

Float64 = NDArray[np.float64]

_STEP = 5 / 6
# Levels shorter than _SMALL_PX, two windows of the network, get the wide margin. Below _SMALLEST_PX a
# face would be twice as large as its picture.
_SMALLEST_PX, _SMALL_PX = 40, 160
_MARGIN_PX, _WIDE_MARGIN_PX = 16, 40
_TILE_GAP_PX = 10
_TILE_MARGIN_PX = 11
_TILE_MIN_ROWS = 5


@dataclass(frozen=True, slots=True)
class Level:
    """One scale of a picture and its place on a canvas, in pixels; `depth` steps below the first."""

    depth: int
    left: int
    top: int
    columns: int
    rows: int

    @property
    def right(self) -> int:
        return self.left + self.columns

    @property
    def bottom(self) -> int:
        return self.top + self.rows

    def to_first(self, boxes: Float64) -> Float64:
        """Boxes (n, 4) on the canvas as boxes on the first scale, by dlib's map: 1.2 p + 0.3 a step."""
        mapped = boxes - np.array((self.left, self.top, self.left, self.top))
        for _ in range(self.depth):
            mapped = mapped * (1 / _STEP) + 0.3
        return mapped


@dataclass(frozen=True, slots=True)
class Canvas:
    """The network's input for some levels of a picture, in order of depth."""

    columns: int
    rows: int
    levels: tuple[Level, ...]

    def nearest(self, points: Float64) -> NDArray[np.intp]:
        """Which of the levels each point (n, 2) on the canvas lies in or nearest to."""
        lows = np.array([(level.left, level.top) for level in self.levels])
        highs = np.array([(level.right - 1, level.bottom - 1) for level in self.levels])
        beyond = np.maximum(np.maximum(lows - points[:, None], points[:, None] - highs), 0)
        return (beyond**2).sum(axis=-1).argmin(axis=1)


def apart(columns: int, rows: int, level_step: int) -> list[Canvas]:
    """A canvas for every `level_step`-th level, down to where the network's window exceeds it."""
    first, *others = _sizes(columns, rows)[::level_step]
    canvases: list[Canvas] = []
    for place, (width, height) in enumerate([first, *(size for size in others if min(size) >= _SMALLEST_PX)]):
        # Where a level is hardly larger than the window, a face may reach beyond it on all sides.
        margin = _WIDE_MARGIN_PX if min(width, height) < _SMALL_PX else _MARGIN_PX
        level = Level(place * level_step, margin, margin, width, height)
        canvases.append(Canvas(width + 2 * margin, height + 2 * margin, (level,)))
    return canvases


def tiled(columns: int, rows: int) -> list[Canvas]:
    """All levels on one canvas as dlib lays them out (image_transforms/image_pyramid.h).

    The first go down the left edge until the next would fit beside the last and half of the remaining
    height is used; the others climb back up along the right edge until they would meet the first.
    """
    first, *others = _sizes(columns, rows)
    sizes = [first, *(size for size in others if size[1] >= _TILE_MIN_ROWS)]
    remaining = sum(height + _TILE_GAP_PX for _, height in sizes[1:]) - _TILE_GAP_PX
    levels: list[Level] = []
    top, previous_width = _TILE_MARGIN_PX, 0
    for depth, (width, height) in enumerate(sizes):
        used = top - _TILE_MARGIN_PX - rows
        if width <= columns - previous_width - _TILE_GAP_PX and 2 * used >= remaining:
            break
        levels.append(Level(depth, _TILE_MARGIN_PX, top, width, height))
        top, previous_width = top + height + _TILE_GAP_PX, width
    bottom = top - _TILE_GAP_PX
    canvas_rows = bottom + _TILE_MARGIN_PX
    for depth in range(len(levels), len(sizes)):
        width, height = sizes[depth]
        if bottom - height < _TILE_MARGIN_PX + rows:
            break
        levels.append(Level(depth, _TILE_MARGIN_PX + columns - width, bottom - height, width, height))
        bottom -= height + _TILE_GAP_PX
    return [Canvas(columns + 2 * _TILE_MARGIN_PX, canvas_rows, tuple(levels))]


def resampled(picture: Float32, columns: int, rows: int) -> Float32:
    """The picture (h, w, 3) at another size, bilinear between corners that stay corners."""
    height, width = picture.shape[:2]
    if (rows, columns) == (height, width):
        return picture
    across, down = (width - 1) / max(columns - 1, 1), (height - 1) / max(rows - 1, 1)
    matrix = np.array(((across, 0, 0), (0, down, 0)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    smaller = cv2.warpAffine(picture, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return smaller.astype(np.float32, copy=False)


def _sizes(columns: int, rows: int) -> list[tuple[int, int]]:
    """Width and height of every level that has pixels."""
    sizes: list[tuple[int, int]] = []
    while columns and rows:
        sizes.append((columns, rows))
        columns, rows = math.floor(_STEP * columns), math.floor(_STEP * rows)
    return sizes
