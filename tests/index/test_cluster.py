"""Grouping: the same as scikit-learn's DBSCAN without rules, and within the rules with them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from kith.index.base import NO_PERSON, Scope
from kith.index.cluster import NOISE, Links, dbscan, group, radius_graph, reach
from kith.index.exact import ExactIndex
from kith.index.forest import Cohesion, Rules
from tests.index.samples import DIMENSION, NONE, entries, people, random_units, unit
from tests.support.bcubed import alone, bcubed

MIN_COSINE = 0.6


def crowd(seed: int, count: int = 400, persons: int = 40):
    """Faces of some people with clear cores, stragglers and strangers."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, persons, count)
    vectors = people(rng, who, spread=0.75)
    vectors[::9] = random_units(rng, len(vectors[::9]))
    return vectors, who


def links(*triples: tuple[int, int, float]) -> Links:
    """Links by hand: (face, face, cosine)."""
    ordered = sorted((min(a, b), max(a, b), cosine) for a, b, cosine in triples)
    rows, cols, cosines = zip(*ordered, strict=True) if ordered else ((), (), ())
    return Links(np.array(rows, np.int32), np.array(cols, np.int32), np.array(cosines, np.float32))


def clique(*faces: int, cosine: float = 0.9) -> list[tuple[int, int, float]]:
    """Links between all of these faces."""
    return [(a, b, cosine) for a, b in itertools.combinations(faces, 2)]


def sets(labels: np.ndarray) -> set[frozenset[int]]:
    """The groups as sets of faces, noise left out."""
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist()) - {NOISE}}


class TestRadiusGraph:
    @pytest.mark.parametrize("min_cosine", [-1.0, 0.2, 0.6, 0.95])
    @pytest.mark.parametrize("count", [0, 1, 2, 257, 700])
    def test_holds_every_near_pair_once_and_no_other(self, count: int, min_cosine: float) -> None:
        vectors = people(np.random.default_rng(count), np.arange(count) % 23)
        exact = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
        rows, cols = np.nonzero(np.triu(exact >= min_cosine, 1))
        found = radius_graph(vectors, min_cosine)
        np.testing.assert_array_equal(found.rows, rows)
        np.testing.assert_array_equal(found.cols, cols)
        np.testing.assert_allclose(found.cosines, exact[rows, cols], atol=1e-6)

    def test_refuses_what_is_no_unit_vector(self) -> None:
        with pytest.raises(ValueError, match="unit length"):
            radius_graph(np.zeros((2, 8), np.float32), 0.5)


class TestDbscan:
    @pytest.mark.parametrize("min_samples", [1, 2, 3, 5])
    @pytest.mark.parametrize("seed", range(4))
    def test_equals_scikit_learn(self, seed: int, min_samples: int) -> None:
        vectors, _ = crowd(seed)
        far = np.clip(1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64), 0, 2)
        reference = DBSCAN(eps=1 - MIN_COSINE, min_samples=min_samples, metric="precomputed").fit(far)
        labels = dbscan(len(vectors), radius_graph(vectors, MIN_COSINE), min_samples=min_samples)
        cores = reference.core_sample_indices_
        np.testing.assert_array_equal(labels[cores], reference.labels_[cores])
        np.testing.assert_array_equal(labels == NOISE, reference.labels_ == NOISE)
        assert adjusted_rand_score(labels, reference.labels_) > 0.95  # borders go to their nearest core

    def test_a_border_face_goes_with_its_nearest_core(self) -> None:
        near = links(*clique(0, 1, 2, 3), *clique(4, 5, 6, 7), (3, 8, 0.7), (4, 8, 0.8))
        assert sets(dbscan(9, near, min_samples=4)) == {frozenset({0, 1, 2, 3}), frozenset({4, 5, 6, 7, 8})}

    def test_equally_near_cores_are_taken_in_order(self) -> None:
        near = links(*clique(1, 2, 3, 4), *clique(5, 6, 7, 8), (0, 6, 0.8), (0, 3, 0.8))
        assert frozenset({0, 1, 2, 3, 4}) in sets(dbscan(9, near, min_samples=4))

    def test_nothing_to_group(self) -> None:
        assert dbscan(0, links(), min_samples=2).tolist() == []
        assert dbscan(3, links(), min_samples=2).tolist() == [NOISE] * 3
        assert dbscan(3, links(), min_samples=1).tolist() == [0, 1, 2]


