"""B-cubed precision, recall and F1 of a grouping against the truth.

Bagga and Baldwin, 1998; the measure Amigó et al., 2009, found to meet all their conditions for
comparing clusterings: https://doi.org/10.1007/s10791-008-9066-8.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np


class BCubed(NamedTuple):
    precision: float
    recall: float
    f1: float


def bcubed(truth: Sequence[Hashable], groups: Sequence[Hashable]) -> BCubed:
    """How pure the items' groups are and how whole their true classes, averaged over the items.

    Precision: the share of an item's group that is of its class, itself counted; recall: the share of its
    class that is in its group. An item that belongs to no group must be given a group of its own.
    """
    if len(truth) != len(groups) or not truth:
        raise ValueError("truth and groups must be of one length, and not empty")
    classes, clusters = _numbers(truth), _numbers(groups)
    together = np.zeros((classes.max() + 1, clusters.max() + 1))
    np.add.at(together, (classes, clusters), 1)
    precision = float((together**2 / together.sum(axis=0)).sum() / len(truth))
    recall = float((together**2 / together.sum(axis=1, keepdims=True)).sum() / len(truth))
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))


def alone(labels: Sequence[int] | np.ndarray, noise: int = -1) -> list[int]:
    """The labels with a group of its own for each item labelled `noise`."""
    numbers = [int(label) for label in labels]
    fresh = iter(range(max(numbers, default=0) + 1, max(numbers, default=0) + 1 + len(numbers)))
    return [next(fresh) if label == noise else label for label in numbers]


def _numbers(names: Sequence[Hashable]) -> np.ndarray:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names])
