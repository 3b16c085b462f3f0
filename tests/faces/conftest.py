from collections.abc import AsyncIterator

import pytest_asyncio

from kith.kit.db import Database
from tests.support.clock import ManualClock
from tests.support.people import World, open_world


@pytest_asyncio.fixture
async def world(database: Database, clock: ManualClock) -> AsyncIterator[World]:
    """A library made by hand, once on SQLite and once on PostgreSQL."""
    async with open_world(database, clock) as world:
        yield world
