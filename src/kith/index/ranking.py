"""One definition of a cosine and of the order of answers, shared by all implementations.

The scans below it (BLAS, HNSW, pgvector) are fast and each rounds in its own way; they only propose
candidates. What is answered is computed here from the float32 vectors, the same for the same two
vectors wherever they lie, so that every implementation gives equal cosines and the same order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64, Neighbours

# A float32 scan of d <= 512 unit components is off by less than 512 * 2**-24 = 3e-5, both ways.
SLACK = 1e-4

NOBODY = Neighbours(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


def cosines(vectors: Float32, query: Float32) -> Float32:
    """The cosines (m,) of unit vectors (m, d) to one query (d,), summed in float64."""
    # einsum goes row by row; a BLAS product may round equal rows differently at the edge of its tiles.
    exact = np.einsum("ij,j->i", vectors.astype(np.float64), query.astype(np.float64))
    return np.clip(exact, -1, 1).astype(np.float32)


def rank(found: Neighbours, top: int | None, min_cosine: float) -> Neighbours:
    """Cut at `min_cosine`, order by falling cosine and rising face id, keep `top` (None keeps all)."""
    order = np.lexsort((found.face_ids, -found.cosines))
    order = order[found.cosines[order] >= np.float32(min_cosine)][:top]
    return pick(found, order)


def best_of_persons(found: Neighbours) -> Neighbours:
    """The best face of each person (equal cosines: the lowest face id); faces without one are left out."""
    order = np.lexsort((found.face_ids, -found.cosines))
    persons, first = np.unique(found.persons[order], return_index=True)
    return pick(found, order[first[persons != 0]])


def merge(parts: Sequence[Neighbours], top: int | None, *, by_person: bool) -> Neighbours:
    """One ranked answer from the ranked answers of several places that share no face."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NOBODY
    whole = Neighbours(
        np.concatenate([part.face_ids for part in parts]),
        np.concatenate([part.persons for part in parts]),
        np.concatenate([part.cosines for part in parts]),
    )
    return rank(best_of_persons(whole) if by_person else whole, top, min_cosine=-1)


def pick(found: Neighbours, rows: Int64 | NDArray[np.intp] | NDArray[np.bool_]) -> Neighbours:
    """The chosen rows, in the order given."""
    return Neighbours(found.face_ids[rows], found.persons[rows], found.cosines[rows])


def floor_of_top(scores: Float32, top: int | None, min_cosine: float) -> float:
    """The score from which on a row may belong to the `top`, allowing for the scan's rounding."""
    floor = min_cosine
    if top is not None and 0 < top < len(scores):
        floor = max(floor, float(np.partition(scores, len(scores) - top)[len(scores) - top]))
    return max(floor, -1.0) - SLACK
