"""A correction travels as far as the mistake did: what was recognised by a face that has left is let go."""

from sqlalchemy import delete, func, select

from kith.faces.tables import Embedding, Face, FaceState
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing
from kith.people.tables import Person
from tests.people.test_interplay import group_of
from tests.support.people import CONFIG, World, near
from tests.support.statements import counted_statements


async def settle(world: World) -> None:
    """As many jobs as it takes."""
    for _ in range(4):
        await world.identify()


async def mistaken(world: World) -> tuple[int, int, list[int]]:
    """Bo, a group, and its faces: two were given to Bo by mistake, and Kith took the others for Bo too."""
    bo = await world.named_person("Bo", near(2))
    group, faces = await group_of(world, 1)
    async with world.people() as people:
        await people.assign(faces[:2], bo)
    await settle(world)
    assert await world.states(faces) == [(FaceState.CONFIRMED, bo)] * 2 + [(FaceState.AUTO, bo)] * 2
    return bo, group, faces


class TestUndone:
    async def test_the_group_is_as_it_was(self, world: World) -> None:
        _, group, faces = await mistaken(world)
        async with world.people() as people:
            assert (await people.undo()).kept == 0
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4

    async def test_a_group_that_was_used_up_is_there_again(self, world: World) -> None:
        bo = await world.named_person("Bo", near(2))
        group, faces = await group_of(world, 1)
        async with world.people() as people:
            await people.assign(faces, bo)
        async with world.db.read() as session:
            assert await session.get(Person, group) is None
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4

    async def test_all_decisions(self, world: World) -> None:
        bo, group, faces = await mistaken(world)
        async with world.people() as people:
            await people.undo()
            await people.undo()
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4
        async with world.db.read() as session:
            assert await session.get(Person, bo) is None

    async def test_while_the_machine_thinks(self, world: World) -> None:
        bo = await world.named_person("Bo", near(2))
        group, faces = await group_of(world, 1)
        async with world.people() as people:
            await people.assign(faces[:2], bo)
        async with world.db.read() as session:
            plan = await think(world.recognition, session, 1, CONFIG)
        world.clock.advance(1)
        async with world.people() as people:
            await people.undo()
        async with world.db.write() as session:
            await Writing(session, world.clock, 1).write(plan)
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4

    async def test_a_name_with_what_was_recognised_by_it(self, world: World) -> None:
        group, faces = await group_of(world, 1)
        async with world.people() as people:
            await people.rename(group, "Ada")
        (more,) = await world.photo(near(1, seed=9))
        await settle(world)
        assert await world.states([more]) == [(FaceState.AUTO, group)]
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert await world.states([*faces, more]) == [(FaceState.GROUPED, group)] * 5


