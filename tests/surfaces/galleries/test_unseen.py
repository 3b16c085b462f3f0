"""Tags of what cannot be seen: saved without a descriptor, harmless, and seen later."""

from typing import Any

import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.faces.tables import Embedding, Face
from kith.kit.db import Base
from kith.photos.service import Photos
from kith.photos.tables import Photo
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.galleries.conftest import Club
from tests.surfaces.galleries.test_unknown import OPEN_FILTERS

pytestmark = pytest.mark.models

FAR = {"x": 9000, "y": 9000, "width": 50, "height": 60}


async def count(club: Club, table: type[Base]) -> int:
    async with club.library.runtime.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def recognised(club: Club, name: str) -> Any:
    url = club.url(name)
    body = {"image_url": url, "bbox": await club.box(url)}
    return (await club.post("/api/recognition/recognize", body))["person_id"]


class TestPictures:
    async def test_that_are_not_there_yet(self, club: Club) -> None:
        """The tag is kept with all it says, shown as any other, and a search finds it once it was seen."""
        ana = await club.person("Ana")
        box = await club.box(club.url(ANA[0]))
        late = club.site.address("/late.jpg")
        (photo,) = await club.add(late)
        tag = {"bbox": box, "person_id": ana, "insightface_confidence": 0.8}
        saved = await club.save_tags(photo, tag)
        assert (saved["count"], saved["message"]) == (1, "saved 1 faces, 1 of them without a descriptor")
        (told,) = saved["faces"]
        assert told["descriptor_error"]["code"] == "fetch_failed"
        assert (told["person_id"], told["verified"], told["has_descriptor"]) == (ana, True, False)
        (face,) = await club.faces(photo)
        assert (face["id"], face["insightface_bbox"], face["insightface_confidence"]) == (
            told["face_id"], pytest.approx(box), pytest.approx(0.8),
        )  # fmt: skip
        assert (await count(club, Face), await count(club, Embedding)) == (1, 0)
        assert await recognised(club, ANA[1]) is None
        again = await club.save_tags(photo, {"face_id": face["id"], "person_id": ana})
        assert [it["face_id"] for it in again["faces"]] == [face["id"]]

        club.site.serve("/late.jpg", portrait(ANA[0]))
        described = {"person_id": ana, "bbox": box, "verified": True, "photo_id": photo}
        told = await club.post("/generate-descriptors", {"image_url": late, "faces": [described]})
        assert [it["face_id"] for it in told["descriptors"]] == [face["id"]]
        (seen,) = await club.faces(photo)
        assert (seen["id"], seen["person_id"], seen["verified"]) == (face["id"], ana, True)
        assert seen["blur_score"] > face["blur_score"] == 0
        assert await recognised(club, ANA[1]) == ana
        assert (await count(club, Face), await count(club, Embedding), await count(club, Photo)) == (1, 1, 1)

    async def test_that_are_never_there(self, club: Club) -> None:
        """Whatever looks at faces passes over those, and they go with their gallery."""
        await club.ask("PUT", "/api/v2/config", {"quality_filters": OPEN_FILTERS})
        ana = await club.person("Ana")
        photos = await club.add("http://127.0.0.1:9/a.jpg", club.site.serve("/broken.jpg", b"no picture"))
        box = {"x": 1, "y": 2, "width": 30, "height": 40}
        for photo in photos:
            await club.save_tags(photo, {"bbox": box}, {"bbox": {**box, "x": 200}, "person_id": ana})
        known, _ = await club.tagged(ANA[0], ana)
        other, _ = await club.tagged(ANA[1])
        told = await club.post("/cluster-unknown-faces", gallery_id=club.gallery)
        assert (told["clusters"], len(told["ungrouped_faces"])) == ([], 3)
        assert (await club.post("/api/v2/batch-recognize", {}))["recognized"] == 1
        assert [it["person_id"] for it in await club.faces(other)] == [ana]
        assert (await club.post("/rebuild-index"))["new_descriptor_count"] == 2
        stats = (await club.post("/api/faces/get-person-faces", {"person_id": ana}))["stats"]
        assert (stats["total"], stats["descriptors"]) == (4, 2)
        assert (await club.get("/api/crud/stats/recognition"))["summary"]["totalDescriptors"] == 2
        await club.post("/regenerate-unknown-descriptors", gallery_id=club.gallery)
        await club.library.work()
        assert [len(await club.faces(it)) for it in photos] == [2, 2]
        await club.save_tags(photos[0])
        assert await club.faces(photos[0]) == []
        assert known
        await club.ask("DELETE", f"/api/crud/galleries/{club.gallery}")
        assert [await count(club, it) for it in (Photo, Face, Embedding)] == [0, 0, 0]

    async def test_that_another_image_has(self, club: Club) -> None:
        """Once it is read, it proves to be the same picture: both images share their faces."""
        late = club.site.address("/late.jpg")
        (photo,) = await club.add(late)
        box = await club.box(club.url(ANA[0]))
        await club.save_tags(photo, {"bbox": box, "person_id": await club.person("Bea")})
        other, face = await club.tagged(ANA[0], await club.person("Ana"))
        club.site.serve("/late.jpg", portrait(ANA[0]))
        await club.save_tags(photo, {"bbox": box})
        assert await count(club, Photo) == 1
        assert {it["id"] for it in await club.faces(photo)} == {it["id"] for it in await club.faces(other)}
        assert face

    async def test_at_another_address(self, club: Club) -> None:
        """The one that the client names, fetched as carefully as any."""
        box = await club.box(url := club.url(ANDRE[0]))
        first, second, third = await club.add(*["http://127.0.0.1:9/gone.jpg"] * 3)
        body = {"photo_id": first, "bbox": box, "image_url": "http://169.254.169.254/a.jpg"}
        assert (await club.post("/api/faces/save", body, 400))["code"] == "fetch_failed"
        assert await club.faces(first) == []
        await club.post("/api/faces/save", {**body, "image_url": url})
        saved = await club.save_tags(second, {"bbox": box}, image_url=url)
        assert saved["faces"][0]["has_descriptor"] is True
        saved = await club.save_tags(third, {"bbox": box}, image_url="http://10.0.0.1/")
        assert saved["faces"][0]["descriptor_error"]["code"] == "fetch_failed"
        assert (await club.client.get("/api/s3-proxy/gone.jpg")).content == portrait(ANDRE[0])


