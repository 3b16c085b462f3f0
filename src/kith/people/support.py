"""Whether what a machine has recognised still follows from what humans say."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64
from kith.people.matching import BEST_VOTES

# Faces that vote at a time, so that the votes of a person of any size fit into memory.
_CHUNK = 1024


def unsupported(
    vectors: Float32,
    vouched: NDArray[np.bool_],
    sure: NDArray[np.float64],
    votes: Callable[[Float32], NDArray[np.float64]],
) -> Int64:
    """The rows of a person's faces that no chain of matches leads to from those a human vouches for.

    `vectors` (n, d) are the person's faces, `vouched` (n,) says which of them stand by themselves, `sure`
    (n,) the similarity at which each would be recognised. `votes` makes similarities of cosines, 0 where
    one is too small to count. As in `matching`, the mean of the best votes is what recognises a face; a
    face that is recognised votes for others.
    """
    best = np.zeros((len(vectors), BEST_VOTES))
    voters, doubted = np.flatnonzero(vouched), np.flatnonzero(~vouched)
    while len(voters) and len(doubted):
        for start in range(0, len(voters), _CHUNK):
            cast = votes(vectors[doubted] @ vectors[voters[start : start + _CHUNK]].T)
            cast = np.concatenate([best[doubted], cast], axis=1)
            best[doubted] = np.partition(cast, -BEST_VOTES, axis=1)[:, -BEST_VOTES:]
        count = np.count_nonzero(best[doubted], axis=1)
        is_sure = (count > 0) & (best[doubted].sum(axis=1) >= sure[doubted] * count)
        voters, doubted = doubted[is_sure], doubted[~is_sure]
    return doubted
