"""Undoing in any order: nothing comes back that was taken back, and nothing is left over."""

from sqlalchemy import select

from kith.external_ids.tables import ExternalId, Kind
from kith.faces.tables import Face, FaceState
from tests.people.test_corrections import settle
from tests.people.test_interplay import group_of
from tests.support.people import World, near


class TestOutOfOrder:
    async def test_what_a_later_decision_kept_does_not_come_back(self, world: World) -> None:
        group, faces = await group_of(world, 1)
        bo = await world.named_person("Bo", near(2))
        ada = await world.named_person("Ada", near(3))
        async with world.people() as people:
            given, _ = await people.assign(faces, bo)
        async with world.people() as people:
            merged, _ = await people.merge([bo], ada)
        async with world.people() as people:
            await people.undo(given.id)
        async with world.people() as people:
            await people.undo(merged.id)
        await settle(world)
        assert await world.states(faces) == [(FaceState.GROUPED, group)] * 4

    async def test_a_name_between_two(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        async with world.people() as people:
            first = await people.rename(ada, "Eve")
            second = await people.rename(ada, "Ida")
        async with world.people() as people:
            await people.undo(first.id)
            await people.undo(second.id)
        assert (await world.person(ada)).name == "Ada"

    async def test_a_cover_that_is_somebody_elses_by_now(self, world: World) -> None:
        bo = await world.named_person("Bo", near(1), near(1, seed=1))
        async with world.db.read() as session:
            one, two = (await session.scalars(select(Face.id).where(Face.person_id == bo))).all()
        async with world.people() as people:
            await people.cover(bo, one)
        async with world.people() as people:
            second = await people.cover(bo, two)
        async with world.people() as people:
            await people.assign([one], name="Cy")
        async with world.people() as people:
            await people.undo(second.id)
        assert (await world.person(bo)).cover_face_id is None

    async def test_a_guess_of_somebody_who_is_nobody_again(self, world: World) -> None:
        group, faces = await group_of(world, 1)
        async with world.people() as people:
            named = await people.rename(group, "Ada")
        (guess,) = await world.photo(near(1, 0.45, seed=7))
        await settle(world)
        assert (await world.face(guess)).suggested_person_id == group
        async with world.people() as people:
            await people.undo(named.id)
        async with world.people() as people:
            await people.ignore(faces)
        await settle(world)
        face = await world.face(guess)
        assert (face.suggested_person_id, face.similarity) == (None, None)
        assert face.state != FaceState.SUGGESTED

    async def test_a_group_that_a_client_knows_by_an_id_stays(self, world: World) -> None:
        group, faces = await group_of(world, 1)
        now = world.clock.now()
        async with world.db.write() as session:
            session.add(
                ExternalId(tenant_id=1, kind=Kind.PERSON, value="ada", person_id=group,
                           created_at=now, updated_at=now)
            )  # fmt: skip
        async with world.people() as people:
            await people.assign(faces, name="Cy")
        await settle(world)
        assert (await world.person(group)).id == group
