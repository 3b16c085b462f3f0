"""Faces that are nobody's yet: grouped, made a person, set aside, recognised in one go, and by a training."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete

from kith.faces.tables import Embedding
from tests.support.library import ANA, ANDRE
from tests.surfaces.galleries.conftest import Club, moved, pair_picture

pytestmark = pytest.mark.models

OPEN_FILTERS = {"min_detection_score": 0, "min_face_size": 0, "min_blur_score": 0}


async def unknown(club: Club) -> dict[str, str]:
    """All portraits with their faces, nobody's: {photo: face}."""
    return dict([await club.tagged(name) for name in (*ANA, *ANDRE)])


def groups(told: Any) -> list[set[str]]:
    return [{face["photo_id"] for face in it["faces"]} for it in told["clusters"]]


async def couple(club: Club, path: str, picture: bytes, at: int) -> str:
    """A photo of two people who are nobody's; the same picture is another file each time."""
    url = club.site.serve(path, picture + bytes([at]))
    (photo,) = await club.add(url)
    boxes = [it["bbox"] for it in (await club.detect(url, apply_quality_filters=False))["faces"]]
    saved = await club.save_tags(photo, *[{"bbox": box} for box in boxes])
    assert saved["count"] == 2
    return photo


async def open_faces(club: Club, photo: str) -> list[dict[str, Any]]:
    return [it for it in await club.faces(photo) if it["person_id"] is None]


class TestClusters:
    async def test_are_people(self, club: Club) -> None:
        photos = list(await unknown(club))
        (nobody,) = await club.add("http://127.0.0.1:9/never.jpg")
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        assert sorted(map(sorted, groups(told))) == sorted([sorted(photos[:3]), sorted(photos[3:])])
        assert [(it["cluster_id"], it["size"]) for it in told["clusters"]] == [(0, 3), (1, 3)]
        assert told["ungrouped_faces"] == []
        faces = [face for it in told["clusters"] for face in it["faces"]]
        assert {face["image_url"] for face in faces} == {club.url(name) for name in (*ANA, *ANDRE)}
        assert nobody not in {face["photo_id"] for face in faces}

    async def test_of_one_gallery_largest_first(self, club: Club) -> None:
        await club.tagged(ANDRE[2])
        await club.make_gallery()
        photos = [(await club.tagged(name))[0] for name in (*ANA, *ANDRE[:2])]
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        assert groups(told) == [set(photos[:3]), set(photos[3:])]
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery, min_cluster_size=3)
        assert groups(told) == [set(photos[:3])]
        assert {face["photo_id"] for face in told["ungrouped_faces"]} == set(photos[3:])

    async def test_without_a_gallery(self, sqlite_club: Club) -> None:
        told = await sqlite_club.post("/cluster-unknown-faces")
        assert (told["clusters"], told["ungrouped_faces"]) == ([], [])
        assert told["message"]
        await sqlite_club.post(
            "/cluster-unknown-faces", None, 404, gallery_id="00000000-0000-4000-8000-000000000000"
        )
        await sqlite_club.make_gallery()
        assert groups(await sqlite_club.post("/cluster-unknown-faces", gallery_id=sqlite_club.gallery)) == []


