"""Who each face of a sample would be, had the others of it been named in another embedding space."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kith.engine.calibration import Calibration
from kith.people.matching import Candidate, Thresholds, match


class Fate(StrEnum):
    AGREE = "agree"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Faces with their unit vectors (n, d); `persons` (n,) with 0 for nobody with a name."""

    photos: NDArray[np.int64]
    persons: NDArray[np.int64]
    quality: NDArray[np.float64]
    vectors: NDArray[np.float32]


def compare(
    sample: Sample, calibration: Calibration, thresholds: Thresholds, neighbours: int
) -> Counter[Fate]:
    """What becomes of each face when it alone is looked for among the named others (leave one out).

    Faces of the same photo do not vote on each other: they show different people.
    """
    fates: Counter[Fate] = Counter()
    named = np.flatnonzero(sample.persons)
    for row in range(len(sample.persons)):
        others = named[(named != row) & (sample.photos[named] != sample.photos[row])]
        person = _recognised(sample, row, others, calibration, thresholds, neighbours)
        if (fate := _fate(int(sample.persons[row]), person)) is not None:
            fates[fate] += 1
    return fates


def _recognised(
    sample: Sample, row: int, others: NDArray[np.intp], calibration: Calibration, thresholds: Thresholds,
    neighbours: int,
) -> int:  # fmt: skip
    cosines = sample.vectors[others] @ sample.vectors[row]
    nearest = np.argsort(-cosines, kind="stable")[:neighbours]
    candidate = Candidate(
        row, int(sample.photos[row]), sample.persons[others[nearest]],
        calibration.similarity(cosines[nearest]), np.zeros(len(nearest)),
        is_poor=bool(sample.quality[row] < thresholds.seed_quality),
    )  # fmt: skip
    matches: Sequence[int] = [it.person_id for it in match([candidate], thresholds, {}) if it.is_auto]
    return matches[0] if matches else 0


def _fate(person: int, recognised: int) -> Fate | None:
    """None for who is nobody, and stays so."""
    if not person:
        return Fate.KNOWN if recognised else None
    if not recognised:
        return Fate.UNKNOWN
    return Fate.AGREE if recognised == person else Fate.CHANGED
