"""The job `index_batch`: the next few pictures of a batch's share, fetched together, stored one by one.

A share is in the hands of one job at a time, which ends by queueing itself anew: so several workers have a
part of a batch, and what others want done goes on beside it. Every picture is a transaction of its own, in
which the batch is held: whoever cancels it waits for that one picture at most, and no other follows.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.accounts.signing import Signer
from kith.audit.service import Origin, coming_from, record
from kith.audit.tables import AuditAction
from kith.batches import queries
from kith.batches.service import error_of, share_job
from kith.batches.tables import Batch, BatchItem, BatchState, ItemState
from kith.errors import AppError, Busy, Unavailable
from kith.faces.intake import Intake, Seen, Taken
from kith.faces.service import take_turn
from kith.faces.telling import links_for, tell_indexed
from kith.jobs.service import Jobs, WorkerDied
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.fetch import Fetcher, FetchLimits
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.photos.noting import Notes

_AT_ONCE = 4  # pictures of one run that are fetched together
_CRASHES = 3  # so many pictures that nothing can be said of, and the batch itself has failed
_INTERNAL = "internal_error"
_ERRORS_SENT = 100
_KEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an item: the photo it is, or what is wrong with it."""

    taken: Taken | None = None
    code: str = ""
    detail: str = ""

    @property
    def state(self) -> ItemState:
        if self.taken is None:
            return ItemState.FAILED
        return ItemState.INDEXED if self.taken.face_count else ItemState.FACELESS


