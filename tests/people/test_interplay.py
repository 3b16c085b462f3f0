"""Decisions, undos and the machine in each other's way: what a human said always stands."""

from sqlalchemy import select

from kith.faces.tables import Face, FaceState
from kith.kit.pages import Page
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing
from kith.people.reading import list_decisions, list_persons, persons_named
from kith.people.tables import Decision, Rejection
from tests.support.people import CONFIG, World, near


async def group_of(world: World, axis: int, count: int = 4) -> tuple[int, list[int]]:
    """An unnamed person the machine made of so many photos, and the faces."""
    faces = [face for seed in range(count) for face in await world.photo(near(axis, seed=seed))]
    await world.identify()
    person_id = (await world.face(faces[0])).person_id
    assert person_id is not None
    return person_id, faces


class TestUndoingUnderLaterDecisions:
    async def test_a_name_taken_back_leaves_confirmed_faces_alone(self, world: World) -> None:
        person_id, faces = await group_of(world, 1)
        (other,) = await world.photo(near(5))
        async with world.people() as people:
            rename = await people.rename(person_id, "Ada")
        async with world.people() as people:
            await people.assign([other], person_id)
        async with world.people() as people:
            await people.reject([faces[0]])
        async with world.people() as people:
            await people.undo(rename.id)
        (more,) = await world.photo(near(1, seed=8))
        await world.identify()
        assert await world.states([other]) == [(FaceState.CONFIRMED, person_id)]
        assert (await world.face(faces[0])).person_id != person_id
        assert (await world.person(person_id)).is_anchored
        assert (await world.face(more)).person_id == person_id

    async def test_a_face_put_back_into_a_group_named_since_stays_there(self, world: World) -> None:
        person_id, faces = await group_of(world, 1)
        async with world.people() as people:
            assign, _ = await people.assign(faces[:1], name="Zed")
        async with world.people() as people:
            await people.rename(person_id, "Ada")
        async with world.people() as people:
            await people.undo(assign.id)
        for _ in range(2):
            await world.identify()
        assert await world.states(faces) == [(FaceState.AUTO, person_id)] * 4

    async def test_a_person_made_by_an_undone_act_goes_with_the_machines_faces(self, world: World) -> None:
        (first,) = await world.photo(near(1))
        async with world.people() as people:
            assign, person = await people.assign([first], name="Ada")
        guessed = [face for seed in range(1, 4) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        assert {it for _, it in await world.states(guessed)} == {person.id}
        async with world.people() as people:
            assert (await people.undo(assign.id)).kept == 0
        await world.identify()
        async with world.db.read() as session:
            assert [it.person.name for it in await list_persons(session, world.who, Page())] == [None]
            (decision,) = await list_decisions(session, world.who, Page())
            assert "Ada" not in str(decision.changes)


class TestHumansWhileTheMachineThinks:
    async def test_a_rejection(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (face,) = await world.photo(near(1, seed=2))
        await self._meanwhile(world, lambda people: people.reject([face], ada))
        await world.identify()
        assert (await world.face(face)).person_id is None

    async def test_a_merge(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        bob = await world.named_person("Bob", near(2))
        (face,) = await world.photo(near(1, seed=2))
        await self._meanwhile(world, lambda people: people.merge([ada], bob))
        assert (await world.face(face)).person_id != ada
        await world.identify()
        assert (await world.face(face)).person_id == bob

    async def test_the_same_person_confirmed_beside_it(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        face, other = await world.photo(near(1, seed=2), near(5))
        await self._meanwhile(world, lambda people: people.assign([other], ada))
        await world.identify()
        assert (await world.face(face)).person_id is None

    async def test_faces_that_commit_meanwhile_are_left_for_the_next_job(self, world: World) -> None:
        await world.photo(near(1))
        async with world.db.read() as session:
            assert await session.scalar(select(Face.id)) is not None  # the snapshot begins here
            (late,) = await world.photo(near(1, seed=1))
            plan = await think(world.recognition, session, 1, CONFIG)
        async with world.db.write() as session:
            await Writing(session, world.clock, 1).write(plan)
        await world.identify()
        assert (await world.face(late)).person_id is not None

    async def _meanwhile(self, world: World, decide) -> None:
        async with world.db.read() as session:
            plan = await think(world.recognition, session, 1, CONFIG)
        async with world.people() as people:
            await decide(people)
        async with world.db.write() as session:
            await Writing(session, world.clock, 1).write(plan)


class TestMerging:
    async def test_what_was_split_may_be_joined_again(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        guessed = [face for seed in range(2, 5) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        async with world.people() as people:
            _, other = await people.split(ada, guessed[:1])
        async with world.people() as people:
            _, moved = await people.merge([ada], other.id)
        assert moved == 4
        assert {person for _, person in await world.states(guessed)} == {other.id}

    async def test_suggestions_follow(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1, 1.0))
        bob = await world.named_person("Bob", near(2))
        (face,) = await world.photo(near(1, 0.36, seed=5))
        await world.identify()
        assert (await world.face(face)).suggested_person_id == ada
        async with world.people() as people:
            await people.merge([ada], bob)
        async with world.people() as people:
            await people.confirm([face])
        assert (await world.face(face)).person_id == bob


class TestRejecting:
    async def test_a_suggestion_leaves_the_face_with_its_person(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        bob = await world.named_person("Bob", near(2))
        async with world.db.read() as session:
            face = await session.scalar(select(Face.id).where(Face.person_id == bob))
        async with world.people() as people:
            await people.reject([face], ada)
        assert await world.states([face]) == [(FaceState.CONFIRMED, bob)]

    async def test_the_cover_goes_when_its_face_goes(self, world: World) -> None:
        person_id, faces = await group_of(world, 1)
        async with world.people() as people:
            await people.cover(person_id, faces[1])
        async with world.people() as people:
            await people.reject([faces[1]])
        assert (await world.person(person_id)).cover_face_id is None
        async with world.people() as people:
            await people.undo()
        assert (await world.person(person_id)).cover_face_id == faces[1]


class TestErasing:
    async def test_what_was_said_of_others_stands(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        bob = await world.named_person("Bob", near(2), near(2, seed=1))
        like_ada, like_bob = await world.photo(near(1, seed=2), near(2, seed=2))
        await world.identify()
        async with world.people() as people:
            await people.reject([like_ada, like_bob])
        async with world.people() as people:
            await people.erase(ada, delete_faces=True)
        await world.identify()
        assert (await world.face(like_bob)).person_id is None
        async with world.db.read() as session:
            assert [it.person_id for it in await session.scalars(select(Rejection))] == [bob]
            texts = [str(it.changes) for it in await session.scalars(select(Decision))]
        assert not any("Ada" in text for text in texts)


class TestWaiting:
    async def test_a_known_person_embedded_later_is_still_recognised(self, world: World) -> None:
        """As in a change of pack: the unknown face comes first, the known person's faces after it."""
        await world.named_person("Ada", near(1))
        (face,) = await world.photo(near(1, seed=3))
        async with world.db.write() as session:
            for row in await session.scalars(select(Face)):
                row.to_identify = False
            known = (await session.scalars(select(Face).where(Face.state == FaceState.CONFIRMED))).one()
            found = (await session.scalars(select(Face).where(Face.id == face))).one()
            found.person_id = None
            known.to_identify = True
        await world.identify()
        assert (await world.face(face)).state == FaceState.AUTO

    async def test_ignored_faces_do_not_wait(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        async with world.people() as people:
            await people.ignore([face])
        async with world.db.write() as session:
            (await session.get_one(Face, face)).to_identify = True
        async with world.db.read() as session:
            assert (await think(world.recognition, session, 1, CONFIG)).waiting == set()

    async def test_a_face_drawn_over_an_ignored_one_is_looked_at(self, world: World) -> None:
        (face,) = await world.photo(near(1))
        async with world.people() as people:
            await people.ignore([face])
        from kith.photos.service import get_photo
        from tests.support.people import found_faces

        async with world.people() as people:
            photo = await get_photo(people.session, world.who, (await world.face(face)).photo_id)
            await people.draw(photo, found_faces(near(1)[None]), world.recognition.space_id)
        assert (await world.face(face)).to_identify


class TestNames:
    async def test_found_in_any_script_and_any_form(self, world: World) -> None:
        for name, asked in (("Åsa", "åsa"), ("ОЛЬГА", "ольга"), ("Zoë", "Zoe\u0308 ")):
            person_id = await world.named_person(name, near(1))
            async with world.db.read() as session:
                found = await persons_named(session, world.who, asked)
            assert [person.id for person in found] == [person_id]
