"""All implementations answer the same seeded calls alike, and as the plainest one does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kith.index.base import NO_PERSON, Neighbours, Scope, VectorIndex
from kith.index.memory import MemoryIndex
from tests.index.kinds import APPROXIMATE, EXACT, KINDS, Home, apply
from tests.index.oracle import Oracle
from tests.index.samples import DIMENSION, NONE, entries, people, random_units

PEOPLE = 60
FACES = 1500


class Script:
    """The same random history of an index and of the oracle, step by step."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.oracle = Oracle(DIMENSION)

    def fill(self, index: VectorIndex) -> None:
        """Most faces in one large gallery, as in a library, the rest in small ones and another tenant."""
        who = self.rng.integers(0, PEOPLE, FACES)
        tenants = 1 + (self.rng.random(FACES) < 0.1)
        galleries = self.rng.choice([1, 2, 3], FACES, p=[0.9, 0.05, 0.05])
        persons = np.where(self.rng.random(FACES) < 0.4, NO_PERSON, who + 1)
        faces = entries(
            np.arange(FACES) + 1, persons, people(self.rng, who), tenants=tenants, galleries=galleries
        )
        self._both(index, faces, NONE)

    def change(self, index: VectorIndex) -> None:
        """New faces, replaced ones, moved ones, some twice, some only named, some removed."""
        count = int(self.rng.integers(0, 60))
        who = self.rng.integers(0, PEOPLE, count)
        faces = entries(
            self.rng.integers(1, FACES + 200, count),
            np.where(self.rng.random(count) < 0.3, NO_PERSON, who + 1),
            people(self.rng, who),
            tenants=self.rng.choice([1, 2], count, p=[0.9, 0.1]),
            galleries=self.rng.choice([1, 2], count, p=[0.9, 0.1]),
        )
        self._both(index, faces, self.rng.integers(1, FACES + 200, int(self.rng.integers(0, 40))))
        named = self.oracle.entries(self.rng.integers(1, FACES, 50))
        persons = self.rng.integers(0, PEOPLE, len(named))
        faces = entries(
            named.face_ids, persons, named.vectors, tenants=named.tenants, galleries=named.galleries
        )
        self._both(index, faces, NONE)

    def ask(self) -> Iterator[tuple[np.ndarray, Scope, int, float]]:
        """Queries under every filter, near and far from what is held."""
        for _ in range(10):
            queries = people(self.rng, self.rng.integers(0, PEOPLE, int(self.rng.integers(0, 4))))
            if self.rng.random() < 0.2:
                queries = random_units(self.rng, 2)
            yield (
                queries,
                self._scope(),
                int(self.rng.choice([1, 5, 40, 3000])),
                float(self.rng.choice([-1.0, 0.2, 0.7])),
            )

    def _scope(self) -> Scope:
        chance = self.rng.random(5)
        some = frozenset(self.rng.integers(0, PEOPLE, int(self.rng.integers(0, 12))).tolist())
        return Scope(
            tenant=int(self.rng.choice([1, 2, 9], p=[0.8, 0.15, 0.05])),
            gallery=None if chance[0] < 0.5 else int(self.rng.integers(1, 4)),
            persons=some if chance[1] < 0.3 else None,
            assigned_only=bool(chance[2] < 0.25),
            unassigned_only=bool(chance[3] < 0.2),
            exclude_faces=some if chance[4] < 0.3 else frozenset(),
        )

    def _both(self, index: VectorIndex, upserts, removed) -> None:
        position = self.oracle.position + 1
        apply(index, upserts, removed, position)
        self.oracle.apply(upserts, removed, position)


def answers(index: VectorIndex | Oracle, call: tuple[np.ndarray, Scope, int, float]) -> list[Neighbours]:
    queries, scope, top, min_cosine = call
    return [
        *index.search(queries, scope, top, min_cosine),
        *index.search_persons(queries, scope, top, min_cosine),
        *index.within(queries, scope, min_cosine),
    ]


def play(home: Home, seed: int) -> Iterator[tuple[Neighbours, Neighbours]]:
    """Pairs of what the oracle and the index answer, all through the history."""
    script = Script(seed)
    index = home.open()
    script.fill(index)
    if home.kind == "memory-sketch":
        assert isinstance(index, MemoryIndex)
        assert index.sketched == FACES  # sketches are what answers here
    for step in range(8):
        if step == 4:
            index = home.reopen(index)
        assert len(index) == len(script.oracle)
        assert index.position == script.oracle.position
        for call in script.ask():
            yield from zip(answers(script.oracle, call), answers(index, call), strict=True)
        script.change(index)
    index.clear()
    assert (len(index), index.position) == (0, 0)
    index.close()


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("seed", [1, 2])
def test_exact_kinds_answer_as_the_oracle(kind: str, seed: int, tmp_path: Path) -> None:
    for expected, found in play(Home(kind, tmp_path), seed):
        np.testing.assert_array_equal(found.face_ids, expected.face_ids)
        np.testing.assert_array_equal(found.persons, expected.persons)
        np.testing.assert_allclose(found.cosines, expected.cosines, atol=1e-6)


@pytest.mark.parametrize("kind", APPROXIMATE)
@pytest.mark.parametrize("seed", [1, 2])
def test_approximate_kinds_recall_the_oracle(kind: str, seed: int, tmp_path: Path) -> None:
    wanted = recalled = 0
    for expected, found in play(Home(kind, tmp_path), seed):
        known = dict(zip(expected.face_ids.tolist(), expected.cosines.tolist(), strict=True))
        wanted += len(known)
        for face_id, cosine in zip(found.face_ids.tolist(), found.cosines.tolist(), strict=True):
            if face_id in known:
                recalled += 1
                assert cosine == pytest.approx(known[face_id], abs=1e-6)
        order = np.lexsort((found.face_ids, -found.cosines))
        np.testing.assert_array_equal(order, np.arange(len(found)))
    assert wanted > 1000
    assert recalled >= 0.99 * wanted


@pytest.mark.parametrize("kind", KINDS)
def test_entries_come_back_as_they_were_given(kind: str, tmp_path: Path) -> None:
    home = Home(kind, tmp_path)
    script = Script(3)
    index = home.open()
    script.fill(index)
    script.change(index)
    index = home.reopen(index)
    ids = np.array([5, 5, 3, 900, 10_000, FACES + 50, -4])
    expected, found = script.oracle.entries(ids), index.entries(ids)
    for name in ("face_ids", "tenants", "galleries", "persons", "vectors"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    index.close()
