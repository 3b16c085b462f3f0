"""The int8 scan: its error is known, so that what it rules out is rightly ruled out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kith.index.codes import compare, encode, scan
from kith.index.ranking import cosines
from tests.index.samples import random_units, unit


class TestCodes:
    @given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([1, 2, 3, 16, 128, 300]))
    def test_the_error_is_never_beyond_the_slack(self, seed: int, count: int, dimension: int) -> None:
        rng = np.random.default_rng(seed)
        uneven = rng.standard_normal((count, dimension)) * rng.random(dimension) ** 4 + 1e-6
        vectors = unit(uneven)
        queries = random_units(rng, 3, dimension)
        coded, asked = encode(vectors), encode(queries)
        exact = queries.astype(np.float64) @ vectors.T.astype(np.float64)
        slack = asked.slack(float(coded.errors.max()))[:, None]
        scores = scan(asked, coded.codes, coded.scales)
        assert (np.abs(scores - exact) <= slack).all()
        np.testing.assert_allclose(compare(asked, coded), scores, atol=1e-6)
        one = scan(asked.pick([1]), coded.codes, coded.scales)
        np.testing.assert_allclose(one[0], scores[1], atol=1e-6)

    def test_equal_rows_have_equal_cosines_wherever_they_lie(self) -> None:
        rng = np.random.default_rng(0)
        row, query = random_units(rng, 1, 511), random_units(rng, 1, 511)[0]
        rows = np.concatenate([random_units(rng, 77, 511), row, random_units(rng, 31, 511), row, row])
        found = cosines(rows, query)
        assert found[77] == found[109] == found[110] == cosines(row, query)[0]
