"""Seeded faces for the index tests: people in an embedding space, and entries about them."""

import numpy as np

from kith.index.base import Entries, Float32, Int64

DIMENSION = 24
NONE: Int64 = np.zeros(0, np.int64)


def unit(vectors: np.ndarray) -> Float32:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def random_units(rng: np.random.Generator, count: int, dimension: int = DIMENSION) -> Float32:
    return unit(rng.standard_normal((count, dimension)))


def people(
    rng: np.random.Generator, who: np.ndarray, *, spread: float = 0.6, dimension: int = DIMENSION
) -> Float32:
    """One vector (n, d) for each number in `who`: equal numbers are pictures of one person."""
    centres = random_units(np.random.default_rng(7), 1 + int(who.max(initial=0)), dimension)
    return unit(centres[who] + spread * random_units(rng, len(who), dimension))


def entries(face_ids, persons, vectors: Float32, *, tenants=1, galleries=1) -> Entries:
    count = len(vectors)

    def column(values) -> Int64:
        return np.broadcast_to(np.asarray(values, np.int64), (count,)).copy()

    return Entries(column(face_ids), column(tenants), column(galleries), column(persons), vectors)