class TestSeeding:
    def test_a_poor_face_joins_but_does_not_bridge(self) -> None:
        near = links(*clique(0, 1, 2), *clique(3, 4, 5), (2, 6, 0.95), (3, 6, 0.8))
        may_seed = np.arange(7) != 6
        labels = dbscan(7, near, min_samples=2, may_seed=may_seed)
        assert sets(labels) == {frozenset({0, 1, 2, 6}), frozenset({3, 4, 5})}
        assert sets(dbscan(7, near, min_samples=2)) == {frozenset(range(7))}

    def test_poor_faces_alone_are_no_group(self) -> None:
        labels = dbscan(3, links(*clique(0, 1, 2)), min_samples=1, may_seed=np.zeros(3, np.bool_))
        assert labels.tolist() == [NOISE] * 3

    def test_a_poor_face_does_not_make_a_core_of_another(self) -> None:
        labels = dbscan(2, links((0, 1, 0.99)), min_samples=2, may_seed=np.array([True, False]))
        assert labels.tolist() == [NOISE, NOISE]


def random_links(count: int):
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda two: two[0] < two[1])
    cosine = st.integers(50, 99).map(lambda hundredths: hundredths / 100)
    return st.dictionaries(pair, cosine, max_size=60).map(
        lambda found: links(*((a, b, cosine) for (a, b), cosine in found.items()))
    )


FACES = 16
pairs = st.lists(st.tuples(st.integers(0, FACES - 1), st.integers(0, FACES - 1)), max_size=6)
photos = st.lists(st.integers(-1, 6), min_size=FACES, max_size=FACES).map(np.array)


def as_pairs(two: list[tuple[int, int]]) -> np.ndarray:
    return np.array(two, np.int64).reshape(-1, 2)


