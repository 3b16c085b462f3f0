"""The trash: what is in it is nowhere else, comes back whole, and goes for good."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.audit.tables import AuditEntry
from kith.faces.tables import Embedding, Face
from kith.people.service import People
from kith.photos.service import Photos
from kith.photos.tables import Photo
from kith.timeline.trash import expire_trash
from tests.support.clock import ManualClock
from tests.support.library import ANA, ANDRE, portrait
from tests.support.people import near
from tests.surfaces.conftest import Library
from tests.surfaces.native.made import make_photo

AT = "/api/kith"
MAY = datetime(2024, 5, 3, 10)


async def do(library: Library, verb: str, *photo_ids: int) -> list[int]:
    answer = await library.client.post(f"{AT}/photos/{verb}", json={"photo_ids": photo_ids})
    assert answer.status_code == 200, answer.text
    return answer.json()["photo_ids"]


async def hits(library: Library, axis: int) -> list[int]:
    body = {"embedding": near(axis).tolist(), "threshold": 0.5}
    answer = await library.client.post("/search", json=body)
    return [it["face_id"] for it in answer.json()["matches"]]


async def totals(library: Library, **query: Any) -> int:
    return (await library.get(f"{AT}/timeline", **query))["total"]


async def rows(library: Library, table: type) -> int:
    async with library.runtime.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


class TestTrash:
    async def test_hides_a_photo_and_its_faces_until_it_is_restored(self, library: Library) -> None:
        photo, (face,) = await make_photo(library, MAY, axes=(1,))
        async with library.runtime.db.write() as session:
            people = People(session, Principal(), library.runtime.clock)
            _, person = await people.assign([face], name="Ada")
        assert await hits(library, 1) == [face]
        assert await do(library, "trash", photo) == [photo]
        assert await do(library, "trash", photo) == []
        assert (await totals(library), await totals(library, trashed=True)) == (0, 1)
        assert await hits(library, 1) == await library.get("/faces") == []
        assert (await library.get(f"/persons/{person.id}"))["face_count"] == 0
        shown = await library.get(f"{AT}/photos", trashed=True)
        assert [(it["photo_id"], it["face_count"]) for it in shown["items"]] == [(photo, 1)]
        assert await do(library, "restore", photo) == [photo]
        assert await do(library, "restore", photo) == []
        assert await hits(library, 1) == [face]
        (listed,) = await library.get("/faces")
        assert listed["person_id"] == person.id
        assert (await totals(library), await totals(library, trashed=True)) == (1, 0)

    async def test_nobody_is_grouped_or_recognised_from_it(self, library: Library) -> None:
        made = [await make_photo(library, MAY, axes=(5,)) for _ in range(4)]
        await do(library, "trash", *(photo for photo, _ in made[:3]))
        async with library.runtime.db.write() as session:
            await People(session, Principal(), library.runtime.clock).create("Nobody", {})
        async with library.runtime.db.read() as session:
            shown = (await session.scalars(select(Face.id).where(Face.is_shown))).all()
        assert shown == made[3][1]

    async def test_undo_reaches_into_it(self, library: Library) -> None:
        """A decision can be undone while its photo is in the trash; the face stays hidden."""
        photo, (face,) = await make_photo(library, MAY, axes=(1,))
        async with library.runtime.db.write() as session:
            decision = await People(session, Principal(), library.runtime.clock).ignore([face])
        await do(library, "trash", photo)
        async with library.runtime.db.write() as session:
            await People(session, Principal(), library.runtime.clock).undo(decision.id)
        assert await hits(library, 1) == []
        await do(library, "restore", photo)
        assert await hits(library, 1) == [face]


class TestDeleting:
    async def test_is_only_of_what_is_in_the_trash(self, library: Library) -> None:
        photo, _ = await make_photo(library, MAY, axes=(1,))
        assert await do(library, "delete", photo) == []
        await do(library, "trash", photo)
        assert await do(library, "delete", photo, 999) == [photo]
        assert await do(library, "delete", photo) == await do(library, "restore", photo) == []
        assert [await rows(library, it) for it in (Photo, Face, Embedding)] == [0, 0, 0]
        assert await hits(library, 1) == []
        async with library.runtime.db.read() as session:
            erased = await session.scalars(select(AuditEntry).where(AuditEntry.action == "erase"))
            assert [it.counts for it in erased] == [{"photos": 1, "faces": 1}]

    @pytest.mark.models
    async def test_takes_all_bytes_along(self, library: Library) -> None:
        await library.detect(ANA[0])
        face = (await library.get("/faces"))[0]
        photo = face["metadata"]["photo_id"]
        for path in (f"photos/{photo}/preview", f"photos/{photo}/thumbnail", f"faces/{face['id']}/crop"):
            assert (await library.client.get(f"{AT}/{path}")).status_code == 200
        folder = library.runtime.settings.data / "blobs"
        assert len([it for it in folder.rglob("*") if it.is_file()]) == 4
        await do(library, "trash", photo)
        await do(library, "delete", photo)
        assert [it for it in folder.rglob("*") if it.is_file()] == []

    @pytest.mark.models
    async def test_leaves_files_in_folders(self, library: Library, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        path = tmp_path / "in" / "ana.jpg"
        path.write_bytes(portrait(ANA[0]))
        importer = library.runtime.importer(Principal())
        report = await importer.run([path], copy=False, progress=lambda _: None)
        (photo,) = report.added_ids
        await do(library, "trash", photo)
        await do(library, "delete", photo)
        assert path.exists()
        again = await importer.run([path], copy=False, progress=lambda _: None)
        assert len(again.added_ids) == 1


class TestComingBack:
    @pytest.mark.models
    async def test_an_import_takes_a_photo_out(self, library: Library, tmp_path: Path) -> None:
        path = tmp_path / "ana.jpg"
        path.write_bytes(portrait(ANA[0]))
        importer = library.runtime.importer(Principal())
        (photo,) = (await importer.run([path], copy=True, progress=lambda _: None)).added_ids
        await library.work()
        (face,) = await library.get("/faces")
        async with library.runtime.db.write() as session:
            people = People(session, Principal(), library.runtime.clock)
            _, person = await people.assign([face["id"]], name="Ana")
        await do(library, "trash", photo)
        assert await library.get("/faces") == []
        await importer.run([path], copy=True, progress=lambda _: None)
        assert await totals(library) == 1
        await library.work()
        (back,) = await library.get("/faces")
        assert (back["id"], back["person_id"]) == (face["id"], person.id)

    @pytest.mark.models
    async def test_what_is_found_anew_in_the_trash_stays_there(self, library: Library) -> None:
        await library.detect(ANDRE[0])
        (face,) = await library.get("/faces")
        photo = face["metadata"]["photo_id"]
        await library.client.delete(f"/faces/{face['id']}")
        await do(library, "trash", photo)
        async with library.runtime.db.write() as session:
            await Photos(session, Principal(), library.runtime.clock).analyse([photo])
        await library.work()
        assert await library.get("/faces") == []
        await do(library, "restore", photo)
        assert len(await library.get("/faces")) == 1


class TestExpiry:
    async def test_after_its_days(self, library: Library) -> None:
        runtime = library.runtime
        photo, _ = await make_photo(library, MAY, axes=(1,))
        kept, _ = await make_photo(library, MAY)
        await do(library, "trash", photo)
        for days, ahead, left in ((0, 4000, 2), (30, 29, 2), (30, 31, 1)):
            later = ManualClock(runtime.clock.now() + timedelta(days=ahead))
            async with runtime.db.write() as session:
                await expire_trash(session, runtime.blobs, later, days)
            assert await rows(library, Photo) == left
        assert [it["photo_id"] for it in (await library.get(f"{AT}/photos"))["items"]] == [kept]
