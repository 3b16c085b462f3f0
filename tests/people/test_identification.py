"""Identification on both databases: who is recognised, who is grouped, and what is left alone."""

from datetime import date, datetime

import numpy as np
import pytest
from sqlalchemy import select

from kith.engine.faces import Float32
from kith.faces.tables import FaceState
from kith.people.tables import Person
from tests.support.people import World, near


class TestGrouping:
    async def test_groups_strangers(self, world: World) -> None:
        ada = [face for seed in range(3) for face in await world.photo(near(1, seed=seed))]
        bob = [face for seed in range(2) for face in await world.photo(near(2, seed=seed))]
        (loner,) = await world.photo(near(3))
        await world.identify()
        assert await world.partition() == {frozenset(ada), frozenset(bob)}
        assert await world.states([loner]) == [(FaceState.UNKNOWN, None)]

    async def test_nothing_to_do(self, world: World) -> None:
        await world.identify()
        assert await world.partition() == set()

    async def test_a_person_is_in_a_photo_once(self, world: World) -> None:
        twins = await world.photo(near(1), near(1, seed=1))
        (other,) = await world.photo(near(1, seed=2))
        await world.identify()
        (group,) = await world.partition()
        assert other in group
        assert len(group & set(twins)) == 1

    async def test_poor_faces_join_but_never_start(self, world: World) -> None:
        poor = [face for seed in range(3) for face in await world.photo(near(1, seed=seed), quality=0.1)]
        await world.identify()
        assert await world.partition() == set()
        good = [face for seed in range(3, 5) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        assert await world.partition() == {frozenset(poor + good)}

    async def test_poor_faces_join_only_whom_they_are_very_like(self, world: World) -> None:
        good = [face for _ in range(2) for face in await world.photo(between(0))]
        await world.photo(between(60), quality=0.1)
        await world.identify()
        assert await world.partition() == {frozenset(good)}

    async def test_one_by_one_gives_the_same_groups_as_all_at_once(self, world: World) -> None:
        random = np.random.default_rng(4)
        faces = [(int(axis), seed) for seed, axis in enumerate(random.integers(0, 5, size=30))]
        one_by_one: list[int] = []
        for axis, seed in faces:
            one_by_one += await world.photo(near(axis, 0.8, seed))
            await world.identify()
        expected: dict[int, set[int]] = {}
        for face_id, (axis, _) in zip(one_by_one, faces, strict=True):
            expected.setdefault(axis, set()).add(face_id)
        assert await world.partition() == {frozenset(group) for group in expected.values()}

    async def test_a_group_keeps_its_person_as_it_grows(self, world: World) -> None:
        first = [face for seed in range(2) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        person_id = (await world.face(first[0])).person_id
        (more,) = await world.photo(near(1, seed=5))
        await world.identify()
        assert (await world.face(more)).person_id == person_id

    async def test_a_bridge_joins_two_groups_into_the_larger_one(self, world: World) -> None:
        """The same person young and old: too far apart, until a photo from between turns up."""
        young = [face for _ in range(3) for face in await world.photo(between(0))]
        old = [face for _ in range(2) for face in await world.photo(between(70))]
        await world.identify()
        person_id = (await world.face(young[0])).person_id
        assert (await world.face(old[0])).person_id != person_id
        bridge = await world.photo(between(35))
        await world.identify()
        assert {person for _, person in await world.states(young + old + bridge)} == {person_id}
        async with world.db.read() as session:
            assert len((await session.scalars(select(Person))).all()) == 1

    async def test_neighbours_must_be_nearer_as_the_library_grows(self, world: World) -> None:
        """Among more faces there are more strangers who look alike; what was a group is looked at again."""
        pair = [face for degrees in (0, 62) for face in await world.photo(between(degrees))]
        await world.identify()
        assert frozenset(pair) in await world.partition()
        crowd = np.random.default_rng(3).normal(size=(1100, 128)).astype(np.float32)
        crowd /= np.linalg.norm(crowd, axis=1, keepdims=True)
        for start in range(0, len(crowd), 100):
            await world.photo(*crowd[start : start + 100])
        await world.identify()
        assert [state for state, _ in await world.states(pair)] == [FaceState.UNKNOWN, FaceState.UNKNOWN]

    async def test_one_picture_like_two_people_does_not_make_them_one(self, world: World) -> None:
        left = [face for _ in range(3) for face in await world.photo(between(0))]
        right = [face for _ in range(3) for face in await world.photo(between(90))]
        (doubtful,) = await world.photo(between(44))
        await world.identify()
        assert await world.partition() == {frozenset([*left, doubtful]), frozenset(right)}


def between(degrees: float) -> Float32:
    """A face this far on the way from identity 1 to identity 2, which are 90 degrees apart."""
    angle = np.radians(degrees)
    return (np.cos(angle) * near(1, 1.0) + np.sin(angle) * near(2, 1.0)).astype(np.float32)


class TestMatching:
    async def test_recognises_a_known_person(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1), near(1, seed=1))
        (face,) = await world.photo(near(1, seed=2))
        await world.identify()
        it = await world.face(face)
        assert (it.state, it.person_id) == (FaceState.AUTO, ada)
        assert it.similarity is not None
        assert it.similarity >= 0.8

    async def test_naming_one_face_finds_the_others(self, world: World) -> None:
        """Faces that were there before the name are recognised once it is given."""
        (first,) = await world.photo(near(1))
        later = [face for seed in range(1, 4) for face in await world.photo(near(1, seed=seed))]
        async with world.people() as people:
            _, person = await people.assign([first], name="Ada")
        await world.identify()
        assert {it for _, it in await world.states(later)} == {person.id}

    async def test_takes_the_best_face_of_a_photo_only(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1, 1.0))
        better, worse = await world.photo(near(1, 0.99, 1), near(1, 0.7, 2))
        await world.identify()
        assert (await world.face(better)).person_id == ada
        assert (await world.face(worse)).person_id is None

    async def test_nobody_is_in_a_photo_taken_before_their_birth(self, world: World) -> None:
        child = await world.named_person("Child", near(1), near(1, seed=1))
        async with world.people() as people:
            await people.describe(child, born_on=date(2015, 5, 1))
        (before,) = await world.photo(near(1, seed=2), taken=datetime(2014, 1, 1))
        (after,) = await world.photo(near(1, seed=3), taken=datetime(2016, 1, 1))
        await world.identify()
        assert (await world.face(before)).person_id != child
        assert (await world.face(after)).person_id == child

    async def test_a_confirmed_face_is_never_moved(self, world: World) -> None:
        await world.named_person("Ada", *(near(1, seed=seed) for seed in range(5)))
        (face,) = await world.photo(near(1, seed=9))
        async with world.people() as people:
            _, eve = await people.assign([face], name="Eve")
        await world.identify()
        assert await world.states([face]) == [(FaceState.CONFIRMED, eve.id)]

    async def test_a_human_who_decides_meanwhile_wins(self, world: World) -> None:
        """The plan was made before the human spoke; writing it changes nothing of what was said."""
        from kith.people.identification.thinking import think
        from kith.people.identification.writing import Writing
        from tests.support.people import CONFIG

        await world.named_person("Ada", near(1), near(1, seed=1))
        (face,) = await world.photo(near(1, seed=2))
        async with world.db.read() as session:
            plan = await think(world.recognition, session, 1, CONFIG)
        async with world.people() as people:
            _, eve = await people.assign([face], name="Eve")
        async with world.db.write() as session:
            await Writing(session, world.clock, 1).write(plan)
        assert await world.states([face]) == [(FaceState.CONFIRMED, eve.id)]

    @pytest.mark.parametrize("cosine", [0.36, 0.45])
    async def test_in_between_is_suggested(self, world: World, cosine: float) -> None:
        ada = await world.named_person("Ada", near(1, 1.0))
        (face,) = await world.photo(near(1, cosine, 7))
        await world.identify()
        it = await world.face(face)
        assert (it.state, it.suggested_person_id, it.person_id) == (FaceState.SUGGESTED, ada, None)
