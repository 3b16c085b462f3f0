"""The schema: made from nothing, made once whoever starts first, and exactly what the tables say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import Tenant
from kith.kit.db import Base, Database
from kith.migrations import is_current, upgrade
from tests.support.processes import run_all, start_python

UPGRADE = """
import asyncio, sys
from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import Tenant
from kith.kit.db import Database
from kith.migrations import upgrade

async def main():
    database = Database(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()  # all wait here, so that they start together
    await upgrade(database)
    await database.close()

asyncio.run(main())
"""


@pytest_asyncio.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.close()


async def table_names(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda it: inspect(it).get_table_names()))


async def tenants(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(text("SELECT slug FROM tenants"))).scalars())


class TestUpgrade:
    async def test_makes_an_empty_database_current(self, empty: Database) -> None:
        assert not await is_current(empty)
        await upgrade(empty)
        assert await is_current(empty)
        assert await table_names(empty) == {*Base.metadata.tables, "alembic_version"}

    async def test_leaves_one_tenant_with_its_library(self, empty: Database) -> None:
        await upgrade(empty)
        assert await tenants(empty) == ["default"]

    async def test_the_next_tenant_has_the_next_number(self, empty: Database) -> None:
        await upgrade(empty)
        async with empty.write() as session:
            session.add(Tenant(slug="second", created_at=datetime.now(UTC)))
        async with empty.read() as session:
            rows = await session.execute(select(Tenant.id, Tenant.slug).order_by(Tenant.id))
            assert rows.all() == [(DEFAULT_TENANT_ID, "default"), (DEFAULT_TENANT_ID + 1, "second")]

    async def test_twice_is_once(self, empty: Database) -> None:
        await upgrade(empty)
        await upgrade(empty)
        assert await tenants(empty) == ["default"]

    async def test_four_processes_at_once_make_one_schema(self, empty: Database) -> None:
        url = empty.url.render_as_string(hide_password=False)
        await run_all([await start_python(UPGRADE, url) for _ in range(4)])
        assert await is_current(empty)
        assert await tenants(empty) == ["default"]


class TestSchema:
    async def test_equals_the_tables_of_the_code(self, database: Database) -> None:
        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))

        async with database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
