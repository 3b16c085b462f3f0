"""What is doubted of a person's faces once some have left, by their embeddings alone."""

import numpy as np

from kith.people.support import unsupported


class TestSupport:
    def test_a_chain_holds_as_long_as_its_beginning(self) -> None:
        turn = np.deg2rad(np.arange(0, 120, 20))
        line = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
        theirs, left = line[1:], line[:1]
        all_guessed, sure = np.ones(5, bool), np.full(5, 0.9)
        assert unsupported(theirs, all_guessed, left, 0.9, sure).tolist() == [0, 1, 2, 3, 4]
        last_is_known = np.arange(5) < 4
        assert unsupported(theirs, last_is_known, left, 0.9, sure).tolist() == []
        with_gap = theirs[[0, 1, 3, 4]]
        assert unsupported(with_gap, last_is_known[1:], left, 0.9, sure[1:]).tolist() == [0, 1]

    def test_what_spoke_for_it_may_not_be_enough_for_another(self) -> None:
        theirs = np.array([[1, 0], [0.8, 0.6]], dtype=np.float32)
        left = np.array([[1, 0]], dtype=np.float32)
        guessed = np.array([True, False])
        assert unsupported(theirs, guessed, left, 0.7, np.full(2, 0.75)).tolist() == []
        assert unsupported(theirs, guessed, left, 0.7, np.full(2, 0.85)).tolist() == [0]

    def test_nobody_else_is_doubted(self) -> None:
        theirs = np.array([[1, 0], [0, 1]], dtype=np.float32)
        left = np.array([[1, 0]], dtype=np.float32)
        assert unsupported(theirs, np.ones(2, bool), left, 0.7, np.full(2, 0.9)).tolist() == [0]

    def test_more_faces_than_are_compared_at_a_time(self) -> None:
        random = np.random.default_rng(3)
        vectors = random.normal(size=(2500, 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        recognised, left, sure = random.random(2500) < 0.9, vectors[:3], np.full(2500, 0.93)
        cosines = vectors @ vectors.T
        doubted = recognised & (cosines[:3].max(axis=0) >= 0.85)
        for _ in range(50):
            doubted |= recognised & (cosines[doubted].max(axis=0, initial=-1) >= 0.85)
        for _ in range(50):
            doubted &= cosines[~doubted].max(axis=0, initial=-1) < 0.93
        found = unsupported(vectors, recognised, left, 0.85, sure)
        assert found.tolist() == np.flatnonzero(doubted).tolist()
        assert 0 < len(found) < np.count_nonzero(recognised)
