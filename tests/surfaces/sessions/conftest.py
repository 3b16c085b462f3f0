"""A library whose sources are a folder of real portraits."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from kith.setting_groups import SessionsSettings, SourceSettings, SurfaceSettings
from tests.support.library import library_settings
from tests.support.shared import shared_path
from tests.surfaces.conftest import NO_WORKER, Library, _library

SURFACES = SurfaceSettings(sessions=SessionsSettings(index_per_minute=100_000, searches_per_minute=100_000))


def sessions_settings(data: Path, packs: Path, url: str | None = None, **groups: Any):
    sources = SourceSettings(url=str(shared_path("data")))
    groups = {"worker": NO_WORKER, "surfaces": SURFACES, "sources": sources, **groups}
    return library_settings(data, packs, url, **groups)


@pytest_asyncio.fixture
async def shop(database_url: str, packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """An empty library that may index the shared photos; on SQLite and on PostgreSQL."""
    async for it in _library(sessions_settings(tmp_path / "data", packs_folder, database_url)):
        yield it


@pytest_asyncio.fixture
async def sqlite_shop(packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    async for it in _library(sessions_settings(tmp_path / "data", packs_folder)):
        yield it


def key_of(name: str) -> str:
    """The key of a portrait in the sources, by the name of its file."""
    return f"identities/{name.rpartition('_')[0]}/{name}"


async def index(shop: Library, session: str, photos: dict[str, str]) -> dict[str, Any]:
    """Index portraits under ids, {id: name}."""
    body = {
        "session_id": session,
        "photos": [{"photo_id": it, "s3_key": key_of(name)} for it, name in photos.items()],
    }
    answer = await shop.client.post("/api/v2/index/batch", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def found(shop: Library, session: str, selfie: bytes, **form: Any) -> list[str]:
    """The ids a selfie finds."""
    answer = await shop.client.post(
        "/api/v2/search", files={"file": selfie}, data={"session_id": session, **form}
    )
    assert answer.status_code == 200, answer.text
    return [it["photo_id"] for it in answer.json()["matches"]]
