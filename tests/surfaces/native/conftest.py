"""Libraries with sources and a clock that stands still, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.clock import ManualClock
from tests.surfaces.conftest import Library
from tests.surfaces.native.galleries import opened


@pytest_asyncio.fixture
async def studio(
    database_url: str, packs_folder: Path, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Library]:
    async for it in opened(tmp_path / "data", packs_folder, database_url, clock):
        yield it


@pytest_asyncio.fixture
async def sqlite_studio(packs_folder: Path, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Library]:
    async for it in opened(tmp_path / "data", packs_folder, None, clock):
        yield it