class TestRules:
    @given(random_links(FACES), st.integers(1, 4))
    def test_that_forbid_nothing_change_nothing(self, near: Links, min_samples: int) -> None:
        plain = dbscan(FACES, near, min_samples=min_samples)
        rules = Rules(photos=np.arange(FACES))
        np.testing.assert_array_equal(group(FACES, near, min_samples=min_samples, rules=rules), plain)

    @given(random_links(FACES), photos, pairs)
    def test_are_never_broken(self, near: Links, of: np.ndarray, cannot: list[tuple[int, int]]) -> None:
        rules = Rules(photos=of, cannot=as_pairs(cannot))
        labels = group(FACES, near, min_samples=2, rules=rules)
        plain = dbscan(FACES, near, min_samples=2)
        for members in sets(labels):
            taken = [photo for photo in of[list(members)].tolist() if photo >= 0]
            assert len(taken) == len(set(taken))
            assert len(set(plain[list(members)].tolist()) - {NOISE}) == 1  # groups are only ever split
        for a, b in cannot:
            assert a == b or labels[a] != labels[b] or labels[a] == NOISE

    @given(random_links(FACES), photos, pairs, pairs)
    def test_what_must_be_together_is(self, near, of, must, cannot) -> None:
        rules = Rules(photos=of, must=as_pairs(must), cannot=as_pairs(cannot))
        labels = group(FACES, near, min_samples=2, rules=rules)
        for a, b in must:
            assert labels[a] == labels[b]
            assert a == b or labels[a] != NOISE

    def test_of_one_photo_the_nearer_face_is_kept(self) -> None:
        near = links(*clique(0, 1, 2), (2, 3, 0.8), (2, 4, 0.7), (3, 4, 0.6))
        labels = group(5, near, min_samples=2, rules=Rules(photos=np.array([0, 1, 2, 3, 3])))
        assert sets(labels) == {frozenset({0, 1, 2, 3}), frozenset({4})}

    def test_a_face_refused_by_the_nearest_group_goes_to_the_next(self) -> None:
        near = links(*clique(0, 1, 2, 3), *clique(4, 5, 6, 7), (3, 8, 0.9), (4, 8, 0.7))
        rules = Rules(photos=np.array([0, 1, 2, 3, 4, 5, 6, 7, 0]))
        labels = group(9, near, min_samples=4, rules=rules)
        assert sets(labels) == {frozenset({0, 1, 2, 3}), frozenset({4, 5, 6, 7, 8})}

    def test_a_cannot_link_keeps_whole_groups_apart(self) -> None:
        near = links(*clique(0, 1, 2), *clique(3, 4, 5), (2, 3, 0.8), (1, 4, 0.7))
        labels = group(6, near, min_samples=2, rules=Rules(cannot=as_pairs([(0, 5)])))
        assert sets(labels) == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}

    def test_faces_put_together_are_a_group_without_any_link(self) -> None:
        labels = group(4, links(), min_samples=2, rules=Rules(must=as_pairs([(1, 3)])))
        assert labels.tolist() == [NOISE, 0, NOISE, 0]

    def test_equal_calls_give_equal_groups(self) -> None:
        vectors, _ = crowd(1)
        near = radius_graph(vectors, 0.4)
        rules = Rules(photos=np.arange(len(vectors)) // 3, cohesion=Cohesion(vectors, 0.3))
        first, again = (group(len(vectors), near, min_samples=2, rules=rules) for _ in range(2))
        np.testing.assert_array_equal(first, again)


class TestCohesion:
    def test_one_picture_like_two_people_does_not_make_them_one(self) -> None:
        rng = np.random.default_rng(0)
        two = people(rng, np.repeat([0, 1], 20), spread=0.3)
        between = unit(two[:1] + two[-1:])
        vectors = np.concatenate([two, between])
        near = radius_graph(vectors, 0.65)
        assert len(sets(group(41, near, min_samples=2))) == 1
        rules = Rules(cohesion=Cohesion(vectors, 0.5))
        labels = group(41, near, min_samples=2, rules=rules)
        assert {frozenset(range(20)), frozenset(range(20, 40))} == {found - {40} for found in sets(labels)}

    def test_single_faces_join_by_one_link(self) -> None:
        vectors = people(np.random.default_rng(0), np.zeros(30, np.int64), spread=1.5)
        near = radius_graph(vectors, 0.3)
        rules = Rules(cohesion=Cohesion(vectors, -1.0))
        np.testing.assert_array_equal(
            group(30, near, min_samples=1, rules=rules), group(30, near, min_samples=1)
        )

    def test_keeps_many_people_apart_where_single_links_chain_them(self) -> None:
        who = np.arange(3000) % 200
        vectors = people(np.random.default_rng(0), who, spread=1.0, dimension=64)
        near = radius_graph(vectors, 0.45)
        chained = bcubed(who.tolist(), alone(group(3000, near, min_samples=2)))
        rules = Rules(cohesion=Cohesion(vectors, 0.3))
        kept = bcubed(who.tolist(), alone(group(3000, near, min_samples=2, rules=rules)))
        assert chained.precision < 0.2
        assert kept.precision > 0.98
        assert kept.recall > 0.98


class TestReach:
    def index(self, vectors: np.ndarray) -> ExactIndex:
        index = ExactIndex(DIMENSION)
        index.apply(entries(np.arange(len(vectors)), NO_PERSON, vectors), NONE, 1)
        return index

    def test_goes_from_face_to_face(self) -> None:
        angles = np.linspace(0, 1.5, 7)
        chain = np.zeros((7, DIMENSION), np.float32)
        chain[:, 0], chain[:, 1] = np.cos(angles), np.sin(angles)
        apart = np.eye(DIMENSION, dtype=np.float32)[5:6]
        index = self.index(np.concatenate([unit(chain), apart]))
        assert reach(index, Scope(1), unit(chain[:1]), 0.96, 100).tolist() == list(range(7))
        assert reach(index, Scope(1), unit(chain[:1]), 0.96, 3).tolist() == [0, 1, 2]
        assert reach(index, Scope(1), apart, 0.96, 100).tolist() == [7]
        assert reach(index, Scope(2), apart, 0.96, 100).tolist() == []

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 40))
    def test_regrouping_what_new_faces_reach_equals_regrouping_all(
        self, seed: int, min_samples: int, batch: int
    ) -> None:
        vectors, _ = crowd(seed, count=150, persons=20)
        order = np.random.default_rng(seed).permutation(len(vectors))
        index = self.index(vectors[:0])
        groups: dict[int, frozenset[int]] = {}
        for start in range(0, len(order), batch):
            new = np.sort(order[start : start + batch])
            index.apply(entries(new, NO_PERSON, vectors[new]), NONE, start)
            touched = reach(index, Scope(1), vectors[new], MIN_COSINE, 1000)
            near = radius_graph(vectors[touched], MIN_COSINE)
            labels = group(len(touched), near, min_samples=min_samples)
            groups.update(dict.fromkeys(touched.tolist(), frozenset()))
            for members in sets(labels):
                faces = frozenset(touched[list(members)].tolist())
                groups.update(dict.fromkeys(faces, faces))
        batch_labels = dbscan(len(vectors), radius_graph(vectors, MIN_COSINE), min_samples=min_samples)
        assert set(groups.values()) - {frozenset()} == sets(batch_labels)
