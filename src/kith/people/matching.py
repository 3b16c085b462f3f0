"""Recognising known people: the nearest known faces vote on each new one.

Pure functions over what was read; nothing here knows a database or a network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

# A face's appearance drifts: a vote from this many years away counts half as much as one of today.
HALF_LIFE_YEARS = 10.0
# The similarity of a match is the mean of its best votes, so that one lucky neighbour is not enough.
BEST_VOTES = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Similarities 0..1: from `auto` a face is given to a person, from `suggest` it is suggested.

    `poor` stands for `auto` where a face, of a quality below `seed_quality`, is too poor for its
    similarities to mean what they say.
    """

    auto: float
    suggest: float
    poor: float
    seed_quality: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face to be recognised: its nearest known faces, and what rules persons out.

    `persons`, `similarities` and `years` (k,) describe the neighbours; `years` is how far apart the
    photos were taken, 0 where a date is missing. `barred` persons are out of the question: rejected by a
    human, or not born yet.
    """

    face_id: int
    photo_id: int
    persons: NDArray[np.int64]
    similarities: NDArray[np.float64]
    years: NDArray[np.float64]
    barred: frozenset[int] = field(default_factory=frozenset[int])
    is_poor: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """`is_auto` gives the face to the person; otherwise it is a suggestion."""

    face_id: int
    person_id: int
    similarity: float
    is_auto: bool


def match(
    candidates: Sequence[Candidate], thresholds: Thresholds, taken: Mapping[int, Iterable[int]]
) -> list[Match]:
    """At most one person for each candidate, and each person at most once in a photo.

    `taken` holds the persons each photo already shows. Sure matches are settled before suggestions, the
    most similar first; whose person is taken by a better face of the same photo goes to the next best.
    """
    claims = sorted(
        (claim for candidate in candidates for claim in _claims(candidate, thresholds)),
        key=lambda claim: (not claim.is_auto, -claim.similarity, claim.face_id, claim.person_id),
    )
    photos = {candidate.face_id: candidate.photo_id for candidate in candidates}
    shown = {photo_id: set(persons) for photo_id, persons in taken.items()}
    settled: dict[int, Match] = {}
    for claim in claims:
        here = shown.setdefault(photos[claim.face_id], set())
        if claim.face_id in settled or claim.person_id in here:
            continue
        settled[claim.face_id] = claim
        if claim.is_auto:
            here.add(claim.person_id)
    return [settled[face_id] for face_id in sorted(settled)]


def _claims(candidate: Candidate, thresholds: Thresholds) -> list[Match]:
    """Every person a candidate could be; only the winner of the vote may be more than a suggestion."""
    votes: dict[int, list[tuple[float, float]]] = {}
    for person, similarity, years in zip(
        candidate.persons.tolist(), candidate.similarities.tolist(), candidate.years.tolist(), strict=True
    ):
        if similarity >= thresholds.suggest and person not in candidate.barred:
            weight = similarity * 0.5 ** (years / HALF_LIFE_YEARS)
            votes.setdefault(person, []).append((similarity, weight))
    if not votes:
        return []
    weights = {person: sum(weight for _, weight in cast) for person, cast in votes.items()}
    winner = max(weights, key=lambda person: (weights[person], -person))
    sure = thresholds.poor if candidate.is_poor else thresholds.auto
    claims: list[Match] = []
    for person, cast in votes.items():
        best = sorted((similarity for similarity, _ in cast), reverse=True)[:BEST_VOTES]
        similarity = sum(best) / len(best)
        is_auto = person == winner and similarity >= sure
        claims.append(Match(candidate.face_id, person, similarity, is_auto))
    return claims


def years_between(left: date | None, right: date | None) -> float:
    """How many years two dates are apart; 0 when one is not known."""
    return abs((left - right).days) / 365.25 if left is not None and right is not None else 0.0


def is_before_birth(taken: date | None, born: date | None) -> bool:
    """Whether a photo was taken before somebody was born, and so cannot show them."""
    return taken is not None and born is not None and taken < born