class IndexBatches:
    """Handler of `index_batch` jobs. What is wrong with a picture is written down and fails no job."""

    batch = 1

    def __init__(
        self, db: Database, blobs: Blobs, clock: Clock, *, fetcher: Fetcher, intake: Intake,
        limits: FetchLimits, signer: Signer,
    ) -> None:  # fmt: skip
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._fetcher = fetcher
        self._intake = intake
        self._limits = limits
        self._signer = signer

    async def ready(self) -> None:
        await self._intake.ready()

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            await self._run(job, worker)

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        """The first picture that waits is to blame: it was in hand alone when the job was tried again."""
        batch = await session.scalar(queries.held(job.payload["batch_id"]))
        item = await session.scalar(queries.waiting(job.payload["batch_id"], job.payload["share"], 1))
        if batch is None or item is None or not batch.is_open:
            return
        code = error.code if error is not None else _INTERNAL
        who = Principal(batch.tenant_id)
        await self._end_item(session, who, batch, item, Outcome(None, code, error.detail if error else ""))
        codes = (_INTERNAL, WorkerDied.code)
        crashes = await session.scalar(queries.count_failed_with(batch.id, codes)) or 0
        if crashes >= _CRASHES and batch.is_open:
            await self._fail(session, who, batch, code)
        await Jobs(session, self._clock).add(batch.tenant_id, [share_job(batch.id, item.share)])

    async def _run(self, job: Job, worker: str) -> None:
        batch_id, share = job.payload["batch_id"], job.payload["share"]
        # What was tried before, and ended the worker perhaps, is looked at alone.
        limit = 1 if job.attempts > 1 else _AT_ONCE
        async with self._db.read() as session:
            batch = await session.scalar(queries.row(batch_id))
            items = (await session.scalars(queries.waiting(batch_id, share, limit))).all()
        if batch is not None and batch.is_open and items:
            await self._begin(batch)
            await self._signer.load()  # before any transaction, in which links are made
            await self._work(batch, items)
        async with self._db.read() as session:
            batch = await session.scalar(queries.row(batch_id))
        goes_on = batch is not None and batch.is_open
        await self._let_go(batch_id, [item.id for item in items if item.kept_as] if goes_on else None)
        async with self._db.write() as session:
            queue = Jobs(session, self._clock)
            await queue.finish(worker, [job])
            if goes_on and items:  # should the batch end now, the next run lets go of what is kept
                await queue.add(job.tenant_id, [share_job(batch_id, share)])

    async def _begin(self, batch: Batch) -> None:
        if batch.state == BatchState.CREATED:
            async with self._db.write() as session:
                await session.execute(queries.begin(batch.id, self._clock.now()))

    async def _work(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        """Items in their order, until the batch has ended; the later ones are fetched meanwhile."""
        fetching = [asyncio.create_task(self._bytes_of(item)) for item in items]
        try:
            for item, fetched in zip(items, fetching, strict=True):
                if not await self._index(batch, item, await fetched):
                    return
        finally:
            for task in fetching:
                task.cancel()
            await asyncio.gather(*fetching, return_exceptions=True)

    async def _bytes_of(self, item: BatchItem) -> bytes | Outcome:
        try:
            if item.kept_as is not None:
                return await self._blobs.get(item.kept_as)
            return (await self._fetcher.get(item.url, self._limits)).body
        except (Busy, Unavailable):
            raise
        except AppError as error:
            return Outcome(None, error.code, error.detail)

    async def _index(self, batch: Batch, item: BatchItem, fetched: bytes | Outcome) -> bool:
        """Bring an item to its end; whether the batch goes on."""
        try:
            seen = fetched if isinstance(fetched, Outcome) else await self._look(item, fetched)
            return await self._store(batch, item, seen)
        except (Busy, Unavailable):
            raise
        except AppError as error:
            return await self._store(batch, item, Outcome(None, error.code, error.detail))

    async def _look(self, item: BatchItem, data: bytes) -> Seen:
        return await self._intake.look(data, item.url.partition("?")[0])

    async def _store(self, batch: Batch, item: BatchItem, seen: Seen | Outcome) -> bool:
        """Store what was found, and that it was, unless the item has come to its end meanwhile."""
        who = Principal(batch.tenant_id, actor=f"batch {batch.id}")
        async with self._db.write() as session:
            await take_turn(session, who.tenant_id)
            held = await session.scalar(queries.held(batch.id))
            if held is None or not held.is_open:
                return False
            row = await session.scalar(queries.waiting_item(item.id))
            if row is None:
                return True
            with coming_from(Origin(f"batch_{held.uuid.hex}_{item.position}")):
                outcome = (
                    seen if isinstance(seen, Outcome) else await self._keep(session, who, held, row, seen)
                )
                await self._end_item(session, who, held, row, outcome)
            return held.is_open

    async def _keep(
        self, session: WriteSession, who: Principal, batch: Batch, item: BatchItem, seen: Seen
    ) -> Outcome:
        noted = {
            **batch.notes, **item.notes,
            "batch_id": batch.uuid.hex, "image_url": item.url, "image_index": item.position,
        }  # fmt: skip
        said = Notes(item.url, item.site, item.seen_at, noted)
        taken = await self._intake.take(session, who, seen, said.origin)
        if taken.face_count:
            links = await links_for(session, who, self._signer)
            request_id = f"batch_{batch.uuid.hex}_{item.position}"
            await tell_indexed(session, self._clock, who, links, taken.picture, request_id)
        return Outcome(taken)

    async def _end_item(
        self, session: WriteSession, who: Principal, batch: Batch, item: BatchItem, outcome: Outcome
    ) -> None:
        """Write down what came of an item, and the end of the batch if it was the last one."""
        now, taken = self._clock.now(), outcome.taken
        item.state, item.ended_at = outcome.state, now
        if taken is not None:
            item.photo_id, item.face_count = taken.photo_id, taken.face_count
        else:
            item.error_code, item.error_detail = outcome.code, outcome.detail[:1000]
        batch.processed += 1
        batch.successful += item.state == ItemState.INDEXED
        batch.failed += item.state == ItemState.FAILED
        batch.updated_at = now
        record(
            session, self._clock, who, AuditAction.BATCH_INDEX, "batch_item", item.id,
            result=outcome.code or "ok", counts={"faces": item.face_count},
        )  # fmt: skip
        await session.flush()
        if batch.processed == batch.total:
            batch.state, batch.ended_at = BatchState.COMPLETED, now
            told = {"total_images": batch.total, "successful_images": batch.successful,
                    "failed_images": batch.failed}  # fmt: skip
            await self._tell(session, who, batch, Event.BATCH_COMPLETED, told)

    async def _fail(self, session: WriteSession, who: Principal, batch: Batch, code: str) -> None:
        now = self._clock.now()
        batch.state, batch.error_code, batch.ended_at, batch.updated_at = BatchState.FAILED, code, now, now
        await session.flush()
        await session.execute(queries.cancel_waiting(batch.id, now))
        await self._tell(session, who, batch, Event.BATCH_FAILED, {"error": code})

    async def _tell(
        self, session: WriteSession, who: Principal, batch: Batch, event: Event, told: Mapping[str, object]
    ) -> None:
        items = await session.scalars(queries.failures([batch.id], _ERRORS_SENT))
        errors = [
            {"image_index": it.position, "image_url": it.url, "error": it.detail, "timestamp": it.at}
            for it in map(error_of, items)
        ]
        data = {"batch_id": batch.uuid.hex, **told, "errors": errors}
        await publish(session, self._clock, who, event, data)

    async def _let_go(self, batch_id: int, item_ids: Sequence[int] | None) -> None:
        """Delete the bytes of those of the items that are done with; None are all of the batch."""
        while item_ids is None or item_ids:
            async with self._db.read() as session:
                items = (await session.scalars(queries.kept(batch_id, item_ids, _KEPT_AT_ONCE))).all()
            if not items:
                return
            for item in items:
                await self._blobs.delete(item.kept_as or "")
            async with self._db.write() as session:
                await session.execute(queries.let_go([item.id for item in items]))
