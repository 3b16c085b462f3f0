"""Deleting a session leaves nothing: in no table, in no index, in no store."""

import asyncio
import hashlib
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.faces.tables import Face
from kith.kit.db import Base
from kith.people.service import People
from kith.people.tables import Decision
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import found, index, key_of

pytestmark = pytest.mark.models

# What says nothing of anybody: who the tenants are, which packs there were, which numbers changed, which
# ids were at work.
KEPT = {"audit_entries", "tenants", "galleries", "embedding_spaces", "index_changes", "jobs"}


async def counts(shop: Library) -> dict[str, int]:
    """The rows of every table there is."""
    async with shop.runtime.db.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def left_over(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in after.items() if name not in KEPT and count != before[name]}


def blobs(shop: Library) -> list[Path]:
    return [path for path in (shop.runtime.settings.data / "blobs").rglob("*") if path.is_file()]


async def upload(shop: Library, session: str, photo_id: str, data: bytes) -> None:
    form = {"photo_id": photo_id, "session_id": session}
    answer = await shop.client.post("/api/v2/index", data=form, files={"file": data})
    assert answer.status_code == 201, answer.text


class TestErase:
    async def test_leaves_nothing_anywhere(self, shop: Library) -> None:
        before = await counts(shop)
        await index(shop, "s", {"a": ANA[0], "b": ANDRE[0]})
        await upload(shop, "s", "c", portrait(ANA[1]))
        assert await found(shop, "s", portrait(ANA[0])) == ["a", "c"]
        assert blobs(shop)
        async with shop.runtime.db.read() as session:
            face_ids = np.array((await session.scalars(select(Face.id))).all())
        answer = await shop.client.delete("/api/v2/index/s")
        assert answer.json() == {"deleted": True, "session_id": "s", "embeddings_removed": 3}
        after = await counts(shop)
        assert left_over(before, after) == {}
        assert after["galleries"] == before["galleries"]
        assert blobs(shop) == []
        recognition = await shop.runtime.recognition()
        assert len(recognition.index) == 0
        assert len(recognition.index.entries(face_ids)) == 0
        assert (await shop.get("/api/v2/search/status/s"))["photo_count"] == 0

    async def test_leaves_other_sessions_and_the_library(self, shop: Library) -> None:
        await shop.detect(ANA[2])
        await index(shop, "s", {"a": ANA[0]})
        await upload(shop, "s", "b", portrait(ANA[2]))
        await index(shop, "t", {"a": ANA[0]})
        await upload(shop, "t", "b", portrait(ANA[2]))
        await shop.client.delete("/api/v2/index/s")
        digest = hashlib.sha256(portrait(ANA[2])).hexdigest()
        assert await found(shop, "t", portrait(ANA[0])) == ["a", "b"]
        assert {path.name for path in blobs(shop)} == {digest, "thumbnail.webp"}
        assert len([path for path in blobs(shop) if path.name == digest]) == 2
        assert (await shop.get("/stats"))["total_images"] == 3

    async def test_twice_at_once(self, shop: Library) -> None:
        await index(shop, "s", {"a": ANA[0]})
        answers = await asyncio.gather(*(shop.client.delete("/api/v2/index/s") for _ in range(2)))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert sorted(answer.json()["embeddings_removed"] for answer in answers) == [0, 1]

    async def test_while_indexing_brings_nothing_back(self, shop: Library) -> None:
        """Of many small batches: whatever had been read when the session went is told as failed."""
        before = await counts(shop)
        await index(shop, "s", {"first": ANDRE[0]})
        keys = [*ANA, *ANDRE] * 12
        indexing = asyncio.create_task(index(shop, "s", {f"p{at}": name for at, name in enumerate(keys)}))
        while not (await shop.get("/api/v2/search/status/s"))["photo_count"] > 1:
            await asyncio.sleep(0)
        assert (await shop.client.delete("/api/v2/index/s")).status_code == 200
        done = await indexing
        assert done["failed"] > 0
        assert all("deleted" in it["error"] for it in done["results"] if not it["indexed"])
        after = await counts(shop)
        assert left_over(before, after) == {}

    async def test_faces_that_a_human_decided_about(self, shop: Library) -> None:
        before = await counts(shop)
        await index(shop, "s", {"a": ANA[0]})
        async with shop.runtime.db.write() as session:
            people = People(session, Principal(), shop.runtime.clock)
            person = await people.create("Ana")
            (face_id,) = await session.scalars(select(Face.id))
            await people.assign([face_id], person.id)
        await shop.client.delete("/api/v2/index/s")
        after = await counts(shop)
        assert (after["faces"], after["rejections"]) == (before["faces"], before["rejections"])
        assert after["persons"] == 1
        async with shop.runtime.db.read() as session:
            for decision in await session.scalars(select(Decision)):
                assert all(change["subject"] == "person" for change in decision.changes)


class TestReplacing:
    async def test_another_picture_takes_the_place_of_the_first(self, shop: Library) -> None:
        await index(shop, "s", {"a": ANA[0], "b": ANA[1]})
        await index(shop, "s", {"a": ANDRE[0]})
        assert await found(shop, "s", portrait(ANA[2])) == ["b"]
        assert await found(shop, "s", portrait(ANDRE[1])) == ["a"]
        assert (await counts(shop))["photos"] == 2

    async def test_the_same_again_changes_nothing(self, shop: Library) -> None:
        for _ in range(2):
            await index(shop, "s", {"a": ANA[0], "b": ANDRE[0]})
        assert {name: (await counts(shop))[name] for name in ("photos", "files", "faces", "embeddings")} == {
            "photos": 2, "files": 2, "faces": 2, "embeddings": 2,
        }  # fmt: skip

    async def test_one_picture_under_two_ids_is_found_under_both(self, shop: Library) -> None:
        await index(shop, "s", {"a": ANA[0], "b": ANA[0]})
        assert await found(shop, "s", portrait(ANA[1])) == ["a", "b"]
        await index(shop, "s", {"a": ANDRE[0]})
        assert await found(shop, "s", portrait(ANA[1])) == ["b"]

    async def test_a_picture_without_a_face_leaves_what_was_there(self, shop: Library) -> None:
        await index(shop, "s", {"a": ANA[0]})
        body = {"photo_id": "a", "session_id": "s", "s3_key": "duplicates/../" + key_of(ANA[0])}
        assert (await shop.client.post("/api/v2/index", json=body)).status_code == 400
        assert await found(shop, "s", portrait(ANA[1])) == ["a"]

    async def test_nobody_of_a_session_is_grouped(self, shop: Library) -> None:
        await index(shop, "s", {str(at): name for at, name in enumerate((*ANA, *ANDRE))})
        await shop.work()
        assert (await shop.get("/stats"))["total_persons"] == 0
