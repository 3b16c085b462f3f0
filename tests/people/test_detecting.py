"""Pictures stored at once: whose each face is, and what nobody else may undo."""

import hashlib
from datetime import date, datetime

import numpy as np
import pytest

from kith.engine.faces import Float32
from kith.faces.tables import FaceState
from kith.people.detecting import Detecting, MatchConfig, Saved, usable
from kith.photos.service import NewFile
from kith.photos.tables import Storage
from tests.support.people import CONFIG, World, found_faces, near

MATCHING = MatchConfig(CONFIG.thresholds, CONFIG.neighbours)


async def detect(
    world: World,
    *vectors: Float32,
    name: str = "a.jpg",
    taken: datetime | None = None,
    rows: int | None = None,
) -> Saved:
    """Store a picture with a face for each vector, or only the first `rows` of them."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    file = NewFile(
        digest, name, 1, "image/jpeg", 1000, 1000, taken, None, Storage.BLOB, f"originals/{digest}"
    )
    found = found_faces(np.array(vectors, dtype=np.float32).reshape(-1, 128))
    wanted = np.arange(len(vectors) if rows is None else rows)
    async with world.db.write() as session:
        it = Detecting(session, world.who, world.clock, world.recognition, MATCHING)
        return await it.detect_and_save(file, found, wanted)


class TestUsable:
    def test_no_faces(self) -> None:
        assert usable(found_faces(np.zeros((0, 128), np.float32)), 0.5).tolist() == []

    @pytest.mark.parametrize(("side", "expected"), [(19.5, []), (20.0, [0]), (500.0, [0])])
    def test_size(self, side: float, expected: list[int]) -> None:
        for box in ([0, 0, side, 500], [0, 0, 500, side]):
            found = found_faces(near(1)[None], np.array([box], dtype=np.float32))
            assert usable(found, 0.5).tolist() == expected

    def test_score(self) -> None:
        found = found_faces(np.stack([near(1), near(2)]), quality=0.6)
        assert usable(found, 0.6).tolist() == [0, 1]
        assert usable(found, 0.61).tolist() == []


class TestPersons:
    async def test_a_new_face_is_a_new_person_who_stays(self, world: World) -> None:
        saved = await detect(world, near(1), near(2))
        (first, second) = saved.faces.values()
        assert first.person_id != second.person_id
        await world.identify()
        for it in saved.faces.values():
            assert await world.states([it.face_id]) == [(FaceState.AUTO, it.person_id)]
            assert (await world.person(it.person_id)).is_anchored

    async def test_a_known_face_is_who_it_was(self, world: World) -> None:
        ana = await world.named_person("Ana", near(1), near(1, seed=1))
        saved = await detect(world, near(1, seed=2), near(2))
        assert saved.faces[0].person_id == ana
        assert saved.faces[1].person_id != ana
        assert (await world.face(saved.faces[0].face_id)).similarity >= CONFIG.thresholds.auto

    async def test_a_group_without_a_name_is_somebody_known(self, world: World) -> None:
        faces = [face for seed in range(3) for face in await world.photo(near(1, seed=seed))]
        await world.identify()
        (before,) = {(await world.face(face)).person_id for face in faces}
        saved = await detect(world, near(1, seed=9))
        assert saved.faces[0].person_id == before
        assert (await world.person(before)).is_anchored
        assert {state for state, _ in await world.states(faces)} == {FaceState.AUTO}

    async def test_one_person_is_once_in_a_photo(self, world: World) -> None:
        ana = await world.named_person("Ana", near(1), near(1, seed=1))
        saved = await detect(world, near(1, 0.8, seed=2), near(1, 0.99, seed=3))
        assert saved.faces[1].person_id == ana  # the nearer of the two
        assert saved.faces[0].person_id != ana

    async def test_nobody_is_in_a_photo_from_before_their_birth(self, world: World) -> None:
        ana = await world.named_person("Ana", near(1), near(1, seed=1))
        async with world.people() as people:
            await people.describe(ana, born_on=date(2000, 1, 1))
        before = await detect(world, near(1, seed=2), name="before.jpg", taken=datetime(1999, 6, 1))
        after = await detect(world, near(1, seed=3), name="after.jpg", taken=datetime(2001, 6, 1))
        assert before.faces[0].person_id != ana
        assert after.faces[0].person_id in {ana, before.faces[0].person_id}

    async def test_a_rejection_stands(self, world: World) -> None:
        ana = await world.named_person("Ana", near(1), near(1, seed=1))
        first = await detect(world, near(1, seed=2))
        async with world.people() as people:
            await people.reject([first.faces[0].face_id])
        second = await detect(world, near(1, seed=2))
        assert second.faces[0].face_id == first.faces[0].face_id
        assert second.faces[0].person_id != ana

    async def test_others_are_recognised_by_it_later(self, world: World) -> None:
        (alone,) = await world.photo(near(1, seed=5))
        await world.identify()
        saved = await detect(world, near(1, seed=6))
        await world.identify()
        assert (await world.face(alone)).person_id == saved.faces[0].person_id


class TestTwice:
    async def test_the_same_picture_has_the_same_faces(self, world: World) -> None:
        first = await detect(world, near(1), near(2))
        assert await detect(world, near(1), near(2)) == first

    async def test_asking_for_fewer_forgets_none(self, world: World) -> None:
        both = await detect(world, near(1), near(2))
        one = await detect(world, near(1), near(2), rows=1)
        assert one.faces == {0: both.faces[0]}
        assert await world.partition() == {frozenset({it.face_id}) for it in both.faces.values()}

    async def test_asking_for_more_adds_them(self, world: World) -> None:
        one = await detect(world, near(1), near(2), rows=1)
        both = await detect(world, near(1), near(2))
        assert both.faces[0] == one.faces[0]
        assert len(both.faces) == 2

    async def test_a_picture_without_faces_is_kept(self, world: World) -> None:
        assert (await detect(world)).location.startswith("originals/")