class TestFromCluster:
    @pytest.mark.parametrize("by", ["id", "box", "photo"])
    async def test_its_faces_are_the_person(self, club: Club, by: str) -> None:
        """However a client names the faces of a group: older ones know only their photos."""
        photos = await unknown(club)
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        mine = next(
            it for it in told["clusters"] if next(iter(photos)) in {face["photo_id"] for face in it["faces"]}
        )
        faces = {
            "id": [{"id": it["id"]} for it in mine["faces"]],
            "box": [{"photo_id": it["photo_id"], "bbox": it["insightface_bbox"]} for it in mine["faces"]],
            "photo": [{"photo_id": it["photo_id"], "descriptor": [0.5] * 512} for it in mine["faces"]],
        }[by]
        body = {"person_name": "Ana", "cluster_faces": faces}
        ana = (await club.post("/api/crud/people/from-cluster", body))["id"]
        for photo in list(photos)[:3]:
            (face,) = await club.faces(photo)
            assert (face["person_id"], face["verified"], face["person_name"]) == (ana, True, "Ana")
        left = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        assert groups(left) == [set(list(photos)[3:])]
        assert (await club.post("/api/crud/people/from-cluster", body, 400))["code"] == "cluster_empty"

    async def test_of_photos_with_several_faces_those_that_are_alike(self, club: Club) -> None:
        url = club.site.serve("/pair.png", pair_picture())
        (pair,) = await club.add(url)
        boxes = [it["bbox"] for it in (await club.detect(url, apply_quality_filters=False))["faces"]]
        await club.save_tags(pair, *[{"bbox": box} for box in boxes])
        photos = [pair, *[(await club.tagged(name))[0] for name in ANA[1:]]]
        faces = [{"photo_id": photo} for photo in photos]
        ana = (
            await club.post("/api/crud/people/from-cluster", {"person_name": "Ana", "cluster_faces": faces})
        )["id"]
        left, right = sorted(await club.faces(pair), key=lambda it: it["insightface_bbox"]["x"])
        assert (left["person_id"], right["person_id"]) == (ana, None)
        assert len((await club.get(f"/api/people/{ana}/photos"))["photos"]) == 3

    @pytest.mark.parametrize("path", ["/api/crud/people/from-cluster", "/api/recognition/reject-faces"])
    async def test_of_two_who_are_on_the_same_photos_neither(self, club: Club, path: str) -> None:
        """Unless a box, a face or one more photo says which."""
        photos = [await couple(club, f"/pair{at}.png", pair_picture(), at) for at in range(2)]
        faces = [{"photo_id": photo, "descriptor": [0.5] * 512} for photo in photos]

        async def ask(*named: dict[str, Any], status: int = 200) -> Any:
            return await club.post(
                path, {"person_name": "Ana", "cluster_faces": named, "faces": named}, status
            )

        assert (await ask(*faces, status=400))["code"] == "cluster_ambiguous"
        assert (await ask(faces[0], status=400))["code"] == "cluster_ambiguous"
        assert [len(await open_faces(club, photo)) for photo in photos] == [2, 2]
        assert await club.get("/api/crud/people") == []
        left = min(await club.faces(photos[0]), key=lambda it: it["insightface_bbox"]["x"])
        await ask({"photo_id": photos[0], "bbox": left["insightface_bbox"]}, faces[1])
        for photo in photos:  # it is the one on the right who is nobody's still
            (other,) = await open_faces(club, photo)
            assert other["insightface_bbox"]["x"] > 350
        await ask(*faces)
        assert [len(await open_faces(club, photo)) for photo in photos] == [0, 0]

    async def test_of_two_who_are_on_the_same_photos_one_is_on_more(self, club: Club) -> None:
        photos = [await couple(club, f"/pair{at}.png", pair_picture(), at) for at in range(2)]
        andre, _ = await club.tagged(ANDRE[1])
        faces = [{"photo_id": photo} for photo in (*photos, andre)]
        await club.post("/api/crud/people/from-cluster", {"person_name": "Andre", "cluster_faces": faces})
        for photo in photos:
            left, right = sorted(await club.faces(photo), key=lambda it: it["insightface_bbox"]["x"])
            assert (left["person_name"], right["person_name"]) == (None, "Andre")

    async def test_of_nothing(self, sqlite_club: Club) -> None:
        for faces in ([], [{}], [{"photo_id": "00000000-0000-4000-8000-000000000000"}]):
            body = {"person_name": "Ana", "cluster_faces": faces}
            answer = await sqlite_club.post("/api/crud/people/from-cluster", body, 400)
            assert answer["code"] == "cluster_empty"
        assert await sqlite_club.get("/api/crud/people") == []

    async def test_twice_at_once_makes_one_person(self, club: Club) -> None:
        photos = [(await club.tagged(name))[0] for name in ANA]
        body = {"person_name": "Ana", "cluster_faces": [{"photo_id": photo} for photo in photos]}
        path = "/api/crud/people/from-cluster"
        answers = await asyncio.gather(*(club.client.post(path, json=body) for _ in range(4)))
        assert sorted(it.status_code for it in answers) == [200, 400, 400, 400]
        assert [it["faces_count"] for it in await club.get("/api/crud/people", include_stats=True)] == [3]


