"""The HNSW index of one space in PostgreSQL: whether it is there, and how it gets built."""

import logging
import time
from threading import Thread

import psycopg

from kith.index.connections import Connection, Connections
from kith.index.errors import IndexUnavailable
from kith.index.pgqueries import SpaceQueries

_LOOK_AGAIN_SECONDS = 30.0
_LEAST_MEMORY_BYTES = 64 << 20
_MOST_MEMORY_BYTES = 2 << 30
_LINK_BYTES = 400  # about what a face takes in the graph beside its vector

_log = logging.getLogger(__name__)


class PgGraph:
    """Built by one process of all, in a thread, once a space has `rows` faces; writers go on meanwhile."""

    def __init__(self, connections: Connections, queries: SpaceQueries, rows: int) -> None:
        self._connections = connections
        self._queries = queries
        self._rows = rows
        self._uncounted = rows  # faces written since the space was last counted
        self._is_ready = False
        self._looked_at = float("-inf")
        self._thread: Thread | None = None
        self._connection: Connection | None = None

    def is_ready(self, connection: Connection) -> bool:
        """Whether the graph can be searched; may answer False for half a minute after it can."""
        if not self._is_ready and time.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self._looked_at = time.monotonic()
            self._is_ready = self._exists(connection)
        return self._is_ready

    def grown(self, written: int) -> None:
        """Say that faces were written; starts building when there are enough."""
        self._uncounted += written
        if self._is_ready or (self._thread is not None and self._thread.is_alive()):
            return
        if 2 * self._uncounted < self._rows:
            return
        if self._connections.run(self._size) >= self._rows:
            self._thread = Thread(target=self._build, name="kith-index-pg-graph", daemon=True)
            self._thread.start()

    def dropped(self) -> None:
        """Say that the graph is gone."""
        self._is_ready = False
        self._uncounted = self._rows

    def settle(self, timeout_seconds: float | None = None) -> None:
        """Wait until this process builds nothing, or the time is over."""
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def cancel(self) -> None:
        """Stop building; what is half done is done again another time."""
        connection = self._connection
        if connection is not None and self._thread is not None and self._thread.is_alive():
            connection.cancel_safe()
        self.settle()

    def _size(self, connection: Connection) -> int:
        row = connection.execute(self._queries.space_size(self._rows)).fetchone()
        self._uncounted = 0
        return int(str(row[0])) if row else 0

    def _exists(self, connection: Connection) -> bool:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
        row = connection.execute(query, (self._queries.graph_name,)).fetchone()
        return row is not None and bool(row[0])

    def _build(self) -> None:
        try:
            self._connection = self._connections.open()
        except IndexUnavailable as error:
            _log.warning("index.graph_postponed: %s", error)
            return
        with self._connection as connection:
            try:
                row = connection.execute(
                    "SELECT pg_try_advisory_lock(hashtext(%s))", (self._queries.graph_name,)
                ).fetchone()
                if row is not None and row[0] and not self._exists(connection):
                    self._create(connection)
                self._is_ready = self._exists(connection)
            except psycopg.Error as error:
                _log.warning("index.graph_postponed: %s", error)
        self._connection = None

    def _create(self, connection: Connection) -> None:
        rows = connection.execute(self._queries.space_size(1 << 62)).fetchone()
        needed = int(str(rows[0])) * (2 * self._queries.dimension + _LINK_BYTES) if rows else 0
        memory = min(_MOST_MEMORY_BYTES, max(_LEAST_MEMORY_BYTES, needed))
        connection.execute("SELECT set_config('maintenance_work_mem', %s, false)", (f"{memory >> 10}kB",))
        try:
            connection.execute(self._queries.drop_graph())
            connection.execute(self._queries.create_graph())
        except psycopg.errors.DiskFull:
            # Parallel workers share memory through /dev/shm, which in containers is often 64 MB.
            connection.execute("SET max_parallel_maintenance_workers = 0")
            connection.execute(self._queries.drop_graph())
            connection.execute(self._queries.create_graph())
