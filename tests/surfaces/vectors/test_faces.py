"""Indexing, searching and comparing, and the pictures answers name, on real portraits."""

import hashlib
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.audit.service import list_entries
from kith.kit.db import Base
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT, ask

pytestmark = pytest.mark.models

POLICY = {"site", "url", "ts", "bbox", "p_hash", "phash", "quality", "thumb_url"}


def blank() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((200, 200, 3), 127, np.uint8)).save(file, "PNG")
    return file.getvalue()


async def send(library: Library, act: str, data: bytes, tenant: str = TENANT, **query: Any) -> dict[str, Any]:
    answer = await ask(
        library, "POST", f"/{act}", tenant, files={"file": ("a.jpg", data, "image/jpeg")}, params=query
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def rows(library: Library, *, without: tuple[str, ...] = ("audit_entries",)) -> dict[str, int]:
    async with library.runtime.db.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in without
        }


class TestIndex:
    async def test_keeps_the_picture_with_its_faces(self, library: Library) -> None:
        told = await send(library, "index_face", portrait(ANA[0]))
        assert told.keys() == {"indexed", "phash", "thumb_url", "vector_backend"}
        assert (told["indexed"], len(told["phash"]), int(told["phash"], 16) > 0) == (1, 16, True)
        await library.work()  # another surface's lists and groupings see it
        async with library.runtime.db.read() as session:
            tenant = await session.scalar(select(Base.metadata.tables["tenants"].c.id).where(
                Base.metadata.tables["tenants"].c.slug == TENANT))  # fmt: skip
        assert tenant != 1
        assert (await rows(library))["faces"] == 1

    async def test_twice_is_once(self, library: Library) -> None:
        first = await send(library, "index_face", portrait(ANA[0]))
        before = await rows(library)
        again = await send(library, "index_face", portrait(ANA[0]))
        assert (await rows(library)) == before
        assert {**again, "thumb_url": ""} == {**first, "thumb_url": ""}

    async def test_without_a_face(self, sqlite_library: Library) -> None:
        assert (await send(sqlite_library, "index_face", blank()))["indexed"] == 0
        assert (await rows(sqlite_library))["photos"] == 1


class TestSearch:
    async def test_finds_who_it_is_and_not_itself(self, library: Library) -> None:
        for name in (ANA[0], ANDRE[0]):
            await send(library, "index_face", portrait(name))
        told = await send(library, "search_face", portrait(ANA[1]), threshold=0.7)
        assert told["faces_found"] == 1
        (result,) = told["results"]
        assert result["score"] > 0.7
        assert result["metadata"].keys() == POLICY
        assert result["metadata"]["phash"] == result["metadata"]["p_hash"]
        assert hashlib.sha256(portrait(ANA[0])).hexdigest() in result["metadata"]["thumb_url"]

    async def test_the_threshold_counts_and_the_number(self, sqlite_library: Library) -> None:
        for name in (ANA[0], ANA[1], ANDRE[0]):
            await send(sqlite_library, "index_face", portrait(name))
        for act in ("compare_face", "search_face"):
            for query, count in ((0, 10), 3), ((0.7, 10), 2), ((0, 1), 1), ((1, 10), 0):
                threshold, top_k = query
                told = await send(sqlite_library, act, portrait(ANA[2]), threshold=threshold, top_k=top_k)
                assert len(told["results"]) == count

    async def test_a_kept_photo_never_becomes_a_query(self, sqlite_library: Library) -> None:
        await send(sqlite_library, "index_face", portrait(ANA[0]))
        await send(sqlite_library, "search_face", portrait(ANA[0]))
        await send(sqlite_library, "search_face", portrait(ANDRE[0]))
        origins = Base.metadata.tables["photo_origins"]
        async with sqlite_library.runtime.db.read() as session:
            found = (await session.scalars(select(origins.c.purpose).order_by(origins.c.photo_id))).all()
        assert found == ["index", "query"]
        await send(sqlite_library, "index_face", portrait(ANDRE[0]))
        async with sqlite_library.runtime.db.read() as session:
            assert set(await session.scalars(select(origins.c.purpose))) == {"index"}