class TestCorrected:
    async def test_given_to_somebody_else(self, world: World) -> None:
        _, _, faces = await mistaken(world)
        async with world.people() as people:
            _, cy = await people.assign(faces[:2], name="Cy")
        await settle(world)
        assert await world.states(faces) == [(FaceState.CONFIRMED, cy.id)] * 2 + [(FaceState.AUTO, cy.id)] * 2

    async def test_rejected(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        async with world.people() as people:
            await people.reject(faces[:2], bo)
        await settle(world)
        assert bo not in {person for _, person in await world.states(faces)}

    async def test_what_others_vouch_for_stays(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (wrong,) = await world.photo(near(1, seed=2))
        (right,) = await world.photo(near(1, seed=3))
        await settle(world)
        async with world.people() as people:
            await people.confirm([wrong])
        async with world.people() as people:
            await people.reject([wrong], ada)
        await settle(world)
        assert await world.states([right]) == [(FaceState.AUTO, ada)]

    async def test_what_a_human_confirmed_stays(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        async with world.people() as people:
            await people.confirm(faces[2:])
        async with world.people() as people:
            await people.reject(faces[:2], bo)
        await settle(world)
        assert await world.states(faces[2:]) == [(FaceState.CONFIRMED, bo)] * 2

    async def test_unassigned(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        async with world.people() as people:
            await people.unassign(faces[:2])
        await settle(world)
        assert bo not in {person for _, person in await world.states(faces)}

    async def test_suggestions_too(self, world: World) -> None:
        bo = await world.named_person("Bo", near(2))
        (wrong,) = await world.photo(near(1, 1.0))
        (alike,) = await world.photo(near(1, 0.42, seed=5))
        async with world.people() as people:
            await people.assign([wrong], bo)
        await settle(world)
        assert (await world.face(alike)).suggested_person_id == bo
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert (await world.face(alike)).suggested_person_id is None

    async def test_a_face_that_was_rejected_before_is_no_less_a_guess(self, world: World) -> None:
        zed = await world.named_person("Zed", near(7))
        bo = await world.named_person("Bo", near(2))
        group, faces = await group_of(world, 1)
        async with world.people() as people:
            await people.reject([faces[2]], zed)
        await settle(world)
        async with world.people() as people:
            await people.assign(faces[:2], bo)
        await settle(world)
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert {person for _, person in await world.states(faces)} == {group}

    async def test_a_cover_that_is_let_go(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        async with world.people() as people:
            await people.cover(bo, faces[3])
        async with world.people() as people:
            await people.reject(faces[:2], bo)
        await settle(world)
        assert (await world.person(bo)).cover_face_id is None

    async def test_what_was_recognised_is_in_the_trash(self, world: World) -> None:
        """It is let go there, and the jobs come to an end."""
        bo, group, faces = await mistaken(world)
        await trash(world, faces[3:])
        async with world.people() as people:
            await people.undo()
        await settle(world)
        async with world.db.read() as session:
            plan = await think(world.recognition, session, 1, CONFIG)
        assert (plan.doubted, plan.is_partial, plan.left) == ([], False, {})
        assert (await world.face(faces[3])).person_id != bo
        assert await world.states(faces[:3]) == [(FaceState.GROUPED, group)] * 3

    async def test_what_was_given_is_in_the_trash(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        await trash(world, faces[:2])
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert bo not in {person for _, person in await world.states(faces)}

    async def test_a_face_nothing_is_known_of_is_no_obstacle(self, world: World) -> None:
        bo, group, faces = await mistaken(world)
        async with world.db.write() as session:
            known = (await session.scalars(select(Face).where(Face.person_id == bo))).first()
            await session.execute(delete(Embedding).where(Embedding.face_id == known.id))
        async with world.people() as people:
            await people.undo()
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4

    async def test_given_away_by_a_client_that_does_not_vouch(self, world: World) -> None:
        bo, _, faces = await mistaken(world)
        cy = await world.named_person("Cy", near(9))
        async with world.people() as people:
            await people.suppose(dict.fromkeys(faces[:2], 0.99), cy)
        await settle(world)
        assert bo not in {person for _, person in await world.states(faces)}


async def trash(world: World, faces: list[int]) -> None:
    async with world.db.write() as session:
        for face_id in faces:
            (await session.get_one(Face, face_id)).is_trashed = True


class TestLeftAlone:
    """Without a face that leaves there is nothing to doubt, whatever else is decided or arrives."""

    async def test_a_group_that_is_named_against_what_was_suggested(self, world: World) -> None:
        bo = await world.named_person("Bo", near(1, 1.0))
        faces = [face for seed in range(4) for face in await world.photo(near(1, 0.42, seed=seed))]
        await settle(world)
        assert {(await world.face(it)).suggested_person_id for it in faces} == {bo}
        ada = await self._grouped(world, faces)
        async with world.people() as people:
            await people.rename(ada, "Ada")
        await world.photo(near(1, 0.42, seed=9))
        await settle(world)
        assert await world.states(faces) == [(FaceState.AUTO, ada)] * 4
        async with world.people() as people:
            await people.hide(ada)
        await world.photo(near(1, 0.42, seed=10))
        await settle(world)
        assert await world.states(faces) == [(FaceState.AUTO, ada)] * 4

    async def test_those_a_group_was_named_for_may_go_to_the_trash(self, world: World) -> None:
        ada, founders = await group_of(world, 1, count=2)
        async with world.people() as people:
            await people.rename(ada, "Ada")
        more = [face for seed in range(5, 9) for face in await world.photo(near(1, seed=seed))]
        await settle(world)
        async with world.db.write() as session:
            for face_id in founders:
                (await session.get_one(Face, face_id)).is_trashed = True
        async with world.people() as people:
            await people.rename(ada, "Ada L")
        await world.photo(near(1, seed=10))
        await settle(world)
        assert await world.states(more) == [(FaceState.AUTO, ada)] * 4

    async def test_who_is_recognised_by_one_face_though_others_are_less_alike(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        (alike,) = await world.photo(near(1, seed=1))
        await settle(world)
        others = [face for seed in range(3) for face in await world.photo(near(1, 0.6, seed=20 + seed))]
        async with world.people() as people:
            await people.assign(others, ada)
        await world.photo(near(1, seed=2))
        await settle(world)
        assert await world.states([alike]) == [(FaceState.AUTO, ada)]

    async def test_the_founder_is_gone_and_something_else_is_rejected(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        faces = [face for seed in range(1, 5) for face in await world.photo(near(1, seed=seed))]
        (guess,) = await world.photo(near(1, 0.42, seed=9))
        await settle(world)
        async with world.db.write() as session:
            founder = select(Face).where(Face.person_id == ada, Face.state == FaceState.CONFIRMED)
            await session.delete((await session.scalars(founder)).one())
        async with world.people() as people:
            await people.reject([guess], ada)
        await settle(world)
        async with world.people() as people:
            await people.rename(ada, "Ada L")
        await settle(world)
        assert await world.states(faces) == [(FaceState.AUTO, ada)] * 4

    async def test_the_founder_is_said_to_be_no_face(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        faces = [face for seed in range(1, 5) for face in await world.photo(near(1, seed=seed))]
        await settle(world)
        async with world.db.read() as session:
            founder = select(Face.id).where(Face.person_id == ada, Face.state == FaceState.CONFIRMED)
            founders = list(await session.scalars(founder))
        async with world.people() as people:
            await people.ignore(founders)
        await settle(world)
        assert await world.states(faces) == [(FaceState.AUTO, ada)] * 4

    async def test_who_stays_in_a_split(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        guessed = [face for seed in range(2, 6) for face in await world.photo(near(1, seed=seed))]
        await settle(world)
        async with world.db.read() as session:
            founder = select(Face.id).where(Face.person_id == ada, Face.state == FaceState.CONFIRMED)
            founders = list(await session.scalars(founder))
        async with world.people() as people:
            await people.split(ada, [*founders, guessed[0]], "Eve")
        await settle(world)
        assert await world.states(guessed[1:]) == [(FaceState.AUTO, ada)] * 3

    async def test_what_a_client_supposes(self, world: World) -> None:
        ada = await world.named_person("Ada", near(5))
        (supposed,) = await world.photo(near(1))
        async with world.people() as people:
            await people.suppose({supposed: 0.99}, ada)
        (alike,) = await world.photo(near(1, seed=1))
        await settle(world)
        assert await world.states([alike]) == [(FaceState.AUTO, ada)]
        async with world.people() as people:
            await people.reject([alike], ada)
        await settle(world)
        assert await world.states([supposed]) == [(FaceState.AUTO, ada)]

    async def test_an_undo_that_gives_nothing_back_makes_nobody(self, world: World) -> None:
        """A rejected guess, taken back when the group it was about is somebody else's by now."""
        bo = await world.named_person("Bo", near(1, 1.0))
        faces = [face for seed in range(4) for face in await world.photo(near(1, 0.42, seed=seed))]
        await settle(world)
        group = await self._grouped(world, faces)
        async with world.people() as people:
            rejected = await people.reject(faces[:1], bo)
        async with world.people() as people:
            await people.assign(faces, name="Cy")
        await settle(world)
        async with world.people() as people:
            await people.undo(rejected.id)
        async with world.db.read() as session:
            counts = await session.execute(select(Face.person_id, func.count()).group_by(Face.person_id))
            assert group not in {person for person, _ in counts}
            rows = set(await session.scalars(select(Person.id).where(~Person.is_anchored)))
        assert rows <= {group}

    async def _grouped(self, world: World, faces: list[int]) -> int:
        """The faces as a group without a name, whatever was suggested for them."""
        async with world.db.write() as session:
            now = world.clock.now()
            person = Person(tenant_id=1, notes={}, created_at=now, updated_at=now)
            session.add(person)
            await session.flush()
            for face_id in faces:
                face = await session.get_one(Face, face_id)
                face.person_id, face.state = person.id, FaceState.GROUPED
            return person.id


class TestCost:
    async def test_an_undo_reads_its_rows_at_once(self, world: World) -> None:
        bo = await world.named_person("Bo", near(2))
        statements: list[int] = []
        for count in (4, 40):
            faces = [face for seed in range(count) for face in await world.photo(near(1, seed=seed))]
            async with world.people() as people:
                decision, _ = await people.assign(faces, bo)
            with counted_statements() as seen:
                async with world.people() as people:
                    await people.undo(decision.id)
            statements.append(sum(statement.startswith("SELECT") for statement in seen.sent))
        assert statements[0] == statements[1]
