"""The index follows the database, whatever happened to either."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kith.faces.errors import FaceNotFound, PackChanged
from kith.index.base import Scope, empty_entries
from kith.index.memory import MemoryIndex
from kith.kit.db import Database
from kith.kit.db.database import sqlite_url
from kith.kit.offload import Offload
from kith.people.service import People
from tests.support.clock import ManualClock
from tests.support.databases import migrated_database
from tests.support.people import DIMENSION, World, near, open_world

ALL = Scope(tenant=1)


async def nearest(world: World, axis: int) -> list[int]:
    (found,) = await world.recognition.search(near(axis)[None], ALL, top=3, min_cosine=0.5)
    return found.face_ids.tolist()


class TestCatchUp:
    async def test_sees_a_commit_at_once(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        assert await nearest(world, 1) == [face]
        (other,) = await world.photo(near(2))
        assert await nearest(world, 2) == [other]

    async def test_never_sees_what_was_rolled_back(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        with pytest.raises(FaceNotFound):
            await self._ignore_one_and_fail(world, face)
        assert await nearest(world, 1) == [face]

    async def _ignore_one_and_fail(self, world: World, face: int) -> None:
        async with world.db.write() as session:
            people = People(session, world.who, world.clock)
            await people.ignore([face])
            await people.ignore([10**6])

    async def test_follows_persons(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        (found,) = await world.recognition.search_persons(near(1)[None], ALL, top=3)
        assert found.persons.tolist() == [ada]

    async def test_a_lost_index_is_read_again(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        await world.recognition.catch_up()
        world.recognition.index.clear()
        assert await nearest(world, 1) == [face]

    async def test_an_index_ahead_of_a_restored_database_starts_anew(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        await world.recognition.catch_up()
        ghost = empty_entries(DIMENSION)
        world.recognition.index.apply(ghost, np.zeros(0, dtype=np.int64), 10**6)
        assert await nearest(world, 1) == [face]

    async def test_goes_on_where_a_persisted_index_ended(self, world: World, tmp_path) -> None:
        first = replace(world.recognition, index=MemoryIndex(DIMENSION, tmp_path / "index"))
        (face,) = await world.photo(near(1))
        await first.catch_up()
        first.index.persist()
        first.index.close()
        (other,) = await world.photo(near(2))
        again = replace(world.recognition, index=MemoryIndex(DIMENSION, tmp_path / "index"))
        assert (again.index.position > 0, len(again.index)) == (True, 1)
        await again.catch_up()
        (found,) = await again.search(near(2)[None], ALL, top=1)
        assert (found.face_ids.tolist(), len(again.index)) == ([other], 2)
        assert face != other
        again.index.close()

    async def test_rebuild_tells_how_many(self, world: World) -> None:
        await world.photo(near(1), near(2))
        assert await world.recognition.rebuild() == 2

    async def test_another_tenant_sees_nothing(self, world: World) -> None:
        await world.photo(near(1))
        (found,) = await world.recognition.search(near(1)[None], Scope(tenant=2), top=3)
        assert len(found) == 0


@asynccontextmanager
async def library(file: Path, index: Path) -> AsyncIterator[World]:
    """The library of a database file, with an index that is kept in a folder."""
    db = Database(sqlite_url(file))
    async with open_world(db, ManualClock()) as world:
        world.recognition = replace(world.recognition, index=MemoryIndex(DIMENSION, index))
        yield world
        await world.recognition.catch_up()
        await world.recognition.close()
    await db.close()


def new_database(folder: Path) -> Path:
    folder.mkdir()
    migrated_database("sqlite", folder)
    return folder / "kith.db"


class TestAnotherDatabase:
    """An index outlives the database it was made from; the next has as many changes, or more."""

    async def test_made_anew(self, tmp_path: Path) -> None:
        async with library(new_database(tmp_path / "old"), tmp_path / "index") as old:
            for seed in range(3):
                await old.photo(near(1, seed=seed))
        async with library(new_database(tmp_path / "new"), tmp_path / "index") as new:
            faces = [face for seed in range(5) for face in await new.photo(near(2, seed=seed))]
            assert await nearest(new, 1) == []
            assert set(await nearest(new, 2)) <= set(faces)
            assert len(new.recognition.index) == 5

    async def test_restored(self, tmp_path: Path) -> None:
        file, backup = new_database(tmp_path / "library"), tmp_path / "backup.db"
        async with library(file, tmp_path / "index") as world:
            (kept,) = await world.photo(near(1))
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
                source.backup(target)
            for seed in range(3):
                await world.photo(near(2, seed=seed))
        async with library(backup, tmp_path / "index") as restored:
            for seed in range(5):
                await restored.photo(near(3, seed=seed))
            assert (await nearest(restored, 1), await nearest(restored, 2)) == ([kept], [])
            assert (len(await nearest(restored, 3)), len(restored.recognition.index)) == (3, 6)


class TestRebuild:
    async def test_waits_for_who_follows_the_log(self, world: World) -> None:
        """Emptied in between, the index would get the rest only, and take it for all."""
        await world.photo(near(1), near(2))
        await world.recognition.catch_up()
        async with world.recognition.lock:  # as a search that has read changes and not yet applied them
            rebuilding = asyncio.create_task(world.recognition.rebuild())
            done, _ = await asyncio.wait([rebuilding], timeout=0.2)
            assert (done, len(world.recognition.index)) == (set(), 2)
        assert await rebuilding == 2


class TestClose:
    async def test_waits_for_calls_under_way(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        async with world.recognition.lock:  # so that the search cannot go on
            searching = asyncio.create_task(nearest(world, 1))
            await asyncio.sleep(0)
            closing_it = asyncio.create_task(world.recognition.close())
            done, _ = await asyncio.wait([closing_it], timeout=0.2)
            assert not done
        assert await searching == [face]
        await closing_it

    async def test_refuses_calls_from_then_on(self, world: World) -> None:
        await world.recognition.close()
        for call in (nearest(world, 1), world.recognition.rebuild(), world.recognition.catch_up()):
            with pytest.raises(PackChanged):
                await call


class TestSlots:
    async def test_searching_and_grouping_leave_the_networks_alone(self, world: World) -> None:
        """And the networks them: all is found out while the only place for networks is taken."""
        faces = [face for seed in range(3) for face in await world.photo(near(1, seed=seed))]
        networks, done = Offload(1, 0, "networks"), threading.Event()
        picture = asyncio.create_task(networks.run(done.wait))
        await asyncio.sleep(0)
        try:
            world.recognition = replace(world.recognition, offload=networks)
            await world.identify()
            assert await world.partition() == {frozenset(faces)}
            assert set(await nearest(world, 1)) == set(faces)
        finally:
            done.set()
            await picture
            await networks.close()
