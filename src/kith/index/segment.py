"""The faces of one tenant's gallery, searched exactly or, where there are many, through a graph."""

import numpy as np
from numpy.typing import NDArray

from kith.index.ann import Graph
from kith.index.base import NO_PERSON, Float32, Int64, Neighbours, Scope
from kith.index.codes import Codes, encode
from kith.index.persons import PersonOrder
from kith.index.places import Places
from kith.index.ranking import (
    NOBODY,
    Ask,
    Numbers,
    choose,
    cosines,
    floor_of_top,
    join,
    nearest,
    settle,
    sorted_ids,
    wanted_persons,
)
from kith.index.rows import Rows

ROW_BITS = 40  # a place is the segment's number above the row
ROW_MASK = (1 << ROW_BITS) - 1
_SCORES = 1 << 24  # scores held at a time: 64 MB; queries in one group share the reading of the vectors
_FIRST_HITS = 128
_MOST_HITS = 2048


class Segment:
    """Rows of one (tenant, gallery), dense and contiguous. Not thread-safe for writing.

    Rows before `covered` are in the graph, if there is one; those after it are scanned.
    """

    def __init__(self, number: int, home: tuple[int, int], rows: Rows, places: Places) -> None:
        self.number = number
        self.tenant, self.gallery = home
        self.rows = rows
        self.graph: Graph | None = None
        self.covered = 0
        self._places = places
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
        """Drop these rows; the last ones move into the holes, first among the covered, then among all."""
        gone = self.rows.face_ids[rows]
        self._places.put(gone, np.full(len(gone), -1, np.int64))
        if self.graph is not None:
            self.graph.remove(gone[rows < self.covered])
        holes = np.zeros(len(self.rows), np.bool_)
        holes[rows] = True
        self.covered = self._close(holes, self.covered)
        count = self._close(holes, len(self.rows))
        self._reorder(np.arange(count, len(self.rows)))
        self.rows.truncate(count)

    def extend_graph(self, count: int) -> bool:
        """Put up to `count` more rows into the graph; whether any are left outside."""
        graph = self.graph = self.graph or Graph(self.rows.dimension)
        rows = np.arange(self.covered, min(self.covered + count, len(self.rows)))
        graph.add(self.rows.face_ids[rows], self.rows.vectors(rows))
        self.covered += len(rows)
        return self.covered < len(self.rows)

    def search(self, queries: Float32, ask: Ask) -> list[Neighbours]:
        """The ranked answer to each query (q, d), in their order."""
        group = max(1, _SCORES // len(self.rows))
        starts = range(0, len(queries), group)
        return [one for start in starts for one in self._search_group(queries[start : start + group], ask)]

    def _search_group(self, queries: Float32, ask: Ask) -> list[Neighbours]:
        coded = encode(queries)
        slacks = coded.slack(self.rows.error).tolist()
        answers: list[Neighbours | None] = [None] * len(queries)
        if self.graph is not None and self._suits_graph(ask.scope):
            answers = self._approximate(self.graph, queries, coded, ask)
        missing = [number for number, answer in enumerate(answers) if answer is None]
        if missing:
            scores = self._scores(coded.pick(missing), ask.scope)
            for number, row in zip(missing, scores, strict=True):
                answers[number] = self._exact(queries[number], row, slacks[number], ask)
        return [answer for answer in answers if answer is not None]

    # Exact: a scan of all rows in question, then the cosines of those that the scan cannot rule out.

    def _scores(self, queries: Codes, scope: Scope) -> Float32:
        """Scan scores (q, n), -inf out of scope."""
        among = self._among(scope)
        if among is not None and 4 * len(among) <= len(self.rows):
            scores = np.full((len(queries), len(self.rows)), -np.inf, np.float32)
            scores[:, among] = self.rows.scan_some(queries, among)
        else:
            scores = self.rows.scan(queries)
            if among is not None:
                outside = np.ones(len(self.rows), np.bool_)
                outside[among] = False
                scores[:, outside] = -np.inf
        scores[:, self._rows_of(scope.exclude_faces)] = -np.inf
        return scores

    def _exact(self, query: Float32, scores: Float32, slack: float, ask: Ask) -> Neighbours:
        if ask.by_person:
            candidates = self._person_order().nearest(scores, self.rows.persons, ask, slack)
        else:
            candidates = nearest(scores, ask, slack)
        best = NOBODY
        for few in candidates:
            best = choose(join([best, self._found(few.rows, query)]), ask)
            if len(best) == ask.top and best.cosines[-1] > few.ceiling + slack:
                break
        return best

    # Approximate: the graph's nearest and the best of the rows outside it, more of them until enough
    # of the scope is among them; a scope that stays out of reach is left to the exact search.

    def _approximate(self, graph: Graph, queries: Float32, coded: Codes, ask: Ask) -> list[Neighbours | None]:
        answers: list[Neighbours | None] = [None] * len(queries)
        outside = self.rows.scan(coded, self.covered)
        slacks = coded.slack(self.rows.error).tolist()
        hits = max(_FIRST_HITS, 2 * (ask.top or 0))
        while hits <= min(_MOST_HITS, len(self.rows) // 2):
            waiting = [number for number, answer in enumerate(answers) if answer is None]
            for number, near in zip(waiting, graph.nearest(queries[waiting], hits), strict=True):
                rows, floor = self._proposed(near, outside[number], hits, slacks[number])
                answers[number] = self._answer(queries[number], rows, floor, ask)
            if all(answer is not None for answer in answers):
                break
            hits *= 4
        return answers

    def _proposed(self, near: Int64, outside: Float32, hits: int, slack: float) -> tuple[Numbers, float]:
        """Rows worth comparing, and the cosine below which rows outside the graph were left out."""
        places = self._places.find(near)
        inside = places[places >> ROW_BITS == self.number] & ROW_MASK
        floor = floor_of_top(outside, hits, -1.0, slack)
        beyond = np.flatnonzero(outside >= floor) + self.covered
        return np.concatenate([inside, beyond]), floor + slack if len(outside) > hits else -2.0

    def _answer(self, query: Float32, rows: Numbers, floor: float, ask: Ask) -> Neighbours | None:
        """The answer, if all that belongs in it is among these rows; None if it may lie below `floor`."""
        found = self._found(rows, query)
        inside = found.cosines[rows < self.covered]
        if len(inside) < self.covered:
            floor = max(floor, float(inside.min(initial=1.0)))
        return settle(found, floor, ask)

    def _suits_graph(self, scope: Scope) -> bool:
        """Whether the graph holds most rows, and the scope is not a needle in it."""
        if 4 * self.covered < 3 * len(self.rows):
            return False
        if scope.persons is None:
            return True
        wanted = self._person_order().rows_of(wanted_persons(scope), self.rows.persons)
        return 16 * len(wanted) > len(self.rows)

    # Shared.

    def _found(self, rows: Numbers, query: Float32) -> Neighbours:
        vectors = self.rows.vectors(rows)
        return Neighbours(self.rows.face_ids[rows], self.rows.persons[rows], cosines(vectors, query))

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

    def _close(self, holes: NDArray[np.bool_], end: int) -> int:
        """Fill the holes before `end` with the last rows before it; how many rows are left there."""
        kept = end - int(np.sum(holes[:end]))
        targets = np.flatnonzero(holes[:kept])
        sources = kept + np.flatnonzero(~holes[kept:end])
        self.rows.move(sources, targets)
        holes[targets] = False
        holes[sources] = True
        self._touch(targets)
        return kept

    def _touch(self, rows: Numbers) -> None:
        self._places.put(self.rows.face_ids[rows], (self.number << ROW_BITS) | rows)
        self._reorder(rows)

    def _reorder(self, rows: Numbers) -> None:
        """These rows hold another face or person; after many the order is made anew when it is needed."""
        if self._order is not None:
            self._order.touch(rows)
            if self._order.is_stale:
                self._order = None
