"""The column types that both databases share give back what was put in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from kith.kit.db import Bits64, Database, FloatArray, UtcDateTime

THINGS = Table(
    "column_things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("vector", FloatArray),
    Column("bits", Bits64),
)


@pytest_asyncio.fixture
async def things(database: Database) -> AsyncIterator[Database]:
    async with database.engine.begin() as connection:
        await connection.run_sync(THINGS.create)
    yield database


async def stored(database: Database, **values: object) -> tuple[object, object]:
    async with database.write() as session:
        await session.execute(insert(THINGS), values)
    async with database.read() as session:
        at, vector = (await session.execute(select(THINGS.c.at, THINGS.c.vector))).one()
        return at, vector


class TestUtcDateTime:
    async def test_comes_back_aware_and_in_utc(self, things: Database) -> None:
        here = datetime(2026, 7, 1, 14, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
        at, _ = await stored(things, at=here)
        assert isinstance(at, datetime)
        assert at == here
        assert at.utcoffset() == timedelta(0)

    async def test_a_moment_without_a_zone_is_refused(self, things: Database) -> None:
        with pytest.raises(StatementError, match="time zone"):
            await stored(things, at=datetime(2026, 7, 1, tzinfo=UTC).replace(tzinfo=None))

    async def test_none(self, things: Database) -> None:
        assert await stored(things, at=None, vector=None) == (None, None)


class TestBits64:
    @pytest.mark.parametrize("bits", [0, 1, 2**63 - 1, 2**63, 2**64 - 1, None])
    async def test_comes_back(self, things: Database, bits: int | None) -> None:
        await stored(things, bits=bits)
        async with things.read() as session:
            assert await session.scalar(select(THINGS.c.bits)) == bits
            assert await session.scalar(select(THINGS.c.id).where(THINGS.c.bits == bits)) == 1

    async def test_more_bits_are_refused(self, things: Database) -> None:
        with pytest.raises((StatementError, OverflowError)):
            await stored(things, bits=2**65)


class TestFloatArray:
    @pytest.mark.parametrize("length", [0, 1, 128, 512])
    async def test_comes_back_bit_for_bit(self, things: Database, length: int) -> None:
        vector = np.random.default_rng(length).standard_normal(length).astype(np.float32)
        _, found = await stored(things, vector=vector)
        assert isinstance(found, np.ndarray)
        assert found.dtype == np.float32
        assert found.tobytes() == vector.tobytes()

    async def test_a_view_with_gaps_is_stored_whole(self, things: Database) -> None:
        wide = np.arange(20, dtype=np.float32)
        _, found = await stored(things, vector=wide[::2])
        assert np.array_equal(np.asarray(found), wide[::2])
