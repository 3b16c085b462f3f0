"""A handful of PostgreSQL connections that know pgvector, shared by the threads of one process."""

from collections.abc import Callable, Mapping
from threading import BoundedSemaphore, Lock
from typing import TypeVar

import psycopg
from pgvector.psycopg import register_vector

from kith.index.errors import IndexUnavailable

Connection = psycopg.Connection[tuple[object, ...]]
Answer = TypeVar("Answer")

_CONNECT_SECONDS = 10


class Connections:
    """Up to `limit` autocommit connections, opened when needed, each with the same server settings.

    `prepare` runs once, on the first connection.
    """

    def __init__(
        self, dsn: str, limit: int, settings: Mapping[str, str], prepare: Callable[[Connection], None]
    ) -> None:
        self._dsn = dsn
        self._settings = settings
        self._slots = BoundedSemaphore(limit)
        self._idle: list[Connection] = []
        self._prepare = prepare
        self._prepared = False
        self._preparing = Lock()

    def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """What `work` returns. Raises IndexUnavailable if the database cannot be reached.

        Work that fails on a connection from before, which the server may have dropped, runs once more.
        """
        with self._slots:
            while self._idle:
                connection = self._idle.pop()
                try:
                    return self._try(connection, work)
                except (psycopg.OperationalError, psycopg.InterfaceError):
                    continue
            try:
                return self._try(self.open(), work)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise _unavailable(error) from error

    def open(self) -> Connection:
        """A connection of the caller's own. Raises IndexUnavailable if there is none to be had."""
        try:
            connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=_CONNECT_SECONDS)
        except psycopg.Error as error:
            raise _unavailable(error) from error
        try:
            with self._preparing:
                if not self._prepared:
                    self._prepare(connection)
                    self._prepared = True
            register_vector(connection)
            for name, value in self._settings.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _try(self, connection: Connection, work: Callable[[Connection], Answer]) -> Answer:
        try:
            answer = work(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer


def _unavailable(error: psycopg.Error) -> IndexUnavailable:
    return IndexUnavailable(f"PostgreSQL cannot be reached: {type(error).__name__}")
