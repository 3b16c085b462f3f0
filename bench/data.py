"""Large sets of vectors with the statistics of real face embeddings, made from a seed.

What is copied are second moments, which can be estimated without bias from few people: those of the pack
`mobile` on 777 labelled photos of 233 people (128 dimensions, dot products across people and photos).

    what                                            real          made here
    share of the variance within persons            .39     .39
    effective dimensions within / between, of all   .85 / .66   the same
    alignment of the two covariances                .88     .88
    cosine of two photos of a person, quartiles     .55 .66 .74   .56 .64 .71
    strangers' cosine, deviation                    .101    .101

Effective dimensions are tr(C)^2 / tr(C^2); variances fall exponentially over the axes. Other dimensions
than 128 get the same curves stretched: no network of 512 dimensions is among those measured, so its
strangers are made as much less alike as more dimensions alone make them. How many photos a person has, and
how far a photo strays from its person, are lognormal.
"""

import numpy as np

WITHIN = 0.39
FALL_BETWEEN = 2.6  # variances are exp(-fall * axis / dimension)
FALL_WITHIN = 1.5
SHUFFLED = 0.42  # of the axes within persons lie elsewhere than between them
STRAY = 0.3
POPULARITY = 1.0
_CHUNK = 1 << 16


def people(rows: int, dimension: int, *, photos_each: int = 10, seed: int = 0):
    """Unit vectors (rows, dimension) float32, and whose picture each is (rows,), persons from 1.

    Persons have `photos_each` photos on average.
    """
    rng = np.random.default_rng(seed)
    between, within = axes(dimension, rng)
    centres = rng.standard_normal((max(1, rows // photos_each), dimension), np.float32) * between
    weights = rng.lognormal(0, POPULARITY, len(centres))
    who = rng.choice(len(centres), rows, p=weights / weights.sum())
    vectors = np.empty((rows, dimension), np.float32)
    for start in range(0, rows, _CHUNK):
        some = who[start : start + _CHUNK]
        stray = rng.lognormal(-STRAY * STRAY, STRAY, (len(some), 1)).astype(np.float32)
        noise = rng.standard_normal((len(some), dimension), np.float32) * within
        vectors[start : start + _CHUNK] = _unit(centres[some] + stray * noise)
    return vectors, who + 1


def axes(dimension: int, rng: np.random.Generator):
    """Standard deviations (dimension,) of the axes between persons, and within them."""
    between = _deviations(dimension, FALL_BETWEEN, 1 - WITHIN)
    within = _deviations(dimension, FALL_WITHIN, WITHIN)
    moved = rng.permutation(dimension)[: int(SHUFFLED * dimension)]
    within[moved] = within[rng.permutation(moved)]
    return between, within


def _deviations(dimension: int, fall: float, variance: float):
    """Standard deviations (dimension,) of the axes, whose squares add up to `variance`."""
    variances = np.exp(-fall * np.arange(dimension) / dimension)
    return np.sqrt(variance * variances / variances.sum()).astype(np.float32)


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
