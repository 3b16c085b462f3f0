"""The in-process worker: claims jobs, hands them to their handlers, survives what they throw."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from kith.errors import AppError, Busy, Unavailable
from kith.jobs import queries
from kith.jobs.liveness import Liveness
from kith.jobs.service import Jobs, LeaseLost, WorkerDied
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession

log = structlog.get_logger()

_RETRY_SECONDS = 5
_RELEASE_SECONDS = 10


class Handler(Protocol):
    """Does the jobs of one kind. Must be idempotent: a job runs at least once.

    `run` ends with `finish(session)` inside the transaction that stores the result. `give_up` leaves a
    trace on what the job was about when it has failed for good.
    """

    batch: int

    async def run(self, jobs: Sequence[Job], worker: str) -> None: ...

    async def ready(self) -> None:
        """Open what the work needs. No job is in hand yet that would pay for it with an attempt."""
        ...

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None: ...


class Service(Protocol):
    """What goes on in the background of a process until it is told to stop."""

    async def serve(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    lease_seconds: int = 300
    attempts: int = 5
    deaths: int = 20
    poll_seconds: float = 1.0
    lanes: int = 2  # one lane decodes and stores while the other is in the networks


class Runner:
    """Works through the queue until told to stop, or until it is empty.

    Only what is in hand is renewed: a job that was dropped on the way, for whatever reason, outlives its
    lease and is queued again. When the work ends, whatever the worker still holds goes back at once; so
    of one `Liveness` only one runner may be at work at a time.
    """

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
        self._in_hand: list[Sequence[Job]] = []  # one batch a lane
        self._put_down = asyncio.Event()
        self._claiming = asyncio.Lock()

    async def serve(self) -> None:
        """Work until `stop()`; a database or disk that is away is waited for, what fails is tried again."""
        async with self._beating(), asyncio.TaskGroup() as group:
            for _ in range(self._config.lanes):
                group.create_task(self._lane())

    async def drain(self, tenant_id: int) -> None:
        """Work until nothing is left to do for the tenant, here or at another worker.

        Raises Unavailable at once when the disk is full or the database away, and whatever else keeps the
        worker (not a single job) from going on; the queue keeps the rest.
        """
        first: Exception | None = None
        try:
            async with self._beating(), asyncio.TaskGroup() as group:
                for _ in range(self._config.lanes):
                    group.create_task(self._drain_lane(tenant_id))
        except ExceptionGroup as failures:
            first = failures.exceptions[0]
        if first is not None:
            raise first

    def stop(self) -> None:
        """End after the batches in hand."""
        self._stop.set()

    async def recover(self) -> None:
        """Queue again what dead workers left behind, and bury what they died of too often."""
        dead = self._liveness.dead_workers()
        async with self._db.write() as session:
            found = await Jobs(session, self._clock).recover(dead, self._config.deaths)
        for job in found.spent:
            await self._bury_spent(job)
        self._liveness.forget(dead)
        if found.count:
            log.info("jobs.recovered", count=found.count)

    async def _lane(self) -> None:
        while not self._stop.is_set():
            try:
                worked = await self._work_once()
            except Unavailable as error:
                log.warning("worker.waiting", code=error.code)
                worked = False
            except Exception:  # a deadlock, say, is no reason to leave the queue alone
                log.exception("worker.failed")
                worked = False
            if not worked:
                await self._pause()

    async def _drain_lane(self, tenant_id: int) -> None:
        while not self._stop.is_set():
            if await self._work_once():
                continue
            async with self._db.read() as session:
                if not await session.scalar(queries.open_for(tenant_id, list(self._handlers))):
                    return
            await self._pause(0.05)

    async def _work_once(self) -> bool:
        """Claim a batch and work on it; whether there was one.

        A job that was tried before has the worker for itself: should it end the process, as it may have
        done, then no other job is in hand that would pay for it with an attempt.
        """
        async with self._claiming:
            jobs = await self._claim()
            if jobs and jobs[0].attempts > 1:
                await self._work(jobs, alone=True)
                return True
        if jobs:
            await self._work(jobs)
        return bool(jobs)

    async def _claim(self) -> Sequence[Job]:
        """Jobs of the kind that waits longest, once what they need is open: see `Handler.ready`."""
        async with self._db.read() as session:
            kind = await session.scalar(queries.next_in_line(self._clock.now(), list(self._handlers)))
        if kind is None or self._stop.is_set():
            return ()
        await self._handlers[kind].ready()
        batches = {kind: handler.batch for kind, handler in self._handlers.items()}
        async with self._db.write() as session:
            return await Jobs(session, self._clock).claim(self._liveness.worker, batches, self._lease)

    async def _work(self, jobs: Sequence[Job], *, alone: bool = False) -> None:
        self._in_hand.append(jobs)
        try:
            while alone and len(self._in_hand) > 1:
                self._put_down.clear()
                await self._put_down.wait()
            await self._run(jobs)
        finally:
            self._in_hand.remove(jobs)
            self._put_down.set()

    async def _run(self, jobs: Sequence[Job]) -> None:
        try:
            await self._handlers[jobs[0].kind].run(jobs, self._liveness.worker)
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
            await self._isolate(jobs, error)

    async def _isolate(self, jobs: Sequence[Job], error: Exception) -> None:
        """Run a failed batch one by one, so that only the bad job pays; then retry or bury that one."""
        if len(jobs) > 1:
            waiting = list(jobs)
            try:
                while waiting:
                    await self._run([waiting.pop(0)])
            finally:
                if waiting:
                    await asyncio.shield(self._give_back(waiting, counted=False))
            return
        job = jobs[0]
        log.error("job.failed", kind=job.kind, job=job.id, attempt=job.attempts, exc_info=error)
        if job.attempts < self._config.attempts:
            await self._give_back(jobs, counted=True, seconds=2.0**job.attempts)
        else:
            await self._bury(self._liveness.worker, job, error)

    async def _bury(self, holder: str, job: Job, error: Exception) -> None:
        known = error if isinstance(error, AppError) else None
        code, detail = (known.code, known.detail) if known else ("internal_error", type(error).__name__)
        handler = self._handlers.get(job.kind)
        async with self._db.write() as session:
            is_buried = await Jobs(session, self._clock).bury(holder, job, code, detail)
            if is_buried and handler is not None:
                await handler.give_up(session, job, known)

    async def _bury_spent(self, job: Job) -> None:
        """Bury a job whose workers have died; if that fails, the next heartbeat tries again."""
        log.error("job.worker_died", kind=job.kind, job=job.id, attempts=job.attempts)
        error = WorkerDied(f"{job.attempts} workers in turn have died of it")
        try:
            await self._bury(job.leased_by or "", job, error)
        except Exception:  # one bad job must not keep the others from being taken up
            log.exception("job.not_buried", job=job.id)

    async def _give_back(self, jobs: Sequence[Job], *, counted: bool, seconds: float = 0) -> None:
        async with self._db.write() as session:
            await Jobs(session, self._clock).give_back(
                self._liveness.worker, jobs, counted=counted, delay=timedelta(seconds=seconds)
            )

    @asynccontextmanager
    async def _beating(self) -> AsyncGenerator[None]:
        """Keep what is in hand meanwhile; at the end nothing is held any more."""
        beat = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.wait([beat])
            await asyncio.shield(self._release())

    async def _beat(self) -> None:
        """Renew the leases of what is in hand and look for dead workers, several times a lease."""
        while True:
            await asyncio.sleep(self._config.lease_seconds / 4)
            try:
                await self._renew()
                await self.recover()
            except Unavailable as error:
                log.warning("worker.heartbeat_failed", code=error.code)
            except Exception:  # the next beat may succeed; without any, all leases run out
                log.exception("worker.heartbeat_failed")

    async def _renew(self) -> None:
        job_ids = [job.id for jobs in self._in_hand for job in jobs]
        if job_ids:
            async with self._db.write() as session:
                await Jobs(session, self._clock).renew(self._liveness.worker, job_ids, self._lease)

    async def _release(self) -> None:
        """Give back what went astray: claimed by who was cancelled, or not given back for a full disk.

        As well as it can: what is left is taken up when its lease runs out or this process has ended.
        """
        try:
            async with asyncio.timeout(_RELEASE_SECONDS), self._db.write() as session:
                count = await Jobs(session, self._clock).release(self._liveness.worker)
        except Exception:  # see above
            log.warning("worker.not_released", exc_info=True)
        else:
            if count:
                log.warning("jobs.released", count=count)

    async def _pause(self, seconds: float | None = None) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds or self._config.poll_seconds)
        except TimeoutError:
            return
