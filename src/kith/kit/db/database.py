"""Sessions and transactions. The edge opens one, services use it, the edge commits it: once."""

import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NewType, cast

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from kith.kit.errors import DatabaseUnavailable, StorageFull, StorageUnavailable

# Two names for one class: a reader cannot be handed a writer's job by mistake, at no cost at run time.
ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", AsyncSession)

Hook = Callable[[WriteSession], Awaitable[None]]
_HOOKS = "kith.before_commit"
_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_BUSY_SECONDS = 60
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:name), :number)")


def before_commit(session: WriteSession, name: str, hook: Hook) -> None:
    """Run `hook` once, last thing before this session commits; a second one of that name is ignored."""
    session.info.setdefault(_HOOKS, {}).setdefault(name, hook)


async def serialise(session: WriteSession, name: str, number: int = 0) -> None:
    """Let transactions that take the same name and number follow one another, until each has committed.

    What is read afterwards is what the one before has left. On SQLite all writers do so anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK, {"name": name, "number": number})


class Database:
    """Opens `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`.

    SQLite runs in WAL mode with `synchronous=FULL`. Its writers begin with BEGIN IMMEDIATE on one
    connection, so they queue instead of failing when a read turns into a write; readers never wait.
    PostgreSQL's readers ask for REPEATABLE READ, which SQLite's have by nature: one state throughout.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._reader = _sqlite_engine(self.url, begin="BEGIN", pool_size=8, read_only=True)
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._follower = _sqlite_engine(self.url, begin="BEGIN", pool_size=1, read_only=True)
        else:
            self._writer = create_async_engine(self.url, pool_size=10, pool_pre_ping=True)
            self._reader = self._writer.execution_options(**_SNAPSHOT)
            alone = create_async_engine(self.url, pool_size=1, max_overflow=0, pool_pre_ping=True)
            self._follower = alone.execution_options(**_SNAPSHOT)
        for engine in (self._reader, self._writer, self._follower):
            event.listen(engine.sync_engine, "do_connect", _connect)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadSession]:
        """A session that sees one consistent state, from its first statement on, and writes nothing."""
        async with _reading(self._reader) as session:
            yield session

    @asynccontextmanager
    async def follow(self) -> AsyncGenerator[ReadSession]:
        """As `read`, over the one connection kept for it.

        For what those wait for who hold a session already: from the pool they all share, the last
        connection might be theirs.
        """
        async with _reading(self._follower) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[WriteSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with AsyncSession(self._writer, expire_on_commit=False) as plain:
            session = WriteSession(plain)
            with translated():
                yield session
                await session.flush()
                for hook in session.info.get(_HOOKS, {}).values():
                    await hook(session)
                await session.commit()

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations."""
        return self._writer

    @property
    def connections(self) -> int:
        """How many connections are in use at this moment."""
        pools = {
            id(it.sync_engine.pool): it.sync_engine.pool
            for it in (self._reader, self._writer, self._follower)
        }
        return sum(pool.checkedout() for pool in pools.values() if isinstance(pool, QueuePool))

    async def close(self) -> None:
        for engine in (self._writer, self._reader, self._follower):
            await engine.dispose()


@asynccontextmanager
async def _reading(engine: AsyncEngine) -> AsyncGenerator[ReadSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        with translated():
            yield ReadSession(session)


@contextmanager
def translated() -> Generator[None]:
    """Turn a database that is away or out of space into Kith's own errors."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig).lower()
        if "disk is full" in text or "disk full" in text or "no space left" in text:
            raise StorageFull("the database could not grow") from error
        if "disk i/o error" in text or "readonly database" in text:
            raise StorageUnavailable("the disk of the database cannot be read or written") from error
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise DatabaseUnavailable("the database did not answer") from error
        if "not a database" in text or "malformed" in text:
            raise DatabaseUnavailable("the database file is damaged, or is something else") from error
        raise
    except ConnectionError as error:
        raise DatabaseUnavailable("the database cannot be reached") from error


def database_url(url: str) -> URL:
    """The URL with the async driver Kith uses, whatever driver it named."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise DatabaseUnavailable(f"{backend} is not a database Kith can use: sqlite or postgresql")
    return parsed.set(drivername=drivers[backend])


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _connect(
    dialect: Dialect, _record: ConnectionPoolEntry, args: list[Any], options: dict[str, Any]
) -> DBAPIConnection:
    """Connect; whatever is wrong then (no such host, role or database) means there is no database."""
    try:
        return dialect.connect(*args, **options)
    except (OSError, dialect.loaded_dbapi.Error) as error:
        raise DatabaseUnavailable(
            f"the database cannot be reached: {type(error.__cause__ or error).__name__}"
        ) from error


def _sqlite_engine(url: URL, begin: str, pool_size: int, *, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=_BUSY_SECONDS * 5,
        connect_args={"timeout": _BUSY_SECONDS},
    )  # fmt: skip

    def on_connect(connection: Any, _record: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and too late; SQLAlchemy's begin event does.
        connection.isolation_level = None
        # SQLite's own knows the letters of English only.
        connection.create_function("lower", 1, _lower, deterministic=True)
        cursor = connection.cursor()
        _set_wal(cursor)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA query_only={read_only:d}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    def on_invalidate(connection: Any, *_: object) -> None:
        # A cancelled task drops its connection in the middle of a statement. SQLite ends neither connection
        # nor transaction before the last statement is gone, and that lives as long as the task's traceback.
        connection.rollback()

    event.listen(engine.sync_engine, "connect", cast("Callable[..., Any]", on_connect))
    event.listen(engine.sync_engine, "begin", cast("Callable[..., Any]", on_begin))
    event.listen(engine.sync_engine, "invalidate", cast("Callable[..., Any]", on_invalidate))
    return engine


def _set_wal(cursor: Any) -> None:
    """Write-ahead logging, once for all in a new file; of several processes that set it, one has to wait.

    For this statement SQLite does not wait by itself, whatever its timeout.
    """
    for _ in range(_BUSY_SECONDS * 100):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.01)
        else:
            return
    raise DatabaseUnavailable("another process keeps the database locked")


def _lower(text: str | None) -> str | None:
    return text.lower() if text is not None else None
