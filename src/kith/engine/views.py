"""How a detector sees an image: a scaled part of it, and the way back to the image's own pixels."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from kith.engine.faces import Detections, Float32, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`pixels` show the image scaled by `scale` (x, y), beginning at its pixel `origin` (x, y)."""

    pixels: Pixels
    scale: tuple[float, float]
    origin: tuple[float, float]

    def restore(self, seen: Detections) -> Detections:
        """Detections in the view's pixels as detections in the image's."""
        scale = np.asarray(self.scale, dtype=np.float32)
        origin = np.asarray(self.origin, dtype=np.float32)
        corners = seen.xyxy.reshape(-1, 2, 2) / scale + origin
        return Detections(corners.reshape(-1, 4), seen.score, seen.landmarks / scale + origin)


def scaled_view(pixels: Pixels, factor: float, margin_px: int = 0) -> View:
    """The whole image scaled by about `factor`, with black margins of `margin_px` on every side."""
    height, width = pixels.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size != (width, height):
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), dtype=np.uint8)
    if margin_px:
        pixels = np.pad(pixels, ((margin_px, margin_px), (margin_px, margin_px), (0, 0)))
    scale = size[0] / width, size[1] / height
    return View(pixels, scale, (-margin_px / scale[0], -margin_px / scale[1]))


def cropped_view(pixels: Pixels, box: Float32, side_px: int) -> View:
    """The part of the image inside `box` (4,) scaled so that its longer side is `side_px`.

    The box is rounded to whole pixels and cut at the image's border; at least one pixel is left.
    """
    height, width = pixels.shape[:2]
    left, right = _span(box[0], box[2], width)
    top, bottom = _span(box[1], box[3], height)
    part = scaled_view(pixels[top:bottom, left:right], side_px / max(right - left, bottom - top))
    return View(part.pixels, part.scale, (left, top))


def batches(views: Sequence[View], multiple: int, budget_px: int) -> Iterator[tuple[list[int], Pixels]]:
    """Canvases (n, h, w, 3) of views of one size, with the rows of the views that are on them.

    Sides are filled up with black to a multiple of `multiple`; a canvas of several views holds at
    most `budget_px` pixels.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, view in enumerate(views):
        height, width = view.pixels.shape[:2]
        groups[-(-height // multiple) * multiple, -(-width // multiple) * multiple].append(row)
    for (height, width), rows in groups.items():
        step = max(1, budget_px // (height * width))
        for start in range(0, len(rows), step):
            chosen = rows[start : start + step]
            yield chosen, _canvas([views[row].pixels for row in chosen], height, width)


def _canvas(parts: Sequence[Pixels], height: int, width: int) -> Pixels:
    if len(parts) == 1 and parts[0].shape[:2] == (height, width):
        return np.ascontiguousarray(parts[0])[None]
    canvas = np.zeros((len(parts), height, width, 3), dtype=np.uint8)
    for place, part in enumerate(parts):
        canvas[place, : part.shape[0], : part.shape[1]] = part
    return canvas


def _span(low: float, high: float, limit: int) -> tuple[int, int]:
    first = min(max(int(np.floor(low)), 0), limit - 1)
    return first, max(first + 1, min(int(np.ceil(high)), limit))
