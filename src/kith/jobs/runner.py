"""The in-process worker: claims jobs, hands them to their handlers, survives what they throw."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from kith.errors import AppError, Busy, Unavailable
from kith.jobs import queries
from kith.jobs.liveness import Liveness
from kith.jobs.service import Jobs, LeaseLost
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession

log = structlog.get_logger()

_LANES = 2  # one lane decodes and stores while the other is in the networks
_RETRY_SECONDS = 5


class Handler(Protocol):
    """Does the jobs of one kind. Must be idempotent: a job runs at least once.

    `run` ends with `finish(session)` inside the transaction that stores the result. `give_up` leaves a
    trace on what the job was about when it has failed for good.
    """

    batch: int

    async def run(self, jobs: Sequence[Job], worker: str) -> None: ...

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None: ...


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    lease_seconds: int = 300
    attempts: int = 5
    poll_seconds: float = 1.0


class Runner:
    """Works through the queue until told to stop, or until it is empty."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        liveness: Liveness,
        config: RunnerConfig,
    ) -> None:
        self._db = db
        self._clock = clock
        self._handlers = dict(handlers)
        self._liveness = liveness
        self._config = config
        self._lease = timedelta(seconds=config.lease_seconds)
        self._stop = asyncio.Event()

    async def serve(self) -> None:
        """Work until `stop()`; a database or disk that is away is waited for."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat())
            lanes = [group.create_task(self._lane()) for _ in range(_LANES)]
            await asyncio.gather(*lanes)
            beat.cancel()

    async def drain(self, tenant_id: int) -> None:
        """Work until nothing is left to do for the tenant, here or at another worker.

        Raises Unavailable at once when the disk is full or the database away; the queue keeps the rest.
        """
        beat = asyncio.create_task(self._beat())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_LANES):
                    group.create_task(self._drain_lane(tenant_id))
        except* Unavailable as errors:
            raise errors.exceptions[0] from None
        finally:
            beat.cancel()

    def stop(self) -> None:
        """End after the batches in hand."""
        self._stop.set()

    async def recover(self) -> None:
        """Queue again what dead workers left behind."""
        dead = self._liveness.dead_workers()
        async with self._db.write() as session:
            found = await Jobs(session, self._clock).recover(dead)
        self._liveness.forget(dead)
        if found:
            log.info("jobs.recovered", count=found)

    async def _lane(self) -> None:
        while not self._stop.is_set():
            try:
                worked = await self._work_once()
            except Unavailable as error:
                log.warning("worker.waiting", code=error.code)
                worked = False
            if not worked:
                await self._pause()

    async def _drain_lane(self, tenant_id: int) -> None:
        while not self._stop.is_set():
            if await self._work_once():
                continue
            async with self._db.read() as session:
                if not await session.scalar(queries.open_for(tenant_id)):
                    return
            await self._pause(0.05)

    async def _work_once(self) -> bool:
        async with self._db.write() as session:
            batches = {kind: handler.batch for kind, handler in self._handlers.items()}
            jobs = await Jobs(session, self._clock).claim(self._liveness.worker, batches, self._lease)
        if jobs:
            await self._run(jobs)
        return bool(jobs)

    async def _run(self, jobs: Sequence[Job]) -> None:
        handler = self._handlers[jobs[0].kind]
        try:
            await handler.run(jobs, self._liveness.worker)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(jobs, counted=False))
            raise
        except LeaseLost:
            log.warning("job.lease_lost", kind=jobs[0].kind)
        except Busy:
            await self._give_back(jobs, counted=False, seconds=1)
        except Unavailable:
            await self._give_back(jobs, counted=False, seconds=_RETRY_SECONDS)
            raise
        except Exception as error:  # noqa: BLE001  # one bad job must not end the worker
            await self._isolate(handler, jobs, error)

    async def _isolate(self, handler: Handler, jobs: Sequence[Job], error: Exception) -> None:
        """Run a failed batch one by one, so that only the bad job pays; then retry or bury that one."""
        if len(jobs) > 1:
            for job in jobs:
                await self._run([job])
            return
        job = jobs[0]
        log.error("job.failed", kind=job.kind, job=job.id, attempt=job.attempts, exc_info=error)
        if job.attempts < self._config.attempts:
            await self._give_back(jobs, counted=True, seconds=2.0**job.attempts)
            return
        known = error if isinstance(error, AppError) else None
        async with self._db.write() as session:
            await handler.give_up(session, job, known)
            code, detail = (known.code, known.detail) if known else ("internal_error", type(error).__name__)
            await Jobs(session, self._clock).bury(self._liveness.worker, job, code, detail)

    async def _give_back(self, jobs: Sequence[Job], *, counted: bool, seconds: float = 0) -> None:
        async with self._db.write() as session:
            await Jobs(session, self._clock).give_back(
                self._liveness.worker, jobs, counted=counted, delay=timedelta(seconds=seconds)
            )

    async def _beat(self) -> None:
        """Renew our leases and look for dead workers, several times a lease."""
        while True:
            await asyncio.sleep(self._config.lease_seconds / 4)
            try:
                async with self._db.write() as session:
                    await Jobs(session, self._clock).renew(self._liveness.worker, self._lease)
                await self.recover()
            except Unavailable as error:
                log.warning("worker.heartbeat_failed", code=error.code)

    async def _pause(self, seconds: float | None = None) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds or self._config.poll_seconds)
        except TimeoutError:
            return
