"""Dense rows of faces: columns, and vectors in blocks that grow without copying what is there."""

from collections.abc import Iterator
from typing import Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64
from kith.index.codes import Codes, Int8, encode, scan
from kith.index.ranking import Numbers

Value = TypeVar("Value", np.float32, np.int8)

BLOCK_ROWS = 16_384
_FIRST_ROWS = 16


class Blocks(Generic[Value]):
    """A growing matrix (n, d) in blocks of BLOCK_ROWS rows: growing copies at most the last of them.

    A memory-mapped file can serve as the first blocks.
    """

    def __init__(self, matrix: NDArray[Value]) -> None:
        self._empty = matrix[:0]
        self._blocks = [matrix[start : start + BLOCK_ROWS] for start in range(0, len(matrix), BLOCK_ROWS)]

    def pieces(self, first: int, end: int) -> Iterator[tuple[int, NDArray[Value]]]:
        """Rows first..end-1 as contiguous pieces, each with the row it starts at."""
        for number in range(first // BLOCK_ROWS, -(-end // BLOCK_ROWS)):
            start = number * BLOCK_ROWS
            yield max(start, first), self._blocks[number][max(0, first - start) : end - start]

    def take(self, rows: Numbers) -> NDArray[Value]:
        """A copy (m, d) of these rows."""
        taken = np.empty((len(rows), self._empty.shape[1]), self._empty.dtype)
        numbers, offsets = np.divmod(rows, BLOCK_ROWS)
        for number in np.unique(numbers):
            here = numbers == number
            taken[here] = self._blocks[number][offsets[here]]
        return taken

    def put(self, rows: Numbers, values: NDArray[Value]) -> None:
        numbers, offsets = np.divmod(rows, BLOCK_ROWS)
        for number in np.unique(numbers):
            here = numbers == number
            self._blocks[number][offsets[here]] = values[here]

    def resize(self, count: int) -> None:
        """Make room for `count` rows, or drop the blocks beyond them."""
        blocks = -(-count // BLOCK_ROWS)
        del self._blocks[blocks:]
        for number in range(max(0, len(self._blocks) - 1), blocks):
            if number == len(self._blocks):
                self._blocks.append(self._empty)
            self._grow(number, min(BLOCK_ROWS, count - number * BLOCK_ROWS))

    def _grow(self, number: int, needed: int) -> None:
        block = self._blocks[number]
        if needed > len(block):
            room = min(BLOCK_ROWS, max(needed, 2 * len(block), _FIRST_ROWS))
            self._blocks[number] = np.zeros((room, block.shape[1]), block.dtype)
            self._blocks[number][: len(block)] = block


class Rows:
    """`len()` rows 0..n-1 without holes: face ids, persons, vectors, and the vectors' codes to scan.

    Not thread-safe for writing.
    """

    def __init__(self, face_ids: Int64, persons: Int64, vectors: Float32, codes: Codes) -> None:
        """Over arrays that are taken as they are, without a copy; they must be writable."""
        self._count = len(face_ids)
        self._face_ids = face_ids
        self._persons = persons
        self._scales = codes.scales
        self._vectors = Blocks(vectors)
        self._codes = Blocks(codes.codes)
        self.dimension = vectors.shape[1]
        self.error = float(codes.errors.max(initial=0))  # the largest there ever was

    @classmethod
    def empty(cls, dimension: int) -> Self:
        none = np.zeros((0, dimension), np.float32)
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), none, encode(none))

    def __len__(self) -> int:
        return self._count

    @property
    def face_ids(self) -> Int64:
        return self._face_ids[: self._count]

    @property
    def persons(self) -> Int64:
        return self._persons[: self._count]

    def vectors(self, rows: Numbers) -> Float32:
        """A copy of the vectors (m, d) of these rows."""
        return self._vectors.take(rows)

    def columns(self) -> tuple[Int64, Int64, Float32]:
        """Face ids, persons and scales, each (n,), as they are to be stored."""
        return self.face_ids, self.persons, self._scales[: self._count]

    def vector_pieces(self) -> Iterator[Float32]:
        """All vectors, in contiguous pieces, for storing."""
        return (piece for _, piece in self._vectors.pieces(0, self._count))

    def code_pieces(self) -> Iterator[Int8]:
        """All codes, in contiguous pieces, for storing."""
        return (piece for _, piece in self._codes.pieces(0, self._count))

    def scan(self, queries: Codes, first: int = 0) -> Float32:
        """Scores (q, n - first) of the rows from `first` on, within `queries.slack(self.error)`."""
        scores = np.empty((len(queries), self._count - first), np.float32)
        for start, codes in self._codes.pieces(first, self._count):
            end = start + len(codes)
            scores[:, start - first : end - first] = scan(queries, codes, self._scales[start:end])
        return scores

    def scan_some(self, queries: Codes, rows: Numbers) -> Float32:
        """Scores (q, m) of these rows."""
        return scan(queries, self._codes.take(rows), self._scales[rows])

    def append(self, face_ids: Int64, persons: Int64, vectors: Float32) -> None:
        coded = encode(vectors)
        rows = np.arange(self._count, self._count + len(face_ids))
        self._resize(self._count + len(face_ids))
        self._face_ids[rows] = face_ids
        self._persons[rows] = persons
        self._scales[rows] = coded.scales
        self._vectors.put(rows, vectors)
        self._codes.put(rows, coded.codes)
        self.error = max(self.error, float(coded.errors.max(initial=0)))

    def assign(self, rows: Numbers, persons: Int64) -> None:
        self._persons[rows] = persons

    def move(self, sources: Numbers, targets: Numbers) -> None:
        """Copy rows over others; no row may be both source and target."""
        for column in (self._face_ids, self._persons):
            column[targets] = column[sources]
        self._scales[targets] = self._scales[sources]
        self._vectors.put(targets, self._vectors.take(sources))
        self._codes.put(targets, self._codes.take(sources))

    def truncate(self, count: int) -> None:
        """Drop the rows from `count` on, and wipe their vectors: they are somebody's face."""
        for _, piece in self._vectors.pieces(count, self._count):
            piece[:] = 0
        for _, codes in self._codes.pieces(count, self._count):
            codes[:] = 0
        self._resize(count)

    def _resize(self, count: int) -> None:
        self._count = count
        self._vectors.resize(count)
        self._codes.resize(count)
        if count > len(self._face_ids):
            room = max(count, len(self._face_ids) * 3 // 2, _FIRST_ROWS)
            self._face_ids = _grown(self._face_ids, room)
            self._persons = _grown(self._persons, room)
            self._scales = np.concatenate([self._scales, np.zeros(room - len(self._scales), np.float32)])


def _grown(column: Int64, room: int) -> Int64:
    return np.concatenate([column, np.zeros(room - len(column), np.int64)])
