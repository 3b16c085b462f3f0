"""Erasing a tenant leaves nothing of it in any table, in the index or among the bytes; the others stay."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from kith.accounts.errors import ScopeMissing, TenantNotFound
from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.audit.queries import AuditFilter
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction
from kith.jobs.service import Jobs, LeaseLost
from kith.kit.db import Base
from kith.photos import queries
from kith.photos.importing import describe
from kith.photos.service import Photos
from kith.runtime import Runtime, open_runtime
from kith.tenants.service import Quotas, Tenants
from tests.support.tiny_library import picture, tiny_settings

OWNER = Principal()


@pytest_asyncio.fixture
async def runtime(database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with open_runtime(tiny_settings(tmp_path / "data", "tiny", url=database_url)) as runtime:
        await runtime.use_pack("tiny")
        yield runtime


async def tenant(runtime: Runtime, slug: str) -> Principal:
    async with runtime.db.write() as session:
        made = await Tenants(session, OWNER, runtime.clock).create(slug, Quotas())
        who = Principal(made.id)
        await Keys(session, who, runtime.clock).create(NewKey("key", [Scope.ADMIN]))
    return who


async def add(runtime: Runtime, who: Principal, folder: Path, *pictures: bytes) -> None:
    folder.mkdir(exist_ok=True)
    for number, data in enumerate(pictures):
        (folder / f"{number}.png").write_bytes(data)
    await runtime.importer(who).run([folder], copy=True, progress=lambda _: None)


async def counts(runtime: Runtime) -> dict[str, int]:
    """How many rows each table has, but for the logs: of changes, which starts anew, and of accesses."""
    async with runtime.db.read() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in {"index_changes", "audit_entries"}
        }


def blobs(runtime: Runtime) -> set[str]:
    return {it.name for it in (runtime.settings.data / "blobs").rglob("*") if it.is_file()}


class TestErase:
    async def test_leaves_nothing_and_takes_nothing_of_others(self, runtime: Runtime, tmp_path: Path) -> None:
        shared, mine, theirs = picture((1, 1)), picture((2, 2), (9, 9)), picture((3, 3))
        stays = await tenant(runtime, "stays")
        await add(runtime, stays, tmp_path / "a", shared, mine)
        await runtime.runner().drain(stays.tenant_id)
        recognition = await runtime.recognition()
        await recognition.catch_up()
        before, stored, indexed = await counts(runtime), blobs(runtime), len(recognition.index)

        goes = await tenant(runtime, "goes")
        await add(runtime, goes, tmp_path / "b", shared, theirs)
        await runtime.runner().drain(goes.tenant_id)
        await add(runtime, goes, tmp_path / "c", picture((4, 4)))  # this one still waits
        await recognition.catch_up()
        assert len(recognition.index) > indexed
        assert await runtime.erase_tenant(OWNER, "goes") == 2
        assert await counts(runtime) == before
        assert blobs(runtime) == stored
        async with runtime.db.read() as session:
            erased = await list_entries(session, OWNER, AuditFilter(action=AuditAction.ERASE))
        assert [(it.subject, it.subject_id) for it in erased] == [("tenant", str(goes.tenant_id))]
        await recognition.catch_up()
        assert len(recognition.index) == indexed
        with pytest.raises(TenantNotFound):
            await runtime.erase_tenant(OWNER, "goes")

    async def test_the_default_tenant_stays_without_content(self, runtime: Runtime, tmp_path: Path) -> None:
        before = await counts(runtime)
        await add(runtime, OWNER, tmp_path / "a", picture((1, 1)))
        await runtime.runner().drain(1)
        await runtime.erase_tenant(OWNER, "default")
        after = await counts(runtime)
        assert after == before
        assert blobs(runtime) == set()

    async def test_what_is_being_analysed_does_not_come_back(self, runtime: Runtime, tmp_path: Path) -> None:
        who = await tenant(runtime, "goes")
        await add(runtime, who, tmp_path / "a", picture((1, 1)))
        runner = runtime.runner()
        async with runtime.db.write() as session:
            jobs = await runner_jobs(session, runtime)
        await runtime.erase_tenant(OWNER, "goes")
        with pytest.raises(LeaseLost):
            await runner._handlers["analyse"].run(jobs, runtime.liveness.worker)
        after = await counts(runtime)
        assert [after[name] for name in ("photos", "faces", "embeddings", "jobs")] == [0, 0, 0, 0]

    async def test_what_is_registered_late_is_refused(self, runtime: Runtime, tmp_path: Path) -> None:
        who = await tenant(runtime, "goes")
        async with runtime.db.read() as session:
            library_id = (await session.scalars(queries.library(who))).one().id
        await runtime.erase_tenant(OWNER, "goes")
        file = describe(picture((1, 1)), "late.png", runtime.limits)
        with pytest.raises(TenantNotFound):
            async with runtime.db.write() as session:
                await Photos(session, who, runtime.clock).register(library_id, [file])

    async def test_is_for_operators(self, runtime: Runtime) -> None:
        who = await tenant(runtime, "goes")
        with pytest.raises(ScopeMissing):
            await runtime.erase_tenant(who, "goes")
        with pytest.raises(TenantNotFound):
            await runtime.erase_tenant(who, "default")


async def runner_jobs(session, runtime: Runtime):
    return await Jobs(session, runtime.clock).claim(
        runtime.liveness.worker, {"analyse": 10}, timedelta(minutes=5)
    )
