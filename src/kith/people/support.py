"""Whether what a machine has recognised still follows from what humans say."""

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64

# Faces that are compared at a time, so that the cosines of a person of any size fit into memory.
_CHUNK = 1024


def unsupported(
    vectors: Float32, recognised: NDArray[np.bool_], left: Float32, suggest: float, sure: NDArray[np.float64]
) -> Int64:
    """The rows of a person's faces that were recognised by none but the likes of faces that have left.

    `vectors` (n, d) are the person's faces, `recognised` (n,) says which of them are there by their likeness
    alone, `left` (k, d) are faces that were the person's. Cosines: from `suggest` on one face speaks for
    another, from `sure` (n,) on that is enough to recognise it. What those that left have spoken for, in
    however many steps, is doubted; what one of the others is still enough for is doubted no more.
    """
    doubted = np.zeros(len(vectors), dtype=bool)
    speakers = left
    while len(speakers):
        rows = np.flatnonzero(recognised & ~doubted)
        reached = rows[_closest(vectors[rows], speakers) >= suggest]
        doubted[reached] = True
        speakers = vectors[reached]
    speakers = vectors[~doubted]
    while len(speakers):
        rows = np.flatnonzero(doubted)
        reached = rows[_closest(vectors[rows], speakers) >= sure[rows]]
        doubted[reached] = False
        speakers = vectors[reached]
    return np.flatnonzero(doubted)


def _closest(vectors: Float32, others: Float32) -> Float32:
    """The largest cosine (n,) of each vector to any of the others."""
    best = np.full(len(vectors), -1, dtype=np.float32)
    for at in range(0, len(vectors), _CHUNK):
        for start in range(0, len(others), _CHUNK):
            cosines = vectors[at : at + _CHUNK] @ others[start : start + _CHUNK].T
            best[at : at + _CHUNK] = np.maximum(best[at : at + _CHUNK], cosines.max(axis=1))
    return best
