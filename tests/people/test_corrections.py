"""A correction travels as far as the mistake did: what was recognised by a face that has left is let go."""

import numpy as np

from kith.faces.tables import FaceState
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing
from kith.people.support import unsupported
from kith.people.tables import Person
from tests.people.test_interplay import group_of
from tests.support.people import CONFIG, World, near


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


class TestSupport:
    def test_a_chain_holds_as_long_as_its_beginning(self) -> None:
        turn = np.deg2rad(np.arange(0, 100, 20))
        vectors = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
        sure = np.full(5, 0.9)

        def votes(cosines):
            return np.where(cosines >= 0.9, cosines.astype(float), 0.0)

        first = np.arange(5) == 0
        assert unsupported(vectors, first, sure, votes).tolist() == []
        assert unsupported(vectors[[0, 2, 3, 4]], first[:4], sure[:4], votes).tolist() == [1, 2, 3]
        assert unsupported(vectors, np.zeros(5, bool), sure, votes).tolist() == [0, 1, 2, 3, 4]

    def test_the_mean_of_the_best_votes_decides(self) -> None:
        vectors = np.eye(1, 1, dtype=np.float32).repeat(5, axis=0)
        table = np.array([0.95, 0.7, 0.7, 0.65])

        def votes(cosines):
            return np.broadcast_to(table, cosines.shape).copy()

        vouched = np.array([True] * 4 + [False])
        assert unsupported(vectors, vouched, np.full(5, 0.78), votes).tolist() == []
        assert unsupported(vectors, vouched, np.full(5, 0.79), votes).tolist() == [4]

    def test_more_faces_than_vote_at_a_time(self) -> None:
        random = np.random.default_rng(3)
        vectors = random.normal(size=(2500, 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

        def votes(cosines):
            return np.where(cosines >= 0.6, cosines.astype(float), 0.0)

        vouched = random.random(2500) < 0.9
        found = unsupported(vectors, vouched, np.full(2500, 0.93), votes)
        trusted = vouched
        for _ in range(20):
            best = np.sort(np.where(trusted, votes(vectors @ vectors.T), 0), axis=1)[:, -3:]
            is_sure = best.sum(axis=1) >= 0.93 * np.maximum(np.count_nonzero(best, axis=1), 1)
            trusted = trusted | is_sure
        assert 0 < len(found) < np.count_nonzero(~vouched)
        assert found.tolist() == np.flatnonzero(~trusted).tolist()
