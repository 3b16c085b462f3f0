"""Approximate neighbours: an HNSW graph over face ids, kept by usearch.

Measured on unit vectors with the statistics of real embeddings (bench/index.py), at equal recall:
usearch with int8 components builds two to four times as fast as hnswlib and faiss, answers as fast or
faster and takes a quarter of their memory. What int8 rounds away comes back when the float32 vectors
of the candidates are compared. HNSW: Malkov and Yashunin, 2016, https://arxiv.org/abs/1603.09320.
"""

from pathlib import Path

import numpy as np
from usearch.index import BatchMatches, Index

from kith.index.base import Float32, Int64

_CONNECTIVITY = 16
_EXPANSION_ADD = 128
_EXPANSION_SEARCH = 160


class Graph:
    """Proposes the faces near a query.

    Searches may run together; adding and removing need the graph for themselves.
    """

    def __init__(self, dimension: int) -> None:
        self._index = Index(
            ndim=dimension,
            metric="ip",
            dtype="i8",
            connectivity=_CONNECTIVITY,
            expansion_add=_EXPANSION_ADD,
            expansion_search=_EXPANSION_SEARCH,
        )

    def __len__(self) -> int:
        return len(self._index)

    @property
    def memory_bytes(self) -> int:
        return int(self._index.memory_usage)

    def add(self, face_ids: Int64, vectors: Float32) -> None:
        self._index.add(face_ids.astype(np.uint64), vectors, threads=1)

    def remove(self, face_ids: Int64) -> None:
        self._index.remove(face_ids.astype(np.uint64), threads=1)

    def nearest(self, queries: Float32, count: int) -> list[Int64]:
        """About the `count` nearest face ids to each query (q, d), nearest first."""
        found = self._index.search(queries, count, threads=1 if len(queries) == 1 else 0)
        keys = np.atleast_2d(np.asarray(found.keys)).astype(np.int64)
        if isinstance(found, BatchMatches):
            return [row[:held] for row, held in zip(keys, np.asarray(found.counts), strict=True)]
        return list(keys)

    def save(self, file: Path) -> None:
        self._index.save(str(file))

    def load(self, file: Path) -> None:
        """Raises RuntimeError for what is no such file."""
        self._index.load(str(file))
