"""Turning pictures upright and making them smaller."""

import cv2
import numpy as np

from kith.engine.faces import Pixels

_TURNED = (5, 6, 7, 8)


def upright_size(width_px: int, height_px: int, orientation: int) -> tuple[int, int]:
    """Width and height once an EXIF orientation is applied."""
    return (height_px, width_px) if orientation in _TURNED else (width_px, height_px)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation (1-8, EXIF 2.32 section 4.6.4) to pixels (h, w, 3)."""
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.transpose(cv2.rotate(pixels, cv2.ROTATE_180))
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
    return np.asarray(turned, dtype=np.uint8)


def fitted_size(width_px: int, height_px: int, max_side_px: int | None) -> tuple[int, int]:
    """The size within `max_side_px` a side that keeps the shape; never larger than it was."""
    longest = max(width_px, height_px)
    if max_side_px is None or longest <= max_side_px:
        return width_px, height_px
    ratio = max_side_px / longest
    return max(1, round(width_px * ratio)), max(1, round(height_px * ratio))


def shrink(pixels: Pixels, width_px: int, height_px: int) -> Pixels:
    """Make pixels (h, w, 3) smaller by averaging areas, which loses no detail to aliasing."""
    if pixels.shape[:2] == (height_px, width_px):
        return pixels
    resized = cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, dtype=np.uint8)


def reduction_for(width_px: int, height_px: int, max_side_px: int | None) -> int:
    """The largest of 1, 2, 4, 8 that still leaves at least the pixels wanted."""
    width, height = fitted_size(width_px, height_px, max_side_px)
    for reduction in (8, 4, 2):
        if -(-width_px // reduction) >= width and -(-height_px // reduction) >= height:
            return reduction
    return 1
