"""Disjoint sets of faces that refuse to grow together where a rule forbids it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cohesion:
    """Two groups, of two faces or more each, become one only if they are alike as wholes.

    The mean cosine of all pairs across, of `vectors` (n, d), must reach `min_cosine`. It is one dot
    product of the groups' sums, and it stops the chains of single links: one picture that resembles two
    people no longer makes them one.
    """

    vectors: Float32
    min_cosine: float


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What grouping respects beside nearness.

    `photos` (n,): two faces of one photo never share a group; a negative number is a photo of its own.
    `cannot` (m, 2): pairs that never share a group. `must` (m, 2): pairs that always do, whatever the
    other rules say, for they come from a human who saw both.
    """

    photos: Int64 | None = None
    must: Pairs = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    cannot: Pairs = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    cohesion: Cohesion | None = None

    @property
    def is_empty(self) -> bool:
        return self.photos is None and not len(self.must) and not len(self.cannot) and self.cohesion is None


class Forest:
    """Union-find over faces 0..n-1 with the sets' photos, foes and sums; small sets merge into large."""

    def __init__(self, count: int, rules: Rules) -> None:
        self._parents = list(range(count))
        self._sizes = [1] * count
        self._cohesion = rules.cohesion
        self._sums: dict[int, NDArray[np.float64]] = {}
        photos: list[int] = [] if rules.photos is None else rules.photos.tolist()
        self._photos: dict[int, set[int]] = {face: {photo} for face, photo in enumerate(photos) if photo >= 0}
        self._foes: dict[int, set[int]] = {}
        for first, second in rules.cannot.tolist():
            self._foes.setdefault(first, set()).add(second)
            self._foes.setdefault(second, set()).add(first)
        self._refused: dict[tuple[int, int], int] = {}

    def find(self, face: int) -> int:
        """The face that stands for the set."""
        parents = self._parents
        while parents[face] != face:
            parents[face] = parents[parents[face]]
            face = parents[face]
        return face

    def roots(self) -> Int64:
        """`find` of every face (n,)."""
        roots = np.array(self._parents, np.int64)
        while not np.array_equal(roots, above := roots[roots]):
            roots = above
        return roots

    def size(self, face: int) -> int:
        return self._sizes[self.find(face)]

    def join(self, first: int, second: int) -> bool:
        """Make one set of two, unless a rule forbids it; whether they are one now."""
        large, small = self._ordered(first, second)
        if large == small:
            return True
        size = self._sizes[large] + self._sizes[small]
        if self._refused.get((large, small)) == size:  # neither has changed since
            return False
        if self._are_foes(large, small) or not self._are_alike(large, small):
            self._refused[large, small] = size
            return False
        self._merge(large, small)
        return True

    def force(self, first: int, second: int) -> None:
        """Make one set of two whatever the rules say."""
        large, small = self._ordered(first, second)
        if large != small:
            self._merge(large, small)

    def _ordered(self, first: int, second: int) -> tuple[int, int]:
        first, second = self.find(first), self.find(second)
        if (self._sizes[first], -first) < (self._sizes[second], -second):
            return second, first
        return first, second

    def _are_foes(self, large: int, small: int) -> bool:
        photos = self._photos.get(small)
        if photos is not None and not photos.isdisjoint(self._photos.get(large, ())):
            return True
        mine, theirs = self._foes.get(small, ()), self._foes.get(large, ())
        if len(mine) <= len(theirs):
            return any(self.find(foe) == large for foe in mine)
        return any(self.find(foe) == small for foe in theirs)

    def _are_alike(self, large: int, small: int) -> bool:
        if self._cohesion is None or self._sizes[small] < 2:
            return True
        mean = float(self._sums[large] @ self._sums[small]) / (self._sizes[large] * self._sizes[small])
        return mean >= self._cohesion.min_cosine

    def _merge(self, large: int, small: int) -> None:
        if self._cohesion is not None:
            for root in (large, small):
                self._sums.setdefault(root, self._cohesion.vectors[root].astype(np.float64))
            self._sums[large] += self._sums.pop(small)
        for sets in (self._photos, self._foes):
            if small in sets:
                sets.setdefault(large, set()).update(sets.pop(small))
        self._parents[small] = large
        self._sizes[large] += self._sizes[small]
