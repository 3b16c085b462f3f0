"""Embedding spaces when several processes come at once: one row each, and one that is the library's own."""

import asyncio

import pytest
from sqlalchemy import func, select

from kith.engine.faces import EmbeddingSpace as Space
from kith.faces import queries
from kith.faces.errors import PackChanged
from kith.faces.recognition import activate, settle, space_row
from kith.faces.tables import EmbeddingSpace
from kith.kit.db import Database
from tests.support.clock import ManualClock
from tests.support.tiny_library import until_waiting


def space(pack: str) -> Space:
    return Space(pack, "1", "0" * 64, 128, "none")


async def make(db: Database, clock: ManualClock, pack: str) -> int:
    async with db.write() as session:
        return (await space_row(session, clock, space(pack))).id


async def settle_in(db: Database, space_id: int) -> None:
    async with db.write() as session:
        await settle(session, space_id)


async def choose(db: Database, space_id: int) -> None:
    async with db.write() as session:
        await activate(session, space_id)


async def active(db: Database) -> str | None:
    async with db.read() as session:
        row = await session.scalar(queries.active_space())
        return row and row.pack


class TestSpaceRow:
    async def test_is_made_once_by_two_who_start_together(
        self, database: Database, clock: ManualClock
    ) -> None:
        async with database.write() as session:
            first = await space_row(session, clock, space("a"))
            other = asyncio.create_task(make(database, clock, "a"))
            await until_waiting(database, 1)
        assert await other == first.id
        async with database.read() as session:
            assert await session.scalar(select(func.count()).select_from(EmbeddingSpace)) == 1


class TestSettle:
    async def test_takes_the_first(self, database: Database, clock: ManualClock) -> None:
        await settle_in(database, await make(database, clock, "a"))
        assert await active(database) == "a"

    async def test_refuses_another(self, database: Database, clock: ManualClock) -> None:
        first, second = [await make(database, clock, pack) for pack in "ab"]
        await settle_in(database, first)
        with pytest.raises(PackChanged):
            await settle_in(database, second)
        assert await active(database) == "a"

    async def test_refuses_the_second_of_two_at_once(self, database: Database, clock: ManualClock) -> None:
        first, second = [await make(database, clock, pack) for pack in "ab"]
        async with database.write() as session:
            await settle(session, first)
            other = asyncio.create_task(settle_in(database, second))
            await until_waiting(database, 1)
        with pytest.raises(PackChanged):
            await other
        assert await active(database) == "a"

    async def test_holds_a_choice_back_until_its_photos_can_be_seen(
        self, database: Database, clock: ManualClock
    ) -> None:
        first, second = [await make(database, clock, pack) for pack in "ab"]
        await settle_in(database, first)
        async with database.write() as session:
            await settle(session, first)
            choosing = asyncio.create_task(choose(database, second))
            await until_waiting(database, 1)
            assert not choosing.done()
        await choosing
        assert await active(database) == "b"

    async def test_sees_a_choice_made_at_the_same_time(self, database: Database, clock: ManualClock) -> None:
        first, second = [await make(database, clock, pack) for pack in "ab"]
        await settle_in(database, first)
        async with database.write() as session:
            await activate(session, second)
            storing = asyncio.create_task(settle_in(database, first))
            await until_waiting(database, 1)
        with pytest.raises(PackChanged):
            await storing

    async def test_lets_several_store_side_by_side(self, database: Database, clock: ManualClock) -> None:
        if database.is_sqlite:
            pytest.skip("SQLite has one writer at a time")
        first = await make(database, clock, "a")
        await settle_in(database, first)
        async with database.write() as session, asyncio.timeout(30):
            await settle(session, first)
            await settle_in(database, first)
