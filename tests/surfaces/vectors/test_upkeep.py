"""What is kept no longer than it may be: by request, and once a day."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from kith.accounts.principal import Principal
from kith.app import create_app
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction
from kith.background import courier
from kith.enrolment.retention import EXPIRE_PHOTOS, expire_everybodys
from kith.faces.tables import Face
from kith.jobs.tables import Job
from kith.photos.tables import Photo, PhotoOrigin, Purpose
from kith.runtime import open_runtime
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import ANA, ANDRE, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER, Library
from tests.surfaces.vectors.conftest import ask
from tests.surfaces.vectors.test_faces import send

pytestmark = pytest.mark.models

DAY = 86_400


@pytest_asyncio.fixture
async def timed(
    database_url: str, packs_folder: Path, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Library]:
    """A library whose clock stands still until a test moves it."""
    settings = library_settings(tmp_path / "data", packs_folder, database_url, worker=NO_WORKER)
    async with (
        open_runtime(settings, clock=clock) as runtime,
        connected(create_app(settings, runtime)) as client,
    ):
        yield Library(client, runtime)


async def clean(library: Library) -> dict[str, Any]:
    answer = await ask(library, "POST", "/admin/cleanup")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def digests(library: Library) -> set[str]:
    async with library.runtime.db.read() as session:
        return set(await session.scalars(select(Photo.original_name)))


async def post(library: Library, act: str, name: str, tenant: str = "demo-tenant") -> None:
    answer = await ask(library, "POST", f"/{act}", tenant, files={"file": (name, portrait(name))})
    assert answer.status_code == 200


class TestCleanup:
    async def test_erases_queries_whose_time_is_over(self, timed: Library, clock: ManualClock) -> None:
        await post(timed, "index_face", ANA[0])
        await post(timed, "search_face", ANDRE[0])
        clock.advance(DAY / 2)
        await post(timed, "search_face", ANA[1])
        clock.advance(DAY / 2 + 1)
        told = await clean(timed)
        assert {name: it["removed"] for name, it in told["results"]["jobs"].items()} == {
            "thumbnails": 0, "user_queries": 1, "audit_logs": 0, "orphaned_vectors": 1,
        }  # fmt: skip
        assert told["results"]["summary"] == {
            "total_jobs": 4, "successful_jobs": 4, "failed_jobs": 0, "overall_status": "success",
        }  # fmt: skip
        assert await digests(timed) == {ANA[0], ANA[1]}
        blobs = [it for it in (timed.runtime.settings.data / "blobs").rglob("*") if it.is_file()]
        assert len(blobs) == 4
        found = await send(timed, "compare_face", portrait(ANDRE[0]), threshold=0.7)
        assert found["results"] == []

    async def test_leaves_others_alone(self, timed: Library, clock: ManualClock) -> None:
        await post(timed, "search_face", ANDRE[0], tenant="tenant-b")
        clock.advance(2 * DAY)
        assert (await clean(timed))["results"]["jobs"]["user_queries"]["removed"] == 0
        assert await digests(timed) == {ANDRE[0]}

    async def test_keeps_what_somebody_decided_about(self, timed: Library, clock: ManualClock) -> None:
        await post(timed, "search_face", ANA[0])
        async with timed.runtime.db.write() as session:
            await session.execute(update(Face).values(is_pinned=True))
        clock.advance(2 * DAY)
        await clean(timed)
        assert await digests(timed) == {ANA[0]}
        async with timed.runtime.db.read() as session:
            assert await session.scalar(select(PhotoOrigin.purpose)) == Purpose.INDEX

    async def test_erases_photos_of_sites_after_ninety_days(self, timed: Library, clock: ManualClock) -> None:
        await post(timed, "index_face", ANA[0])
        await post(timed, "index_face", ANDRE[0])
        async with timed.runtime.db.write() as session:
            photo_id = await session.scalar(select(Photo.id).where(Photo.original_name == ANDRE[0]))
            await session.execute(
                update(PhotoOrigin).where(PhotoOrigin.photo_id == photo_id).values(site="example.org")
            )
        clock.advance(89 * DAY)
        assert (await clean(timed))["results"]["jobs"]["thumbnails"]["removed"] == 0
        clock.advance(2 * DAY)
        assert (await clean(timed))["results"]["jobs"]["thumbnails"]["removed"] == 1
        assert await digests(timed) == {ANA[0]}

    async def test_is_noted(self, timed: Library) -> None:
        await ask(timed, "POST", "/admin/cleanup", "default")
        async with timed.runtime.db.read() as session:
            (entry, *_) = await list_entries(session, Principal())
        assert (entry.action, entry.counts["user_queries"]) == (AuditAction.CLEANUP, 0)

    async def test_happens_once_a_day_for_everybody(self, timed: Library, clock: ManualClock) -> None:
        await post(timed, "search_face", ANDRE[0], tenant="tenant-b")
        await post(timed, "search_face", ANA[0])
        await post(timed, "index_face", ANA[1])
        before = clock.now() + timedelta(hours=1)
        async with timed.runtime.db.write() as session:
            await expire_everybodys(
                session, timed.runtime.blobs, queries_before=before, crawled_before=before
            )
        assert await digests(timed) == {ANA[1]}
        await courier(timed.runtime)
        async with timed.runtime.db.read() as session:
            assert EXPIRE_PHOTOS in set(await session.scalars(select(Job.kind)))