class TestReject:
    @pytest.mark.parametrize("path", ["/reject-face-cluster", "/api/recognition/reject-faces"])
    async def test_is_not_shown_again(self, club: Club, path: str) -> None:
        photos = await unknown(club)
        faces = [{"id": it} for it in list(photos.values())[:3]]
        assert (await club.post(path, {"faces": faces}))["rejected_count"] == 3
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        assert groups(told) == [set(list(photos)[3:])]
        await club.post(path, {"faces": faces}, 400)

    @pytest.mark.parametrize("path", ["/reject-face-cluster", "/api/recognition/reject-faces"])
    async def test_of_a_bare_list_of_ids(self, sqlite_club: Club, path: str) -> None:
        _, face = await sqlite_club.tagged(ANA[0])
        for bad in ([7], ["x"], [[face]], [face] * 1001):
            await sqlite_club.post(path, bad, 422)
        assert (await sqlite_club.post(path, [], 400))["code"] == "cluster_empty"
        assert (await sqlite_club.post(path, [face]))["rejected_count"] == 1

    async def test_a_face_that_is_tagged_later_is_back(self, sqlite_club: Club) -> None:
        photo, face = await sqlite_club.tagged(ANA[0])
        box = (await sqlite_club.faces(photo))[0]["insightface_bbox"]
        await sqlite_club.post("/api/recognition/reject-faces", {"face_ids": [face]})
        assert await sqlite_club.faces(photo) == []
        await sqlite_club.save_tags(photo, {"bbox": box})
        assert [it["id"] for it in await sqlite_club.faces(photo)] == [face]


class TestBatchRecognize:
    async def test_finds_people_that_are_known(self, club: Club) -> None:
        await club.ask("PUT", "/api/v2/config", {"quality_filters": OPEN_FILTERS})
        ana = await club.person("Ana")
        await club.tagged(ANA[0], ana)
        others = [(await club.tagged(name))[0] for name in ANA[1:]]
        stranger, _ = await club.tagged(ANDRE[0])
        done = await club.post("/api/v2/batch-recognize", {"limit": 100})
        assert done == {"processed": 3, "recognized": 2, "filtered_out": 0}
        for photo in others:
            (face,) = await club.faces(photo)
            assert face["person_id"] == ana
            assert 0.6 <= face["recognition_confidence"] <= 1
            assert face["verified"] == (face["recognition_confidence"] == 1)
        assert (await club.faces(stranger))[0]["person_id"] is None

    async def test_verifies_who_is_similar_enough(self, club: Club) -> None:
        ana = await club.person("Ana")
        await club.tagged(ANA[0], ana)
        photo, face = await club.tagged(ANA[1])
        for threshold, verified in ((1.0, False), (0.5, True)):
            changes = {"quality_filters": {**OPEN_FILTERS, "verified_threshold": threshold}}
            await club.ask("PUT", "/api/v2/config", changes)
            await club.post("/api/faces/update", {"face_id": face, "person_id": None})
            await club.post("/api/v2/batch-recognize", {})
            assert [(it["person_id"], it["verified"]) for it in await club.faces(photo)] == [(ana, verified)]

    async def test_leaves_out_poor_faces_and_photos_nobody_processed(self, club: Club) -> None:
        await club.tagged(ANA[0], await club.person("Ana"))
        await club.tagged(ANA[1])
        url = club.url(ANA[2])
        (photo,) = await club.add(url)
        saved = {"photo_id": photo, "bbox": await club.box(url)}
        await club.post("/api/faces/save", saved)
        await club.ask("PUT", "/api/v2/config", {"quality_filters": {"min_face_size": 5000}})
        done = await club.post("/api/v2/batch-recognize", {})
        assert done == {"processed": 1, "recognized": 0, "filtered_out": 1}

    async def test_nobody_is_twice_in_a_photo(self, club: Club) -> None:
        await club.ask("PUT", "/api/v2/config", {"quality_filters": OPEN_FILTERS})
        ana = await club.person("Ana")
        await club.tagged(ANA[0], ana)
        url = club.url(ANA[1])
        (photo,) = await club.add(url)
        box = await club.box(url)
        await club.save_tags(photo, {"bbox": box}, {"bbox": moved(box, 0.05)})
        await club.post("/api/v2/batch-recognize", {})
        assert sorted(it["person_id"] is None for it in await club.faces(photo)) == [False, True]


