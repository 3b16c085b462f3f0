"""Uploads over HTTP: on their way, broken off, at their end, refused, forgotten."""

import asyncio
import hashlib
import os
from datetime import timedelta
from typing import Any

import httpx
import pytest

from kith.accounts.errors import QuotaExceeded
from kith.accounts.principal import Principal
from kith.photos import queries
from kith.photos.aside import Aside
from kith.photos.service import get_photo
from kith.photos.tables import PhotoState
from kith.photos.uploading import MAX_PIECE_BYTES, NewUpload, expire_uploads
from kith.surfaces.native.mapping_uploads import uploads
from kith.tenants.service import Quotas, Tenants
from tests.support.clock import ManualClock
from tests.support.library import ANA, portrait
from tests.surfaces.conftest import Library

PATH = "/api/kith/uploads"
PICTURE = portrait(ANA[0])
DIGEST = hashlib.sha256(PICTURE).hexdigest()


async def begin(library: Library, data: bytes = PICTURE, **more: Any) -> httpx.Response:
    body = {"name": "ana.jpg", "size_bytes": len(data), **more}
    return await library.client.post(PATH, json=body)


async def begun(library: Library, data: bytes = PICTURE, **more: Any) -> int:
    answer = await begin(library, data, **more)
    assert answer.status_code == 201, answer.text
    assert answer.json()["offset"] == 0
    return answer.json()["upload_id"]


async def piece(library: Library, upload_id: int, offset: int, data: bytes) -> httpx.Response:
    headers = {"upload-offset": str(offset)}
    return await library.client.patch(f"{PATH}/{upload_id}", content=data, headers=headers)


def aside(library: Library) -> list[str]:
    folder = library.runtime.settings.uploads_folder
    return sorted(it.name for it in folder.iterdir()) if folder.exists() else []


class TestUploads:
    async def test_a_life_in_pieces(self, library: Library) -> None:
        upload_id = await begun(library, sha256=DIGEST, modified_at="2024-05-01T10:00:00Z")
        path, half = f"{PATH}/{upload_id}", len(PICTURE) // 2
        answer = await piece(library, upload_id, 0, PICTURE[:half])
        told = {"upload_id": upload_id, "offset": half, "size_bytes": len(PICTURE)}
        assert answer.json() == told
        assert (await library.get(path)) == told
        for wrong in (0, half - 1, half + 1):
            answer = await piece(library, upload_id, wrong, b"xx")
            assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset_wrong")
            assert answer.json()["offset"] == half
        done = (await piece(library, upload_id, half, PICTURE[half:])).json()
        assert done["outcome"] == "added"
        assert aside(library) == []
        assert (await library.client.get(path)).status_code == 404
        await library.work()
        async with library.runtime.db.read() as session:
            assert (await get_photo(session, Principal(), done["photo_id"])).state == PhotoState.ANALYSED
        again = await begin(library, sha256=DIGEST)
        assert again.json() == {"outcome": "duplicate", "photo_id": done["photo_id"]}
        unknown = await begun(library)
        assert (await piece(library, unknown, 0, PICTURE)).json()["outcome"] == "duplicate"

    async def test_two_at_once_are_one_photo(self, library: Library) -> None:
        ids = [await begun(library, sha256=DIGEST) for _ in range(2)]
        answers = await asyncio.gather(*(piece(library, it, 0, PICTURE) for it in ids))
        assert sorted(it.json()["outcome"] for it in answers) == ["added", "duplicate"]
        assert len({it.json()["photo_id"] for it in answers}) == 1
        assert aside(library) == []

    async def test_what_is_no_picture_leaves_nothing(self, library: Library) -> None:
        data = b"GIF89a this is not one" * 10
        upload_id = await begun(library, data)
        answer = await piece(library, upload_id, 0, data)
        assert 400 <= answer.status_code < 500
        assert answer.json()["code"] in {"image_corrupt", "image_unsupported"}
        assert (await library.client.get(f"{PATH}/{upload_id}")).status_code == 404
        assert aside(library) == []

    async def test_other_bytes_than_announced_leave_nothing(self, library: Library) -> None:
        upload_id = await begun(library, sha256="0" * 64)
        answer = await piece(library, upload_id, 0, PICTURE)
        assert (answer.status_code, answer.json()["code"]) == (400, "upload_digest_wrong")
        assert aside(library) == []

    async def test_more_than_announced(self, sqlite_library: Library) -> None:
        upload_id = await begun(sqlite_library)
        answer = await piece(sqlite_library, upload_id, 0, PICTURE + b"x")
        assert (answer.status_code, answer.json()["code"]) == (400, "upload_too_long")
        assert (await piece(sqlite_library, upload_id, 0, PICTURE)).status_code == 200

    async def test_a_piece_that_is_too_large(self, sqlite_library: Library) -> None:
        size = MAX_PIECE_BYTES + 1
        upload_id = await begun(sqlite_library, size_bytes=size)
        answer = await piece(sqlite_library, upload_id, 0, b"x" * size)
        assert (answer.status_code, answer.json()["code"]) == (413, "upload_piece_too_large")
        assert (await sqlite_library.get(f"{PATH}/{upload_id}"))["offset"] == 0

    async def test_cancelled_halfway(self, library: Library) -> None:
        upload_id = await begun(library, size_bytes=400_000_000)
        await piece(library, upload_id, 0, b"x" * 1_000_000)
        assert len(aside(library)) == 1
        assert (await library.client.delete(f"{PATH}/{upload_id}")).status_code == 204
        assert (await library.client.delete(f"{PATH}/{upload_id}")).status_code == 404
        assert (await piece(library, upload_id, 0, b"x")).status_code == 404
        assert aside(library) == []

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 422), ([], 422), ({"name": "", "size_bytes": 1}, 422), ({"name": "a", "size_bytes": 0}, 422),
            ({"name": "a", "size_bytes": 10**30}, 422), ({"name": "a", "size_bytes": 1, "sha256": "x"}, 422),
            ({"name": "a", "size_bytes": 600 * 2**20}, 413),
            ({"name": "a", "size_bytes": 1, "gallery_id": 77}, 404),
            ({"name": "a", "size_bytes": 1, "modified_at": "2024-05-01T10:00:00"}, 422),
        ],
    )  # fmt: skip
    async def test_what_cannot_begin(self, sqlite_library: Library, body: object, status: int) -> None:
        answer = await sqlite_library.client.post(PATH, json=body)
        assert answer.status_code == status
        assert aside(sqlite_library) == []

    async def test_a_quota_is_said_before_a_byte_is_sent(self, library: Library) -> None:
        runtime = library.runtime
        async with runtime.db.write() as session:
            tenant = await Tenants(session, Principal(), runtime.clock).create("small", Quotas(photos=0))
        with pytest.raises(QuotaExceeded):
            await uploads(runtime, Principal(tenant.id)).begin(NewUpload("a", 5))


