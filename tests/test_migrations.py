"""The schema: made from nothing, made once whoever starts first, and exactly what the tables say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import Tenant
from kith.kit.db import Base, Database
from kith.migrations import configuration, is_current, upgrade
from kith.photos.tables import Photo
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


PHOTO_OF_0001 = f"""
INSERT INTO photos (uuid, tenant_id, gallery_id, sha256, original_name,
                    size_bytes, media_type, width_px, height_px, state, created_at)
VALUES ('{UUID(int=7).hex}', 1, 1, '{"d" * 64}', 'a.jpg',
        1, 'image/jpeg', 1, 1, 'analysed', '2026-01-01 00:00:00')
"""

IMAGE_OF_0015 = """
INSERT INTO gallery_images (uuid, tenant_id, gallery_id, image_url, url_path,
                            display_order, download_count, is_processed, created_at)
VALUES (:uuid, 1, 1, :url, :path, 0, 0, false, '2026-01-01 00:00:00')
"""


def configured(connection: Connection) -> Config:
    config = configuration()
    config.attributes["connection"] = connection
    return config


async def to_revision(database: Database, revision: str) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda it: command.upgrade(configured(it), revision))


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


async def paths(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        stmt = text("SELECT url_path FROM gallery_images ORDER BY id")
        return list((await connection.execute(stmt)).scalars())


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


class TestFromOlder:
    async def test_photos_get_no_hash_and_stay_as_they_are(self, empty: Database) -> None:
        await to_revision(empty, "0001")
        async with empty.engine.begin() as connection:
            await connection.execute(text(PHOTO_OF_0001))
        await upgrade(empty)
        async with empty.read() as session:
            (photo,) = await session.scalars(select(Photo))
        assert (photo.sha256, photo.state, photo.phash) == ("d" * 64, "analysed", None)

    async def test_paths_of_images_are_decoded_and_back(self, empty: Database) -> None:
        await to_revision(empty, "0015")
        async with empty.engine.begin() as connection:
            for at, (name, path) in enumerate((("My%20photo", "My%20photo"), ("plain", "plain"), ("[", ""))):
                url = "http://[" if name == "[" else f"http://a.example/{name}"
                await connection.execute(
                    text(IMAGE_OF_0015), {"uuid": f"{at:032x}", "url": url, "path": path}
                )
        assert await paths(empty) == ["My%20photo", "plain", ""]
        await upgrade(empty)
        assert await paths(empty) == ["My photo", "plain", ""]
        async with empty.engine.begin() as connection:
            await connection.run_sync(lambda it: command.downgrade(configured(it), "0015"))
        assert await paths(empty) == ["My%20photo", "plain", ""]

    async def test_and_back(self, empty: Database) -> None:
        await upgrade(empty)
        async with empty.engine.begin() as connection:
            await connection.run_sync(lambda it: command.downgrade(configured(it), "0001"))
        await upgrade(empty)
        assert await is_current(empty)


class TestSchema:
    async def test_equals_the_tables_of_the_code(self, database: Database) -> None:
        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))

        async with database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
