"""The worker: does every job once, and lives through what handlers, databases and people do to it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.errors import Busy, InvalidInput, Unavailable
from kith.jobs.liveness import Liveness
from kith.jobs.runner import Runner
from kith.jobs.service import Jobs
from kith.jobs.tables import Job, JobState
from kith.kit.errors import StorageFull
from tests.jobs.workers import KIND, LEASE, Counting, Queue, numbers, runner
from tests.support.processes import start_python

WAIT_SECONDS = 30


class Fails:
    """Raises once, or each time, when a batch holds the number."""

    def __init__(self, error: Exception, *, on: int, times: int = 1_000_000) -> None:
        self.error = error
        self.batches: list[list[int]] = []
        self._on = on
        self._times = times

    def __call__(self, batch: list[int]) -> None:
        self.batches.append(batch)
        if self._on in batch and self._times > 0:
            self._times -= 1
            raise self.error


async def drain(queue: Queue, *workers: asyncio.Task[None]) -> None:
    """Let time pass, a minute at a moment, until the workers are done."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not all(worker.done() for worker in workers):
            queue.clock.advance(60)
            await asyncio.sleep(0.01)
    for worker in workers:
        worker.result()


def start(queue: Queue, folder: Path, handler: Counting) -> asyncio.Task[None]:
    return asyncio.create_task(runner(queue, folder, handler).drain(DEFAULT_TENANT_ID))


