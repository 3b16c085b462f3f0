"""Recording analyses: faces keep their ids and their people, whatever a detector sees next time."""

import numpy as np
import pytest

from kith.faces.errors import FaceNotFound
from kith.faces.queries import faces_of_photos
from kith.faces.service import Analysis, Faces, reconcile
from kith.faces.tables import FaceState
from kith.photos.service import get_photo
from tests.support.people import World, found_faces, near

BOX = [0.0, 0.0, 80.0, 80.0]


def boxes(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


class TestReconcile:
    def test_nothing(self) -> None:
        plan = reconcile(boxes(), boxes())
        assert (plan.kept, plan.found, plan.lost) == ((), (), ())

    def test_new(self) -> None:
        assert reconcile(boxes(), boxes(BOX)).found == (0,)

    def test_lost(self) -> None:
        assert reconcile(boxes(BOX), boxes()).lost == (0,)

    @pytest.mark.parametrize(
        ("shift", "is_same"), [(0, True), (20, True), (26, True), (27, False), (80, False)]
    )
    def test_half_an_overlap(self, shift: float, is_same: bool) -> None:
        plan = reconcile(boxes(BOX), boxes([shift, 0, 80 + shift, 80]))
        assert bool(plan.kept) is is_same

    def test_the_best_overlap_wins(self) -> None:
        plan = reconcile(boxes(BOX, [10, 0, 90, 80]), boxes([11, 0, 91, 80]))
        assert (plan.kept, plan.lost) == (((1, 0),), (0,))

    def test_each_once(self) -> None:
        plan = reconcile(boxes(BOX), boxes(BOX, BOX))
        assert len(plan.kept) == len(plan.found) == 1


class TestRecord:
    async def test_a_name_survives_a_new_detection(self, world: World) -> None:
        ada = await world.named_person("Ada", near(1))
        (face_id,) = await self._faces(world, 1)
        await self._again(world, 1, found_faces(near(1, seed=9)[None], boxes([5, 5, 85, 85])))
        face = await world.face(face_id)
        assert (face.person_id, face.state, face.x1) == (ada, FaceState.CONFIRMED, 5.0)

    async def test_a_confirmed_face_the_detector_missed_stays(self, world: World) -> None:
        await world.named_person("Ada", near(1))
        await self._again(world, 1, found_faces(np.zeros((0, 128), dtype=np.float32)))
        assert len(await self._faces(world, 1)) == 1

    async def test_a_machines_face_it_missed_goes(self, world: World) -> None:
        await world.photo(near(1))
        await self._again(world, 1, found_faces(np.zeros((0, 128), dtype=np.float32)))
        assert await self._faces(world, 1) == []
        await world.recognition.catch_up()
        assert len(world.recognition.index) == 0

    async def test_recording_twice_doubles_nothing(self, world: World) -> None:
        first = await world.photo(near(1), near(2))
        await self._again(world, 1, found_faces(np.array([near(1), near(2)])))
        assert await self._faces(world, 1) == first

    async def test_a_deleted_face_leaves_the_index(self, world: World) -> None:
        (face_id,) = await world.photo(near(1))
        await world.recognition.catch_up()
        async with world.db.write() as session:
            await Faces(session, world.who, world.clock).delete(face_id)
        await world.recognition.catch_up()
        assert len(world.recognition.index) == 0

    async def test_deleting_an_unknown_face(self, world: World) -> None:
        with pytest.raises(FaceNotFound):
            async with world.db.write() as session:
                await Faces(session, world.who, world.clock).delete(10**12)

    async def _again(self, world: World, photo_id: int, found) -> None:
        async with world.db.write() as session:
            photo = await get_photo(session, world.who, photo_id)
            known = (await session.scalars(faces_of_photos([photo_id]))).all()
            store = Faces(session, world.who, world.clock)
            await store.record([Analysis(photo, known, found)], world.recognition.space_id)

    async def _faces(self, world: World, photo_id: int) -> list[int]:
        async with world.db.read() as session:
            return [face.id for face in await session.scalars(faces_of_photos([photo_id]))]
