"""Sketches: a quarter of each vector, read first, which rules out nearly all rows of a large gallery.

A sketch is the vector's part along the leading principal axes, stretched to unit length, so that the
cosine of two sketches estimates the cosine of the vectors. By how much it may fall short is measured on
pairs of the vectors themselves, nearer and farther ones apart: `margin(t)` is kept so wide that 98 of 100
pairs with a cosine of t pass, and of those with a higher one more. What passes is then compared exactly.

Why not a graph: face embeddings are nearly isotropic, and a stranger among the nearest is near by chance,
which a graph finds only with great effort; it takes minutes instead of seconds to build, and cannot look
for some persons only (docs/adr/0009, bench/index.py). Partial distances of rotated vectors are an old way
to scan; a recent account is Gao and Long, 2023, https://arxiv.org/abs/2303.09855.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from kith.index.base import Float32
from kith.index.codes import Codes, encode, scan

SAMPLE_ROWS = 16_384
_SHARE = 4  # of the components make a sketch
_PROBES = 256
_NEAREST_PAIRS = 256  # in the first band of pairs; each further one has as many as all before it
_PASS = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """`axes` (d, p), orthonormal; of bands of pairs the falling `levels` and the rising `margins` (b,)."""

    axes: Float32
    levels: Float32
    margins: Float32

    @classmethod
    def fit(cls, vectors: Float32) -> Self:
        """The axes and margins for unit vectors (n, d) like these; n should be some thousands. O(n d^2)."""
        dimension = vectors.shape[1]
        moments = vectors.T @ vectors
        axes = np.linalg.eigh(moments)[1][:, ::-1]
        kept = np.ascontiguousarray(axes[:, : max(1, dimension // _SHARE)], np.float32)
        nothing = np.zeros(0, np.float32)
        levels, margins = _margins(vectors, cls(kept, nothing, nothing))
        return cls(kept, levels, margins)

    def sketch(self, vectors: Float32) -> Codes:
        """Codes (n, p) of the sketches of vectors (n, d)."""
        parts = vectors @ self.axes
        lengths = np.sqrt(np.einsum("ij,ij->i", parts, parts))
        return encode(parts / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None])

    def margin(self, cosine: float) -> float:
        """How far below this cosine the sketches of vectors with it, or a higher one, may score."""
        band = min(int(np.searchsorted(-self.levels, -cosine)), len(self.margins) - 1)
        return float(self.margins[band]) if band >= 0 else 2.0


def _margins(vectors: Float32, basis: Basis) -> tuple[Float32, Float32]:
    """Of bands of pairs, the nearest first: the lowest cosine, and the margin that lets its pairs pass."""
    probes = vectors[:: max(1, len(vectors) // _PROBES)]
    sketches = basis.sketch(vectors)
    scores = scan(basis.sketch(probes), sketches.codes, sketches.scales).ravel()
    cosines = (probes @ vectors.T).ravel()
    order = np.argsort(-cosines)
    order = order[cosines[order] < 1 - 1e-6]  # a vector and itself
    gaps = (cosines - scores)[order]
    levels: list[float] = []
    margins: list[float] = []
    start, end = 0, _NEAREST_PAIRS
    while start < len(order):
        band = gaps[start:end]
        levels.append(float(cosines[order[min(end, len(order)) - 1]]))
        margins.append(max(float(np.quantile(band, _PASS)), *margins[-1:], 0.0))
        start, end = end, 2 * end
    return np.array(levels, np.float32), np.array(margins, np.float32)
