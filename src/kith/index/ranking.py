"""One definition of a cosine and of the order of answers, shared by all implementations.

The scans below it (BLAS, HNSW, pgvector) are fast and each rounds in its own way; they only propose
candidates. What is answered is computed here from the float32 vectors, the same for the same two
vectors wherever they lie, so that every implementation gives equal cosines and the same order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kith.index.base import NO_PERSON, Float32, Int64, Neighbours, Scope, check_vectors

Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: the `top` faces, or persons by their best face; None is all from `min_cosine` on."""

    scope: Scope
    top: int | None
    min_cosine: float
    by_person: bool = False


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
    return pick(found, order[first[persons != NO_PERSON]])


def merge(parts: Sequence[Neighbours], ask: Ask) -> Neighbours:
    """One ranked answer from the ranked answers of several places that share no face."""
    return parts[0] if len(parts) == 1 else choose(join(parts), ask)


def join(parts: Sequence[Neighbours]) -> Neighbours:
    """All faces of several answers, unranked."""
    return Neighbours(
        np.concatenate([part.face_ids for part in parts]),
        np.concatenate([part.persons for part in parts]),
        np.concatenate([part.cosines for part in parts]),
    )


def pick(found: Neighbours, rows: Numbers | NDArray[np.bool_]) -> Neighbours:
    """The chosen rows, in the order given."""
    return Neighbours(found.face_ids[rows], found.persons[rows], found.cosines[rows])


def floor_of_top(scores: Float32, top: int | None, min_cosine: float, slack: float) -> float:
    """The score from which on a row may belong to the `top`, if scores are within `slack` of the cosine."""
    floor = max(min_cosine, -1.0) - slack
    if top is not None and 0 < top < len(scores):
        last = float(np.partition(scores, len(scores) - top)[len(scores) - top])
        floor = max(floor, last - 2 * slack)
    return floor


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows whose cosines are worth computing; no later row scores above `ceiling`."""

    rows: Numbers
    ceiling: float


def nearest(scores: Float32, ask: Ask, slack: float) -> Iterator[Candidates]:
    """Rows that may be among the nearest faces, best scores first; scores are within `slack` of cosines."""
    rows = np.flatnonzero(scores >= floor_of_top(scores, ask.top, ask.min_cosine, slack))
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    for start, end in chunks(len(rows), ask.top):
        yield Candidates(rows[start:end], float(scores[rows[end]]) if end < len(rows) else -np.inf)


def chunks(count: int, top: int | None) -> Iterator[tuple[int, int]]:
    """Ranges that cover `count` candidates, small at first: mostly the first few settle the answer."""
    start, size = 0, count if top is None else 2 * top + 16
    while start < count:
        yield start, min(count, start + size)
        start, size = start + size, size * 2


def settle(found: Neighbours, floor: float, ask: Ask) -> Neighbours | None:
    """The answer, if every face that belongs in it is among those found; None if one may lie below `floor`.

    `found` are the faces an approximate search proposed; it left out none above `floor` that it knew of.
    """
    best = choose(pick(found, is_in(found, ask.scope)), ask)
    is_full = ask.top is not None and int(np.sum(best.cosines >= floor)) >= ask.top
    return best if is_full or floor < ask.min_cosine else None


def choose(found: Neighbours, ask: Ask) -> Neighbours:
    """The ranked answer among faces in scope."""
    return rank(best_of_persons(found) if ask.by_person else found, ask.top, ask.min_cosine)


def is_in(found: Neighbours, scope: Scope) -> NDArray[np.bool_]:
    """Which faces the scope's persons, flags and exclusions leave."""
    keep = ~np.isin(found.face_ids, sorted_ids(scope.exclude_faces))
    if scope.persons is not None:
        keep &= np.isin(found.persons, wanted_persons(scope))
    if scope.assigned_only:
        keep &= found.persons != NO_PERSON
    if scope.unassigned_only:
        keep &= found.persons == NO_PERSON
    return keep


def wanted_persons(scope: Scope) -> Int64:
    """The scope's persons in order, without NO_PERSON."""
    return sorted_ids((scope.persons or frozenset()) - {NO_PERSON})


def check_ask(queries: Float32, ask: Ask, dimension: int) -> bool:
    """Whether there is anything to find; raises ValueError for what cannot be asked."""
    check_vectors(queries, dimension)
    if ask.top is not None and ask.top < 0:
        raise ValueError("top must not be negative")
    return ask.top != 0 and len(queries) > 0


def sorted_ids(ids: frozenset[int]) -> Int64:
    return np.array(sorted(ids), np.int64)
