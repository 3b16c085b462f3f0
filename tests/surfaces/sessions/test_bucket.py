"""A session whose photos are in a bucket, and whose own bytes go into one: a real S3 server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import obstore
import pytest
import pytest_asyncio
from obstore.store import from_url

from kith.setting_groups import BlobSettings, SourceSettings
from tests.support.buckets import bucket, s3
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library, _library
from tests.surfaces.sessions.conftest import found, index, key_of, sessions_settings

__all__ = ["bucket", "s3"]

pytestmark = pytest.mark.models


def names(url: str) -> set[str]:
    """All that is stored below a place of the bucket."""
    return {it["path"] for some in obstore.list(from_url(url)) for it in some}


@pytest_asyncio.fixture
async def shop(bucket: str, database_url: str, packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    sources = from_url(f"{bucket}/sources")
    for name in (ANA[0], ANDRE[0]):
        await asyncio.to_thread(obstore.put, sources, key_of(name), portrait(name))
    settings = sessions_settings(
        tmp_path / "data", packs_folder, database_url,
        sources=SourceSettings(url=f"{bucket}/sources"), blobs=BlobSettings(url=f"{bucket}/blobs"),
    )  # fmt: skip
    async for it in _library(settings):
        yield it


async def test_is_indexed_searched_and_erased(shop: Library, bucket: str) -> None:
    there = await asyncio.to_thread(names, f"{bucket}/sources")
    done = await index(shop, "s", {"a": ANA[0], "b": ANDRE[0], "gone": ANDRE[1]})
    assert (done["indexed"], done["failed"]) == (2, 1)
    form = {"photo_id": "c", "session_id": "s"}
    answer = await shop.client.post("/api/v2/index", data=form, files={"file": portrait(ANA[2])})
    assert answer.status_code == 201
    assert await found(shop, "s", portrait(ANA[1])) == ["a", "c"]
    assert await asyncio.to_thread(names, f"{bucket}/blobs")
    answer = await shop.client.delete("/api/v2/index/s")
    assert answer.json()["embeddings_removed"] == 3
    assert await asyncio.to_thread(names, f"{bucket}/blobs") == set()
    assert await asyncio.to_thread(names, f"{bucket}/sources") == there


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "identities/../../blobs/x", "", "a\0b"])
async def test_keys_that_lead_elsewhere(shop: Library, key: str) -> None:
    body = {"session_id": "s", "photo_id": "a", "s3_key": key}
    answer = await shop.client.post("/api/v2/index", json=body)
    assert answer.status_code == 400, answer.text
