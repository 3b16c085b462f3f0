"""Taking decisions back, erasing for good, and two who decide at once; on both databases."""

import asyncio

import pytest

from kith.kit.pages import Page
from kith.people.errors import (
    DecisionNotFound,
    NothingToUndo,
)
from kith.people.reading import list_decisions
from tests.support.people import World, near, two_groups


class TestUndo:
    async def test_nothing(self, world: World) -> None:
        with pytest.raises(NothingToUndo):
            async with world.people() as people:
                await people.undo()

    async def test_twice(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        async with world.people() as people:
            decision = await people.rename(ada, "Eve")
            await people.undo(decision.id)
        with pytest.raises(NothingToUndo):
            async with world.people() as people:
                await people.undo(decision.id)

    async def test_unknown(self, world: World) -> None:
        with pytest.raises(DecisionNotFound):
            async with world.people() as people:
                await people.undo(10**9)

    async def test_all_the_way_back(self, world: World) -> None:
        """Undoing everything, newest first, leaves what the machine had made of it."""
        ada, bob = await two_groups(world)
        before = await world.states(ada + bob)
        one, two = [(await world.face(it[0])).person_id for it in (ada, bob)]
        async with world.people() as people:
            await people.rename(one, "Ada")
            await people.reject([ada[2]])
            await people.assign([ada[2]], two)
            await people.merge([two], one)
            await people.split(one, [bob[0], ada[2]], name="Third")
            await people.hide(one)
        for _ in range(6):
            async with world.people() as people:
                await people.undo()
        assert await world.states(ada + bob) == before

    async def test_history_tells_who_and_what(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        async with world.people() as people:
            await people.rename(ada, "Eve")
        async with world.people() as people:
            await people.undo()
        async with world.db.read() as session:
            history = await list_decisions(session, world.who, Page(), ada)
        assert [(it.kind, it.undone_by) for it in history] == [("rename", "owner"), ("assign", None)]


class TestErase:
    async def test_nothing_biometric_stays(self, world: World) -> None:
        from sqlalchemy import func, select

        from kith.faces.tables import Embedding, Face
        from kith.people.tables import Decision, Person

        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        eve = await world.named_person("Eve", near(1, seed=2))
        async with world.people() as people:
            await people.merge([eve], ada)
        async with world.people() as people:
            assert await people.erase(ada, delete_faces=True) == 3
        async with world.db.read() as session:
            for table in (Face, Embedding, Person, Decision):
                assert await session.scalar(select(func.count()).select_from(table)) == 0
        await world.recognition.catch_up()
        assert len(world.recognition.index) == 0

    async def test_faces_may_stay_without_a_person(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        async with world.people() as people:
            await people.erase(ada, delete_faces=False)
        await world.identify()
        assert len(await world.partition()) == 1


class TestTwoAtOnce:
    async def test_undoing_one_decision_twice_takes_it_back_once(self, world: World) -> None:
        ada, bob = await two_groups(world)
        source, target = [(await world.face(it[0])).person_id for it in (ada, bob)]
        async with world.people() as people:
            decision, _ = await people.merge([source], target)

        async def undo() -> bool:
            try:
                async with world.people() as people:
                    await people.undo(decision.id)
            except NothingToUndo:
                return False
            return True

        assert sorted(await asyncio.gather(undo(), undo())) == [False, True]

    async def test_two_names_for_one_person_both_are_history(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))

        async def rename(name: str) -> None:
            async with world.people() as people:
                await people.rename(ada, name)

        await asyncio.gather(*(rename(f"Name {number}") for number in range(5)))
        async with world.db.read() as session:
            history = await list_decisions(session, world.who, Page(), ada)
        assert len(history) == 6
        assert (await world.person(ada)).name == history[0].changes[0]["after"]["name"]
