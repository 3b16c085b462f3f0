"""Decisions, on both databases: what each does, and that undoing leaves the library as it was."""

import pytest

from kith.accounts.principal import Principal
from kith.faces.errors import FaceNotFound
from kith.faces.tables import FaceState
from kith.kit.pages import Page
from kith.people.errors import (
    MergeInvalid,
    NameInvalid,
    NobodySuggested,
    NoFaces,
    PersonNotFound,
    SplitInvalid,
)
from kith.people.reading import list_decisions, list_persons, summarise
from kith.people.service import People
from tests.support.people import World, found_faces, near, two_groups


class TestAssign:
    async def test_confirms_the_faces(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        async with world.people() as people:
            _, person = await people.assign([face], name="Ada")
        assert await world.states([face]) == [(FaceState.CONFIRMED, person.id)]
        assert (await world.person(person.id)).name == "Ada"

    async def test_a_guess_of_the_same_person_in_the_photo_gives_way(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        guessed, other = await world.photo(near(1, seed=2), near(3))
        await world.identify()
        assert (await world.face(guessed)).person_id == ada
        async with world.people() as people:
            await people.assign([other], ada)
        assert (await world.face(guessed)).person_id is None
        assert (await world.face(other)).person_id == ada

    async def test_no_faces(self, world: World) -> None:
        with pytest.raises(NoFaces):
            async with world.people() as people:
                await people.assign([], name="Ada")

    async def test_unknown_face_changes_nothing(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        with pytest.raises(FaceNotFound):
            async with world.people() as people:
                await people.assign([face, 10**9], name="Ada")
        assert await world.states([face]) == [(FaceState.UNKNOWN, None)]


class TestRename:
    async def test_a_named_group_is_no_longer_regrouped(self, world: World) -> None:
        ada, _ = await two_groups(world)
        person_id = (await world.face(ada[0])).person_id
        async with world.people() as people:
            await people.rename(person_id, "  Ada\u0301 ")
        assert (await world.person(person_id)).name == "Adá"
        assert {state for state, _ in await world.states(ada)} == {FaceState.AUTO}

    async def test_undo_gives_the_group_back_to_the_machine(self, world: World) -> None:
        ada, _ = await two_groups(world)
        before = await world.states(ada)
        person_id = (await world.face(ada[0])).person_id
        async with world.people() as people:
            await people.rename(person_id, "Ada")
        async with world.people() as people:
            undone = await people.undo()
        assert undone.kept == 0
        assert await world.states(ada) == before
        person = await world.person(person_id)
        assert (person.name, person.is_anchored) == (None, False)

    @pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\tb", "x" * 201, "x" * 5000, "\ud800", "a\u2028b"])
    async def test_refuses_what_is_no_name(self, world: World, name: str) -> None:
        ada = await world.named_person("Ada", near(1))
        with pytest.raises(NameInvalid):
            async with world.people() as people:
                await people.rename(ada, name)
        assert (await world.person(ada)).name == "Ada"

    @pytest.mark.parametrize(
        "name", ["Ольга", "عائشة", "李小龍", "O'Neill; DROP TABLE persons", "🙂", "x" * 200]
    )
    async def test_takes_any_script(self, world: World, name: str) -> None:
        ada = await world.named_person("Ada", near(1))
        async with world.people() as people:
            await people.rename(ada, name)
        assert (await world.person(ada)).name == name


class TestConfirm:
    async def test_a_suggestion_becomes_certain(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1, 1.0))
        (face,) = await world.photo(near(1, 0.36, seed=5))
        await world.identify()
        suggested = await world.face(face)
        assert (suggested.state, suggested.suggested_person_id) == (FaceState.SUGGESTED, ada)
        async with world.people() as people:
            await people.confirm([face])
        assert await world.states([face]) == [(FaceState.CONFIRMED, ada)]

    async def test_nobody_to_confirm(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        with pytest.raises(NobodySuggested):
            async with world.people() as people:
                await people.confirm([face])


class TestReject:
    async def test_the_face_never_comes_back(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (face,) = await world.photo(near(1, seed=2))
        await world.identify()
        assert (await world.face(face)).person_id == ada
        async with world.people() as people:
            await people.reject([face])
        for _ in range(2):
            await world.identify()
        rejected = await world.face(face)
        assert (rejected.person_id, rejected.suggested_person_id) == (None, None)

    async def test_undo_after_the_machine_has_moved_on(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (face,) = await world.photo(near(1, seed=2))
        await world.identify()
        async with world.people() as people:
            await people.reject([face])
        (other,) = await world.photo(near(1, seed=3))
        async with world.people() as people:
            await people.reject([other], ada)
        await world.identify()
        assert len({(await world.face(it)).person_id for it in (face, other)}) == 1
        async with world.people() as people:
            decision = (await list_decisions(people.session, world.who, Page()))[1]
            await people.undo(decision.id)
        assert (await world.face(face)).person_id == ada

    async def test_survives_a_merge(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        twin = await world.named_person("Ada's sister", near(9))
        (face,) = await world.photo(near(1, seed=4))
        async with world.people() as people:
            await people.reject([face], ada)
        async with world.people() as people:
            await people.merge([ada], twin)
        await world.identify()
        assert (await world.face(face)).person_id is None


class TestMerge:
    async def test_moves_every_face_and_keeps_the_cover(self, world: World) -> None:
        ada, bob = await two_groups(world)
        source, target = [(await world.face(it[0])).person_id for it in (ada, bob)]
        async with world.people() as people:
            await people.cover(target, bob[1])
        async with world.people() as people:
            _, moved = await people.merge([source], target)
        assert moved == 3
        assert {person for _, person in await world.states(ada + bob)} == {target}
        assert (await world.person(target)).cover_face_id == bob[1]
        async with world.db.read() as session:
            assert (await summarise(session, world.who, target)).face_count == 6
            with pytest.raises(PersonNotFound):
                await summarise(session, world.who, source)

    async def test_undo_brings_both_back(self, world: World) -> None:
        ada, bob = await two_groups(world)
        before = await world.states(ada + bob)
        source, target = [(await world.face(it[0])).person_id for it in (ada, bob)]
        async with world.people() as people:
            await people.merge([source], target)
        async with world.people() as people:
            await people.undo()
        assert await world.states(ada + bob) == before
        async with world.db.read() as session:
            assert len(await list_persons(session, world.who, Page())) == 2

    async def test_a_later_decision_stands_above_the_undo(self, world: World) -> None:
        ada, bob = await two_groups(world)
        source, target = [(await world.face(it[0])).person_id for it in (ada, bob)]
        async with world.people() as people:
            merged, _ = await people.merge([source], target)
        async with world.people() as people:
            await people.confirm([ada[0]])
        async with world.people() as people:
            undone = await people.undo(merged.id)
        assert undone.kept == 2  # the confirmed face, and the person it needs
        assert (await world.person(target)).is_anchored
        assert (await world.face(ada[0])).person_id == target
        assert (await world.face(ada[1])).person_id == source

    @pytest.mark.parametrize("keep", [(False, "Bob"), (True, "Ada"), ("Both", "Both")])
    async def test_whose_name(self, world: World, keep: tuple[bool | str, str]) -> None:
        ada = await world.named_person("Ada", near(1))
        bob = await world.named_person("Bob", near(2))
        async with world.people() as people:
            await people.merge([ada], bob, keep_name=keep[0])
        assert (await world.person(bob)).name == keep[1]

    async def test_an_unnamed_target_takes_the_name(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        _, group = await two_groups(world)
        target = (await world.face(group[0])).person_id
        async with world.people() as people:
            await people.merge([ada], target)
        assert (await world.person(target)).name == "Ada"

    async def test_with_itself(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        with pytest.raises(MergeInvalid):
            async with world.people() as people:
                await people.merge([ada], ada)

    @pytest.mark.parametrize("unknown", [0, -1, 10**9, 2**63 - 1, 2**63])
    async def test_unknown_person(self, world: World, unknown: int) -> None:
        ada = await world.named_person("Ada", near(1))
        with pytest.raises(PersonNotFound):
            async with world.people() as people:
                await people.merge([unknown], ada)

    async def test_another_tenants_person(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        bob = await world.named_person("Bob", near(2))
        stranger = Principal(tenant_id=2)
        with pytest.raises(PersonNotFound):
            async with world.db.write() as session:
                await People(session, stranger, world.clock).merge([ada], bob)
        assert (await world.person(ada)).merged_into_id is None


class TestSplit:
    async def test_never_joined_again_by_a_machine(self, world: World) -> None:
        ada = await world.named_person("Ada", *(near(1, seed=seed) for seed in range(4)))
        faces = sorted(await self._faces(world, ada))[2:]
        async with world.people() as people:
            _, other = await people.split(ada, faces)
        for _ in range(2):
            await world.identify()
        assert {person for _, person in await world.states(faces)} == {other.id}
        kept = await self._faces(world, ada)
        assert len(kept) == 2
        assert not kept & set(faces)

    async def test_undo(self, world: World) -> None:
        ada = await world.named_person("Ada", *(near(1, seed=seed) for seed in range(4)))
        faces = sorted(await self._faces(world, ada))
        async with world.people() as people:
            _, other = await people.split(ada, faces[:2], name="Eve")
        async with world.people() as people:
            await people.undo()
        assert await self._faces(world, ada) == set(faces)
        async with world.db.read() as session:
            with pytest.raises(PersonNotFound):
                await summarise(session, world.who, other.id)

    async def test_must_leave_a_face(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        faces = sorted(await self._faces(world, ada))
        with pytest.raises(SplitInvalid):
            async with world.people() as people:
                await people.split(ada, faces)

    async def test_only_own_faces(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (other,) = await world.photo(near(5))
        with pytest.raises(SplitInvalid):
            async with world.people() as people:
                await people.split(ada, [other])

    async def _faces(self, world: World, person_id: int) -> frozenset[int]:
        for group in await world.partition():
            if (await world.face(min(group))).person_id == person_id:
                return group
        return frozenset()


class TestIgnore:
    async def test_out_of_groups_and_search(self, world: World) -> None:
        ada, _ = await two_groups(world)
        async with world.people() as people:
            await people.ignore(ada[:1])
        await world.identify()
        assert frozenset(ada[1:]) in await world.partition()
        await world.recognition.catch_up()
        assert len(world.recognition.index) == 5

    async def test_undo_brings_it_back(self, world: World) -> None:
        ada, _ = await two_groups(world)
        async with world.people() as people:
            await people.ignore(ada[:1])
        await world.identify()
        async with world.people() as people:
            await people.undo()
        await world.identify()
        assert frozenset(ada) in await world.partition()

    async def test_a_group_that_falls_apart_is_dissolved(self, world: World) -> None:
        pair = [face for seed in range(2) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        async with world.people() as people:
            await people.ignore(pair[:1])
        await world.identify()
        assert await world.states(pair[1:]) == [(FaceState.UNKNOWN, None)]
        async with world.db.read() as session:
            assert await list_persons(session, world.who, Page()) == []


class TestDraw:
    async def test_a_new_face_with_a_person(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        (face,) = await world.photo(near(2))
        photo_id = (await world.face(face)).photo_id
        await self._draw(world, photo_id, [500, 500, 600, 600], ada)
        assert len(await world.partition()) == 1

    async def test_over_a_known_face_takes_that_one(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        (face,) = await world.photo(near(2))
        drawn = await self._draw(world, (await world.face(face)).photo_id, [2, 2, 80, 80], ada)
        assert drawn == face
        assert await world.states([face]) == [(FaceState.CONFIRMED, ada)]

    async def test_undo_removes_it(self, world: World) -> None:
        (face,) = await world.photo(near(2))
        drawn = await self._draw(world, (await world.face(face)).photo_id, [500, 500, 600, 600], None)
        async with world.people() as people:
            await people.undo()
        with pytest.raises(Exception, match="No row"):
            await world.face(drawn)

    async def _draw(self, world: World, photo_id: int, box: list[float], person_id: int | None) -> int:
        from kith.photos.service import get_photo

        found = found_faces(near(1, seed=9)[None], boxes=np_box(box))
        async with world.people() as people:
            photo = await get_photo(people.session, world.who, photo_id)
            _, face = await people.draw(photo, found, world.recognition.space_id, person_id)
        return face.id


class TestHide:
    async def test_out_of_lists(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        async with world.people() as people:
            await people.hide(ada)
        async with world.db.read() as session:
            assert await list_persons(session, world.who, Page()) == []
            assert len(await list_persons(session, world.who, Page(), hidden=True)) == 1


def np_box(box: list[float]):
    import numpy as np

    return np.array([box], dtype=np.float32)