class TestBackground:
    async def test_gives_faces_to_nobody_by_itself(self, club: Club) -> None:
        """Whoever tags a face has people looked for in the library; here that is for the client to ask."""
        photo, _ = await club.tagged(ANA[1])
        await club.tagged(ANA[0], await club.person("Ana"))
        await club.library.work()
        assert [it["person_id"] for it in await club.faces(photo)] == [None]


class TestTraining:
    async def test_from_its_preparation_to_its_end(self, club: Club) -> None:
        await club.ask("PUT", "/api/v2/config", {"quality_filters": OPEN_FILTERS})
        ana = await club.person("Ana")
        await club.tagged(ANA[0], ana)
        photo, _ = await club.tagged(ANA[1])
        prepared = await club.post("/api/v2/train/prepare", {})
        assert prepared["validation"]["ready"] is False
        options = {"options": {"min_faces_per_person": 1}}
        prepared = await club.post("/api/v2/train/prepare", options)
        assert (prepared["validation"]["ready"], prepared["dataset_stats"]["total_faces"]) == (True, 1)
        elsewhere = {**options, "filters": {"event_ids": ["00000000-0000-4000-8000-000000000000"]}}
        assert (await club.post("/api/v2/train/prepare", elsewhere))["dataset_stats"]["total_people"] == 0
        begun = await club.post("/api/v2/train/execute", {**options, "mode": "full", "model_version": "v2"})
        assert begun["status"] == "running"
        path = f"/api/v2/train/status/{begun['session_id']}"
        assert (await club.get(path))["progress"] == {"current": 0, "total": 1, "percentage": 0}
        assert (await club.get("/api/v2/config"))["faces_since_last_training"] == 1
        await club.library.work()
        told = await club.get(path)
        assert (told["status"], told["progress"]["percentage"]) == ("completed", 100)
        assert (await club.faces(photo))[0]["person_id"] == ana
        (run,) = (await club.get("/api/v2/train/history"))["sessions"]
        assert (run["id"], run["training_mode"], run["model_version"], run["faces_count"]) == (
            begun["session_id"], "full", "v2", 1,
        )  # fmt: skip
        assert run["metrics"] == {"processed": 1, "recognized": 1}
        config = await club.get("/api/v2/config")
        assert (config["faces_since_last_training"], config["last_full_training"] is None) == (0, False)

    async def test_of_a_mode_there_is_not(self, sqlite_club: Club) -> None:
        answer = await sqlite_club.post("/api/v2/train/execute", {"mode": "magic"}, 400)
        assert answer["code"] == "training_mode_invalid"
        assert (await sqlite_club.get("/api/v2/train/history"))["sessions"] == []

    async def test_history_in_pages(self, sqlite_club: Club) -> None:
        ids = [(await sqlite_club.post("/api/v2/train/execute", {}))["session_id"] for _ in range(3)]
        told = await sqlite_club.get("/api/v2/train/history", limit=2, offset=1)
        assert ([it["id"] for it in told["sessions"]], told["total"]) == ([ids[1], ids[0]], 3)


class TestDescriptors:
    async def test_faces_with_a_photo_are_saved(self, club: Club) -> None:
        ana = await club.person("Ana")
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        box = await club.box(url)
        faces = [{"bbox": box, "person_id": ana, "verified": True, "photo_id": photo}, {"bbox": box}]
        told = await club.post("/generate-descriptors", {"image_url": url, "faces": faces})
        assert (told["generated"], told["total"]) == (2, 2)
        (face,) = await club.faces(photo)
        assert (face["person_id"], face["verified"]) == (ana, True)
        assert [it["face_id"] for it in told["descriptors"]] == [face["id"], None]

    async def test_missing_ones_are_made_in_the_background(self, club: Club) -> None:
        await unknown(club)
        told = await club.post("/regenerate-unknown-descriptors", gallery_id=club.gallery)
        assert (told["total_faces"], told["already_had_descriptor"]) == (6, 6)
        async with club.library.runtime.db.write() as session:
            await session.execute(delete(Embedding))
        told = await club.post("/regenerate-unknown-descriptors", gallery_id=club.gallery)
        assert (told["total_faces"], told["already_had_descriptor"]) == (6, 0)
        await club.library.work()
        told = await club.post("/regenerate-unknown-descriptors", gallery_id=club.gallery)
        assert (told["total_faces"], told["already_had_descriptor"]) == (6, 6)
        assert len(groups(await club.post("/cluster-unknown-faces", gallery_id=club.gallery))) == 2
