"""Pictures handed in: found faces, stored or not, and the persons they get."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.engine.image import decode, derive, probe
from kith.kit.pages import Page
from kith.people.reading import list_decisions
from kith.people.service import People
from kith.photos.derived import thumbnail_name
from kith.photos.tables import Photo
from tests.support.image_files import image_file, quarters
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import shared_path
from tests.surfaces.conftest import Library

pytestmark = pytest.mark.models

GROUP = "CompreFace__016_8.jpg"


def group_photo() -> bytes:
    return shared_path("data", "groups", GROUP).read_bytes()


def ids(answer: dict[str, Any], key: str) -> list[int]:
    return [face[key] for face in answer["faces"]]


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestDetect:
    async def test_answers_what_the_contract_says(self, sqlite_library: Library) -> None:
        answer = await sqlite_library.detect(ANA[0])
        assert set(answer) == {"faces", "image_path", "processing_time_ms"}
        (face,) = answer["faces"]
        assert set(face) == {"bbox", "confidence", "embedding", "face_id", "person_id"}
        assert set(face["bbox"]) == {"x", "y", "width", "height"}
        assert all(isinstance(value, int) for value in face["bbox"].values())
        assert 0.9 <= face["confidence"] <= 1
        assert sum(value**2 for value in face["embedding"]) == pytest.approx(1, abs=1e-5)
        assert len(face["embedding"]) == 128
        assert answer["processing_time_ms"] > 0

    async def test_keeps_picture_face_and_person(self, library: Library) -> None:
        answer = await library.detect(ANA[0])
        (face,) = await library.get("/faces")
        assert [face["id"], face["person_id"]] == [ids(answer, "face_id")[0], ids(answer, "person_id")[0]]
        assert face["image_path"] == answer["image_path"]
        assert await library.runtime.blobs.get(answer["image_path"]) == portrait(ANA[0])
        (person,) = await library.get("/persons")
        assert (person["name"], person["face_count"]) == (None, 1)

    async def test_keeps_what_is_derived_of_the_picture(self, sqlite_library: Library) -> None:
        await sqlite_library.detect(GROUP, group_photo())
        async with sqlite_library.runtime.db.read() as session:
            (photo,) = await session.scalars(select(Photo))
        assert photo.phash == derive(decode(group_photo())).phash
        assert probe(await sqlite_library.runtime.blobs.get(thumbnail_name(photo.sha256))).format == "webp"

    async def test_knows_people_again_and_others_not(self, library: Library) -> None:
        persons = [ids(await library.detect(name), "person_id")[0] for name in (*ANA, *ANDRE)]
        assert persons[:3] == [persons[0]] * 3
        assert persons[3:] == [persons[3]] * 3
        assert persons[0] != persons[3]

    async def test_writes_no_decision(self, library: Library) -> None:
        await library.detect(ANA[0])
        await library.detect(ANA[1])
        async with library.runtime.db.read() as session:
            decisions = await list_decisions(session, Principal(), Page())
        assert not decisions

    async def test_its_persons_outlast_grouping(self, library: Library) -> None:
        before = [ids(await library.detect(name), "person_id")[0] for name in (ANA[0], ANDRE[0])]
        await library.work()
        assert [face["person_id"] for face in await library.get("/faces")] == before
        assert [person["id"] for person in await library.get("/persons")] == before

    async def test_the_same_picture_twice_is_one_photo(self, library: Library) -> None:
        first = await library.detect(GROUP, group_photo())
        second = await library.detect("another name.jpg", group_photo())
        for answer in (first, second):
            del answer["processing_time_ms"]
        assert first == second
        stats = await library.get("/stats")
        assert (stats["total_images"], stats["total_faces"]) == (1, len(first["faces"]))

    async def test_one_person_at_most_once_in_a_photo(self, library: Library) -> None:
        await library.detect(ANA[0])
        persons = ids(await library.detect(GROUP, group_photo()), "person_id")
        assert len(persons) == len(set(persons)) == 8

    async def test_a_lower_confidence_adds_faces_and_loses_none(self, library: Library) -> None:
        office = shared_path("data", "groups", "MobileFaceNet_Tutorial_Pytorch__office2.jpg").read_bytes()
        sure = await library.detect("office.jpg", office)
        more = await library.detect("office.jpg", office, min_confidence="0.5")
        again = await library.detect("office.jpg", office)
        assert len(more["faces"]) > len(sure["faces"])
        assert set(ids(sure, "face_id")) < set(ids(more, "face_id"))
        assert ids(again, "face_id") == ids(sure, "face_id")
        assert (await library.get("/stats"))["total_faces"] == len(more["faces"])

    async def test_analysing_the_photo_again_keeps_its_faces(self, library: Library) -> None:
        before = await library.detect(GROUP, group_photo())
        await library.runtime.use_pack("mobile")
        await library.work()
        after = {face["id"]: face["person_id"] for face in await library.get("/faces")}
        for face in before["faces"]:
            assert after[face["face_id"]] == face["person_id"]

    async def test_a_picture_without_a_face_is_kept_too(self, library: Library) -> None:
        data = image_file("PNG", quarters())
        answer = await library.detect("quarters.png", data)
        assert answer["faces"] == []
        assert await library.runtime.blobs.get(answer["image_path"]) == data

    async def test_a_human_s_word_stands(self, library: Library) -> None:
        (face_id,) = ids(await library.detect(ANA[0]), "face_id")
        (person_id,) = ids(await library.detect(ANDRE[0]), "person_id")

        async with library.runtime.db.write() as session:
            await People(session, Principal(), library.runtime.clock).assign([face_id], person_id)
        assert ids(await library.detect(ANA[0]), "person_id") == [person_id]

    async def test_ignored_faces_are_left_out(self, library: Library) -> None:
        (face_id,) = ids(await library.detect(ANA[0]), "face_id")

        async with library.runtime.db.write() as session:
            await People(session, Principal(), library.runtime.clock).ignore([face_id])
        assert (await library.detect(ANA[0]))["faces"] == []

    async def test_identical_requests_at_once(self, library: Library) -> None:
        answers = await asyncio.gather(*(library.detect(GROUP, group_photo()) for _ in range(6)))
        assert {tuple(ids(answer, "face_id")) for answer in answers} == {tuple(ids(answers[0], "face_id"))}
        assert {tuple(ids(answer, "person_id")) for answer in answers} == {
            tuple(ids(answers[0], "person_id"))
        }
        stats = await library.get("/stats")
        assert (stats["total_images"], stats["total_faces"], stats["total_persons"]) == (1, 8, 8)

    async def test_pictures_of_one_new_person_at_once_make_one_person(self, library: Library) -> None:
        answers = await asyncio.gather(*(library.detect(name) for name in (*ANA, *ANDRE) * 4))
        assert len({person for answer in answers for person in ids(answer, "person_id")}) == 2
        stats = await library.get("/stats")
        assert (stats["total_images"], stats["total_persons"]) == (6, 2)


class TestImportedPhotos:
    """What came in over folders and what comes in over HTTP is one library."""

    async def test_a_group_it_hands_out_stays(self, library: Library) -> None:
        folder = shared_path("data", "identities", "ana_guevara")

        await library.runtime.importer(Principal()).run([folder], copy=False, progress=lambda _: None)
        await library.work()
        imported = {face["id"]: face["person_id"] for face in await library.get("/faces")}
        answer = await library.detect(ANA[0])
        (face,) = answer["faces"]
        assert imported[face["face_id"]] == face["person_id"]
        assert answer["image_path"] == str(folder / ANA[0])
        assert (await library.get("/stats"))["total_images"] == len(list(folder.iterdir()))
        await library.work()
        assert (await library.get(f"/persons/{face['person_id']}"))["face_count"] >= 6


class TestWithoutSaving:
    async def test_answers_without_ids(self, sqlite_library: Library) -> None:
        answer = await sqlite_library.detect(ANA[0], auto_save="false")
        assert answer["image_path"] is None
        assert ids(answer, "face_id") == ids(answer, "person_id") == [None]

    async def test_keeps_nothing(self, sqlite_library: Library, tmp_path: Path) -> None:
        await sqlite_library.get("/health/ready")
        before = set(files_under(tmp_path / "data"))
        await sqlite_library.detect(GROUP, group_photo(), auto_save="false")
        await sqlite_library.client.post("/recognize", files={"file": (GROUP, group_photo())})
        after = set(files_under(tmp_path / "data"))
        assert {path.name for path in after - before} <= {"kith.db-wal", "kith.db-shm"}
        assert (await sqlite_library.get("/stats"))["total_images"] == 0

    async def test_writes_no_temporary_file(
        self, sqlite_library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # where a file spilled to disk would go
        large = group_photo() + bytes(3_000_000)
        assert len((await sqlite_library.detect(GROUP, large, auto_save="false"))["faces"]) == 8


class TestRecognize:
    async def test_embeds_what_detect_finds(self, sqlite_library: Library) -> None:
        found = await sqlite_library.client.post("/recognize", files={"file": (GROUP, group_photo())})
        detected = await sqlite_library.detect(GROUP, group_photo(), auto_save="false")
        kept = ("bbox", "confidence", "embedding")
        assert found.json() == {"faces": [{key: it[key] for key in kept} for it in detected["faces"]]}

    async def test_takes_boxes_in_their_order(self, sqlite_library: Library) -> None:
        detected = (await sqlite_library.detect(GROUP, group_photo(), auto_save="false"))["faces"]
        boxes = [detected[3]["bbox"], detected[0]["bbox"]]
        answer = await sqlite_library.client.post(
            "/recognize", files={"file": (GROUP, group_photo())}, data={"boxes": json.dumps(boxes)}
        )
        faces = answer.json()["faces"]
        assert [face["bbox"] for face in faces] == boxes
        assert [face["confidence"] for face in faces] == [1, 1]
        for face, same in zip(faces, (detected[3], detected[0]), strict=True):
            cosine = sum(a * b for a, b in zip(face["embedding"], same["embedding"], strict=True))
            assert cosine > 0.7

    @pytest.mark.parametrize(
        ("boxes", "status"),
        [
            ("[]", 422), ("{}", 422), ("nonsense", 422), ("[1]", 422), ("null", 422),
            ('[{"x":0,"y":0,"width":0,"height":5}]', 422),
            ('[{"x":1e99,"y":0,"width":1,"height":5}]', 422),
            ('[{"x":NaN,"y":0,"width":1,"height":5}]', 422),
            (json.dumps([{"x": 0, "y": 0, "width": 9, "height": 9}] * 101), 422),
            ('[{"x":90000,"y":0,"width":10,"height":10}]', 400),
            ('[{"x":-50,"y":-50,"width":20,"height":20}]', 400),
        ],
    )  # fmt: skip
    async def test_refuses_other_boxes(self, sqlite_library: Library, boxes: str, status: int) -> None:
        files = {"file": (ANA[0], portrait(ANA[0]))}
        answer = await sqlite_library.client.post("/recognize", files=files, data={"boxes": boxes})
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"]
