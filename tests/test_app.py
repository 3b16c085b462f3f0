"""The application's lifetime: what it opens, does beside requests, and closes."""

import asyncio
from pathlib import Path

import pytest

from kith.accounts.principal import Principal
from kith.app import create_app
from kith.kit.errors import StorageUnavailable
from kith.runtime import open_runtime
from kith.setting_groups import EngineSettings
from tests.support.client import connected
from tests.support.databases import discard, migrated_database
from tests.support.library import library_settings
from tests.support.shared import shared_path


@pytest.mark.models
class TestWorker:
    async def test_works_on_what_was_imported_before(
        self, database_url: str, packs_folder: Path, tmp_path: Path
    ) -> None:
        settings = library_settings(tmp_path / "data", packs_folder, database_url)
        folder = shared_path("data", "identities", "ana_guevara")
        async with open_runtime(settings) as runtime:
            await runtime.importer(Principal()).run([folder], copy=False, progress=lambda _: None)
        async with connected(create_app(settings)) as client:
            async with asyncio.timeout(60):
                while "kith_jobs{" in (await client.get("/metrics")).text:
                    await asyncio.sleep(0.1)
            stats = (await client.get("/stats")).json()
            assert stats["total_images"] == len(list(folder.iterdir()))
            assert stats["largest_person_face_count"] >= 6

    async def test_gives_back_what_it_has_not_done(
        self, database_url: str, packs_folder: Path, tmp_path: Path
    ) -> None:
        settings = library_settings(tmp_path / "data", packs_folder, database_url)
        folders = [shared_path("data", "identities", name) for name in ("ana_guevara", "andre_agassi")]
        async with open_runtime(settings) as runtime:
            await runtime.importer(Principal()).run(folders, copy=False, progress=lambda _: None)
        async with connected(create_app(settings)):
            pass  # a server that ends as soon as it has started
        async with open_runtime(settings) as runtime:
            await runtime.runner().drain(1)
            async with connected(create_app(settings, runtime)) as client:
                stats = (await client.get("/stats")).json()
        assert stats["total_images"] == sum(len(list(folder.iterdir())) for folder in folders)
        assert stats["total_persons"] >= 2

    async def test_waits_for_a_database_that_is_away(self, packs_folder: Path, tmp_path: Path) -> None:
        url = migrated_database("postgresql", tmp_path)
        settings = library_settings(tmp_path / "data", packs_folder, url)
        async with open_runtime(settings) as runtime:
            discard(url)
            async with connected(create_app(settings, runtime)) as client:
                assert (await client.get("/health/live")).status_code == 200
                assert (await client.get("/persons")).status_code == 503


class TestRuntime:
    async def test_that_was_given_stays_open(self, tmp_path: Path) -> None:
        settings = library_settings(tmp_path / "data", None, engine=EngineSettings(pack="absent"))
        async with open_runtime(settings) as runtime:
            for _ in range(2):
                async with connected(create_app(settings, runtime)) as client:
                    assert (await client.get("/persons")).json() == []

    async def test_that_cannot_be_opened_keeps_it_from_starting(self, tmp_path: Path) -> None:
        settings = library_settings(tmp_path / "data", None)
        (tmp_path / "data" / "locks").write_text("in the way")
        with pytest.raises(StorageUnavailable):
            async with connected(create_app(settings)):
                pass
