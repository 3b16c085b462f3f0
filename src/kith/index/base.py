"""The index's seam: embeddings in, neighbours and persons out, whatever keeps them.

All implementations answer alike (tests/index/test_congruence.py): cosine, best first, equal cosines
by ascending face id, nothing below `min_cosine`. They are derived data: the database is the truth,
`position` says up to which change of it an index has come.

Vectors are float32 of unit length everywhere, stored and asked alike, so that a cosine is a dot product;
what has another length, no direction or no finite value is refused with ValueError rather than repaired.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int64 = NDArray[np.int64]

NO_PERSON = 0
UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Rows of an index: `face_ids`, `tenants`, `galleries`, `persons` (n,) int64, `vectors` (n, d).

    `persons` is NO_PERSON where a face has none. Vectors are float32 of unit length.
    """

    face_ids: Int64
    tenants: Int64
    galleries: Int64
    persons: Int64
    vectors: Float32

    def __len__(self) -> int:
        return len(self.face_ids)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: one tenant, optionally one gallery, optionally some persons.

    `persons` None looks at every face; an empty set finds nothing, and NO_PERSON in it names nobody.
    `assigned_only` leaves out faces without a person, `unassigned_only` those with one.
    """

    tenant: int
    gallery: int | None = None
    persons: frozenset[int] | None = None
    assigned_only: bool = False
    unassigned_only: bool = False
    exclude_faces: frozenset[int] = field(default_factory=frozenset[int])


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The nearest faces to one query: `face_ids`, `persons` (k,) int64, `cosines` (k,) float32."""

    face_ids: Int64
    persons: Int64
    cosines: Float32

    def __len__(self) -> int:
        return len(self.face_ids)


class VectorIndex(Protocol):
    """Faces of one embedding space, searchable by cosine. Synchronous and thread-safe."""

    @property
    def dimension(self) -> int: ...

    def __len__(self) -> int: ...

    @property
    def position(self) -> int:
        """The last change of the database that is in this index; 0 when new."""
        ...

    def apply(self, upserts: Entries, removed: Int64, position: int) -> None:
        """Insert or replace entries by face id, remove others, and set `position`, all at once.

        Of an id given twice the last entry counts; an id that is also in `removed` is removed. Unknown
        ids in `removed` are ignored. Raises ValueError, and changes nothing, for a wrong dimension or
        vectors that are not of unit length.
        """
        ...

    def entries(self, face_ids: Int64) -> Entries:
        """The entries of these faces by ascending face id; unknown ids are left out."""
        ...

    def search(self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0) -> list[Neighbours]:
        """The `top` nearest faces in scope to each query (q, d), best first.

        Raises ValueError for queries of a wrong dimension or not of unit length.
        """
        ...

    def search_persons(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        """The `top` nearest persons, each by its best face; faces without a person are left out."""
        ...

    def within(self, queries: Float32, scope: Scope, min_cosine: float) -> list[Neighbours]:
        """Every face in scope at or above `min_cosine` to each query, best first."""
        ...

    def clear(self) -> None:
        """Forget everything; `position` is 0 again."""
        ...

    def persist(self) -> None:
        """Make what is held survive the process. Nothing to do where storage is shared."""
        ...

    def close(self) -> None: ...


def empty_entries(dimension: int) -> Entries:
    none = np.zeros(0, dtype=np.int64)
    return Entries(none, none, none, none, np.zeros((0, dimension), dtype=np.float32))


def pick_entries(entries: Entries, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Entries:
    """The chosen rows, in the order given (or where a mask is true)."""
    return Entries(
        entries.face_ids[rows],
        entries.tenants[rows],
        entries.galleries[rows],
        entries.persons[rows],
        entries.vectors[rows],
    )


def latest_entries(entries: Entries, removed: Int64) -> Entries:
    """One entry a face, the last given, by ascending face id, without the faces that are removed."""
    _, from_end = np.unique(entries.face_ids[::-1], return_index=True)
    rows = len(entries) - 1 - from_end
    return pick_entries(entries, rows[~np.isin(entries.face_ids[rows], removed)])


def check_entries(entries: Entries, dimension: int) -> None:
    """Raise ValueError unless all arrays agree in length and the vectors are unit vectors (n, dimension)."""
    columns: Sequence[Int64] = (entries.tenants, entries.galleries, entries.persons)
    if any(len(column) != len(entries) for column in columns):
        raise ValueError("entries must have columns of equal length")
    if len(entries.vectors) != len(entries):
        raise ValueError(f"{len(entries)} entries need as many vectors, not {len(entries.vectors)}")
    check_vectors(entries.vectors, dimension)


def check_vectors(vectors: Float32, dimension: int) -> None:
    """Raise ValueError unless `vectors` is (n, dimension) float32 with rows of unit length."""
    if vectors.ndim != 2 or vectors.shape[1] != dimension or vectors.dtype != np.float32:
        raise ValueError(f"vectors must be float32 (n, {dimension}), not {vectors.dtype} {vectors.shape}")
    squared = np.einsum("ij,ij->i", vectors, vectors)
    if not bool(np.all(np.abs(squared - 1) <= 2 * UNIT_TOLERANCE)):  # false for NaN too
        raise ValueError("vectors must be finite and of unit length")
