"""A transaction whose task is cancelled lets go of the database at once."""

import asyncio

import pytest
from sqlalchemy import text

from kith.kit.db import Database

ROWS = [{"value": number} for number in range(2_000)]


async def write(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("INSERT INTO notes (value) VALUES (:value)"), ROWS)


@pytest.fixture
async def notes(database: Database) -> Database:
    async with database.write() as session:
        await session.execute(text("CREATE TABLE notes (value INTEGER)"))
    return database


async def test_wherever_it_is_cancelled_others_can_write(notes: Database) -> None:
    """Also while the error is still on its way up, and its traceback holds what it was at."""
    held: list[BaseException] = []
    for step in range(40):
        task = asyncio.create_task(write(notes))
        for _ in range(step):
            await asyncio.sleep(0.0002)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            held.append(error)
        await asyncio.wait_for(write(notes), 20)
    async with notes.read() as session:
        count = await session.scalar(text("SELECT count(*) FROM notes")) or 0
    assert held
    assert count % len(ROWS) == 0
    assert count >= 40 * len(ROWS)
