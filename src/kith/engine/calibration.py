"""The map between a pack's cosine and similarity, the scale on which all thresholds are given.

Similarity is fixed by false-accept rate (FAR), so that a threshold means the same with every pack:
0.5 at FAR 1e-3, 0.7 at 1e-4, 0.8 at 1e-5, 0.9 at 1e-6, and 0.3 at 1e-2 below. In between the map
is linear; it is strictly increasing, with cosine -1 at 0 and cosine 1 at 1, so it can be inverted.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_ACCEPT_RATES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
SIMILARITIES = (0.3, 0.5, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Calibration:
    """`cosines` are the pack's cosines at `FALSE_ACCEPT_RATES`, strictly increasing in (-1, 1).

    `provenance` says in a sentence how they were found.
    """

    cosines: tuple[float, float, float, float, float]
    provenance: str

    def __post_init__(self) -> None:
        knots = (-1.0, *self.cosines, 1.0)
        if not all(low < high for low, high in itertools.pairwise(knots)):  # not-a-number fails too
            raise ValueError("calibration cosines must increase strictly inside (-1, 1)")

    def similarity(self, cosine: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Similarity in 0..1 of cosines of any shape; values outside -1..1 are clipped."""
        return np.asarray(np.interp(cosine, (-1.0, *self.cosines, 1.0), (0.0, *SIMILARITIES, 1.0)))

    def cosine(self, similarity: float) -> float:
        """The cosine at which `similarity` is reached; the inverse of `similarity()`."""
        return float(np.interp(similarity, (0.0, *SIMILARITIES, 1.0), (-1.0, *self.cosines, 1.0)))

    def similarity_at(self, false_accept_rate: float) -> float:
        """The similarity that so small a part of all pairs of strangers reaches; 0.9 for 1e-6 and less."""
        rates = np.log10(FALSE_ACCEPT_RATES)
        return float(np.interp(-np.log10(false_accept_rate), -rates, SIMILARITIES))