class TestInterrupted:
    async def test_what_arrived_whole_but_was_not_looked_at(self, library: Library) -> None:
        """The process died before it was registered: an empty piece does the rest."""
        upload_id = await begun(library)
        (name,) = aside(library)
        (library.runtime.settings.uploads_folder / name).write_bytes(PICTURE)
        assert (await piece(library, upload_id, len(PICTURE), b"")).json()["outcome"] == "added"

    async def test_bytes_that_are_gone(self, library: Library) -> None:
        upload_id = await begun(library)
        (name,) = aside(library)
        (library.runtime.settings.uploads_folder / name).unlink()
        for answer in (
            await library.client.get(f"{PATH}/{upload_id}"), await piece(library, upload_id, 0, b"x"),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")

    async def test_after_a_day_it_is_forgotten(self, library: Library) -> None:
        runtime = library.runtime
        old, gone, fresh = [await begun(library) for _ in range(3)]
        names = dict(zip((old, gone, fresh), await self.names(library, old, gone, fresh), strict=True))
        folder, now = runtime.settings.uploads_folder, runtime.clock.now()
        (folder / names[gone]).unlink()
        stray = folder / ("a" * 32)
        stray.touch()
        long_ago = (now - timedelta(hours=1)).timestamp()
        for path in (folder / names[old], stray):
            os.utime(path, (long_ago, long_ago))

        later = ManualClock(now + timedelta(days=1, minutes=1))
        soon = now + timedelta(days=1)
        os.utime(folder / names[fresh], (soon.timestamp(), soon.timestamp()))
        async with runtime.db.write() as session:
            await expire_uploads(session, later, Aside(folder))
        assert aside(library) == [names[fresh]]
        statuses = [(await library.client.get(f"{PATH}/{it}")).status_code for it in (old, gone, fresh)]
        assert statuses == [404, 404, 200]

    async def names(self, library: Library, *upload_ids: int) -> list[str]:
        async with library.runtime.db.read() as session:
            rows = [await session.scalar(queries.upload(Principal(), it)) for it in upload_ids]
        return [it.uuid.hex for it in rows if it is not None]

    async def test_erased_with_its_tenant(self, library: Library) -> None:
        await begun(library)
        assert len(aside(library)) == 1
        await library.runtime.erase_tenant(Principal(), "default")
        assert aside(library) == []
