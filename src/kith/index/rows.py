"""Dense rows of faces: columns, and vectors in blocks that grow without copying what is there."""

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32, Int64
from kith.index.codes import Codes, Int8, encode, scan
from kith.index.cores import Cores
from kith.index.ranking import Numbers, Scores
from kith.index.sketch import SAMPLE_ROWS, Basis

Value = TypeVar("Value", np.float32, np.int8)

BLOCK_ROWS = 16_384
_FIRST_ROWS = 16
_FEW_ROWS = 256  # so few are quicker taken one by one than block by block
_SHARED_ROWS = 2048  # from here on taking and scanning rows is worth the other cores


class Blocks(Generic[Value]):
    """A growing matrix (n, d) in blocks of BLOCK_ROWS rows: growing copies at most the last of them.

    A memory-mapped file can serve as the first blocks.
    """

    def __init__(self, matrix: NDArray[Value]) -> None:
        self._empty = matrix[:0]
        self._blocks = [matrix[start : start + BLOCK_ROWS] for start in range(0, len(matrix), BLOCK_ROWS)]

    @property
    def width(self) -> int:
        return self._empty.shape[1]

    def pieces(self, first: int, end: int) -> Iterator[tuple[int, NDArray[Value]]]:
        """Rows first..end-1 as contiguous pieces, each with the row it starts at."""
        for number in range(first // BLOCK_ROWS, -(-end // BLOCK_ROWS)):
            start = number * BLOCK_ROWS
            yield max(start, first), self._blocks[number][max(0, first - start) : end - start]

    def take(self, rows: Numbers) -> NDArray[Value]:
        """A copy (m, d) of these rows."""
        taken = np.empty((len(rows), self._empty.shape[1]), self._empty.dtype)
        if len(rows) <= _FEW_ROWS:
            for at, row in enumerate(rows.tolist()):
                taken[at] = self._blocks[row // BLOCK_ROWS][row % BLOCK_ROWS]
            return taken
        numbers, offsets = np.divmod(rows, BLOCK_ROWS)
        for number in np.unique(numbers):
            here = np.flatnonzero(numbers == number)
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


class Mirror(Protocol):
    """Where a copy of the codes is kept besides, to be scanned there."""

    def touch(self, rows: Numbers) -> None:
        """These rows hold other codes now, or are new."""
        ...

    def truncate(self, count: int) -> None:
        """The rows from `count` on are gone: forget them now."""
        ...

    def scan(self, queries: Codes, ahead: int) -> Sequence[Scores]:
        """As `CodeRows.scan`, for each query; so many of its best rows as `ahead` says will be looked at."""
        ...


class CodeRows:
    """Codes of rows 0..n-1, scanned by all cores; `error` is the largest there ever was."""

    def __init__(self, codes: Codes) -> None:
        """Over arrays that are taken as they are, without a copy; they must be writable."""
        self.error = float(codes.errors.max(initial=0))
        self._count = len(codes)
        self._scales = codes.scales
        self._codes = Blocks(codes.codes)
        self.mirror: Mirror | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def dimension(self) -> int:
        return self._codes.width

    @property
    def scales(self) -> Float32:
        return self._scales[: self._count]

    def pieces(self) -> Iterator[Int8]:
        """All codes, in contiguous pieces, for storing."""
        return (piece for _, piece in self._codes.pieces(0, self._count))

    def pick(self, rows: Numbers) -> tuple[Int8, Float32]:
        """Copies of the codes (m, d) and scales (m,) of these rows."""
        return self._codes.take(rows), self._scales[rows]

    def scan(self, queries: Codes, cores: Cores) -> Float32:
        """Scores (q, n), within `queries.slack(self.error)` of the cosines."""
        scores = np.empty((len(queries), self._count), np.float32)

        def fill(piece: tuple[int, Int8]) -> None:
            start, codes = piece
            end = start + len(codes)
            scores[:, start:end] = scan(queries, codes, self._scales[start:end])

        cores.share(fill, list(self._codes.pieces(0, self._count)))
        return scores

    def scan_some(self, queries: Codes, rows: Numbers, cores: Cores) -> Float32:
        """Scores (q, m) of these rows."""
        scores = np.empty((len(queries), len(rows)), np.float32)

        def fill(start: int) -> None:
            some = rows[start : start + _SHARED_ROWS]
            scores[:, start : start + len(some)] = scan(queries, self._codes.take(some), self._scales[some])

        cores.share(fill, range(0, len(rows), _SHARED_ROWS))
        return scores

    def append(self, codes: Codes) -> None:
        rows = np.arange(self._count, self._count + len(codes))
        self.resize(self._count + len(codes))
        self._scales[rows] = codes.scales
        self._codes.put(rows, codes.codes)
        self.error = max(self.error, float(codes.errors.max(initial=0)))
        if self.mirror is not None:
            self.mirror.touch(rows)

    def move(self, sources: Numbers, targets: Numbers) -> None:
        """Copy rows over others; no row may be both source and target."""
        self._scales[targets] = self._scales[sources]
        self._codes.put(targets, self._codes.take(sources))
        if self.mirror is not None:
            self.mirror.touch(targets)

    def resize(self, count: int) -> None:
        """Drop the rows from `count` on and wipe them, or make room for more."""
        for _, codes in self._codes.pieces(count, self._count):
            codes[:] = 0
        if self.mirror is not None and count < self._count:
            self.mirror.truncate(count)
        self._codes.resize(count)
        self._scales = _with_room(self._scales, count)
        self._count = count


class Rows:
    """`len()` rows 0..n-1 without holes: face ids, persons, vectors, and what is scanned for them.

    `codes` stand for the vectors; `sketches`, if there are any, for their leading quarter. Not thread-safe
    for writing.
    """

    def __init__(self, face_ids: Int64, persons: Int64, vectors: Float32, codes: Codes) -> None:
        """Over arrays that are taken as they are, without a copy; they must be writable."""
        self._count = len(face_ids)
        self._face_ids = face_ids
        self._persons = persons
        self._vectors = Blocks(vectors)
        self.codes = CodeRows(codes)
        self.basis: Basis | None = None
        self.sketches: CodeRows | None = None
        self.dimension = vectors.shape[1]

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

    def vector_pieces(self) -> Iterator[Float32]:
        """All vectors, in contiguous pieces, for storing."""
        return (piece for _, piece in self._vectors.pieces(0, self._count))

    def sample(self) -> Float32:
        """Up to SAMPLE_ROWS of the vectors, evenly taken."""
        step = max(1, self._count // SAMPLE_ROWS)
        return self.vectors(np.arange(0, self._count, step)[:SAMPLE_ROWS])

    def use(self, basis: Basis, sketches: Codes | None = None) -> None:
        """Sketch all rows, unless their `sketches` are given, and from now on those that are added."""
        self.basis = basis
        if sketches is not None:
            self.sketches = CodeRows(sketches)
            return
        self.sketches = CodeRows(basis.sketch(np.zeros((0, self.dimension), np.float32)))
        for piece in self.vector_pieces():
            self.sketches.append(basis.sketch(piece))

    def append(self, face_ids: Int64, persons: Int64, vectors: Float32) -> None:
        rows = np.arange(self._count, self._count + len(face_ids))
        self.codes.append(encode(vectors))
        if self.basis is not None and self.sketches is not None:
            self.sketches.append(self.basis.sketch(vectors))
        self._resize(self._count + len(face_ids))
        self._face_ids[rows] = face_ids
        self._persons[rows] = persons
        self._vectors.put(rows, vectors)

    def assign(self, rows: Numbers, persons: Int64) -> None:
        self._persons[rows] = persons

    def move(self, sources: Numbers, targets: Numbers) -> None:
        """Copy rows over others; no row may be both source and target."""
        for column in (self._face_ids, self._persons):
            column[targets] = column[sources]
        self._vectors.put(targets, self._vectors.take(sources))
        self.codes.move(sources, targets)
        if self.sketches is not None:
            self.sketches.move(sources, targets)

    def truncate(self, count: int) -> None:
        """Drop the rows from `count` on, and wipe their vectors: they are somebody's face."""
        for _, piece in self._vectors.pieces(count, self._count):
            piece[:] = 0
        self.codes.resize(count)
        if self.sketches is not None:
            self.sketches.resize(count)
        self._resize(count)

    def _resize(self, count: int) -> None:
        self._count = count
        self._vectors.resize(count)
        self._face_ids = _with_room(self._face_ids, count)
        self._persons = _with_room(self._persons, count)


Column = TypeVar("Column", np.int64, np.float32)


def _with_room(column: NDArray[Column], count: int) -> NDArray[Column]:
    """The column itself if it has room for `count` values, else a copy that has some to spare."""
    if count <= len(column):
        return column
    room = max(count, len(column) * 3 // 2, _FIRST_ROWS)
    return np.concatenate([column, np.zeros(room - len(column), column.dtype)])
