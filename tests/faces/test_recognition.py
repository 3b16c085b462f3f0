"""The index follows the database, whatever happened to either."""

import numpy as np
import pytest

from kith.faces.errors import FaceNotFound
from kith.index.base import Scope, empty_entries
from kith.index.memory import MemoryIndex
from kith.people.service import People
from tests.support.people import DIMENSION, World, near

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
        from dataclasses import replace

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
