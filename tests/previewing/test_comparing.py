"""What becomes of faces that are looked for among others of a sample."""

from collections import Counter

import numpy as np
import pytest

from kith.engine.calibration import SIMILARITIES, Calibration
from kith.people.matching import Thresholds
from kith.previewing.comparing import Fate, Sample, compare

# From the least of them on, cosines are similarities here.
PLAIN = Calibration(SIMILARITIES, "made for these tests")
THRESHOLDS = Thresholds(auto=0.7, suggest=0.5, poor=0.9, seed_quality=0.3)
ANN, BOB = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
BETWEEN = (0.6, 0.0, 0.8)


def sample(*faces: tuple[int, tuple[float, ...]], quality: float = 0.9, photo: int | None = None) -> Sample:
    """Faces as (person, vector), each in a photo of its own unless one is named."""
    photos = [photo or number for number in range(1, len(faces) + 1)]
    return Sample(
        np.array(photos, np.int64), np.array([it[0] for it in faces], np.int64),
        np.full(len(faces), quality), np.array([it[1] for it in faces], np.float32).reshape(-1, 3),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("faces", "fates"),
    [
        ([], {}),
        ([(1, ANN), (1, ANN), (2, BOB), (2, BOB)], {Fate.AGREE: 4}),
        ([(1, ANN), (1, ANN), (2, ANN), (2, BOB)], {Fate.AGREE: 2, Fate.CHANGED: 1, Fate.UNKNOWN: 1}),
        ([(1, ANN), (1, BETWEEN)], {Fate.UNKNOWN: 2}),
        ([(1, ANN), (1, ANN), (0, ANN), (0, BOB)], {Fate.AGREE: 2, Fate.KNOWN: 1}),
        ([(0, ANN), (0, ANN)], {}),
        ([(1, ANN)], {Fate.UNKNOWN: 1}),
    ],
)
def test_fates(faces: list[tuple[int, tuple[float, ...]]], fates: dict[Fate, int]) -> None:
    assert compare(sample(*faces), PLAIN, THRESHOLDS, 10) == Counter(fates)


def test_poor_faces_need_more() -> None:
    near = (0.8, 0.0, 0.6)
    assert compare(sample((1, ANN), (1, near)), PLAIN, THRESHOLDS, 10) == {Fate.AGREE: 2}
    assert compare(sample((1, ANN), (1, near), quality=0.1), PLAIN, THRESHOLDS, 10) == {Fate.UNKNOWN: 2}


def test_one_photo_shows_nobody_twice() -> None:
    assert compare(sample((1, ANN), (1, ANN), photo=7), PLAIN, THRESHOLDS, 10) == {Fate.UNKNOWN: 2}
