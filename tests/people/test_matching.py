from dataclasses import replace

import numpy as np
import pytest

from kith.people.matching import Candidate, Match, Thresholds, match

LEVELS = Thresholds(auto=0.8, suggest=0.6, poor=0.9, seed_quality=0.5)


def candidate(
    face: int, photo: int, votes: list[tuple[int, float]], *, years: float = 0, barred: tuple[int, ...] = ()
) -> Candidate:
    persons = np.array([person for person, _ in votes], dtype=np.int64)
    similarities = np.array([similarity for _, similarity in votes])
    return Candidate(face, photo, persons, similarities, np.full(len(votes), years), frozenset(barred))


class TestMatch:
    def test_no_candidates(self) -> None:
        assert match([], LEVELS, {}) == []

    def test_no_votes(self) -> None:
        assert match([candidate(1, 1, [])], LEVELS, {}) == []

    @pytest.mark.parametrize(
        ("similarity", "expected"), [(0.59, None), (0.6, False), (0.79, False), (0.8, True), (1.0, True)]
    )
    def test_thresholds(self, similarity: float, expected: bool | None) -> None:
        found = match([candidate(1, 1, [(7, similarity)])], LEVELS, {})
        assert [it.is_auto for it in found] == ([] if expected is None else [expected])

    @pytest.mark.parametrize(("similarity", "is_sure"), [(0.89, False), (0.9, True)])
    def test_a_poor_face_must_be_more_alike(self, similarity: float, is_sure: bool) -> None:
        poor = replace(candidate(1, 1, [(7, similarity)]), is_poor=True)
        assert [it.is_auto for it in match([poor], LEVELS, {})] == [is_sure]

    def test_many_good_neighbours_outvote_one_better(self) -> None:
        votes = [(7, 0.9), (8, 0.88), (8, 0.87), (8, 0.86)]
        assert match([candidate(1, 1, votes)], LEVELS, {})[0].person_id == 8

    def test_one_lucky_neighbour_is_not_enough(self) -> None:
        votes = [(7, 0.85), (7, 0.65), (7, 0.61)]
        assert match([candidate(1, 1, votes)], LEVELS, {}) == [
            Match(1, 7, pytest.approx(0.7033, abs=1e-3), False)
        ]

    def test_votes_from_long_ago_weigh_less(self) -> None:
        old = candidate(1, 1, [(7, 0.9)], years=0)
        votes = Candidate(
            1, 1, np.array([7, 8]), np.array([0.92, 0.9]), np.array([30.0, 0.0]), frozenset()
        )  # fmt: skip
        assert match([votes], LEVELS, {})[0].person_id == 8
        assert match([old], LEVELS, {})[0].person_id == 7

    def test_barred(self) -> None:
        assert match([candidate(1, 1, [(7, 0.95)], barred=(7,))], LEVELS, {}) == []

    def test_once_in_a_photo(self) -> None:
        found = match([candidate(1, 1, [(7, 0.9)]), candidate(2, 1, [(7, 0.95), (8, 0.7)])], LEVELS, {})
        assert [(it.face_id, it.person_id) for it in found] == [(2, 7)]

    def test_already_in_the_photo(self) -> None:
        assert match([candidate(1, 1, [(7, 0.9)])], LEVELS, {1: [7]}) == []

    def test_the_second_choice_is_only_suggested(self) -> None:
        found = match([candidate(1, 1, [(7, 0.95), (8, 0.9)])], LEVELS, {1: [7]})
        assert found == [Match(1, 8, 0.9, is_auto=False)]

    def test_the_order_of_candidates_does_not_matter(self) -> None:
        random = np.random.default_rng(1)
        candidates: list[Candidate] = []
        for face in range(30):
            persons, similarities = random.integers(1, 6, 5), random.uniform(0.5, 1, 5)
            votes = list(zip(persons.tolist(), similarities.tolist(), strict=True))
            candidates.append(candidate(face, face // 3, votes))
        assert match(candidates, LEVELS, {}) == match(candidates[::-1], LEVELS, {})
