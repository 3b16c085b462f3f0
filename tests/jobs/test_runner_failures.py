"""The worker, when more goes wrong than a job: nothing is lost, kept for ever, or paid for by another job."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.errors import AppError
from kith.jobs.liveness import Liveness
from kith.jobs.runner import Runner, RunnerConfig
from kith.jobs.service import WorkerDied
from kith.jobs.tables import Job, JobState
from kith.kit.db import WriteSession
from kith.kit.errors import StorageFull
from tests.jobs.test_runner import WAIT_SECONDS, Held, die_with_a_job, drain, serving, start, until
from tests.jobs.workers import KIND, LEASE, Counting, Queue, numbers, runner
from tests.support.clock import ManualClock


class InTurn:
    """Raises one error at each run, until there are none left."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def __call__(self, batch: list[int]) -> None:
        if self._errors:
            raise self._errors.pop(0)


class TestBatchTakenApart:
    async def test_when_the_disk_is_full(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(4))
        handler = Counting(queue, before=InTurn(ValueError(), StorageFull()))
        with pytest.raises(StorageFull):
            await asyncio.wait_for(start(queue, tmp_path, handler), WAIT_SECONDS)
        left = await queue.rows()
        assert numbers(left) == [0, 1, 2, 3]
        assert {(job.state, job.leased_by, job.attempts) for job in left} == {(JobState.QUEUED, None, 0)}

    async def test_when_cancelled(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(4))
        handler = FailsThenHangs(queue)
        work = start(queue, tmp_path, handler)
        await asyncio.wait_for(handler.hangs.wait(), WAIT_SECONDS)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert numbers(await queue.rows(JobState.QUEUED)) == [0, 1, 2, 3]

    async def test_the_rest_goes_on_at_once_while_serving(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(4))
        handler = Counting(queue, before=InTurn(ValueError(), StorageFull()))
        async with serving(runner(queue, tmp_path, handler)):
            await until(lambda: sorted(handler.done) == [1, 2, 3])
            assert numbers(await queue.rows(JobState.QUEUED)) == [0]


class TestAstray:
    """Held by a worker that does not know of it: as if a claim had been committed and then cancelled."""

    async def test_goes_back_when_the_work_ends(self, queue: Queue, tmp_path: Path) -> None:
        worker, _ = await astray(queue, tmp_path, lease_seconds=300)
        async with serving(worker):
            pass
        (job,) = await queue.rows()
        assert (job.state, job.leased_by, job.attempts) == (JobState.QUEUED, None, 0)

    async def test_goes_back_when_the_work_is_cancelled(self, queue: Queue, tmp_path: Path) -> None:
        worker, _ = await astray(queue, tmp_path, lease_seconds=300)
        work = asyncio.create_task(worker.drain(DEFAULT_TENANT_ID))
        await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert numbers(await queue.rows(JobState.QUEUED)) == [1]

    async def test_is_not_kept_for_ever(self, queue: Queue, tmp_path: Path) -> None:
        worker, handler = await astray(queue, tmp_path, lease_seconds=1)
        await drain(queue, asyncio.create_task(worker.drain(DEFAULT_TENANT_ID)))
        assert handler.done == [1]


