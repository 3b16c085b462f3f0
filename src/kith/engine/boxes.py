"""Plain geometry of boxes, shared by every detector. Boxes are float32 xyxy pixels, (n, 4)."""

import numpy as np
from numpy.typing import NDArray

from kith.engine.faces import Float32

Rows = NDArray[np.intp]


def area(boxes: Float32) -> Float32:
    """Area (n,) in square pixels; 0 where a box is turned inside out."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return sides[:, 0] * sides[:, 1]


def are_inside(boxes: Float32, width: float, height: float) -> NDArray[np.bool_]:
    """Which boxes (n,) have some area within a picture of this size."""
    return area(clip(boxes, width, height)) > 0


def iou(left: Float32, right: Float32) -> Float32:
    """Intersection over union (n, m) of every box of `left` with every box of `right`, in 0..1."""
    shared = _shared(left, right)
    union = area(left)[:, None] + area(right)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def covered(inner: Float32, outer: Float32) -> Float32:
    """The part (n, m) of the area of every box of `inner` that lies in every box of `outer`, in 0..1."""
    shared, own = _shared(inner, outer), area(inner)[:, None]
    return np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)


def _shared(left: Float32, right: Float32) -> Float32:
    top_left = np.maximum(left[:, None, :2], right[None, :, :2])
    bottom_right = np.minimum(left[:, None, 2:], right[None, :, 2:])
    sides = np.maximum(bottom_right - top_left, 0)
    return sides[..., 0] * sides[..., 1]


def suppress(boxes: Float32, score: Float32, max_iou: float) -> Rows:
    """Rows that survive greedy non-maximum suppression, best score first.

    Of two boxes that overlap by more than `max_iou` the one with the lower score goes; equal scores
    keep their order.
    """
    order = np.argsort(-score, kind="stable")
    kept: list[int] = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[iou(boxes[best : best + 1], boxes[rest])[0] <= max_iou]
    return np.asarray(kept, dtype=np.intp)


def clip(boxes: Float32, width_px: float, height_px: float) -> Float32:
    """The boxes with every corner moved into the picture."""
    limit = np.asarray((width_px, height_px, width_px, height_px), dtype=np.float32)
    return np.clip(boxes, np.float32(0), limit)


def scale(boxes: Float32, x: float, y: float) -> Float32:
    """The boxes with their x multiplied by `x` and their y by `y`."""
    return boxes * np.asarray((x, y, x, y), dtype=np.float32)


def grow(boxes: Float32, ratio: float) -> Float32:
    """The boxes with sides multiplied by `ratio`, around the same centres."""
    centre = (boxes[:, :2] + boxes[:, 2:]) * np.float32(0.5)
    half = (boxes[:, 2:] - boxes[:, :2]) * np.float32(ratio / 2)
    return np.concatenate((centre - half, centre + half), axis=1, dtype=np.float32)
