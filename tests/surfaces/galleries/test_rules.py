"""The rules of the surface, from outside: where embeddings are made, what no tags say, which face stays."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.audit.queries import AuditFilter
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction
from kith.faces.tables import Embedding, Face
from kith.galleries.tables import GalleryImage
from kith.notify.tables import Delivery, WebhookEndpoint
from kith.people.service import People
from kith.people.tables import Decision
from kith.photos.service import Photos
from kith.photos.tables import Photo
from tests.support.library import ANA, ANDRE
from tests.support.statements import counted_statements
from tests.surfaces.galleries.conftest import Club, moved, pair_picture

pytestmark = pytest.mark.models

STRANGE = [0.5] * 128  # as many values as the pack has


async def count(club: Club, table: Any) -> int:
    async with club.library.runtime.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def holds_vector(value: Any) -> bool:
    """Whether there is a list of so many numbers anywhere in an answer."""
    if isinstance(value, list):
        is_vector = len(value) >= 64 and all(isinstance(it, float) for it in value)
        return is_vector or any(holds_vector(it) for it in value)
    return isinstance(value, dict) and any(holds_vector(it) for it in value.values())


class TestEmbeddings:
    async def test_are_made_here_from_image_and_box(self, club: Club) -> None:
        """What a client sends as one is passed over: the face is found by the picture, not by that."""
        ana = await club.person("Ana")
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        tag = {
            "insightface_bbox": await club.box(url), "person_id": ana, "embedding": STRANGE,
            "descriptor": STRANGE, "insightface_descriptor": STRANGE,
        }  # fmt: skip
        await club.save_tags(photo, tag)
        other = club.url(ANA[1])
        asked = {"image_url": other, "bbox": await club.box(other)}
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] == ana
        strange = await club.post("/api/recognition/recognize", {"embedding": STRANGE})
        assert strange == {"person_id": None, "confidence": None}

    async def test_one_alone_is_no_place(self, sqlite_club: Club) -> None:
        (photo,) = await sqlite_club.add(sqlite_club.url(ANA[0]))
        answer = await sqlite_club.save_tags(photo, {"embedding": STRANGE}, status=400)
        assert answer["code"] == "tag_invalid"
        assert await sqlite_club.faces(photo) == []

    async def test_only_the_legacy_endpoint_hands_them_out(self, club: Club) -> None:
        ana = await club.person("Ana")
        photo, face = await club.tagged(ANA[0], ana)
        await club.tagged(ANA[1])
        await club.tagged(ANA[2])
        url = club.url(ANA[0])
        answers = [
            await club.detect(url),
            await club.faces(photo),
            await club.post("/api/faces/get-batch-photo-faces", {"photo_ids": [photo]}),
            await club.post("/api/faces/get-person-faces", {"person_id": ana}),
            await club.post("/cluster-unknown-faces", gallery_id=club.gallery),
            await club.post(
                "/generate-descriptors", {"image_url": url, "faces": [{"bbox": await club.box(url)}]}
            ),
            await club.get(f"/api/people/{ana}/photos"),
            await club.post("/api/faces/update", {"face_id": face, "verified": False}),
        ]
        assert not any(holds_vector(answer) for answer in answers)
        assert "embedding" not in {name for it in answers[0]["faces"] for name in it}
        legacy = await club.post("/detect-faces", {"image_url": url})
        assert [len(it["embedding"]) for it in legacy["faces"]] == [128]

    async def test_one_from_the_legacy_endpoint_is_recognised(self, sqlite_club: Club) -> None:
        ana = await sqlite_club.person("Ana")
        await sqlite_club.tagged(ANA[0], ana)
        found = await sqlite_club.post("/detect-faces", {"image_url": sqlite_club.url(ANA[1])})
        body = {"embedding": found["faces"][0]["embedding"]}
        for path in ("/recognize-face", "/api/recognition/recognize"):
            answer = await sqlite_club.post(path, body)
            assert answer["person_id"] == ana
            assert 0.6 <= answer["confidence"] <= 1


class TestNobody:
    async def test_no_tags_take_all_faces_and_mark_the_photo(self, club: Club) -> None:
        photo, _ = await club.tagged(ANA[0], await club.person("Ana"))
        assert (await count(club, Face), await count(club, Embedding)) == (1, 1)
        answer = await club.save_tags(photo)
        assert (answer["success"], answer["faces"]) == (True, [])
        assert answer["message"]
        assert (await count(club, Face), await count(club, Embedding)) == (0, 0)
        (image,) = (await club.get(f"/api/galleries/{club.gallery}/images"))["data"]
        assert image["has_been_processed"] is True
        other = club.url(ANA[1])
        asked = {"image_url": other, "bbox": await club.box(other)}
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] is None

    async def test_needs_no_picture(self, club: Club) -> None:
        (photo,) = await club.add("http://127.0.0.1:9/gone.jpg")
        assert (await club.get(f"/api/galleries/{club.gallery}/images"))["data"][0][
            "has_been_processed"
        ] is False
        await club.save_tags(photo)
        assert (await club.get(f"/api/galleries/{club.gallery}/images"))["data"][0][
            "has_been_processed"
        ] is True


class TestAnalyses:
    async def test_add_no_faces_to_what_somebody_has_said(self, club: Club) -> None:
        """As a change of the pack has every photo analysed anew."""
        empty, _ = await club.tagged(ANA[0])
        await club.save_tags(empty)
        photo, face = await club.tagged(ANDRE[0], await club.person("Andre"))
        (before,) = await club.faces(photo)
        drawn = (await club.save_tags(photo, {"bbox": moved(before["insightface_bbox"], 0.8)}))["faces"][0]
        runtime = club.library.runtime
        async with runtime.db.write() as session:
            photos = Photos(session, Principal(), runtime.clock)
            await photos.analyse((await session.scalars(select(Photo.id))).all())
        await club.library.work()
        assert await club.faces(empty) == []
        assert [it["id"] for it in await club.faces(photo)] == [drawn["face_id"]]
        assert (drawn["face_id"] == face, await count(club, Embedding)) == (False, 1)


class TestSameFace:
    async def test_a_box_near_enough_keeps_the_face(self, club: Club) -> None:
        ana, bea = await club.person("Ana"), await club.person("Bea")
        photo, face = await club.tagged(ANA[0], ana)
        (before,) = await club.faces(photo)
        box = before["insightface_bbox"]
        saved = await club.save_tags(photo, {"bbox": moved(box, 0.4), "person_id": bea})  # an IoU of .43
        assert [it["face_id"] for it in saved["faces"]] == [face]
        (after,) = await club.faces(photo)
        assert (after["id"], after["insightface_bbox"], after["person_id"]) == (face, box, bea)

    async def test_a_box_too_far_is_another_face(self, club: Club) -> None:
        photo, face = await club.tagged(ANA[0], await club.person("Ana"))
        (before,) = await club.faces(photo)
        box = moved(before["insightface_bbox"], 0.7)  # an IoU of .18
        saved = await club.save_tags(photo, {"bbox": box})
        assert saved["faces"][0]["face_id"] != face
        assert await count(club, Face) == 1

    async def test_what_is_detected_gives_the_box(self, club: Club) -> None:
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        box = await club.box(url)
        await club.save_tags(photo, {"bbox": moved(box, 0.4)})
        assert (await club.faces(photo))[0]["insightface_bbox"] == box

    async def test_each_tag_has_a_face_of_its_own(self, club: Club) -> None:
        url = club.site.serve("/pair.png", pair_picture())
        (photo,) = await club.add(url)
        boxes = sorted((it["bbox"] for it in (await club.detect(url))["faces"]), key=lambda it: it["x"])
        ana, andre = await club.person("Ana"), await club.person("Andre")
        tags = [{"bbox": box, "person_id": it} for box, it in zip(boxes, (ana, andre), strict=True)]
        first = await club.save_tags(photo, *tags)
        swapped = await club.save_tags(photo, *reversed(tags))
        assert [it["face_id"] for it in swapped["faces"]] == [it["face_id"] for it in first["faces"]][::-1]
        assert [it["person_id"] for it in swapped["faces"]] == [andre, ana]
        twice = await club.save_tags(photo, tags[0], tags[0])
        assert len({it["face_id"] for it in twice["faces"]}) == 2

    async def test_a_face_may_be_named_by_its_id(self, sqlite_club: Club) -> None:
        photo, face = await sqlite_club.tagged(ANA[0])
        saved = await sqlite_club.save_tags(photo, {"face_id": face, "person_id": await sqlite_club.person()})
        assert saved["faces"][0]["face_id"] == face
        assert saved["faces"][0]["verified"] is True


class TestChangesOfPerson:
    async def test_need_no_rebuild(self, club: Club) -> None:
        ana, bea = await club.person("Ana"), await club.person("Bea")
        _, face = await club.tagged(ANA[0], ana)
        other = club.url(ANA[1])
        asked = {"image_url": other, "bbox": await club.box(other)}

        async def seen() -> tuple[Any, Any]:
            matches = (await club.detect(other))["faces"][0]["top_matches"]
            return (await club.post("/api/recognition/recognize", asked))["person_id"], matches[
                :1
            ] and matches[0]["person_id"]

        assert await seen() == (ana, ana)
        await club.post("/api/faces/update", {"face_id": face, "person_id": bea, "verified": True})
        assert await seen() == (bea, bea)
        await club.post("/api/faces/update", {"face_id": face, "person_id": None})
        assert await seen() == (None, [])
        await club.post("/api/faces/update", {"face_id": face, "person_id": bea})
        await club.ask("DELETE", f"/api/crud/people/{bea}")
        assert await seen() == (None, [])

    async def test_rebuilding_tells_the_truth(self, club: Club) -> None:
        ana = await club.person("Ana")
        assert (await club.post("/rebuild-index"))["new_descriptor_count"] == 0
        await club.tagged(ANA[0], ana)
        photo, _ = await club.tagged(ANDRE[0])
        told = await club.post("/api/recognition/rebuild-index")
        assert told == {
            "success": True, "old_descriptor_count": 2, "new_descriptor_count": 2, "unique_people_count": 1,
            "old_count": 2, "new_count": 2, "unique_people": 1,
        }  # fmt: skip
        await club.save_tags(photo)
        assert (await club.post("/api/recognition/rebuild-index"))["new_descriptor_count"] == 1


class TestBatches:
    @pytest.mark.parametrize("path", ["/api/faces/get-batch-photo-faces", "/api/faces/batch-get-photo-faces"])
    async def test_are_one_query_for_any_number(self, club: Club, path: str) -> None:
        ana = await club.person("Ana", avatar_url="a.jpg")
        photos = [(await club.tagged(name, ana))[0] for name in (*ANA, *ANDRE)]
        for some in (
            photos[:1],
            photos,
            [*photos, *[f"{at:08x}-0000-4000-8000-000000000000" for at in range(500)]],
        ):
            with counted_statements() as statements:
                rows = await club.post(path, {"photo_ids": some})
            selects = [it for it in statements.sent if "gallery_images" in it]
            assert len(selects) == 1
            assert [it for it in statements.sent if "SELECT" in it and "faces" in it] == selects
            faces = rows if isinstance(rows, list) else rows["faces"]
            assert {it["photo_id"] for it in faces} == set(some) & set(photos)
            assert {it["avatar_url"] for it in faces} == {"a.jpg"}
        assert await club.post("/api/faces/get-batch-photo-faces", {"photo_ids": []}) == []


class TestOneTransaction:
    async def test_what_cannot_be_saved_changes_nothing(self, club: Club) -> None:
        ana = await club.person("Ana")
        photo, face = await club.tagged(ANA[0], ana)
        before = await club.faces(photo)
        box = before[0]["insightface_bbox"]
        nobody = "00000000-0000-4000-8000-000000000000"
        for tags, status in (
            ([{"bbox": box}, {"person_id": ana}], 400),
            ([{"bbox": box, "person_id": nobody}], 404),
            ([{"bbox": box}, {"face_id": nobody}], 400),
            ([{"face_id": face}, {"face_id": face}], 400),
        ):
            await club.save_tags(photo, *tags, status=status)
            assert await club.faces(photo) == before

    async def test_every_change_can_be_undone(self, club: Club) -> None:
        """By the services of people, which wrote each as a decision."""
        ana, bea = await club.person("Ana"), await club.person("Bea")
        photo, face = await club.tagged(ANA[0], ana)
        await club.post("/api/faces/update", {"face_id": face, "person_id": bea})
        await club.post("/api/faces/update", {"face_id": face, "verified": False})
        await club.post("/api/faces/update", {"face_id": face, "person_id": None})
        states = [(None, False), (bea, False), (bea, True), (ana, True)]
        for person, verified in states:
            (shown,) = await club.faces(photo)
            assert (shown["person_id"], shown["verified"]) == (person, verified)
            async with club.library.runtime.db.write() as session:
                await People(session, Principal(), club.library.runtime.clock).undo()

    async def test_saving_the_same_again_decides_nothing(self, sqlite_club: Club) -> None:
        ana = await sqlite_club.person("Ana")
        photo, face = await sqlite_club.tagged(ANA[0], ana)
        decisions = await count(sqlite_club, Decision)
        await sqlite_club.save_tags(photo, {"face_id": face, "person_id": ana})
        assert await count(sqlite_club, Decision) == decisions


class TestWhoIsTold:
    async def test_the_audit_log_and_who_listens(self, club: Club) -> None:
        """Detecting and recognising are searches; saving is told to webhooks, by ids alone."""
        runtime = club.library.runtime
        async with runtime.db.write() as session:
            session.add(
                WebhookEndpoint(
                    tenant_id=1, url="http://127.0.0.1:9/", events=["face.indexed"], timeout_seconds=5,
                    retry_count=0, success_count=0, failure_count=0, created_at=runtime.clock.now(),
                )
            )  # fmt: skip
        photo, _ = await club.tagged(ANA[0], await club.person("Ana"))
        url = club.url(ANA[1])
        await club.post("/api/recognition/recognize", {"image_url": url, "bbox": await club.box(url)})
        async with runtime.db.read() as session:
            entries = await list_entries(session, Principal(), AuditFilter(action=AuditAction.SEARCH))
            (delivery,) = (await session.scalars(select(Delivery))).all()
        assert [it.counts for it in entries] == [{"faces": 1}] * 3
        assert json.loads(delivery.body)["data"] == {"photo_id": photo, "faces": 1}


class TestPictures:
    async def test_are_fetched_once_and_kept(self, club: Club) -> None:
        photo, face = await club.tagged(ANA[0])
        path = f"/photos/{ANA[0]}"
        asked = club.site.requests.count(path)
        del club.site.answers[path]
        await club.save_tags(photo, {"face_id": face, "person_id": await club.person()})
        await club.detect(club.site.address(path))
        assert club.site.requests.count(path) == asked

    async def test_two_images_at_one_address_share_the_photo(self, club: Club) -> None:
        url = club.url(ANA[0])
        first, second = await club.add(url, url)
        assert first != second
        tag = {"bbox": await club.box(url), "person_id": await club.person()}
        await club.save_tags(first, tag)
        await club.save_tags(second, tag)
        assert (await count(club, Photo), await count(club, Face)) == (1, 1)
        gone = await club.ask(
            "DELETE", "/api/galleries/delete-image", {"image_id": first, "gallery_id": club.gallery}
        )
        assert gone["had_verified_faces"] is True
        assert len(await club.faces(second)) == 1
        await club.ask(
            "DELETE", "/api/galleries/delete-image", {"image_id": second, "gallery_id": club.gallery}
        )
        assert [await count(club, it) for it in (Photo, Face, Embedding, GalleryImage)] == [0, 0, 0, 0]
        assert not [it for it in (club.library.runtime.settings.data / "blobs").rglob("*") if it.is_file()]

    async def test_deleting_a_gallery_takes_all_of_it(self, club: Club) -> None:
        ana = await club.person("Ana")
        await club.tagged(ANA[0], ana)
        await club.add("http://127.0.0.1:9/never-fetched.jpg")
        await club.ask("DELETE", f"/api/crud/galleries/{club.gallery}")
        assert [await count(club, it) for it in (Photo, Face, Embedding, GalleryImage)] == [0, 0, 0, 0]
        assert (await club.get(f"/api/crud/people/{ana}", include_stats=True))["real_name"] == "Ana"
        assert json.dumps(await club.get("/api/crud/galleries")) == "[]"
