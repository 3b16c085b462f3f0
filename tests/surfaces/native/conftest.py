"""Libraries behind the native surface: filled by hand, or with sources and a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.album import Album
from tests.support.clock import ManualClock
from tests.surfaces.conftest import Library
from tests.surfaces.native.galleries import opened


@pytest.fixture
def album(library: Library) -> Album:
    """An empty library to be filled by hand, on both databases."""
    return Album(library.client, library.runtime)


@pytest.fixture
def sqlite_album(sqlite_library: Library) -> Album:
    return Album(sqlite_library.client, sqlite_library.runtime)


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
