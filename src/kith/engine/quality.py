"""How far a face can be trusted: its size, its sharpness, its pose, and the three together.

Each measure is 0..1 and grows with quality. They were set on real faces: of Labelled Faces in the
Wild, press photos of 250 px, the middle half lies at quality 0.71 to 0.84; faces under 20 px, faces
blurred until two people look alike to the networks, and profiles come out below 0.3. Packs are
calibrated on faces from 0.5 on: between 0.3 and 0.4, strangers reach a similarity dozens of times as often.
"""

from enum import Enum

import cv2
import numpy as np

from kith.engine.faces import Float32, Pixels

SIDE_PX = 112
# The inner face of an aligned crop, without the background and the black beyond a picture's border.
INNER = slice(24, 104), slice(16, 96)

# Where each measure alone halves the trust in a face.
HALF_SIZE_PX = 31.0
HALF_VARIANCE = 40.0  # LFW's faces have 45 to 780; shrunk to 30 px they have 27, to 20 px 15


class LandmarkScheme(Enum):
    """What five points mean, and how far the nose point stands out, in distances between the eyes.

    The pupils, the tip of the nose and the corners of the mouth (ArcFace, YuNet, SCRFD); or the outer
    and inner corner of the eye on the picture's right, then of the other, and the base of the nose (dlib).
    """

    EYES_NOSE_MOUTH = 0.5
    EYE_CORNERS_NOSE = 0.35


def sharpness(crops: Pixels) -> Float32:
    """Sharpness (n,) of aligned faces (n, s, s, 3) from the variance of their Laplacian.

    J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (2000). Measured in the
    crop, so that a small face, blown up to it, counts as the blur that it is to the network.
    """
    variance = np.asarray([_laplacian_variance(crop) for crop in crops], dtype=np.float64)
    relative = (variance / HALF_VARIANCE) ** 1.5
    return (relative / (1 + relative)).astype(np.float32)


def frontality(landmarks: Float32, scheme: LandmarkScheme) -> Float32:
    """Frontality (n,) of faces with landmarks (n, 5, 2): 1 looks into the camera, 0 is a profile.

    A turned head moves the nose sideways between the eyes, by its protrusion times the tangent of
    the yaw. The answer is the squared cosine of that angle.
    """
    left, right, middle, nose = _axes(landmarks, scheme)
    axis = (right - left).astype(np.float64)
    width = np.maximum((axis**2).sum(axis=1), np.finfo(np.float64).tiny)
    offset = ((nose - middle) * axis).sum(axis=1) / width
    return (1 / (1 + (offset / scheme.value) ** 2)).astype(np.float32)


def quality(size_px: Float32, sharp: Float32, frontal: Float32, score: Float32) -> Float32:
    """Quality (n,) in 0..1 from size in pixels, sharpness, frontality and detection score, all (n,).

    Each measure x gives odds (1 - x) / x against the face, and the odds add up, so that one bad
    measure is enough to sink a face and no good one can save it. Strictly increasing in each.
    """
    against = (HALF_SIZE_PX / np.maximum(size_px, 1e-3).astype(np.float64)) ** 2
    for measure in (sharp, frontal, score):
        against = against + 1 / np.clip(measure.astype(np.float64), 1e-6, 1) - 1
    return (1 / (1 + against)).astype(np.float32)


def _laplacian_variance(crop: Pixels) -> float:
    if crop.shape[:2] != (SIDE_PX, SIDE_PX):
        crop = np.asarray(cv2.resize(crop, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[INNER]
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def _axes(points: Float32, scheme: LandmarkScheme) -> tuple[Float32, Float32, Float32, Float32]:
    """Left eye, right eye, the middle of the face and the nose, each (n, 2)."""
    if scheme is LandmarkScheme.EYE_CORNERS_NOSE:
        left, right = points[:, 2:4].mean(axis=1), points[:, 0:2].mean(axis=1)
        return left, right, (left + right) / 2, points[:, 4]
    eyes, mouth = points[:, 0:2].mean(axis=1), points[:, 3:5].mean(axis=1)
    return points[:, 0], points[:, 1], (eyes + mouth) / 2, points[:, 2]
