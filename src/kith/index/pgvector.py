"""The shared index: faces in a PostgreSQL table of their own, searched by pgvector.

Several processes may use one table at once. It holds nothing that is not in the database's own tables,
so it may be dropped at any time. pgvector 0.8 or later: https://github.com/pgvector/pgvector.
"""

import time
from collections.abc import Iterator, Sequence
from typing import LiteralString, cast

import numpy as np
import psycopg
from pgvector import Vector
from psycopg import sql

from kith.index.base import (
    Entries,
    Float32,
    Int64,
    Neighbours,
    Scope,
    check_entries,
    latest_entries,
)
from kith.index.connections import Connection, Connections
from kith.index.errors import IndexUnavailable
from kith.index.pggraph import PgGraph
from kith.index.pgqueries import HAS_TABLES, SCHEMA, UPSERT, SpaceQueries
from kith.index.ranking import NOBODY, Ask, check_ask, choose, cosines, settle

# Scanning this many takes PostgreSQL 4 ms (128-d) to 7 ms (512-d), walking the graph 2 ms at any size.
GRAPH_ROWS = 10_000

_SCHEMA_LOCK = 0x6B697468  # "kith"
_CONNECTIONS = 4
_FIRST_HITS = 64
_MOST_HITS = 1024
_REMEMBER_SECONDS = 60.0
_SETTINGS = {
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "relaxed_order",
    "jit": "off",
    "enable_sort": "off",  # or the planner prefers sorting thousands of rows to walking the graph
}