class TestTriedBefore:
    async def test_has_the_worker_for_itself(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(*range(8))
        await queue.give_back(await queue.claim(batch=2))
        queue.clock.advance(1)
        handler = Together(queue)
        await runner(queue, tmp_path, handler).drain(DEFAULT_TENANT_ID)
        assert sorted(handler.done) == list(range(8))
        assert {number for number, others in handler.others.items() if others} >= {2, 3}
        assert handler.others[0] == handler.others[1] == set()
        assert not any(others & {0, 1} for others in handler.others.values())

    async def test_keeps_its_lease_while_it_waits_for_the_others(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(0)
        handler = Held(queue)
        async with serving(runner(queue, tmp_path, handler, lease_seconds=1)):
            await asyncio.wait_for(handler.started.wait(), WAIT_SECONDS)
            await queue.add(1, kind="later")
            (job,) = await queue.claim("another", kinds=("later",))
            await requeue_as(queue, job, KIND)
            for _ in range(3):
                queue.clock.advance(0.9)
                await until(lambda: both_are_leased(queue))
            assert handler.done == []
            handler.go_on.set()
            await until(lambda: handler.done == [0, 1])


class TestDeadly:
    async def test_is_buried_at_last_and_takes_nobody_with_it(self, queue: Queue, tmp_path: Path) -> None:
        """The process dies of it, again and again; the first time with another job in hand."""
        await queue.add(1, 2)
        handler = Counting(queue)
        for attempt in (1, 2):
            await die_with_a_job(queue, tmp_path)
            await runner(queue, tmp_path, handler).recover()
            assert [(job.state, job.attempts) for job in await queue.rows()] == [
                (JobState.QUEUED, attempt),
                (JobState.QUEUED, 1),
            ]
        await die_with_a_job(queue, tmp_path)
        worker = runner(queue, tmp_path, handler)
        await worker.recover()
        deadly, innocent = await queue.rows()
        assert (deadly.state, deadly.error_code) == (JobState.FAILED, "worker_died")
        assert (innocent.state, innocent.attempts) == (JobState.QUEUED, 1)
        assert [(number, type(error)) for number, error in handler.given_up] == [(1, WorkerDied)]
        await worker.drain(DEFAULT_TENANT_ID)
        assert handler.done == [2]

    async def test_one_that_cannot_be_buried_does_not_keep_the_others(
        self, queue: Queue, tmp_path: Path
    ) -> None:
        await queue.add(1, 2)
        await queue.claim("gone")
        queue.clock.advance(LEASE.total_seconds() + 1)
        handler = CannotGiveUp(queue, 1)
        await runner(queue, tmp_path, handler, attempts=1).recover()
        assert [job.state for job in await queue.rows()] == [JobState.RUNNING, JobState.FAILED]
        assert [number for number, _ in handler.given_up] == [2]


class TestAnyFailure:
    async def test_serving_goes_on(self, queue: Queue, tmp_path: Path) -> None:
        await queue.add(1)
        clock = StoppedClock(queue.clock)
        handler = Counting(queue)
        config = RunnerConfig(lease_seconds=1, poll_seconds=0.01)
        worker = Runner(queue.db, clock, {KIND: handler}, Liveness(tmp_path), config)
        clock.is_stopped = True
        with capture_logs() as logs:
            async with serving(worker):
                wanted = {"worker.failed", "worker.heartbeat_failed"}
                await until(lambda: wanted <= {entry["event"] for entry in logs})
                clock.is_stopped = False
                await until(lambda: handler.done == [1])

    async def test_a_drain_tells_of_it(self, queue: Queue, tmp_path: Path) -> None:
        clock = StoppedClock(queue.clock)
        clock.is_stopped = True
        worker = Runner(queue.db, clock, {KIND: Counting(queue)}, Liveness(tmp_path), RunnerConfig())
        with pytest.raises(RuntimeError, match="stopped"):
            await worker.drain(DEFAULT_TENANT_ID)


class StoppedClock(ManualClock):
    """A clock that can be out of order: an error that Kith does not know, in every statement's way."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock.now())
        self.is_stopped = False

    def now(self) -> datetime:
        if self.is_stopped:
            raise RuntimeError("the clock has stopped")
        return super().now()


class FailsThenHangs(Counting):
    def __init__(self, queue: Queue) -> None:
        super().__init__(queue, before=InTurn(ValueError()))
        self.hangs = asyncio.Event()
        self._has_failed = False

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        if self._has_failed:
            self.hangs.set()
            await asyncio.Event().wait()
        self._has_failed = True
        await super().run(jobs, worker)


class Together(Counting):
    """Notes which others were in hand at the same time."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue, batch=2)
        self.others: dict[int, set[int]] = {}
        self._now: set[int] = set()

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        batch = set(numbers(jobs))
        self._now |= batch
        for number in self._now:
            self.others[number] = self.others.get(number, set()) | (
                self._now - batch if number in batch else batch
            )
        await asyncio.sleep(0.1)  # the other lane has time to take something too
        self._now -= batch
        await super().run(jobs, worker)


class CannotGiveUp(Counting):
    def __init__(self, queue: Queue, number: int) -> None:
        super().__init__(queue)
        self._number = number

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        if job.payload["number"] == self._number:
            raise ValueError("a fault of the handler")
        await super().give_up(session, job, error)


async def astray(queue: Queue, folder: Path, *, lease_seconds: int) -> tuple[Runner, Counting]:
    """A worker, and a job that it has leased and does not know of."""
    liveness, handler = Liveness(folder), Counting(queue)
    config = RunnerConfig(lease_seconds, poll_seconds=0.01)
    await queue.add(1)
    await queue.claim(liveness.worker)
    return Runner(queue.db, queue.clock, {KIND: handler}, liveness, config), handler


async def requeue_as(queue: Queue, job: Job, kind: str) -> None:
    """Queue a claimed job again, as one of another kind that was tried before."""
    async with queue.db.write() as session:
        row = await session.get_one(Job, job.id)
        row.kind, row.state, row.leased_by, row.lease_until = kind, JobState.QUEUED, None, None


async def both_are_leased(queue: Queue) -> bool:
    until = queue.clock.now() + timedelta(seconds=1)
    return [job.lease_until for job in await queue.rows()] == [until, until]