class TestCompare:
    async def test_keeps_nothing(self, library: Library) -> None:
        await send(library, "index_face", portrait(ANA[0]))
        before = await rows(library)
        files = {path for path in library.runtime.settings.data.rglob("*") if path.is_file()}
        told = await send(library, "compare_face", portrait(ANA[1]), threshold=0.7)
        assert told.keys() == {"phash", "faces_found", "results", "vector_backend", "message"}
        assert len(told["results"]) == 1
        assert await rows(library) == before
        assert {path for path in library.runtime.settings.data.rglob("*") if path.is_file()} == files

    async def test_without_a_face(self, sqlite_library: Library) -> None:
        told = await send(sqlite_library, "compare_face", blank())
        assert (told["faces_found"], told["results"]) == (0, [])
        assert "No faces" in told["message"]

    async def test_again_looks_at_no_pixel_and_sees_what_is_new(self, sqlite_library: Library) -> None:
        networks = sqlite_library.runtime.networks
        await send(sqlite_library, "compare_face", portrait(ANA[0]))
        await send(sqlite_library, "index_face", portrait(ANA[1]))
        calls = networks.spent["analyse"].calls
        told = await send(sqlite_library, "compare_face", portrait(ANA[0]), threshold=0.7)
        assert len(told["results"]) == 1
        assert networks.spent["analyse"].calls == calls


class TestTenants:
    async def test_see_nothing_of_each_other(self, library: Library) -> None:
        await send(library, "index_face", portrait(ANA[0]), tenant="tenant-a")
        await send(library, "index_face", portrait(ANA[1]), tenant="tenant_b")
        for act in ("compare_face", "search_face"):
            told = await send(library, act, portrait(ANA[2]), tenant="tenant_b", threshold=0)
            assert len(told["results"]) == 1
            assert hashlib.sha256(portrait(ANA[1])).hexdigest() in told["results"][0]["metadata"]["thumb_url"]
        assert (await library.get("/stats"))["total_faces"] == 0  # the default tenant's

    async def test_what_is_no_name(self, sqlite_library: Library) -> None:
        for tenant, code in (
            (None, "missing_tenant_id"),
            ("ab", "invalid_tenant_id"),
            ("a b c", "invalid_tenant_id"),
        ):
            for act in ("index_face", "search_face", "compare_face"):
                answer = await ask(
                    sqlite_library, "POST", f"/api/{act}", tenant, files={"file": portrait(ANA[0])}
                )
                assert (answer.status_code, answer.json()["code"]) == (400, code)
                assert answer.json().keys() == {"code", "message", "request_id", "details"}


class TestImages:
    async def test_by_the_link_alone(self, library: Library) -> None:
        link = (await send(library, "index_face", portrait(ANA[0])))["thumb_url"]
        answer = await library.client.get(link)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert max(Image.open(io.BytesIO(answer.content)).size) == 250
        for wrong in (
            link.replace("expires=", "expires=1"), link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.replace(TENANT, "tenant-b"), link.replace("thumbnails", "raw-images"),
        ):  # fmt: skip
            answer = await library.client.get(wrong)
            assert (answer.status_code, answer.json()["code"]) == (403, "link_invalid")

    async def test_of_ones_own_tenant(self, library: Library) -> None:
        link = (await send(library, "index_face", portrait(ANA[0])))["thumb_url"].partition("?")[0]
        original = link.replace("thumbnails", "raw-images").replace("_thumb", "")
        assert (await ask(library, "GET", original)).content == portrait(ANA[0])
        assert (await ask(library, "GET", link)).status_code == 200
        assert (await ask(library, "GET", link, tenant=None)).json()["code"] == "missing_tenant_id"
        for tenant, path in (
            ("tenant-b", link), ("tenant-b", link.replace(TENANT, "tenant-b")),
            (TENANT, link.replace("_thumb.jpg", ".png")), (TENANT, "/images/thumbnails/x/y"),
        ):  # fmt: skip
            answer = await ask(library, "GET", path, tenant=tenant)
            assert (answer.status_code, answer.json()["code"]) == (404, "image_not_found")

    async def test_links_lead_back_to_where_they_were_asked_for(self, sqlite_library: Library) -> None:
        answer = await ask(
            sqlite_library, "POST", "/compat/vectors/index_face", files={"file": portrait(ANA[0])}
        )
        link = answer.json()["thumb_url"]
        assert link.startswith("/compat/vectors/api/images/thumbnails/")
        assert (await sqlite_library.client.get(link)).status_code == 200


class TestAudit:
    async def test_every_act_is_noted(self, sqlite_library: Library) -> None:
        for act in ("index_face", "search_face", "compare_face"):
            await send(sqlite_library, act, portrait(ANA[0]), tenant="default")
        async with sqlite_library.runtime.db.read() as session:
            entries = await list_entries(session, Principal())
        assert [it.action for it in entries] == ["compare", "search", "index"]
        assert entries[0].counts == {"faces": 1, "results": 1}
