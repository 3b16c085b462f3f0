"""Batches: submitted, looked at, cancelled, forgotten. The work itself is in `tasks.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.batches import queries
from kith.batches.errors import BatchEmpty, BatchEnded, BatchNotFound, BatchTooLong
from kith.batches.tables import Batch, BatchItem, BatchState, ItemState
from kith.errors import AppError
from kith.jobs.service import Jobs, NewJob
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import Database, ReadSession, WriteSession
from kith.kit.pages import Page
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.photos.noting import Notes

INDEX_BATCH = "index_batch"
EXPIRE_BATCHES = "expire_batches"

MAX_ITEMS = 10_000
# So many workers may have a part of one batch in hand; others' work goes on beside it.
_SHARES = 4
_CHUNK = 1000
# Of each batch so many errors and addresses are told.
ERRORS_TOLD = 1000
ADDRESSES_TOLD = 1000


@dataclass(frozen=True, slots=True)
class NewItem:
    """A picture to index: what is said of it, its address among that, and its bytes, if they are at hand.

    Without bytes it is fetched from the address.
    """

    said: Notes
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class ItemError:
    """What is wrong with an item, and since when, in seconds since 1970."""

    position: int
    url: str
    code: str
    detail: str
    at: float


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch with its first errors; `urls` only where they were asked for."""

    batch: Batch
    errors: Sequence[ItemError] = ()
    urls: Sequence[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a tenant's open batches are, all of them together; of the others only that they are there."""

    count: int = 0
    updated_at: datetime | None = None
    open: int = 0
    total: int = 0
    processed: int = 0
    failed: int = 0


async def submit(
    db: Database, blobs: Blobs, clock: Clock, who: Principal, items: Sequence[NewItem],
    notes: Mapping[str, object],
) -> Batch:  # fmt: skip
    """A batch in a transaction of its own, bytes and all: for those who have fetched pictures already.

    The bytes wait beside the library until their picture has been indexed, or given up.
    """
    names = {at: f"incoming/{uuid4().hex}" for at, it in enumerate(items) if it.data is not None}
    try:
        for at, name in names.items():
            await blobs.put(name, items[at].data or b"")
        async with db.write() as session:
            return await Batches(session, who, clock).create([it.said for it in items], notes, names)
    except AppError:
        for name in names.values():
            await blobs.delete(name)
        raise


class Batches:
    """Use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def create(
        self, said: Sequence[Notes], notes: Mapping[str, object], kept: Mapping[int, str] | None = None
    ) -> Batch:
        """A batch of pictures by their addresses, or, by position, by the blobs their bytes are `kept` in.

        `notes` are the batch's own, noted of each photo too. Raises BatchEmpty, BatchTooLong, NotesInvalid.
        """
        require_size(len(said), MAX_ITEMS)
        for it in (Notes(notes=notes), *said):
            it.check()
        now = self._clock.now()
        batch = Batch(
            tenant_id=self._who.tenant_id, shares=min(_SHARES, len(said)), total=len(said),
            notes=dict(notes), created_at=now, updated_at=now,
        )  # fmt: skip
        self._session.add(batch)
        await self._session.flush()
        await self._add_items(batch, said, kept or {})
        jobs = [share_job(batch.id, share) for share in range(batch.shares)]
        await Jobs(self._session, self._clock).add(self._who.tenant_id, jobs)
        told = {"batch_id": batch.uuid.hex, "total_images": batch.total, "metadata": batch.notes}
        await publish(self._session, self._clock, self._who, Event.BATCH_CREATED, told)
        record(
            self._session, self._clock, self._who, AuditAction.BATCH_INDEX, "batch", batch.uuid.hex,
            counts={"pictures": batch.total},
        )  # fmt: skip
        return batch

    async def cancel(self, batch_id: str) -> Batch:
        """Stop a batch: nothing of it is stored after this. Raises BatchNotFound, BatchEnded."""
        uuid = _uuid(batch_id)
        batch = await self._session.scalar(queries.held_by_uuid(self._who, uuid))
        if batch is None:
            raise _not_found(batch_id)
        if not batch.is_open:
            raise BatchEnded(f"the batch is {batch.state}", state=batch.state)
        now = self._clock.now()
        batch.state, batch.ended_at, batch.updated_at = BatchState.CANCELLED, now, now
        await self._session.flush()
        await self._session.execute(queries.cancel_waiting(batch.id, now))
        return batch

    async def clean_up(self, age: timedelta) -> int:
        """Forget batches that ended longer ago than this; how many. Their photos stay."""
        before = self._clock.now() - age
        count = len((await self._session.scalars(queries.cleaned_up(self._who, before))).all())
        record(self._session, self._clock, self._who, AuditAction.CLEANUP, "batch", counts={"batches": count})
        return count

    async def _add_items(self, batch: Batch, said: Sequence[Notes], kept: Mapping[int, str]) -> None:
        rows = [
            {
                "tenant_id": batch.tenant_id, "batch_id": batch.id, "position": at,
                "share": at % batch.shares, "url": it.url, "site": it.site, "seen_at": it.seen_at,
                "notes": dict(it.notes), "kept_as": kept.get(at), "state": ItemState.WAITING,
                "face_count": 0,
            }
            for at, it in enumerate(said)
        ]  # fmt: skip
        for some in chunks(rows, _CHUNK):
            await self._session.execute(insert(BatchItem), list(some))


def require_size(count: int, most: int) -> None:
    """Raise BatchEmpty or BatchTooLong for what is no batch."""
    if not count:
        raise BatchEmpty
    if count > most:
        raise BatchTooLong(f"a batch has at most {most:,} pictures, this one {count:,}", limit=most)


def share_job(batch_id: int, share: int) -> NewJob:
    """Work on the next items of a share, then on those after them, until none is left."""
    return NewJob(
        INDEX_BATCH, {"batch_id": batch_id, "share": share}, dedupe_key=f"{INDEX_BATCH}:{batch_id}:{share}"
    )


async def get_batch(session: ReadSession, who: Principal, batch_id: str) -> BatchReport:
    """Raises BatchNotFound for what is not there or not yours."""
    batch = await session.scalar(queries.batch(who, _uuid(batch_id)))
    if batch is None:
        raise _not_found(batch_id)
    (report,) = await _reports(session, [batch])
    return report


async def list_batches(session: ReadSession, who: Principal, page: Page) -> tuple[list[BatchReport], int]:
    """Newest first, with the addresses of their pictures; and how many there are in all."""
    batches = (await session.scalars(queries.newest(who, page))).all()
    urls: dict[int, list[str]] = {it.id: [] for it in batches}
    for batch_id, url in await session.execute(queries.addresses(list(urls), ADDRESSES_TOLD)):
        urls[batch_id].append(url)
    reports = await _reports(session, batches, urls)
    return reports, await session.scalar(queries.count(who)) or 0


async def read_progress(session: ReadSession, who: Principal) -> Progress:
    return Progress(*(await session.execute(queries.progress(who))).one())


async def expire(session: WriteSession, clock: Clock, days: int) -> None:
    """Forget batches of all tenants that ended longer ago; their photos stay."""
    await session.execute(queries.ended_before(clock.now() - timedelta(days=days)))


def error_of(item: BatchItem) -> ItemError:
    at = item.ended_at.timestamp() if item.ended_at is not None else 0.0
    return ItemError(item.position, item.url, item.error_code or "", item.error_detail or "", at)


async def _reports(
    session: ReadSession, batches: Sequence[Batch], urls: Mapping[int, Sequence[str]] | None = None
) -> list[BatchReport]:
    errors: dict[int, list[ItemError]] = {it.id: [] for it in batches}
    for item in await session.scalars(queries.failures(list(errors), ERRORS_TOLD)):
        errors[item.batch_id].append(error_of(item))
    return [BatchReport(it, errors[it.id], (urls or {}).get(it.id, ())) for it in batches]


def _uuid(batch_id: str) -> UUID:
    try:
        return UUID(hex=batch_id)
    except ValueError as error:
        raise _not_found(batch_id) from error


def _not_found(batch_id: str) -> BatchNotFound:
    return BatchNotFound(f"there is no batch {batch_id[:50]!r}")
