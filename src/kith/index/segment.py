"""The faces of one tenant's gallery, searched by scanning codes, or where there are many, sketches first."""

from collections.abc import Sequence

import numpy as np

from kith.index.base import NO_PERSON, Float32, Int64, Neighbours, Scope
from kith.index.codes import Codes, encode
from kith.index.cores import Cores
from kith.index.persons import PersonOrder
from kith.index.places import Places
from kith.index.ranking import (
    Ask,
    HostScores,
    Numbers,
    Scores,
    Without,
    best_scored,
    choose,
    cosines,
    first_look,
    sorted_ids,
    wanted_persons,
    winnow,
)
from kith.index.rows import Rows

ROW_BITS = 40  # a place is the segment's number above the row
ROW_MASK = (1 << ROW_BITS) - 1
_SCORES = 1 << 24  # scores held at a time: 64 MB; queries in one group share the reading of the vectors
_MIRRORED = 256  # queries a scan of mirrored codes takes at once
_FOR_FACES, _FOR_PERSONS = 2, 8  # times the first look, what a mirror has ready for a second one
_FEW = 4  # a scope of fewer than one row in so many is picked out and scanned alone
_FEW_SKETCHED = 32


class Segment:
    """Rows of one (tenant, gallery), dense and contiguous. Not thread-safe for writing."""

    def __init__(
        self, number: int, home: tuple[int, int], rows: Rows, *, places: Places, cores: Cores
    ) -> None:
        self.number = number
        self.tenant, self.gallery = home
        self.rows = rows
        self._places = places
        self._cores = cores
        self._order: PersonOrder | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def places(self) -> Int64:
        """The place (n,) of each row."""
        return (self.number << ROW_BITS) | np.arange(len(self.rows))

    def add(self, face_ids: Int64, persons: Int64, vectors: Float32) -> None:
        """Append faces that are in no segment."""
        rows = np.arange(len(self.rows), len(self.rows) + len(face_ids))
        self.rows.append(face_ids, persons, vectors)
        self._touch(rows)

    def assign(self, rows: Numbers, persons: Int64) -> None:
        """Give the faces in these rows other persons."""
        changed = self.rows.persons[rows] != persons
        self.rows.assign(rows[changed], persons[changed])
        self._reorder(rows[changed])

    def remove(self, rows: Numbers) -> None:
        """Drop these rows; the last ones move into the holes."""
        gone = self.rows.face_ids[rows]
        self._places.put(gone, np.full(len(gone), -1, np.int64))
        is_hole = np.zeros(len(self.rows), np.bool_)
        is_hole[rows] = True
        kept = len(self.rows) - len(gone)
        targets = np.flatnonzero(is_hole[:kept])
        self.rows.move(kept + np.flatnonzero(~is_hole[kept:]), targets)
        self._touch(targets)
        self._reorder(np.arange(kept, len(self.rows)))
        self.rows.truncate(kept)

    def search(self, queries: Float32, ask: Ask) -> list[Neighbours]:
        """The ranked answer to each query (q, d), in their order."""
        among = self._among(ask.scope)
        is_mirrored = self.rows.codes.mirror is not None and among is None
        group = _MIRRORED if is_mirrored else max(1, _SCORES // len(self.rows))
        return [
            one
            for start in range(0, len(queries), group)
            for one in self._search_group(queries[start : start + group], among, ask)
        ]

    def _search_group(self, queries: Float32, among: Numbers | None, ask: Ask) -> list[Neighbours]:
        basis = self.rows.basis
        if among is not None and len(among) * (_FEW if basis is None else _FEW_SKETCHED) <= len(self.rows):
            return self._compare(queries, self._without(among, ask.scope.exclude_faces), ask)
        if basis is None or self.rows.sketches is None or self.rows.codes.mirror is not None:
            coded = encode(queries)
            return self._settle(queries, coded, self._scan(coded, among, ask), ask)
        scores = self.rows.sketches.scan(basis.sketch(queries), self._cores)
        return [
            winnow(row, basis.margin, lambda rows, _, one=query[None]: self._compare(one, rows, ask)[0], ask)
            for query, row in zip(queries, self._masked(scores, among, ask.scope), strict=True)
        ]

    def _compare(self, queries: Float32, rows: Numbers, ask: Ask) -> list[Neighbours]:
        """The exact answers among these rows."""
        coded = encode(queries)
        scores = self.rows.codes.scan_some(coded, rows, self._cores)
        return self._settle(queries, coded, [HostScores(row, rows) for row in scores], ask)

    def _settle(self, queries: Float32, coded: Codes, scores: Sequence[Scores], ask: Ask) -> list[Neighbours]:
        """The exact answers from what the codes of some rows, or of all, scored for each query."""
        slacks = coded.slack(self.rows.codes.error).tolist()
        return [
            self._settle_one(query, row, slack, ask)
            for query, row, slack in zip(queries, scores, slacks, strict=True)
        ]

    def _settle_one(self, query: Float32, scores: Scores, slack: float, ask: Ask) -> Neighbours:
        def compare(rows: Numbers, scored: Float32) -> Neighbours:
            if ask.by_person:
                rows = rows[best_scored(self.rows.persons[rows], scored, slack)]
            return choose(self._found(rows, query), ask)

        return winnow(scores, lambda _: slack, compare, ask)

    def _scan(self, coded: Codes, among: Numbers | None, ask: Ask) -> Sequence[Scores]:
        """What the codes of all rows in scope score; the mirror can scan all rows only."""
        codes = self.rows.codes
        if codes.mirror is None or among is not None:
            return self._masked(codes.scan(coded, self._cores), among, ask.scope)
        out = self._rows_of(ask.scope.exclude_faces)
        ahead = (_FOR_PERSONS if ask.by_person else _FOR_FACES) * first_look(ask.top or 0) + len(out)
        scanned = codes.mirror.scan(coded, ahead)
        return [Without(scores, out) for scores in scanned] if len(out) else scanned

    def _masked(self, scores: Float32, among: Numbers | None, scope: Scope) -> Sequence[Scores]:
        """Scores (q, n) by query, -inf out of scope."""
        if among is not None:
            outside = np.ones(len(self.rows), np.bool_)
            outside[among] = False
            scores[:, outside] = -np.inf
        if scope.exclude_faces:
            scores[:, self._rows_of(scope.exclude_faces)] = -np.inf
        return [HostScores(row) for row in scores]

    def _found(self, rows: Numbers, query: Float32) -> Neighbours:
        vectors = self.rows.vectors(rows)
        return Neighbours(self.rows.face_ids[rows], self.rows.persons[rows], cosines(vectors, query))

    def _without(self, rows: Numbers, face_ids: frozenset[int]) -> Numbers:
        return rows[~np.isin(rows, self._rows_of(face_ids))] if face_ids else rows

    def _among(self, scope: Scope) -> Numbers | None:
        """The rows that the scope's persons and flags leave, None for all."""
        persons = self.rows.persons
        if scope.persons is not None:
            if scope.unassigned_only:
                return np.zeros(0, np.intp)
            return self._person_order().rows_of(wanted_persons(scope), persons)
        if scope.assigned_only and scope.unassigned_only:
            return np.zeros(0, np.intp)
        if scope.assigned_only:
            return np.flatnonzero(persons != NO_PERSON)
        if scope.unassigned_only:
            return np.flatnonzero(persons == NO_PERSON)
        return None

    def _rows_of(self, face_ids: frozenset[int]) -> Numbers:
        places = self._places.find(sorted_ids(face_ids))
        return places[places >> ROW_BITS == self.number] & ROW_MASK

    def _person_order(self) -> PersonOrder:
        order = self._order
        if order is None:
            order = self._order = PersonOrder(self.rows.persons)
        return order

    def _touch(self, rows: Numbers) -> None:
        self._places.put(self.rows.face_ids[rows], (self.number << ROW_BITS) | rows)
        self._reorder(rows)

    def _reorder(self, rows: Numbers) -> None:
        """These rows hold another face or person; after many the order is made anew when it is needed."""
        if self._order is not None:
            self._order.touch(rows)
            if self._order.is_stale:
                self._order = None
