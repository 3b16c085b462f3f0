"""The map of places behaves as a dict, small batches and large."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kith.index.places import UNKNOWN, Places


class TestPlaces:
    @given(st.lists(st.dictionaries(st.integers(-50, 50), st.integers(-1, 5), max_size=12), max_size=30))
    def test_is_a_map(self, batches: list[dict[int, int]]) -> None:
        places, expected = Places(), dict[int, int]()
        for batch in batches:
            places.put(np.array(list(batch), np.int64), np.array(list(batch.values()), np.int64))
            expected = {face: place for face, place in {**expected, **batch}.items() if place != UNKNOWN}
            asked = np.arange(-60, 60)
            found = places.find(asked).tolist()
            assert found == [expected.get(face, UNKNOWN) for face in asked.tolist()]
            assert len(places) == len(expected)

    def test_many_and_few_together(self) -> None:
        """Large batches are sorted in at once, small ones wait in the dict until there are many."""
        rng = np.random.default_rng(0)
        places, expected = Places(), dict[int, int]()
        for size in (5, 5000, 3, 3, 3, 4200, 1, 1, 9000, 7):
            faces = rng.choice(20_000, size, replace=False)
            numbers = rng.integers(-1, 9, size)
            places.put(faces, numbers)
            expected.update(zip(faces.tolist(), numbers.tolist(), strict=True))
            assert places.find(np.arange(20_000)).tolist() == [
                expected.get(face, UNKNOWN) for face in range(20_000)
            ]
