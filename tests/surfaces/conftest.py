"""A library behind HTTP, on real parts, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from kith.app import create_app
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import WorkerSettings
from kith.settings import Settings
from tests.support.client import connected
from tests.support.library import library_settings, portrait

# Tests say themselves when the work in the background is done.
NO_WORKER = WorkerSettings(embedded=False)


@dataclass
class Library:
    """A client, and the runtime its server stands on."""

    client: httpx.AsyncClient
    runtime: Runtime

    async def detect(self, name: str, data: bytes | None = None, **form: Any) -> dict[str, Any]:
        """POST a portrait, or `data` under that name, to /detect; what it answers."""
        picture = data if data is not None else portrait(name)
        answer = await self.client.post("/detect", files={"file": (name, picture)}, data=form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def work(self) -> None:
        """Do all jobs that wait."""
        await self.runtime.runner().drain(1)


@pytest_asyncio.fixture
async def library(database_url: str, packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """An empty library with the pack `mobile`; on SQLite and on PostgreSQL."""
    async for it in _library(
        library_settings(tmp_path / "data", packs_folder, database_url, worker=NO_WORKER)
    ):
        yield it


@pytest_asyncio.fixture
async def sqlite_library(packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """An empty library with the pack `mobile`, on SQLite only: for what no database has a part in."""
    async for it in _library(library_settings(tmp_path / "data", packs_folder, worker=NO_WORKER)):
        yield it


async def _library(settings: Settings) -> AsyncIterator[Library]:
    async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
        yield Library(client, runtime)
