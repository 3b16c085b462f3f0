"""What many tests stand on: both databases, a clock that only moves when told, and a folder of packs."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from kith.kit.db import Database
from tests.support.clock import ManualClock
from tests.support.databases import BACKENDS, discard, empty_database, migrated_database
from tests.support.library import packs_folder

__all__ = ["packs_folder"]


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database at the newest schema, on SQLite and on PostgreSQL, each in turn."""
    url = migrated_database(request.param, tmp_path)
    yield url
    discard(url)


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database without a schema, on SQLite and on PostgreSQL, each in turn."""
    url = empty_database(request.param, tmp_path)
    yield url
    discard(url)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database, opened; the test runs once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
