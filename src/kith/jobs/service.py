"""The queue: work is added, claimed under a lease, and finished in the transaction of its result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert

from kith.errors import Conflict, LimitExceeded
from kith.jobs import queries
from kith.jobs.tables import Job, JobState
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise


class LeaseLost(Conflict):
    code = "lease_lost"
    title = "Another worker has taken the job"


class WorkerDied(LimitExceeded):
    code = "worker_died"
    title = "The worker died each time it tried"


@dataclass(frozen=True, slots=True)
class NewJob:
    """`payload` holds ids only. Of one `dedupe_key` at most one job waits; a second is not added.

    It is not done before `delay_seconds` have passed; of two with one key the earlier counts.
    """

    kind: str
    payload: dict[str, int]
    dedupe_key: str | None = None
    delay_seconds: float = 0


@dataclass(slots=True)
class Recovered:
    """What workers left behind: how many jobs were queued again, and those with no attempt left."""

    count: int = 0
    spent: list[Job] = field(default_factory=list[Job])


class Jobs:
    """One session's view of the queue."""

    def __init__(self, session: WriteSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def add(self, tenant_id: int, jobs: Iterable[NewJob]) -> None:
        now = self._clock.now()
        for job in jobs:
            due = now + timedelta(seconds=job.delay_seconds)
            if job.dedupe_key is not None and (twin := await self._waiting(job.dedupe_key)) is not None:
                twin.available_at = min(twin.available_at, due)
                continue
            self._session.add(
                Job(
                    tenant_id=tenant_id, kind=job.kind, payload=job.payload, dedupe_key=job.dedupe_key,
                    available_at=due, created_at=now,
                )
            )  # fmt: skip
            await self._session.flush()

    async def claim(self, worker: str, batches: dict[str, int], lease: timedelta) -> Sequence[Job]:
        """Jobs of the kind that waited longest, at most `batches[kind]`; none when nothing is due.

        A job that was tried before comes alone: it may be what ended the batch or the worker it was in.
        """
        now = self._clock.now()
        first = (await self._session.execute(queries.next_in_line(now, list(batches)))).first()
        if first is None:
            return ()
        kind, attempts = first
        statement = queries.claim(
            kind, 1 if attempts else batches[kind], tried=attempts > 0, worker=worker, now=now,
            until=now + lease,
        )  # fmt: skip
        rows = (await self._session.scalars(statement)).all()
        return sorted(rows, key=lambda job: job.id)

    async def finish(self, worker: str, jobs: Sequence[Job]) -> None:
        """Delete what is done; raises LeaseLost, and so undoes the result, if one is no longer ours."""
        done = await self._session.scalars(queries.finish(worker, [job.id for job in jobs]))
        if len(done.all()) != len(jobs):
            raise LeaseLost("a job ran longer than its lease")

    async def renew(self, worker: str, job_ids: Sequence[int], lease: timedelta) -> None:
        await self._session.execute(queries.renew(worker, job_ids, self._clock.now() + lease))

    async def give_back(self, worker: str, jobs: Sequence[Job], *, counted: bool, delay: timedelta) -> None:
        """Queue jobs again; a failure that was not the job's fault is not `counted` as an attempt."""
        for job in (await self._session.scalars(queries.held(worker, [job.id for job in jobs]))).all():
            await self._requeue(job, delay=delay, counted=counted)

    async def release(self, worker: str) -> int:
        """Queue again whatever a worker that ends still holds; how many. It counts as no attempt."""
        rows = (await self._session.scalars(queries.owned_by([worker]))).all()
        for job in rows:
            await self._requeue(job, delay=timedelta(), counted=False)
        return len(rows)

    async def bury(self, worker: str, job: Job, code: str, detail: str) -> bool:
        """Keep a job that cannot be done, with its reason, for a human to see.

        False, and nothing is done, if the worker does not hold it any more.
        """
        rows = (await self._session.scalars(queries.held(worker, [job.id]))).all()
        for row in rows:
            row.state, row.leased_by, row.lease_until = JobState.FAILED, None, None
            row.error_code, row.error_detail = code, detail[:1000]
        return bool(rows)

    async def recover(self, dead: Sequence[str], attempts: int) -> Recovered:
        """Queue again what dead workers held, and what outlived its lease, unless it was tried too often."""
        rows = list((await self._session.scalars(queries.expired(self._clock.now()))).all())
        if dead:
            rows += (await self._session.scalars(queries.owned_by(dead))).all()
        found = Recovered()
        for job in {job.id: job for job in rows}.values():
            if job.attempts >= attempts:
                found.spent.append(job)
            else:
                found.count += 1
                await self._requeue(job, delay=timedelta(), counted=True)
        return found

    async def revive(self, jobs: Sequence[Job]) -> None:
        """Queue failed jobs again, as if they had never been tried."""
        for job in jobs:
            job.attempts, job.error_code, job.error_detail = 0, None, None
            if job.dedupe_key is not None:
                await self._requeue(job, delay=timedelta(), counted=True)
            else:
                job.state, job.available_at = JobState.QUEUED, self._clock.now()
        await self._session.flush()

    async def _requeue(self, job: Job, *, delay: timedelta, counted: bool) -> None:
        if job.dedupe_key is not None and await self._waiting(job.dedupe_key) is not None:
            await self._session.delete(job)  # a twin that waits will do the same
        else:
            job.state, job.leased_by, job.lease_until = JobState.QUEUED, None, None
            job.available_at = self._clock.now() + delay
            job.attempts -= 0 if counted else 1
        await self._session.flush()

    async def _waiting(self, dedupe_key: str) -> Job | None:
        await serialise(self._session, dedupe_key)
        return await self._session.scalar(queries.waiting_with(dedupe_key))


async def add_many(session: WriteSession, clock: Clock, tenant_id: int, jobs: Sequence[NewJob]) -> None:
    """Add many jobs without a dedupe key in one statement."""
    now = clock.now()
    rows = [
        {
            "tenant_id": tenant_id, "kind": job.kind, "payload": job.payload, "state": JobState.QUEUED,
            "attempts": 0, "available_at": now, "created_at": now,
        }
        for job in jobs
    ]  # fmt: skip
    if rows:
        await session.execute(insert(Job), rows)


@dataclass(frozen=True, slots=True)
class QueueCount:
    kind: str
    state: JobState
    count: int


async def queue_counts(session: ReadSession, tenant_id: int) -> list[QueueCount]:
    rows = await session.execute(queries.counts(tenant_id))
    return [QueueCount(kind, state, count) for kind, state, count in rows]
