"""What people do with the queue: look at it, try again what failed, have a kind of work wait."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kith.jobs import queries
from kith.jobs.service import Jobs
from kith.jobs.tables import Job, JobPause, JobState
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise


@dataclass(slots=True)
class KindOfWork:
    kind: str
    counts: Counter[JobState] = field(default_factory=Counter[JobState])
    is_paused: bool = False
    oldest_queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkInHand:
    worker: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What a tenant has to have done, by kind, and what workers have in hand of it."""

    kinds: Sequence[KindOfWork]
    workers: Sequence[WorkInHand]


async def read_queue(session: ReadSession, tenant_id: int) -> Queue:
    kinds: dict[str, KindOfWork] = {}
    for kind, state, count in await session.execute(queries.counts(tenant_id)):
        kinds.setdefault(kind, KindOfWork(kind)).counts[JobState(state)] += count
    for kind, since in await session.execute(queries.waiting(tenant_id)):
        kinds.setdefault(kind, KindOfWork(kind)).oldest_queued_at = since
    for kind in await session.scalars(queries.pauses(tenant_id)):
        kinds.setdefault(kind, KindOfWork(kind)).is_paused = True
    rows = await session.execute(queries.workers(tenant_id))
    workers = [WorkInHand(worker or "", kind, count) for worker, kind, count in rows]
    return Queue([kinds[kind] for kind in sorted(kinds)], workers)


async def list_failed(session: ReadSession, tenant_id: int, after: int, limit: int) -> Sequence[Job]:
    """In the order of their ids, from behind one on."""
    return (await session.scalars(queries.failed_after(tenant_id, after, limit))).all()


class Overseeing:
    """Use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, tenant_id: int, clock: Clock) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._clock = clock

    async def retry(self, kind: str | None = None, job_ids: Sequence[int] | None = None) -> Sequence[Job]:
        """Queue failed jobs again, all or some, as if they had never been tried; those there were."""
        rows = (await self._session.scalars(queries.failed_of(self._tenant_id, kind, job_ids))).all()
        await Jobs(self._session, self._clock).revive(rows)
        return rows

    async def pause(self, kind: str) -> None:
        """Have no worker take up more of a kind; twice is once."""
        await serialise(self._session, "jobs.pause", self._tenant_id)
        if await self._session.scalar(queries.pause(self._tenant_id, kind)) is None:
            row = JobPause(tenant_id=self._tenant_id, kind=kind, created_at=self._clock.now())
            self._session.add(row)
            await self._session.flush()

    async def resume(self, kind: str) -> None:
        row = await self._session.scalar(queries.pause(self._tenant_id, kind))
        if row is not None:
            await self._session.delete(row)
            await self._session.flush()
