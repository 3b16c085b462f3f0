"""The in-process index: every answer is exact, by scanning the faces of each gallery in scope."""

import numpy as np

from kith.index.base import (
    Entries,
    Float32,
    Int64,
    Neighbours,
    Scope,
    check_entries,
    latest_entries,
    pick_entries,
)
from kith.index.cores import Cores
from kith.index.lock import ReadWriteLock
from kith.index.places import UNKNOWN, Places
from kith.index.ranking import NOBODY, Ask, check_ask, merge
from kith.index.rows import Rows
from kith.index.segment import ROW_BITS, ROW_MASK, Segment


class ExactIndex:
    """VectorIndex in the memory of this process, without files; it forgets all when it is closed.

    One segment a (tenant, gallery). Searches run side by side; `apply` has the index for itself.
    A search costs one pass over the vectors in scope, shared by the queries of a call.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._lock = ReadWriteLock()
        self._cores = Cores()
        self._places = Places()
        self._segments: dict[int, dict[int, Segment]] = {}  # by tenant, by gallery
        self._by_number: dict[int, Segment] = {}
        self._next_number = 0
        self._position = 0

    @property
    def dimension(self) -> int:
        return self._dimension

    def __len__(self) -> int:
        return len(self._places)

    @property
    def position(self) -> int:
        return self._position

    def apply(self, upserts: Entries, removed: Int64, position: int) -> None:
        check_entries(upserts, self._dimension)
        removed = np.unique(np.asarray(removed, np.int64))
        upserts = latest_entries(upserts, removed)
        with self._lock.writing():
            self._change(upserts, removed, position)

    def entries(self, face_ids: Int64) -> Entries:
        with self._lock.reading():
            return self._entries(np.unique(np.asarray(face_ids, np.int64)))

    def search(self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, top, min_cosine))

    def search_persons(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, top, min_cosine, by_person=True))

    def within(self, queries: Float32, scope: Scope, min_cosine: float) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, None, min_cosine))

    def clear(self) -> None:
        with self._lock.writing():
            self._places = Places()
            self._segments, self._by_number = {}, {}
            self._position = 0

    def persist(self) -> None:
        """Nothing: this index has no files."""

    def close(self) -> None:
        """Let go of the vectors."""
        ExactIndex.clear(self)
        self._cores.close()

    def _change(self, upserts: Entries, removed: Int64, position: int) -> None:
        self._remove(removed)
        self._upsert(upserts)
        self._position = position

    def _answer(self, queries: Float32, ask: Ask) -> list[Neighbours]:
        if not check_ask(queries, ask, self._dimension):
            return [NOBODY for _ in queries]
        with self._lock.reading():
            found = [segment.search(queries, ask) for segment in self._in_scope(ask.scope)]
        if not found:
            return [NOBODY for _ in queries]
        return [merge(parts, ask) for parts in zip(*found, strict=True)]

    def _in_scope(self, scope: Scope) -> list[Segment]:
        galleries = self._segments.get(scope.tenant, {})
        if scope.gallery is None:
            return list(galleries.values())
        return [galleries[scope.gallery]] if scope.gallery in galleries else []

    def _remove(self, face_ids: Int64) -> None:
        places = self._places.find(face_ids)
        self._drop(places[places != UNKNOWN])

    def _drop(self, places: Int64) -> None:
        numbers = places >> ROW_BITS
        for number in np.unique(numbers).tolist():
            segment = self._by_number[number]
            segment.remove(places[numbers == number] & ROW_MASK)
            if not len(segment):
                del self._by_number[number]
                del self._segments[segment.tenant][segment.gallery]

    def _upsert(self, entries: Entries) -> None:
        scopes = np.stack([entries.tenants, entries.galleries], axis=1)
        keys, which = np.unique(scopes, axis=0, return_inverse=True)
        for number, (tenant, gallery) in enumerate(keys.tolist()):
            self._upsert_into(
                tenant, gallery, pick_entries(entries, np.flatnonzero(which.reshape(-1) == number))
            )

    def _upsert_into(self, tenant: int, gallery: int, entries: Entries) -> None:
        """Faces whose vector stays keep their row, so that naming a person moves and rebuilds nothing."""
        face_ids, persons, vectors = entries.face_ids, entries.persons, entries.vectors
        places = self._places.find(face_ids)
        segment = self._segments.get(tenant, {}).get(gallery)
        stays = np.zeros(len(face_ids), np.bool_)
        if segment is not None:
            here = np.flatnonzero(places >> ROW_BITS == segment.number)
            rows = places[here] & ROW_MASK
            same = np.all(segment.rows.vectors(rows) == vectors[here], axis=1)
            stays[here[same]] = True
            segment.assign(rows[same], persons[here[same]])
        self._drop(places[~stays & (places != UNKNOWN)])
        if not stays.all():
            segment = self._segments.get(tenant, {}).get(gallery)  # dropping its last face drops a segment
            if segment is None:
                segment = self._new_segment(tenant, gallery, Rows.empty(self._dimension))
            segment.add(face_ids[~stays], persons[~stays], vectors[~stays])

    def _new_segment(self, tenant: int, gallery: int, rows: Rows) -> Segment:
        segment = Segment(self._next_number, (tenant, gallery), rows, places=self._places, cores=self._cores)
        self._next_number += 1
        self._segments.setdefault(tenant, {})[gallery] = segment
        self._by_number[segment.number] = segment
        return segment

    def _entries(self, face_ids: Int64) -> Entries:
        places = self._places.find(face_ids)
        face_ids, places = face_ids[places != UNKNOWN], places[places != UNKNOWN]
        tenants, galleries, persons = (np.zeros(len(face_ids), np.int64) for _ in range(3))
        vectors = np.empty((len(face_ids), self._dimension), np.float32)
        numbers = places >> ROW_BITS
        for number in np.unique(numbers).tolist():
            segment, here = self._by_number[number], numbers == number
            rows = places[here] & ROW_MASK
            tenants[here], galleries[here] = segment.tenant, segment.gallery
            persons[here] = segment.rows.persons[rows]
            vectors[here] = segment.rows.vectors(rows)
        return Entries(face_ids, tenants, galleries, persons, vectors)
