"""Large sets of vectors that look like real face embeddings, made from a seed.

Each vector is a person's centre plus noise of .75 of its length: two pictures of one person then have a
cosine of .64 (median; .62 for MobileFaceNet on the photos the project is tested with), two people's
scatter around 0. Centres and noise share a spectrum that falls as the power -.35 of the rank, about as
the spectrum of real embeddings does; it makes neighbours harder to tell apart than isotropic noise.
"""

import numpy as np

SPREAD = 0.75
FALL = -0.35


def people(rows: int, dimension: int, *, photos_each: int = 10, seed: int = 0):
    """Unit vectors (rows, dimension) float32, and whose picture each is (rows,), persons from 1."""
    rng = np.random.default_rng(seed)
    spectrum = (np.arange(1, dimension + 1) ** FALL).astype(np.float32)
    centres = _unit(rng.standard_normal((max(1, rows // photos_each), dimension), np.float32) * spectrum)
    who = rng.integers(0, len(centres), rows)
    noise = _unit(rng.standard_normal((rows, dimension), np.float32) * spectrum)
    return _unit(centres[who] + np.float32(SPREAD) * noise), who + 1


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
