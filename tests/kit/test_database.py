"""Transactions, on both databases."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import Tenant
from kith.errors import Unavailable
from kith.kit.db import Database, ReadSession, WriteSession, before_commit, serialise
from kith.kit.db.database import sqlite_url
from kith.kit.errors import DatabaseUnavailable, StorageFull
from tests.support.postgres import create_database, drop_database
from tests.support.processes import run_all, start_python

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WAIT_SECONDS = 20

WRITE_MANY = """
import asyncio, sys
from datetime import UTC, datetime
from kith.accounts.tables import Tenant
from kith.kit.db import Database

async def main():
    database = Database(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(25):
        async with database.write() as session:
            session.add(Tenant(slug=f"{sys.argv[2]}-{number}", created_at=datetime.now(UTC)))
    await database.close()

asyncio.run(main())
"""


def tenant(slug: str) -> Tenant:
    return Tenant(slug=slug, created_at=NOON)


async def slugs_in(session: ReadSession | WriteSession) -> Sequence[str]:
    return (
        await session.scalars(select(Tenant.slug).where(Tenant.slug != "default").order_by(Tenant.id))
    ).all()


async def slugs(database: Database) -> Sequence[str]:
    async with database.read() as session:
        return await slugs_in(session)


class TestWrite:
    async def test_commits_when_the_block_ends(self, database: Database) -> None:
        async with database.write() as session:
            session.add(tenant("a"))
        assert await slugs(database) == ["a"]

    async def test_rolls_back_when_the_block_raises(self, database: Database) -> None:
        async def fail() -> None:
            async with database.write() as session:
                session.add(tenant("a"))
                await session.flush()
                raise LookupError

        with pytest.raises(LookupError):
            await fail()
        assert await slugs(database) == []

    async def test_rolls_back_when_cancelled(self, database: Database) -> None:
        inside = asyncio.Event()

        async def hang() -> None:
            async with database.write() as session:
                session.add(tenant("a"))
                await session.flush()
                inside.set()
                await asyncio.sleep(WAIT_SECONDS)

        task = asyncio.create_task(hang())
        await asyncio.wait_for(inside.wait(), WAIT_SECONDS)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.write() as session:  # the connection is free again
            session.add(tenant("b"))
        assert await slugs(database) == ["b"]

    async def test_a_broken_rule_of_the_schema_keeps_its_own_error(self, database: Database) -> None:
        async def twice() -> None:
            async with database.write() as session:
                session.add_all([tenant("a"), tenant("a")])

        with pytest.raises(IntegrityError):
            await twice()
        assert await slugs(database) == []

    async def test_concurrent_writers_all_succeed(self, database: Database) -> None:
        async def write(number: int) -> None:
            async with database.write() as session:
                await slugs_in(session)
                session.add(tenant(f"t{number}"))

        await asyncio.gather(*(write(number) for number in range(25)))
        assert sorted(await slugs(database)) == sorted(f"t{number}" for number in range(25))

    async def test_two_processes_both_succeed(self, database: Database) -> None:
        url = database.url.render_as_string(hide_password=False)
        await run_all([await start_python(WRITE_MANY, url, name) for name in ("a", "b")])
        found = await slugs(database)
        assert sorted(found) == sorted(f"{name}-{number}" for name in ("a", "b") for number in range(25))


class TestBeforeCommit:
    async def test_runs_last_with_all_rows_written(self, database: Database) -> None:
        seen: list[Sequence[str]] = []

        async def look(session: WriteSession) -> None:
            seen.append(await slugs_in(session))

        async with database.write() as session:
            before_commit(session, "look", look)
            session.add(tenant("a"))
        assert seen == [["a"]]

    async def test_what_it_writes_is_part_of_the_transaction(self, database: Database) -> None:
        async def add(session: WriteSession) -> None:
            session.add(tenant("b"))

        async with database.write() as session:
            before_commit(session, "add", add)
            session.add(tenant("a"))
        assert await slugs(database) == ["a", "b"]

    async def test_one_of_each_name_in_the_order_they_came(self, database: Database) -> None:
        ran: list[str] = []

        def noting(name: str) -> None:
            async def hook(_: WriteSession) -> None:
                ran.append(name)

            before_commit(session, name.rstrip("0123456789"), hook)

        async with database.write() as session:
            for name in ("second1", "first1", "second2", "first2"):
                noting(name)
        assert ran == ["second1", "first1"]

    async def test_its_failure_undoes_everything(self, database: Database) -> None:
        async def fail(_: WriteSession) -> None:
            raise LookupError

        async def act() -> None:
            async with database.write() as session:
                before_commit(session, "fail", fail)
                session.add(tenant("a"))

        with pytest.raises(LookupError):
            await act()
        assert await slugs(database) == []

    async def test_does_not_run_after_a_failure(self, database: Database) -> None:
        ran: list[WriteSession] = []

        async def note(session: WriteSession) -> None:
            ran.append(session)

        async def act() -> None:
            async with database.write() as session:
                before_commit(session, "note", note)
                raise LookupError

        with pytest.raises(LookupError):
            await act()
        assert ran == []


class TestRead:
    async def test_neither_waits_for_a_writer_nor_sees_its_work(self, database: Database) -> None:
        async with database.write() as session:
            session.add(tenant("a"))
            await session.flush()
            assert await asyncio.wait_for(slugs(database), WAIT_SECONDS) == []
        assert await slugs(database) == ["a"]

    async def test_does_not_hold_a_writer_up(self, database: Database) -> None:
        async def write() -> None:
            async with database.write() as session:
                session.add(tenant("a"))

        async with database.read() as session:
            await slugs_in(session)
            await asyncio.wait_for(write(), WAIT_SECONDS)

    async def test_sees_one_state_from_first_to_last(self, database: Database) -> None:
        async with database.read() as reader:
            assert await slugs_in(reader) == []
            async with database.write() as session:
                session.add(tenant("a"))
            assert await slugs_in(reader) == []
        assert await slugs(database) == ["a"]

    async def test_writes_nothing(self, database: Database) -> None:
        async def write() -> None:
            async with database.read() as session:
                await session.execute(text("UPDATE tenants SET slug = 'a'"))

        with pytest.raises((DBAPIError, Unavailable)):
            await write()
        async with database.read() as session:
            assert await session.scalar(select(Tenant.slug)) == "default"


class TestSerialise:
    async def test_what_is_read_is_what_the_one_before_has_left(self, database: Database) -> None:
        async def count_up() -> None:
            async with database.write() as session:
                await serialise(session, "count")
                row = await session.get_one(Tenant, DEFAULT_TENANT_ID)
                await asyncio.sleep(0)
                row.slug = str(int(row.slug) + 1)

        async with database.write() as session:
            (await session.get_one(Tenant, DEFAULT_TENANT_ID)).slug = "0"
        await asyncio.gather(*(count_up() for _ in range(10)))
        assert await slugs(database) == ["10"]


class TestFollow:
    async def test_answers_while_all_other_connections_are_taken(self, database: Database) -> None:
        connections = 8 if database.is_sqlite else 20
        async with AsyncExitStack() as stack, asyncio.timeout(WAIT_SECONDS):
            for _ in range(connections):
                await slugs_in(await stack.enter_async_context(database.read()))
            async with database.follow() as session:
                assert await session.scalar(select(Tenant.slug)) == "default"

    async def test_writes_nothing(self, database: Database) -> None:
        async def write() -> None:
            async with database.follow() as session:
                await session.execute(text("UPDATE tenants SET slug = 'a'"))

        with pytest.raises((DBAPIError, Unavailable)):
            await write()


async def ask(url: str) -> None:
    database = Database(url)
    try:
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    finally:
        await database.close()
        for thread in threading.enumerate():
            # That of a connection that failed is not waited for, and must not outlive the loop.
            if "_connection_worker_thread" in thread.name:
                await asyncio.to_thread(thread.join, WAIT_SECONDS)


class TestUnavailable:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://nobody@127.0.0.1:1/nothing",
            "postgresql://nobody@no-such-host.invalid/nothing",
            "sqlite:////proc/no-such-folder/kith.db",
        ],
    )
    async def test_nothing_there(self, url: str) -> None:
        with pytest.raises(DatabaseUnavailable):
            await ask(url)

    async def test_no_such_database_or_role(self) -> None:
        url = create_database()
        with pytest.raises(DatabaseUnavailable):
            await ask(f"{url}_not")
        with pytest.raises(DatabaseUnavailable):
            await ask(url.replace("postgres@", "stranger@"))

    async def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "kith.db"
        path.write_text("certainly not a database " * 100)
        with pytest.raises(DatabaseUnavailable):
            await ask(sqlite_url(path))

    async def test_another_kind_of_database(self) -> None:
        with pytest.raises(DatabaseUnavailable, match="mysql"):
            Database("mysql://localhost/kith")

    async def test_a_connection_cut_in_the_middle(self) -> None:
        url = create_database()
        database = Database(url)

        async def act() -> None:
            async with database.read() as session:
                await session.execute(text("SELECT 1"))
                drop_database(url)
                await session.execute(text("SELECT 1"))

        with pytest.raises(DatabaseUnavailable):
            await act()
        await database.close()


@pytest_asyncio.fixture
async def small_database(tmp_path: Path) -> AsyncIterator[Database]:
    """An SQLite database that may not grow past 20 pages."""
    database = Database(sqlite_url(tmp_path / "small.db"))
    async with database.write() as session:
        await session.execute(text("CREATE TABLE things (it BLOB)"))
        await session.execute(text("PRAGMA max_page_count = 20"))
    yield database
    await database.close()


class TestFull:
    async def test_says_so_and_writes_nothing(self, small_database: Database) -> None:
        async def fill() -> None:
            async with small_database.write() as session:
                await session.execute(text("INSERT INTO things VALUES (zeroblob(1000))"))
                await session.execute(text("INSERT INTO things VALUES (zeroblob(1000000))"))

        with pytest.raises(StorageFull):
            await fill()
        async with small_database.read() as session:
            assert await session.scalar(text("SELECT count(*) FROM things")) == 0
