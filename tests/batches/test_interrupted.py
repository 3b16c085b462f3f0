"""A batch whose worker is killed, dies of a picture, or fails at it for no reason it can tell."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from kith.audit.tables import AuditEntry
from kith.background import gatherer
from kith.batches.service import INDEX_BATCH, NewItem
from kith.batches.tables import BatchState, ItemState
from kith.batches.tasks import IndexBatches
from kith.errors import AppError
from kith.faces.tables import Face
from kith.jobs.service import WorkerDied
from kith.jobs.tables import Job
from kith.kit.db import WriteSession
from kith.photos.noting import Notes
from kith.runtime import open_runtime
from tests.batches.conftest import Desk, Gate, gathering_settings
from tests.support.http import Site
from tests.support.processes import start_python
from tests.support.tiny_library import picture

WORKER = """
import asyncio, json, sys
from kith.background import gatherer
from kith.runtime import open_runtime
from kith.settings import Settings

async def main():
    async with open_runtime(Settings(**json.loads(sys.argv[1]))) as runtime:
        await runtime.recognition()
        print("ready", flush=True)
        sys.stdin.readline()
        await gatherer(runtime).serve()

asyncio.run(main())
"""
PICTURES = [picture((number, 7)) for number in range(12)]


@pytest_asyncio.fixture
async def real_time(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose clock is that of other processes."""
    async with open_runtime(gathering_settings(tmp_path / "data", database_url)) as runtime:
        yield Desk(runtime, runtime.clock)


@pytest.mark.slow
@pytest.mark.parametrize("slow", [0, 5, 11])
async def test_after_a_kill_another_goes_on_and_each_is_done_once(
    real_time: Desk, site: Site, slow: int
) -> None:
    gate = Gate(site, "/slow.png", PICTURES[slow])
    urls = [site.serve(f"/{number}.png", data) for number, data in enumerate(PICTURES)]
    urls[slow] = gate.url
    batch = await real_time.create(*urls)
    process = await start_python(WORKER, real_time.runtime.settings.model_dump_json())
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    await process.stdin.drain()
    await asyncio.to_thread(gate.asked.wait, 60)
    process.kill()
    await process.wait()
    gate.open.set()
    runner = gatherer(real_time.runtime)
    assert (await real_time.report(batch)).batch.processed < 12
    await runner.recover()
    await runner.drain(1)
    it = (await real_time.report(batch)).batch
    assert (it.state, it.processed, it.successful, it.failed) == (BatchState.COMPLETED, 12, 12, 0)
    assert {item.state for item in await real_time.items(batch)} == {ItemState.INDEXED}
    assert len(await real_time.photos()) == 12
    async with real_time.runtime.db.read() as session:
        assert len((await session.scalars(select(Face))).all()) == 12
        done = select(AuditEntry.subject_id).where(AuditEntry.subject == "batch_item")
        names = (await session.scalars(done)).all()
    assert len(names) == len(set(names)) == 12


class GivesUp:
    """Buries every job of a batch with one reason, as the runner does after the last attempt."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        it = desk.runtime
        self.handler = IndexBatches(
            it.db,
            it.blobs,
            it.clock,
            fetcher=it.fetcher,
            intake=it.intake(),
            limits=it.fetch_limits,
            signer=it.signer,
        )

    async def jobs(self) -> Sequence[Job]:
        async with self.desk.runtime.db.read() as session:
            return (await session.scalars(select(Job).where(Job.kind == INDEX_BATCH).order_by(Job.id))).all()

    async def give_up(self, error: AppError | None) -> None:
        for job in await self.jobs():
            async with self.desk.runtime.db.write() as session:
                await self._bury(session, job, error)

    async def _bury(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        await session.delete(await session.get_one(Job, job.id))
        await session.flush()
        await self.handler.give_up(session, job, error)


class TestGivenUp:
    async def test_the_picture_in_hand_fails_and_the_others_go_on(self, desk: Desk, site: Site) -> None:
        batch = await desk.create(*[site.serve(f"/{at}", data) for at, data in enumerate(PICTURES[:2])])
        await desk.work()
        again = await desk.create(*[site.serve(f"/a{at}", data) for at, data in enumerate(PICTURES)])
        givers = GivesUp(desk)
        (first, *_) = await givers.jobs()
        async with desk.runtime.db.write() as session:
            await givers._bury(session, first, WorkerDied("died"))
        await desk.work()
        it = (await desk.report(again)).batch
        assert (it.state, it.successful, it.failed) == (BatchState.COMPLETED, 11, 1)
        assert [error.code for error in (await desk.report(again)).errors] == ["worker_died"]
        assert (await desk.report(batch)).batch.state == BatchState.COMPLETED

    async def test_several_without_a_reason_fail_the_batch(self, desk: Desk) -> None:
        batch = await desk.submit(*[NewItem(Notes(), data) for data in PICTURES])
        await GivesUp(desk).give_up(None)
        it = (await desk.report(batch)).batch
        assert (it.state, it.error_code, it.failed) == (BatchState.FAILED, "internal_error", 3)
        await desk.work()
        states = [item.state for item in await desk.items(batch)]
        assert states.count(ItemState.CANCELLED) == 9
        assert [item.kept_as for item in await desk.items(batch)] == [None] * 12
        assert await desk.photos() == []

    async def test_the_last_one_ends_the_batch_and_lets_go_of_bytes(self, desk: Desk) -> None:
        batch = await desk.submit(NewItem(Notes(), PICTURES[0]))
        await GivesUp(desk).give_up(WorkerDied("died"))
        assert (await desk.report(batch)).batch.state == BatchState.COMPLETED
        await desk.work()
        assert [item.kept_as for item in await desk.items(batch)] == [None]


async def test_settings_go_to_another_process_as_they_are(desk: Desk) -> None:
    settings = desk.runtime.settings
    assert type(settings)(**json.loads(settings.model_dump_json())) == settings
