"""Sketches: what their margins promise holds for vectors they were not fitted on."""

import numpy as np
import pytest

from kith.index.codes import scan
from kith.index.sketch import Basis
from tests.index.samples import people, random_units


def scores(basis: Basis, queries: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    sketches = basis.sketch(vectors)
    return scan(basis.sketch(queries), sketches.codes, sketches.scales)


class TestBasis:
    @pytest.mark.parametrize("dimension", [24, 128, 512])
    def test_nearly_all_pairs_pass_at_every_level(self, dimension: int) -> None:
        rng = np.random.default_rng(1)
        who = rng.integers(0, 300, 6000)
        vectors = people(rng, who, spread=0.8, dimension=dimension)
        basis = Basis.fit(vectors[:4000])
        assert basis.axes.shape == (dimension, dimension // 4)
        queries, others = vectors[4000:4200], vectors[4200:]
        found, cosines = scores(basis, queries, others), queries @ others.T
        for level in (0.5, 0.3, 0.1, 0.0):
            near = cosines >= level
            assert near.sum() > 100
            assert (found[near] >= level - basis.margin(level)).mean() > 0.97

    def test_margins_never_fall_towards_farther_pairs(self) -> None:
        basis = Basis.fit(random_units(np.random.default_rng(0), 3000, 64))
        margins = [basis.margin(cosine) for cosine in np.linspace(1, -1, 41)]
        assert margins == sorted(margins)

    def test_axes_are_orthonormal_and_lead(self) -> None:
        rng = np.random.default_rng(2)
        stretched = random_units(rng, 3000, 16) * np.geomspace(4, 0.1, 16)
        vectors = (stretched / np.linalg.norm(stretched, axis=1, keepdims=True)).astype(np.float32)
        basis = Basis.fit(vectors)
        np.testing.assert_allclose(basis.axes.T @ basis.axes, np.eye(4), atol=1e-5)
        assert np.square(vectors @ basis.axes).sum() >= 0.999 * np.square(vectors[:, :4]).sum()

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_few_vectors_are_enough_to_go_on(self, count: int) -> None:
        vectors = random_units(np.random.default_rng(0), count, 8)
        basis = Basis.fit(vectors)
        assert scores(basis, vectors, vectors).shape == (count, count)
        assert basis.margin(0.5) >= 0
