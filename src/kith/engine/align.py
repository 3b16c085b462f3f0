"""Alignment: turn, scale and move a face so that its five points lie where the embedder expects them."""

import cv2
import numpy as np

from kith.engine.faces import Float32, Pixels

ARCFACE_SIDE_PX = 112

# Left eye, right eye, nose, left and right corner of the mouth in a 112 x 112 crop, as every network
# of the ArcFace family was trained (InsightFace, `arcface_dst`).
ARCFACE_POINTS = np.asarray(
    ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)),
    dtype=np.float32,
)


def similarity_transforms(points: Float32, template: Float32) -> Float32:
    """Affine matrices (n, 2, 3) that bring `points` (n, k, 2) closest to `template` (k, 2).

    The least-squares fit by rotation, uniform scale and translation, without reflection: Umeyama,
    "Least-squares estimation of transformation parameters between two point patterns" (1991), which
    in the plane needs no decomposition. Points that all coincide map to the middle of the template.
    """
    source = points.astype(np.float64)
    target = template.astype(np.float64)
    source_mean = source.mean(axis=1)
    target_mean = target.mean(axis=0)
    source -= source_mean[:, None]
    target -= target_mean
    spread = np.maximum((source**2).sum(axis=(1, 2)), np.finfo(np.float64).tiny)
    along = (source * target).sum(axis=(1, 2)) / spread
    across = (source[..., 0] * target[:, 1] - source[..., 1] * target[:, 0]).sum(axis=1) / spread
    turn = np.stack((along, -across, across, along), axis=1).reshape(-1, 2, 2)
    shift = target_mean - np.einsum("nij,nj->ni", turn, source_mean)
    return np.concatenate((turn, shift[:, :, None]), axis=2, dtype=np.float32)


def warp(pixels: Pixels, transforms: Float32, side_px: int) -> Pixels:
    """Crops (n, side, side, 3) of an image under affine matrices (n, 2, 3) from image to crop.

    Bilinear, black outside. A face much larger than the crop is first shrunk by averaging, because
    bilinear sampling alone would pick single pixels of it and alias.
    """
    crops = np.zeros((len(transforms), side_px, side_px, 3), dtype=np.uint8)
    for crop, transform in zip(crops, transforms, strict=True):
        part, onto_crop = _shrunk(pixels, transform, side_px)
        cv2.warpAffine(part, onto_crop, (side_px, side_px), dst=crop, flags=cv2.INTER_LINEAR)
    return crops


def _shrunk(pixels: Pixels, transform: Float32, side_px: int) -> tuple[Pixels, Float32]:
    """The part of the image a crop needs, shrunk by a whole factor, and the matrix from there."""
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    factor = int(0.5 / scale) if scale > 0 else 1
    if factor < 2:
        return pixels, transform
    inverse = np.asarray(cv2.invertAffineTransform(transform), dtype=np.float32)
    corners = np.asarray(((0, 0), (side_px, 0), (0, side_px), (side_px, side_px)), dtype=np.float32)
    reach = corners @ inverse[:, :2].T + inverse[:, 2]
    height, width = pixels.shape[:2]
    left, top = np.clip(np.floor(reach.min(axis=0)).astype(int) - factor, 0, (width - 1, height - 1))
    right, bottom = np.clip(
        np.ceil(reach.max(axis=0)).astype(int) + factor, (left + 1, top + 1), (width, height)
    )
    part = pixels[top:bottom, left:right]
    size = max(1, part.shape[1] // factor), max(1, part.shape[0] // factor)
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    # Pixel i of the small part is the mean of pixels f·i … f·i + f - 1, centred on f·i + (f - 1) / 2.
    step = np.asarray((part.shape[1] / size[0], part.shape[0] / size[1]), dtype=np.float32)
    from_small = transform.copy()
    from_small[:, :2] *= step
    from_small[:, 2] += transform[:, :2] @ ((left, top) + (step - 1) / 2)
    return small, from_small