class PgVectorIndex:
    """VectorIndex over PostgreSQL. Opens its connections, and makes its tables, on first use.

    A tenant or gallery of fewer than `graph_rows` faces is scanned exactly. A space that has more gets an
    HNSW index over half-precision vectors, built by a thread in the background without holding up
    writers; its candidates are compared by their float32 vectors. Raises IndexUnavailable throughout.
    """

    def __init__(self, dsn: str, space: str, dimension: int, *, graph_rows: int = GRAPH_ROWS) -> None:
        self._space = space
        self._dimension = dimension
        self._graph_rows = graph_rows
        self._queries = SpaceQueries(space, dimension)
        self._connections = Connections(dsn, _CONNECTIONS, _SETTINGS, self._make_tables)
        self._large: dict[tuple[int, int | None], tuple[float, bool]] = {}  # when seen, by tenant and gallery
        self._graph = PgGraph(self._connections, self._queries, graph_rows)

    @property
    def dimension(self) -> int:
        return self._dimension

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM kith_index_entries WHERE space = %s")

    @property
    def position(self) -> int:
        return self._number("SELECT position FROM kith_index_positions WHERE space = %s")

    def apply(self, upserts: Entries, removed: Int64, position: int) -> None:
        check_entries(upserts, self._dimension)
        gone = np.unique(np.asarray(removed, np.int64))
        upserts = latest_entries(upserts, gone)

        def write(connection: Connection) -> None:
            with connection.transaction(), connection.cursor() as cursor:
                # Taken first, this row lock puts the writers of a space in line.
                cursor.execute(
                    "INSERT INTO kith_index_positions VALUES (%s, %s)"
                    " ON CONFLICT (space) DO UPDATE SET position = excluded.position",
                    (self._space, position),
                )
                if len(gone):
                    cursor.execute(
                        "DELETE FROM kith_index_entries WHERE space = %s AND face_id = ANY(%s)",
                        (self._space, gone.tolist()),
                    )
                if len(upserts):
                    cursor.executemany(UPSERT, self._rows(upserts))

        self._connections.run(write)
        if position:  # 0 while it is being filled: one build at the end is quicker than growing a graph
            self._graph.grown(len(upserts))

    def entries(self, face_ids: Int64) -> Entries:
        wanted = np.unique(np.asarray(face_ids, np.int64)).tolist()
        rows = self._connections.run(
            lambda connection: connection.execute(
                "SELECT face_id, tenant, gallery, person, embedding FROM kith_index_entries"
                " WHERE space = %s AND face_id = ANY(%s) ORDER BY face_id",
                (self._space, wanted),
                binary=True,
            ).fetchall()
        )
        columns = [np.array([row[at] for row in rows], np.int64) for at in range(4)]
        return Entries(*columns, vectors=self._stacked([row[4] for row in rows]))

    def search(self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, top, min_cosine))

    def search_persons(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, top, min_cosine, by_person=True))

    def within(self, queries: Float32, scope: Scope, min_cosine: float) -> list[Neighbours]:
        return self._answer(queries, Ask(scope, None, min_cosine))

    def clear(self) -> None:
        def empty(connection: Connection) -> None:
            with connection.transaction():
                connection.execute(
                    "UPDATE kith_index_positions SET position = 0 WHERE space = %s", (self._space,)
                )
                connection.execute(self._queries.drop_graph())
                connection.execute("DELETE FROM kith_index_entries WHERE space = %s", (self._space,))

        self._graph.cancel()
        self._connections.run(empty)
        self._graph.dropped()
        self._large.clear()

    def persist(self) -> None:
        """Nothing: what `apply` wrote is in the database."""

    def settle(self, timeout_seconds: float | None = None) -> None:
        """Wait until a graph that this process builds is ready, or the time is over."""
        self._graph.settle(timeout_seconds)

    def close(self) -> None:
        self._graph.cancel()
        self._connections.close()

    def _answer(self, queries: Float32, ask: Ask) -> list[Neighbours]:
        if not check_ask(queries, ask, self._dimension):
            return [NOBODY for _ in queries]

        def run(connection: Connection) -> list[Neighbours]:
            through_graph = self._suits_graph(connection, ask.scope)
            answers: list[Neighbours] = []
            for query in queries:
                answer = self._approximate(connection, query, ask) if through_graph else None
                answers.append(self._exact(connection, query, ask) if answer is None else answer)
            return answers

        return self._connections.run(run)

    def _exact(self, connection: Connection, query: Float32, ask: Ask) -> Neighbours:
        statement = self._queries.best_faces(ask) if ask.by_person else self._queries.faces(ask)
        return choose(self._found(connection, statement, query), ask)

    def _approximate(self, connection: Connection, query: Float32, ask: Ask) -> Neighbours | None:
        """More and more of the graph's nearest, until they settle the answer; None if they do not."""
        hits = max(_FIRST_HITS, 2 * (ask.top or 0))
        while hits <= _MOST_HITS:
            found = self._found(connection, self._queries.graph_faces(ask.scope, hits), query)
            if len(found) < hits:  # the scan gave up, or the scope is small: not for the graph
                return None
            answer = settle(found, float(found.cosines.min()), ask)
            if answer is not None:
                return answer
            hits *= 4
        return None

    def _found(self, connection: Connection, statement: sql.Composed, query: Float32) -> Neighbours:
        rows = connection.execute(statement, {"query": Vector(query)}, binary=True).fetchall()
        vectors = self._stacked([row[2] for row in rows])
        face_ids, persons = (np.array([row[at] for row in rows], np.int64) for at in range(2))
        return Neighbours(face_ids, persons, cosines(vectors, query))

    def _suits_graph(self, connection: Connection, scope: Scope) -> bool:
        if not self._graph.is_ready(connection):
            return False
        place = (scope.tenant, scope.gallery)
        known = self._large.get(place)
        if known is None or time.monotonic() - known[0] > _REMEMBER_SECONDS:
            row = connection.execute(self._queries.scope_size(scope, self._graph_rows)).fetchone()
            known = self._large[place] = (time.monotonic(), row is not None and row[0] == self._graph_rows)
        return known[1]

    def _stacked(self, vectors: Sequence[object]) -> Float32:
        stacked = np.empty((len(vectors), self._dimension), np.float32)
        for row, vector in enumerate(vectors):
            stacked[row] = cast("Vector", vector).to_numpy()
        return stacked

    def _rows(self, entries: Entries) -> Iterator[tuple[str, int, int, int, int, Vector]]:
        columns = (entries.face_ids, entries.tenants, entries.galleries, entries.persons)
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        for (face_id, tenant, gallery, person), vector in zip(numbers, entries.vectors, strict=True):
            yield self._space, face_id, tenant, gallery, person, Vector(vector)

    def _number(self, query: LiteralString) -> int:
        row = self._connections.run(lambda connection: connection.execute(query, (self._space,)).fetchone())
        return 0 if row is None else int(cast("int", row[0]))

    def _make_tables(self, connection: Connection) -> None:
        """Safe for processes that come at the same time: the first makes them while the others wait."""
        try:
            if not _value(connection, HAS_TABLES):
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
                    for statement in SCHEMA:
                        connection.execute(statement)
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
            raise IndexUnavailable("PostgreSQL has no pgvector: install it on the server") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise IndexUnavailable("PostgreSQL lets this user make no tables or extension") from error
        version = str(_value(connection, "SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
        if tuple(int(part) for part in version.split(".")[:2]) < (0, 8):
            raise IndexUnavailable(f"pgvector 0.8 or later is needed, not {version}")


def _value(connection: Connection, query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]
