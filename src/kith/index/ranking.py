"""One definition of a cosine and of the order of answers, shared by all implementations.

The scans below it (BLAS, HNSW, pgvector) are fast and each rounds in its own way; they only propose
candidates. What is answered is computed here from the float32 vectors, the same for the same two
vectors wherever they lie, so that every implementation gives equal cosines and the same order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kith.index.base import NO_PERSON, Float32, Int64, Neighbours, Scope, check_vectors

Numbers = NDArray[np.intp]

_FEW = 16
_STEP = 32
_STRETCH = 256
_NO_BAR = -1.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: the `top` faces, or persons by their best face; None is all from `min_cosine` on."""

    scope: Scope
    top: int | None
    min_cosine: float
    by_person: bool = False


class Scores(Protocol):
    """What rows scored for one query, wherever the scores are kept."""

    def last_of_best(self, count: int) -> float:
        """A score that at least `count` rows reach, and not many more; -inf if there are not so many rows."""
        ...

    def reaching(self, floor: float) -> tuple[Numbers, Float32]:
        """The rows (m,) that score `floor` or more, ascending, and their scores (m,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class HostScores:
    """Scores (n,) of rows 0..n-1, or of the rows (n,) `among`; what is out of scope scores -inf."""

    scores: Float32
    among: Numbers | None = None

    def last_of_best(self, count: int) -> float:
        """Of the best of stretches of rows: partitioning all scores takes ten times as long."""
        scores = self.scores
        if count >= len(scores):
            return float("-inf")
        stretch = min(_STRETCH, len(scores) // (2 * count))
        if stretch > 1:
            scores = scores[: len(scores) // stretch * stretch].reshape(-1, stretch).max(axis=1)
        return float(np.partition(scores, len(scores) - count)[len(scores) - count])

    def reaching(self, floor: float) -> tuple[Numbers, Float32]:
        at = np.flatnonzero(self.scores >= floor)
        return (at if self.among is None else self.among[at]), self.scores[at]


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """Scores as if some rows were not there."""

    scores: Scores
    rows: Numbers

    def last_of_best(self, count: int) -> float:
        return self.scores.last_of_best(count + len(self.rows))

    def reaching(self, floor: float) -> tuple[Numbers, Float32]:
        rows, scored = self.scores.reaching(floor)
        kept = ~np.isin(rows, self.rows)
        return rows[kept], scored[kept]


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


def winnow(
    scores: Scores,
    slack: Callable[[float], float],
    compare: Callable[[Numbers, Float32], Neighbours],
    ask: Ask,
) -> Neighbours:
    """The answer among rows of which scores are known: the few that may belong in it are compared.

    A row with a cosine of at least t scores at least t - slack(t); slack never falls as t does. `compare`
    gives the ranked answer among some rows, given with their scores. The best rows set the bar: what scores
    below it is out.
    """
    if ask.top is None:
        return compare(*scores.reaching(ask.min_cosine - slack(ask.min_cosine)))
    few = first_look(ask.top)
    bar = max(ask.min_cosine, _NO_BAR)
    while True:
        reached = max(bar - slack(bar), scores.last_of_best(few))
        best = compare(*scores.reaching(reached))
        if len(best) == ask.top:
            bar = max(bar, float(best.cosines[-1]))
        floor = bar - slack(bar)
        if floor >= reached:
            return best
        if bar > _NO_BAR:
            left = scores.reaching(floor)
            if len(left[0]) <= _STEP * few:
                return compare(*left)
        few *= _STEP


def first_look(top: int) -> int:
    """How many rows are compared to set the bar for the `top` best."""
    return _FEW + 2 * top


def best_scored(persons: Int64, scores: Float32, slack: float) -> NDArray[np.bool_]:
    """Which of these rows (m,) may be the best face of their person."""
    order = np.lexsort((-scores, persons))
    is_head = np.ones(len(order), np.bool_)
    is_head[1:] = np.diff(persons[order]) != 0
    best = scores[order[is_head]][np.cumsum(is_head) - 1]
    may = np.zeros(len(persons), np.bool_)
    may[order] = (scores[order] >= best - 2 * slack) & (persons[order] != NO_PERSON)
    return may


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
