"""Databases for tests, as fast as copying a file: the schema is made once by the migrations, then copied."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from kith.kit.db import Database
from kith.kit.db.database import sqlite_url
from kith.migrations import upgrade
from tests.support.postgres import create_database, drop_database

# The fast tier is content with SQLite.
BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


def empty_database(backend: str, folder: Path) -> str:
    """The URL of a new database without any table."""
    return sqlite_url(folder / "kith.db") if backend == "sqlite" else create_database()


def migrated_database(backend: str, folder: Path) -> str:
    """The URL of a new database at the newest schema."""
    if backend == "postgresql":
        return create_database(template=_postgres_template())
    path = folder / "kith.db"
    shutil.copyfile(_sqlite_template(), path)
    return sqlite_url(path)


def discard(url: str) -> None:
    """Remove a PostgreSQL database; an SQLite file goes with its temporary folder."""
    if url.startswith("postgresql"):
        drop_database(url)


@cache
def _postgres_template() -> str:
    url = create_database()
    _run(_migrate(url))
    return url.rpartition("/")[2]


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kith-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "template.db"
    _run(_migrate(sqlite_url(path)))
    return path


def _run(work: Coroutine[object, object, None]) -> None:
    """To its end, in a thread of its own: the test that asks first may have an event loop running here."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()
