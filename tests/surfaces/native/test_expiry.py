"""What is left of a gallery when its time is over: photos, and nothing of anybody's face."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.audit.service import list_entries
from kith.faces.tables import Embedding, Face
from kith.photos.service import Photos
from kith.photos.tables import Photo
from tests.support.clock import ManualClock
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.native.galleries import ROOT, filled, make, opened, read, send, upkeep

pytestmark = pytest.mark.models

DAY = 86_400


async def count(library: Library, table: type) -> int:
    async with library.runtime.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def later(library: Library, seconds: float = DAY) -> str:
    return (library.runtime.clock.now() + timedelta(seconds=seconds)).isoformat()


class TestExpiry:
    async def test_erases_faces_and_keeps_photos(self, studio: Library, clock: ManualClock) -> None:
        kept = await filled(studio, ANDRE[0])
        gallery = await filled(studio, *ANA, expires_at=later(studio))
        await upkeep(studio)
        assert (await count(studio, Face), await count(studio, Embedding)) == (4, 4)
        clock.advance(DAY)
        await upkeep(studio)
        assert (await count(studio, Face), await count(studio, Embedding)) == (1, 1)
        told = await read(studio, gallery)
        assert (told["photo_count"], datetime.fromisoformat(told["expired_at"])) == (3, clock.now())
        assert (await read(studio, kept))["expired_at"] is None
        assert len((await studio.runtime.recognition()).index) == 1
        async with studio.runtime.db.read() as session:
            (entry, *_) = await list_entries(session, Principal())
        assert (entry.action, entry.subject, entry.subject_id) == ("erase", "gallery", str(gallery))
        assert (entry.actor, entry.counts) == ("retention", {"faces": 3, "photos": 0})

    async def test_nobody_is_found_again_by_a_later_analysis(
        self, studio: Library, clock: ManualClock
    ) -> None:
        gallery = await filled(studio, ANA[0], expires_at=later(studio))
        (pending,) = await send(studio, gallery, ("b.jpg", portrait(ANA[1])))
        clock.advance(DAY)
        await upkeep(studio)
        async with studio.runtime.db.write() as session:
            await Photos(session, Principal(), clock).analyse([pending["photo_id"]])
        await studio.work()
        assert await count(studio, Face) == 0
        assert (await read(studio, gallery))["analysed_count"] == 2

    async def test_deletes_photos_where_that_was_said(self, studio: Library, clock: ManualClock) -> None:
        gallery = await filled(studio, ANA[0], expires_at=later(studio), delete_photos_on_expiry=True)
        clock.advance(DAY)
        await upkeep(studio)
        assert (await count(studio, Photo), await count(studio, Face)) == (0, 0)
        blobs = studio.runtime.settings.data / "blobs"
        assert [it for it in blobs.rglob("*") if it.is_file()] == []
        assert (await read(studio, gallery))["photo_count"] == 0

    async def test_that_is_put_off_or_taken_away(self, studio: Library, clock: ManualClock) -> None:
        off = await filled(studio, ANA[0], expires_at=later(studio))
        never = await filled(studio, ANA[1], expires_at=later(studio))
        for gallery, moment in ((off, later(studio, 2 * DAY)), (never, None)):
            answer = await studio.client.patch(f"{ROOT}/galleries/{gallery}", json={"expires_at": moment})
            assert answer.status_code == 200
        clock.advance(DAY)
        await upkeep(studio)
        assert await count(studio, Face) == 2
        clock.advance(DAY)
        await upkeep(studio)
        assert await count(studio, Face) == 1
        assert (await read(studio, never))["expired_at"] is None

    async def test_is_brought_forward(self, studio: Library, clock: ManualClock) -> None:
        gallery = await filled(studio, ANA[0], expires_at=later(studio, 9 * DAY))
        await studio.client.patch(f"{ROOT}/galleries/{gallery}", json={"expires_at": later(studio, 60)})
        clock.advance(60)
        await upkeep(studio)
        assert await count(studio, Face) == 0

    async def test_takes_no_pictures_and_no_other_end_afterwards(
        self, sqlite_studio: Library, clock: ManualClock
    ) -> None:
        gallery = await make(sqlite_studio, expires_at=later(sqlite_studio))
        path = f"{ROOT}/galleries/{gallery}"
        clock.advance(DAY)
        for _ in range(2):  # before and after the faces were erased
            answer = await sqlite_studio.client.post(
                f"{path}/photos", files={"files": ("a.jpg", portrait(ANA[0]))}
            )
            assert (answer.status_code, answer.json()["code"]) == (409, "gallery_expired")
            answer = await sqlite_studio.client.post(f"{path}/index", json={"prefix": "identities"})
            assert answer.json()["code"] == "gallery_expired"
            await upkeep(sqlite_studio)
        answer = await sqlite_studio.client.patch(path, json={"expires_at": later(sqlite_studio)})
        assert answer.json()["code"] == "gallery_expired"
        assert (await sqlite_studio.client.patch(path, json={"title": "B"})).status_code == 200

    async def test_while_nothing_ran(
        self, database_url: str, packs_folder: Path, tmp_path: Path, clock: ManualClock
    ) -> None:
        async for studio in opened(tmp_path / "data", packs_folder, database_url, clock):
            await filled(studio, ANA[0], expires_at=later(studio))
        clock.advance(3 * DAY)
        (tmp_path / "data" / "packs").unlink()
        async for studio in opened(tmp_path / "data", packs_folder, database_url, clock):
            await upkeep(studio)
            assert await count(studio, Face) == 0