class TestBoxes:
    async def test_outside_the_picture(self, club: Club) -> None:
        ana = await club.person("Ana")
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        saved = await club.save_tags(photo, {"bbox": await club.box(url)}, {"bbox": FAR, "person_id": ana})
        assert [it["has_descriptor"] for it in saved["faces"]] == [True, False]
        assert saved["faces"][1]["descriptor_error"]["code"] == "box_invalid"
        runtime = club.library.runtime
        async with runtime.db.write() as session:
            photos = Photos(session, Principal(), runtime.clock)
            await photos.analyse((await session.scalars(select(Photo.id))).all())
        await club.library.work()
        assert [it["person_id"] for it in await club.faces(photo)] == [None, ana]
        assert await count(club, Embedding) == 1
        async with runtime.db.read() as session:
            assert [it.error_code for it in await session.scalars(select(Photo))] == [None]


class TestWithoutDescriptors:
    async def test_no_picture_is_read(self, club: Club) -> None:
        box = await club.box(club.url(ANA[0]))
        url = club.site.serve("/other.jpg", portrait(ANA[0]))
        (photo,) = await club.add(url)
        saved = await club.save_tags(photo, {"bbox": box}, generate_descriptors=False)
        assert (saved["message"], saved["faces"][0]["has_descriptor"]) == ("saved 1 faces", False)
        assert saved["faces"][0]["descriptor_error"] is None
        assert "/other.jpg" not in club.site.requests
        again = await club.save_tags(photo, {"bbox": box})
        assert again["faces"] == [{**saved["faces"][0], "has_descriptor": True}]
        kept = await club.save_tags(photo, {"bbox": box}, generate_descriptors=False)
        assert kept["faces"] == again["faces"]
