"""A correction travels as far as the mistake did: what was recognised by a face that has left is let go."""

import numpy as np
from sqlalchemy import func, select

from kith.faces.tables import Face, FaceState
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing
from kith.people.support import unsupported
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


class TestSupport:
    def test_a_chain_holds_as_long_as_its_beginning(self) -> None:
        turn = np.deg2rad(np.arange(0, 120, 20))
        line = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
        theirs, left = line[1:], line[:1]
        all_guessed, sure = np.ones(5, bool), np.full(5, 0.9)
        assert unsupported(theirs, all_guessed, left, 0.9, sure).tolist() == [0, 1, 2, 3, 4]
        last_is_known = np.arange(5) < 4
        assert unsupported(theirs, last_is_known, left, 0.9, sure).tolist() == []
        with_gap = theirs[[0, 1, 3, 4]]
        assert unsupported(with_gap, last_is_known[1:], left, 0.9, sure[1:]).tolist() == [0, 1]

    def test_what_spoke_for_it_may_not_be_enough_for_another(self) -> None:
        theirs = np.array([[1, 0], [0.8, 0.6]], dtype=np.float32)
        left = np.array([[1, 0]], dtype=np.float32)
        guessed = np.array([True, False])
        assert unsupported(theirs, guessed, left, 0.7, np.full(2, 0.75)).tolist() == []
        assert unsupported(theirs, guessed, left, 0.7, np.full(2, 0.85)).tolist() == [0]

    def test_nobody_else_is_doubted(self) -> None:
        theirs = np.array([[1, 0], [0, 1]], dtype=np.float32)
        left = np.array([[1, 0]], dtype=np.float32)
        assert unsupported(theirs, np.ones(2, bool), left, 0.7, np.full(2, 0.9)).tolist() == [0]

    def test_more_faces_than_are_compared_at_a_time(self) -> None:
        random = np.random.default_rng(3)
        vectors = random.normal(size=(2500, 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        recognised, left, sure = random.random(2500) < 0.9, vectors[:3], np.full(2500, 0.93)
        cosines = vectors @ vectors.T
        doubted = recognised & (cosines[:3].max(axis=0) >= 0.85)
        for _ in range(50):
            doubted |= recognised & (cosines[doubted].max(axis=0, initial=-1) >= 0.85)
        for _ in range(50):
            doubted &= cosines[~doubted].max(axis=0, initial=-1) < 0.93
        found = unsupported(vectors, recognised, left, 0.85, sure)
        assert found.tolist() == np.flatnonzero(doubted).tolist()
        assert 0 < len(found) < np.count_nonzero(recognised)
