"""A queue to play with: jobs that are only numbers, and a handler that notes what it did."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.errors import AppError
from kith.jobs.liveness import Liveness
from kith.jobs.runner import Handler, Runner, RunnerConfig
from kith.jobs.service import Jobs, NewJob, Recovered
from kith.jobs.tables import Job, JobState
from kith.kit.db import Database, WriteSession
from tests.support.clock import ManualClock

LEASE = timedelta(seconds=300)
KIND = "count"


class Queue:
    """The queue of one database, each call a transaction of its own."""

    def __init__(self, db: Database, clock: ManualClock) -> None:
        self.db = db
        self.clock = clock

    async def add(self, *numbers: int, kind: str = KIND, key: str | None = None) -> None:
        async with self.db.write() as session:
            jobs = [NewJob(kind, {"number": number}, key) for number in numbers]
            await Jobs(session, self.clock).add(DEFAULT_TENANT_ID, jobs)

    async def claim(
        self, worker: str = "w", batch: int = 10, kinds: Sequence[str] = (KIND,)
    ) -> Sequence[Job]:
        async with self.db.write() as session:
            return await Jobs(session, self.clock).claim(worker, dict.fromkeys(kinds, batch), LEASE)

    async def finish(self, jobs: Sequence[Job], worker: str = "w") -> None:
        async with self.db.write() as session:
            await Jobs(session, self.clock).finish(worker, jobs)

    async def give_back(
        self, jobs: Sequence[Job], worker: str = "w", *, counted: bool = True, seconds: float = 0
    ) -> None:
        async with self.db.write() as session:
            queue = Jobs(session, self.clock)
            await queue.give_back(worker, jobs, counted=counted, delay=timedelta(seconds=seconds))

    async def renew(self, jobs: Sequence[Job], worker: str = "w") -> None:
        async with self.db.write() as session:
            await Jobs(session, self.clock).renew(worker, [job.id for job in jobs], LEASE)

    async def release(self, worker: str = "w") -> int:
        async with self.db.write() as session:
            return await Jobs(session, self.clock).release(worker)

    async def bury(self, job: Job, worker: str = "w", detail: str = "why") -> bool:
        async with self.db.write() as session:
            return await Jobs(session, self.clock).bury(worker, job, "code", detail)

    async def recover(self, *dead: str, attempts: int = 5) -> Recovered:
        async with self.db.write() as session:
            return await Jobs(session, self.clock).recover(dead, attempts)

    async def rows(self, state: JobState | None = None) -> list[Job]:
        """All jobs, or those in a state, in the order of their ids."""
        async with self.db.read() as session:
            jobs = (await session.scalars(select(Job).order_by(Job.id))).all()
        return [job for job in jobs if state is None or job.state == state]


def numbers(jobs: Sequence[Job]) -> list[int]:
    return [job.payload["number"] for job in jobs]


class Counting:
    """A handler that notes the numbers of finished jobs; `before` may raise to make a batch fail."""

    def __init__(
        self, queue: Queue, batch: int = 4, before: Callable[[list[int]], None] = lambda _: None
    ) -> None:
        self.batch = batch
        self.done: list[int] = []
        self.given_up: list[tuple[int, AppError | None]] = []
        self.queue = queue
        self.is_ready = False
        self._before = before

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        assert self.is_ready
        self._before(numbers(jobs))
        await asyncio.sleep(0)
        await self.queue.finish(jobs, worker)
        self.done += numbers(jobs)

    async def ready(self) -> None:
        self.is_ready = True

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        self.given_up.append((job.payload["number"], error))


def runner(
    queue: Queue, folder: Path, handler: Handler, *, attempts: int = 3, lease_seconds: int = 300
) -> Runner:
    """A worker of its own, that lives as long as this process."""
    config = RunnerConfig(lease_seconds, attempts=attempts, deaths=attempts, poll_seconds=0.01)
    return Runner(queue.db, queue.clock, {KIND: handler}, Liveness(folder), config)
