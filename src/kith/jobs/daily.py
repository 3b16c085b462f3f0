"""What is done once a day, by whichever worker comes to it first."""

from collections.abc import Awaitable, Callable, Sequence

from kith.errors import AppError
from kith.jobs.service import Jobs, NewJob
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession

_DAY_SECONDS = 86_400


class Daily:
    """Handler of a job that queues itself for the next day when it is done."""

    batch = 1

    def __init__(
        self, db: Database, clock: Clock, kind: str, work: Callable[[WriteSession], Awaitable[None]]
    ) -> None:
        self._db = db
        self._clock = clock
        self._kind = kind
        self._work = work

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        async with self._db.write() as session:
            await self._work(session)
            queue = Jobs(session, self._clock)
            await queue.finish(worker, jobs)
            await queue.add(jobs[0].tenant_id, [daily_job(self._kind, _DAY_SECONDS)])

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        """The next start of a worker queues it anew."""


def daily_job(kind: str, delay_seconds: float = 0) -> NewJob:
    return NewJob(kind, {}, dedupe_key=kind, delay_seconds=delay_seconds)