class TestDrain:
    async def test_does_everything_once(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(50))
        handler = Counting(queue)
        await runner(queue, tmp_path, handler).drain(DEFAULT_TENANT_ID)
        assert sorted(handler.done) == list(range(50))
        assert await queue.rows() == []

    async def test_nothing_to_do(self, queue: Queue, tmp_path: Path) -> None:
        await runner(queue, tmp_path, Counting(queue)).drain(DEFAULT_TENANT_ID)

    async def test_two_workers_share_the_work(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(80))
        left, right = Counting(queue), Counting(queue)
        workers = start(queue, tmp_path, left), start(queue, tmp_path, right)
        async with asyncio.timeout(WAIT_SECONDS):
            await asyncio.gather(*workers)
        assert sorted(left.done + right.done) == list(range(80))

    async def test_waits_for_what_another_worker_has_in_hand(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        jobs = await queue.claim("another")
        work = start(queue, tmp_path, Counting(queue))
        await asyncio.wait([work], timeout=0.2)
        assert not work.done()
        await queue.finish(jobs, "another")
        await asyncio.wait_for(work, WAIT_SECONDS)


class TestPoison:
    async def test_only_the_bad_job_pays(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(8))
        handler = Counting(queue, before=Fails(ValueError("secret"), on=2))
        await drain(queue, start(queue, tmp_path, handler))
        assert sorted(handler.done) == [0, 1, 3, 4, 5, 6, 7]

    async def test_is_tried_again_then_buried(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        fails = Fails(ValueError("secret"), on=1)
        handler = Counting(queue, before=fails)
        await drain(queue, start(queue, tmp_path, handler))
        assert len(fails.batches) == 3
        (job,) = await queue.rows()
        assert (job.state, job.attempts) == (JobState.FAILED, 3)
        assert (job.error_code, job.error_detail) == ("internal_error", "ValueError")
        assert handler.given_up == [(1, None)]

    async def test_an_error_of_ours_is_kept_by_its_code(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        error = InvalidInput("the picture is upside down")
        handler = Counting(queue, before=Fails(error, on=1))
        await drain(queue, start(queue, tmp_path, handler))
        (job,) = await queue.rows()
        assert (job.error_code, job.error_detail) == ("invalid_input", "the picture is upside down")
        assert handler.given_up == [(1, error)]

    async def test_a_failure_that_passes_leaves_no_trace(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Counting(queue, before=Fails(ValueError(), on=1, times=2))
        await drain(queue, start(queue, tmp_path, handler))
        assert (handler.done, handler.given_up, await queue.rows()) == ([1], [], [])

    async def test_waits_longer_each_time(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Counting(queue, before=Fails(ValueError(), on=1))
        delays: list[float] = []
        for _ in range(3):
            async with serving(runner(queue, tmp_path, handler, attempts=10)):
                await until(lambda: waits_for_later(queue))
            (job,) = await queue.rows()
            delays.append((job.available_at - queue.clock.now()).total_seconds())
            queue.clock.advance(delays[-1])
        assert delays == [2, 4, 8]


class TestNotItsFault:
    async def test_busy_is_tried_again_and_not_counted(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Counting(queue, before=Fails(Busy(), on=1, times=5))
        await drain(queue, start(queue, tmp_path, handler))
        assert (handler.done, handler.given_up) == ([1], [])

    async def test_a_full_disk_ends_a_drain_and_costs_no_job_an_attempt(
        self, queue: Queue, tmp_path: Path
    ) -> None:
        await queue.add(*range(6))
        handler = Counting(queue, before=Fails(StorageFull(), on=0))
        with pytest.raises(StorageFull):
            await runner(queue, tmp_path, handler).drain(DEFAULT_TENANT_ID)
        left = await queue.rows()
        assert sorted([*handler.done, *numbers(left)]) == list(range(6))
        assert {(job.state, job.attempts) for job in left} == {(JobState.QUEUED, 0)}

    async def test_a_lost_lease_is_the_business_of_who_has_it(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Robbed(queue)
        await runner(queue, tmp_path, handler).drain(DEFAULT_TENANT_ID)
        assert (handler.robbed, handler.done, handler.given_up) == ([1], [], [])
        assert await queue.rows() == []

    async def test_a_cancelled_job_goes_back(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Held(queue)
        work = start(queue, tmp_path, handler)
        await asyncio.wait_for(handler.started.wait(), WAIT_SECONDS)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        (job,) = await queue.rows()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)


class TestServe:
    async def test_takes_up_what_is_added_later(self, queue: Queue, tmp_path: Path) -> None:
        handler = Counting(queue)
        async with serving(runner(queue, tmp_path, handler)):
            await queue.add(1)
            await until(lambda: handler.done == [1])
            await queue.add(2)
            await until(lambda: handler.done == [1, 2])

    async def test_stopping_lets_the_batch_in_hand_end(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Held(queue)
        async with serving(runner(queue, tmp_path, handler)) as worker:
            await asyncio.wait_for(handler.started.wait(), WAIT_SECONDS)
            worker.stop()
            handler.go_on.set()
        assert handler.done == [1]

    async def test_goes_on_when_what_was_away_is_back(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        fails = Fails(Unavailable(), on=1, times=1)
        handler = Counting(queue, before=fails)
        async with serving(runner(queue, tmp_path, handler)):
            await until(lambda: len(fails.batches) == 1)
            await until(lambda: waits_for_later(queue))
            queue.clock.advance(60)
            await until(lambda: handler.done == [1])

    async def test_a_long_job_keeps_its_lease(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        handler = Held(queue)
        async with serving(runner(queue, tmp_path, handler, lease_seconds=1)):
            await asyncio.wait_for(handler.started.wait(), WAIT_SECONDS)
            for _ in range(3):
                queue.clock.advance(0.9)
                await until(lambda: is_leased_for(queue, 1))
            handler.go_on.set()
        assert handler.done == [1]

    async def test_takes_up_what_a_worker_left_that_was_killed(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        await die_with_a_job(queue, tmp_path)
        handler = Counting(queue)
        async with serving(runner(queue, tmp_path, handler, lease_seconds=1)):
            await until(lambda: handler.done == [1])


class TestRecover:
    async def test_the_job_of_a_killed_worker_is_done_once(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1, 2)
        await die_with_a_job(queue, tmp_path)
        assert {job.state for job in await queue.rows()} == {JobState.RUNNING}
        handler = Counting(queue)
        worker = runner(queue, tmp_path, handler)
        await worker.recover()
        await worker.drain(DEFAULT_TENANT_ID)
        assert sorted(handler.done) == [1, 2]
        assert len(list(tmp_path.glob("*.lock"))) == 1  # our own; the dead worker's is swept away

    async def test_a_living_worker_keeps_its_jobs(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        other = Liveness(tmp_path)
        await queue.claim(other.worker)
        await runner(queue, tmp_path, Counting(queue)).recover()
        assert [job.leased_by for job in await queue.rows()] == [other.worker]
        other.close()


class Robbed(Counting):
    """Takes so long that its lease runs out, and another worker does the jobs."""

    robbed: list[int]

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        self.queue.clock.advance(LEASE.total_seconds() + 1)
        async with self.queue.db.write() as session:
            jobs_of_all = Jobs(session, self.queue.clock)
            await jobs_of_all.recover([], 5)
            taken = await jobs_of_all.claim("thief", {KIND: 1}, LEASE)
        self.robbed = numbers(taken)
        await self.queue.finish(taken, "thief")
        await super().run(jobs, worker)


class Held(Counting):
    """Says when it has started, and goes on when let."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue)
        self.started, self.go_on = asyncio.Event(), asyncio.Event()

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        self.started.set()
        await self.go_on.wait()
        await super().run(jobs, worker)


DIE = """
import asyncio, sys
from datetime import datetime, timedelta
from pathlib import Path
from kith.jobs.liveness import Liveness
from kith.jobs.service import Jobs
from kith.kit.db import Database
from tests.support.clock import ManualClock

async def main(url, folder, now):
    database, liveness = Database(url), Liveness(Path(folder))
    async with database.write() as session:
        queue = Jobs(session, ManualClock(datetime.fromisoformat(now)))
        assert await queue.claim(liveness.worker, {"count": 10}, timedelta(hours=1))
    print("ready", flush=True)
    sys.stdin.readline()

asyncio.run(main(*sys.argv[1:]))
"""


async def die_with_a_job(queue: Queue, folder: Path) -> None:
    """A process claims all there is, for an hour, and is killed."""
    url = queue.db.url.render_as_string(hide_password=False)
    process = await start_python(DIE, url, str(folder), queue.clock.now().isoformat())
    process.kill()
    await process.wait()


@asynccontextmanager
async def serving(worker: Runner) -> AsyncGenerator[Runner]:
    """The worker serves meanwhile, and is stopped at the end."""
    work = asyncio.create_task(worker.serve())
    yield worker
    worker.stop()
    await asyncio.wait_for(work, WAIT_SECONDS)


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not (answer if isinstance(answer := condition(), bool) else await answer):
            await asyncio.sleep(0.01)


async def waits_for_later(queue: Queue) -> bool:
    """Whether every job has been tried, and waits for a time to come."""
    jobs = await queue.rows()
    return all(job.state == JobState.QUEUED and job.available_at > queue.clock.now() for job in jobs)


async def is_leased_for(queue: Queue, seconds: int) -> bool:
    (job,) = await queue.rows()
    return job.lease_until == queue.clock.now() + timedelta(seconds=seconds)
