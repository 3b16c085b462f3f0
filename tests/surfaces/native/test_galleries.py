"""Galleries that are shared: made, listed, filled, deleted."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.faces.tables import Face
from kith.galleries.errors import GalleryNotFound
from kith.kit.db import Base
from kith.photos.tables import Photo
from kith.tenants.service import Quotas, Tenants
from tests.support.clock import ManualClock
from tests.support.library import ANA, ANDRE, portrait
from tests.support.statements import counted_statements
from tests.support.tiny_library import picture
from tests.surfaces.conftest import Library
from tests.surfaces.native.galleries import ROOT, copy, filled, gather, make, read, send, upload
from tests.surfaces.native.made import make_photo

pytestmark = pytest.mark.models

# What says nothing of anybody: tenants, packs, numbers of changed faces, ids.
KEPT = {"audit_entries", "tenants", "embedding_spaces", "index_changes", "jobs"}


async def rows(library: Library) -> dict[str, int]:
    async with library.runtime.db.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in KEPT
        }


def blobs(library: Library) -> list[str]:
    folder = library.runtime.settings.data / "blobs"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class TestGalleries:
    async def test_a_life(self, studio: Library) -> None:
        before = await rows(studio)
        gallery = await make(studio, "Свадьба & more", words="Thank you all")
        told = await read(studio, gallery)
        assert (told["photo_count"], told["cover"], told["intake"], told["expires_at"]) == (
            0,
            None,
            None,
            None,
        )
        assert (told["words"], told["slug"].startswith("more-")) == ("Thank you all", True)
        sent = await send(studio, gallery, ("a.jpg", portrait(ANA[0])), ("b.jpg", portrait(ANDRE[0])))
        assert [it["outcome"] for it in sent] == ["added", "added"]
        assert (await read(studio, gallery))["analysed_count"] == 0
        await studio.work()
        told = await read(studio, gallery)
        assert (told["photo_count"], told["analysed_count"], told["failed_count"]) == (2, 2, 0)
        assert (told["cover"]["photo_id"], len(told["cover"]["version"])) == (sent[0]["photo_id"], 12)
        assert len(blobs(studio)) == 4
        path = f"{ROOT}/galleries/{gallery}"
        answer = await studio.client.patch(path, json={"title": " Other "})
        assert (answer.json()["title"], answer.json()["words"]) == ("Other", "Thank you all")
        answer = await studio.client.delete(path)
        assert answer.json() == {"gallery_id": gallery, "photos_deleted": 2}
        assert (await studio.client.delete(path)).status_code == 404
        assert (blobs(studio), await rows(studio)) == ([], before)
        assert len((await studio.runtime.recognition()).index) == 0

    async def test_are_listed_page_by_page_without_the_library(self, studio: Library) -> None:
        await studio.client.post(
            "/api/v2/index", json={"photo_id": "a", "session_id": "theirs", "s3_key": "x"}
        )
        made = [await make(studio, f"Gallery {number}") for number in range(5)]
        seen: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            with counted_statements() as statements:
                page = await studio.get(f"{ROOT}/galleries", limit=2, **cursor)
            assert len([it for it in statements.sent if it.startswith("SELECT")]) <= 6
            seen += [it["gallery_id"] for it in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == made[::-1]

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"title": ""}, {"title": "  "}, {"title": "x" * 201}, {"title": "a\0b"}, {"title": None},
            {"title": 1}, {"title": "a", "expires_at": "2030-01-01"}, {"title": "a", "words": "x" * 4001},
            {"title": "a", "slug": "b"},
        ],
    )  # fmt: skip
    async def test_what_is_none(self, sqlite_studio: Library, body: object) -> None:
        answer = await sqlite_studio.client.post(f"{ROOT}/galleries", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")

    async def test_cannot_end_in_the_past(self, sqlite_studio: Library) -> None:
        past = (sqlite_studio.runtime.clock.now() - timedelta(seconds=1)).isoformat()
        body = {"title": "a", "expires_at": past}
        answer = await sqlite_studio.client.post(f"{ROOT}/galleries", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "expiry_invalid")

    async def test_wrong_cursors_and_limits(self, sqlite_studio: Library) -> None:
        for query in ({"cursor": "x"}, {"cursor": "bnVsbA"}):
            answer = await sqlite_studio.client.get(f"{ROOT}/galleries", params=query)
            assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
        for limit in (0, 1001, "x"):
            answer = await sqlite_studio.client.get(f"{ROOT}/galleries", params={"limit": limit})
            assert answer.status_code == 422

    async def test_of_others_are_not_there(self, sqlite_studio: Library) -> None:
        runtime = sqlite_studio.runtime
        async with runtime.db.write() as session:
            tenant = await Tenants(session, Principal(), runtime.clock).create("other", Quotas())
        gallery = await make(sqlite_studio)
        with pytest.raises(GalleryNotFound):
            await runtime.ending.delete(Principal(tenant.id), gallery)


class TestPictures:
    async def test_what_is_none_is_told_of(self, studio: Library) -> None:
        gallery = await make(studio)
        sent = await send(
            studio, gallery, ("a.jpg", portrait(ANA[0])), ("n.txt", b"text" * 100), ("e.jpg", b""),
            ("again.jpg", portrait(ANA[0])), ("../x/c.jpg", portrait(ANA[0])[:5000]),
        )  # fmt: skip
        assert [it["outcome"] for it in sent] == ["added", None, None, "duplicate", "added"]
        assert sent[0]["photo_id"] == sent[3]["photo_id"]
        assert [it["code"] for it in sent[1:3]] == ["image_unsupported", "image_empty"]
        assert sent[4]["name"] == "c.jpg"
        (again,) = await send(studio, gallery, ("a.jpg", portrait(ANA[0])))
        assert (again["outcome"], again["photo_id"]) == ("duplicate", sent[0]["photo_id"])

    async def test_of_two_at_once_one_is_added(self, studio: Library) -> None:
        gallery = await make(studio)
        done = await asyncio.gather(*(send(studio, gallery, ("a.jpg", portrait(ANA[0]))) for _ in range(3)))
        assert sorted(it[0]["outcome"] for it in done) == ["added", "duplicate", "duplicate"]
        assert len(blobs(studio)) == 1

    async def test_the_same_in_two_galleries(self, studio: Library) -> None:
        first = await filled(studio, ANA[0])
        second = await filled(studio, ANA[0])
        assert (await studio.client.delete(f"{ROOT}/galleries/{first}")).status_code == 200
        assert (await read(studio, second))["analysed_count"] == 1
        assert len(blobs(studio)) == 2
        assert len((await studio.runtime.recognition()).index) == 1

    async def test_without_files_or_gallery(self, sqlite_studio: Library) -> None:
        gallery = await make(sqlite_studio)
        path = f"{ROOT}/galleries/{gallery}/photos"
        assert (await sqlite_studio.client.post(path)).status_code == 422
        answer = await sqlite_studio.client.post(
            f"{ROOT}/galleries/999/photos", files={"files": ("a.png", picture())}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "gallery_not_found")
        library = await sqlite_studio.client.post(
            f"{ROOT}/galleries/1/photos", files={"files": ("a.png", picture())}
        )
        assert library.status_code == 404


class TestCopies:
    async def test_of_the_library_are_the_gallerys_own(self, studio: Library) -> None:
        sent = [("a.jpg", portrait(ANA[0])), ("b.jpg", portrait(ANDRE[0]))]
        library = [await upload(studio, *it) for it in sent]
        await studio.work()
        gallery = await make(studio)
        done = await copy(studio, gallery, [*library, 999])
        assert [(it["name"], it["outcome"]) for it in done] == [("a.jpg", "added"), ("b.jpg", "added")]
        again = await copy(studio, gallery, library)
        assert [it["outcome"] for it in again] == ["duplicate", "duplicate"]
        assert [it["photo_id"] for it in again] == [it["photo_id"] for it in done]
        await studio.work()
        assert (await read(studio, gallery))["analysed_count"] == 2
        assert (await studio.client.delete(f"{ROOT}/galleries/{gallery}")).json()["photos_deleted"] == 2
        for photo_id in library:
            told = await studio.get(f"{ROOT}/photos/{photo_id}")
            assert told["face_count"] == 1
            assert (await studio.client.get(f"{ROOT}/photos/{photo_id}/file")).status_code == 200

    async def test_not_of_the_trash_nor_of_others(self, studio: Library) -> None:
        photo = await upload(studio, "a.jpg", portrait(ANA[0]))
        await studio.client.post(f"{ROOT}/photos/trash", json={"photo_ids": [photo]})
        async with studio.runtime.db.write() as session:
            tenant = await Tenants(session, Principal(), studio.runtime.clock).create("theirs", Quotas())
        theirs, _ = await make_photo(studio, who=Principal(tenant.id))
        assert await copy(studio, await make(studio), [photo, theirs]) == []

    async def test_whose_file_is_gone_is_told_of(self, studio: Library) -> None:
        photo, other = [await upload(studio, it, portrait(it)) for it in (ANA[0], ANDRE[0])]
        for blob in (studio.runtime.settings.data / "blobs" / "originals").rglob("*"):
            if blob.is_file() and blob.read_bytes() == portrait(ANA[0]):
                blob.unlink()
        done = {it["name"]: it for it in await copy(studio, await make(studio), [photo, other])}
        assert (done[ANA[0]]["outcome"], done[ANA[0]]["code"]) == (None, "blob_not_found")
        assert done[ANDRE[0]]["outcome"] == "added"

    async def test_into_what_takes_none(self, studio: Library, clock: ManualClock) -> None:
        photo = await upload(studio, "a.jpg", portrait(ANA[0]))
        over = await make(studio, expires_at=(clock.now() + timedelta(days=1)).isoformat())
        clock.advance(2 * 86_400)
        for gallery, status in ((over, 409), (999, 404)):
            path = f"{ROOT}/galleries/{gallery}/copies"
            assert (await studio.client.post(path, json={"photo_ids": [photo]})).status_code == status

    @pytest.mark.parametrize("ids", [[], [0], ["x"], list(range(1, 102)), None])
    async def test_of_what_is_no_list(self, studio: Library, ids: object) -> None:
        path = f"{ROOT}/galleries/{await make(studio)}/copies"
        assert (await studio.client.post(path, json={"photo_ids": ids})).status_code == 422


class TestIndex:
    async def begin(self, library: Library, gallery: int, prefix: str) -> dict[str, object]:
        answer = await library.client.post(f"{ROOT}/galleries/{gallery}/index", json={"prefix": prefix})
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def test_takes_a_folder_in(self, studio: Library) -> None:
        gallery = await make(studio)
        begun = await self.begin(studio, gallery, "identities/ana_guevara")
        assert (begun["found"], begun["is_done"]) == (None, False)
        await gather(studio)
        told = await read(studio, gallery)
        found = told["intake"]["found"]
        assert found > 2
        assert (told["intake"]["added"], told["intake"]["is_done"]) == (found, True)
        assert (told["photo_count"], told["analysed_count"]) == (found, 0)
        await studio.work()
        assert (await read(studio, gallery))["analysed_count"] == found
        assert [it for it in blobs(studio) if not it.startswith("derived/")] == []
        await self.begin(studio, gallery, "identities/ana_guevara/")
        await gather(studio)
        again = (await read(studio, gallery))["intake"]
        assert (again["added"], again["duplicates"]) == (0, found)
        assert (await studio.client.delete(f"{ROOT}/galleries/{gallery}")).status_code == 200

    async def test_of_what_is_no_folder(self, sqlite_studio: Library) -> None:
        gallery = await make(sqlite_studio)
        for prefix in ("..", "a/../b", "/etc", "a//b"):
            answer = await sqlite_studio.client.post(
                f"{ROOT}/galleries/{gallery}/index", json={"prefix": prefix}
            )
            assert (answer.status_code, answer.json()["code"]) == (400, "source_key_invalid"), prefix
        await self.begin(sqlite_studio, gallery, "not/there")
        await gather(sqlite_studio)
        assert (await read(sqlite_studio, gallery))["intake"]["found"] == 0

    async def test_of_a_gallery_that_went_meanwhile(self, sqlite_studio: Library) -> None:
        gallery = await make(sqlite_studio)
        await self.begin(sqlite_studio, gallery, "identities/ana_guevara")
        await sqlite_studio.client.delete(f"{ROOT}/galleries/{gallery}")
        await gather(sqlite_studio)
        async with sqlite_studio.runtime.db.read() as session:
            assert (await session.scalars(select(Photo))).all() == []
            assert (await session.scalars(select(Face))).all() == []
