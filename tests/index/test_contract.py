"""What every VectorIndex promises at the edges."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kith.index.base import NO_PERSON, Scope, VectorIndex, empty_entries
from tests.index.kinds import KINDS, Home, apply
from tests.index.samples import DIMENSION, NONE, entries, people, random_units, unit

EVERYBODY = Scope(tenant=1)


@pytest.fixture(params=KINDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    opened = Home(request.param, tmp_path).open()
    yield opened
    opened.close()


def axis(*numbers: int):
    """Unit vectors along the axes: equal numbers have cosine 1, others 0."""
    return np.eye(DIMENSION, dtype=np.float32)[list(numbers)]


class TestEmpty:
    def test_is_new(self, index: VectorIndex) -> None:
        assert (len(index), index.position, index.dimension) == (0, 0, DIMENSION)

    def test_finds_nothing(self, index: VectorIndex) -> None:
        assert [len(found) for found in index.search(axis(0, 1), EVERYBODY, 5)] == [0, 0]
        assert [len(found) for found in index.search_persons(axis(0), EVERYBODY, 5)] == [0]
        assert [len(found) for found in index.within(axis(0), EVERYBODY, -1.0)] == [0]
        assert len(index.entries(np.array([1, 2]))) == 0

    def test_takes_an_empty_batch_and_its_position(self, index: VectorIndex) -> None:
        index.apply(empty_entries(DIMENSION), np.array([7, 8]), 12)
        assert (len(index), index.position) == (0, 12)


class TestSearch:
    def test_no_queries_no_answers(self, index: VectorIndex) -> None:
        apply(index, entries([1], 0, axis(0)), NONE, 1)
        assert index.search(axis(), EVERYBODY, 5) == []
        assert index.search_persons(axis(), EVERYBODY, 5) == []
        assert index.within(axis(), EVERYBODY, 0.5) == []

    def test_top_zero_is_nothing_and_top_beyond_all_is_everything(self, index: VectorIndex) -> None:
        apply(index, entries([1, 2, 3], 0, axis(0, 1, 2)), NONE, 1)
        assert len(index.search(axis(0), EVERYBODY, 0)[0]) == 0
        assert len(index.search(axis(0), EVERYBODY, 99)[0]) == 3

    def test_equal_cosines_come_by_rising_face_id(self, index: VectorIndex) -> None:
        apply(index, entries([30, 4, 17, 9], [1, 2, 2, 1], axis(0, 0, 0, 0)), NONE, 1)
        assert index.search(axis(0), EVERYBODY, 3)[0].face_ids.tolist() == [4, 9, 17]
        persons = index.search_persons(axis(0), EVERYBODY, 2)[0]
        assert persons.face_ids.tolist() == [4, 9]
        assert persons.persons.tolist() == [2, 1]

    def test_min_cosine_is_inclusive(self, index: VectorIndex) -> None:
        apply(index, entries([1, 2], 0, axis(0, 1)), NONE, 1)
        assert index.within(axis(0), EVERYBODY, 1.0)[0].face_ids.tolist() == [1]
        assert index.search(axis(0), EVERYBODY, 5, 0.0)[0].face_ids.tolist() == [1, 2]

    def test_a_person_counts_once_by_the_best_face(self, index: VectorIndex) -> None:
        near = unit(axis(0) + 0.5 * axis(1))
        vectors = np.concatenate([near, axis(0, 0, 2)])
        apply(index, entries([1, 2, 3, 4], [5, 5, NO_PERSON, 6], vectors), NONE, 1)
        found = index.search_persons(axis(0), EVERYBODY, 9)[0]
        assert found.persons.tolist() == [5, 6]
        assert found.face_ids.tolist() == [2, 4]

    def test_opposite_vectors_have_cosine_minus_one(self, index: VectorIndex) -> None:
        apply(index, entries([1], 0, -axis(3)), NONE, 1)
        assert index.search(axis(3), EVERYBODY, 1)[0].cosines.tolist() == [-1.0]


class TestScope:
    @pytest.fixture(autouse=True)
    def faces(self, index: VectorIndex) -> None:
        faces = entries(
            [1, 2, 3, 4, 5],
            [7, NO_PERSON, 8, 7, 9],
            axis(0, 0, 0, 0, 0),
            tenants=[1, 1, 1, 1, 2],
            galleries=[1, 1, 2, 2, 1],
        )
        apply(index, faces, NONE, 1)

    @pytest.mark.parametrize(
        ("scope", "expected"),
        [
            (Scope(1), [1, 2, 3, 4]),
            (Scope(2), [5]),
            (Scope(3), []),
            (Scope(1, gallery=2), [3, 4]),
            (Scope(2, gallery=2), []),
            (Scope(1, persons=frozenset()), []),
            (Scope(1, persons=frozenset({7, 99})), [1, 4]),
            (Scope(1, persons=frozenset({9})), []),
            (Scope(1, persons=frozenset({NO_PERSON})), []),
            (Scope(1, assigned_only=True), [1, 3, 4]),
            (Scope(1, unassigned_only=True), [2]),
            (Scope(1, assigned_only=True, unassigned_only=True), []),
            (Scope(1, persons=frozenset({7}), unassigned_only=True), []),
            (Scope(1, exclude_faces=frozenset({1, 3, 5, 77})), [2, 4]),
            (Scope(1, 2, frozenset({7, 8}), assigned_only=True, exclude_faces=frozenset({4})), [3]),
        ],
    )
    def test_finds_what_the_scope_leaves(self, index: VectorIndex, scope: Scope, expected: list[int]) -> None:
        assert index.search(axis(0), scope, 9)[0].face_ids.tolist() == expected
        assert index.within(axis(0), scope, 0.9)[0].face_ids.tolist() == expected

    def test_another_tenant_is_never_seen(self, index: VectorIndex) -> None:
        assert index.search_persons(axis(0), Scope(1), 9)[0].persons.tolist() == [7, 8]
        assert index.search_persons(axis(0), Scope(1, persons=frozenset({9})), 9)[0].persons.tolist() == []


class TestApply:
    def test_an_id_given_again_is_replaced_everywhere(self, index: VectorIndex) -> None:
        apply(index, entries([1, 2], [5, 5], axis(0, 1)), NONE, 1)
        apply(index, entries([1], [6], axis(2), tenants=2, galleries=4), NONE, 2)
        assert index.search(axis(2), EVERYBODY, 9)[0].face_ids.tolist() == [2]
        found = index.search(axis(2), Scope(2, gallery=4), 9)[0]
        assert (found.face_ids.tolist(), found.persons.tolist()) == ([1], [6])
        assert len(index) == 2

    def test_the_last_of_a_doubled_id_counts(self, index: VectorIndex) -> None:
        apply(index, entries([1, 1, 1], [5, 6, 7], axis(0, 1, 2)), NONE, 1)
        found = index.search(axis(2), EVERYBODY, 9)[0]
        assert (found.persons.tolist(), found.cosines.tolist(), len(index)) == ([7], [1.0], 1)

    def test_removing_wins_over_inserting(self, index: VectorIndex) -> None:
        apply(index, entries([1, 2], 0, axis(0, 1)), np.array([1, 55, 1]), 1)
        assert index.search(axis(0), EVERYBODY, 9)[0].face_ids.tolist() == [2]
        assert len(index) == 1

    def test_a_person_may_change_alone(self, index: VectorIndex) -> None:
        vectors = people(np.random.default_rng(0), np.arange(40) % 5)
        apply(index, entries(np.arange(40), 1 + np.arange(40) % 5, vectors), NONE, 1)
        apply(index, entries([3], [77], vectors[3:4]), NONE, 2)
        assert index.search_persons(vectors[3:4], EVERYBODY, 1)[0].persons.tolist() == [77]
        apply(index, entries([3], [NO_PERSON], vectors[3:4]), NONE, 3)
        assert 77 not in index.search_persons(vectors[3:4], EVERYBODY, 50)[0].persons

    def test_everything_can_be_removed_and_come_back(self, index: VectorIndex) -> None:
        vectors = random_units(np.random.default_rng(0), 30)
        for position in (1, 2):
            apply(index, entries(np.arange(30), 1, vectors), NONE, position)
            assert index.search(vectors[9:10], EVERYBODY, 1)[0].face_ids.tolist() == [9]
            apply(index, empty_entries(DIMENSION), np.arange(30), position)
            assert len(index) == 0
            assert len(index.search(vectors[9:10], EVERYBODY, 1)[0]) == 0

    def test_clear_forgets_position_and_faces(self, index: VectorIndex) -> None:
        apply(index, entries([1], 0, axis(0)), NONE, 5)
        index.clear()
        assert (len(index), index.position) == (0, 0)
        apply(index, entries([2], 0, axis(0)), NONE, 1)
        assert index.search(axis(0), EVERYBODY, 9)[0].face_ids.tolist() == [2]


class TestRefusal:
    BAD = (
        np.zeros((1, DIMENSION), np.float32),
        np.full((1, DIMENSION), np.nan, np.float32),
        np.full((1, DIMENSION), np.inf, np.float32),
        2 * np.eye(1, DIMENSION, dtype=np.float32),
        np.eye(1, DIMENSION + 1, dtype=np.float32),
        np.eye(1, DIMENSION, dtype=np.float64),
    )

    @pytest.mark.parametrize("vectors", BAD, ids=["zero", "nan", "inf", "long", "wide", "float64"])
    def test_of_vectors_that_are_none(self, index: VectorIndex, vectors) -> None:
        good = entries([1], 0, axis(0))
        apply(index, good, NONE, 1)
        with pytest.raises(ValueError, match="vectors must be"):
            index.apply(entries([2], 0, vectors), np.array([1]), 2)
        assert (len(index), index.position) == (1, 1)
        for ask in (
            lambda: index.search(vectors, EVERYBODY, 1),
            lambda: index.search_persons(vectors, EVERYBODY, 1),
            lambda: index.within(vectors, EVERYBODY, 0.5),
        ):
            with pytest.raises(ValueError, match="vectors must be"):
                ask()

    def test_of_columns_that_do_not_match(self, index: VectorIndex) -> None:
        good = entries([1, 2], 0, axis(0, 1))
        with pytest.raises(ValueError, match="equal length"):
            index.apply(replace(good, tenants=good.tenants[:1]), NONE, 1)
        with pytest.raises(ValueError, match="as many vectors"):
            index.apply(replace(good, vectors=good.vectors[:1]), NONE, 1)

    def test_of_a_negative_top(self, index: VectorIndex) -> None:
        with pytest.raises(ValueError, match="negative"):
            index.search(axis(0), EVERYBODY, -1)
