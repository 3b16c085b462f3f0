"""Bringing what came in to its end: read or fetched, looked at, stored; as a job, or for the stream."""

from collections.abc import Awaitable, Callable, Sequence

from kith.accounts.principal import Principal
from kith.accounts.signing import Signer
from kith.audit.service import Origin, coming_from, record
from kith.audit.tables import AuditAction
from kith.errors import AppError, Busy, Unavailable
from kith.faces.intake import Intake, Seen
from kith.faces.service import take_turn
from kith.faces.telling import links_for, tell_indexed
from kith.ingest import queries
from kith.ingest.messages import Message, from_data
from kith.ingest.naming import identity_of, name_face
from kith.ingest.tables import EntryState, IngestEntry
from kith.jobs.service import Jobs
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.errors import SourcesNotSet
from kith.kit.fetch import Fetcher, FetchLimits
from kith.kit.sources import Sources

_INTERNAL = "internal_error"

Also = Callable[[WriteSession], Awaitable[None]]


async def _nothing(_session: WriteSession) -> None:
    return


class EntryWork:
    """Works on one entry at a time; what comes of it, and that it did, is one transaction."""

    def __init__(
        self, db: Database, clock: Clock, *, sources: Sources, fetcher: Fetcher, intake: Intake,
        limits: FetchLimits, max_bytes: int, signer: Signer,
    ) -> None:  # fmt: skip
        self._db = db
        self._clock = clock
        self._sources = sources
        self._fetcher = fetcher
        self._intake = intake
        self._limits = limits
        self._max_bytes = max_bytes
        self._signer = signer

    async def ready(self) -> None:
        await self._intake.ready()

    async def do(self, entry: IngestEntry, also: Also = _nothing) -> IngestEntry | None:
        """Bring an entry to its end, and do `also` in that transaction; what it is then, None if it is gone.

        An entry that has come to its end already is left alone. Raises Busy and Unavailable.
        """
        if entry.state != EntryState.WAITING:
            return await self._end(entry, None, also)
        await self._signer.load()  # before the transaction, in which links are made
        try:
            message = from_data(entry.message)
            data = await self._bytes_of(message)
            place = message.key or message.url.partition("?")[0]
            return await self._end(entry, await self._intake.look(data, place), also)
        except SourcesNotSet as error:
            return await self._end(entry, error, also)
        except (Busy, Unavailable):
            raise
        except AppError as error:
            return await self._end(entry, error, also)

    async def give_up(self, entry: IngestEntry, error: AppError) -> None:
        """Note that an entry cannot be done."""
        await self._end(entry, error, _nothing)

    async def _bytes_of(self, message: Message) -> bytes:
        if message.bucket and message.key:
            key = self._sources.key_of(message.bucket, message.key)
            return await self._sources.read(key, self._max_bytes)
        return (await self._fetcher.get(message.url, self._limits)).body

    async def _end(self, entry: IngestEntry, seen: Seen | AppError | None, also: Also) -> IngestEntry | None:
        who = Principal(entry.tenant_id, actor=INGEST_ACTOR)
        async with self._db.write() as session:
            await take_turn(session, who.tenant_id)
            row = await session.scalar(queries.held(entry.id))
            if row is not None and row.state == EntryState.WAITING:
                with coming_from(Origin(f"ingest_{row.id}")):
                    await self._write(session, who, row, seen)
            await also(session)
        return row

    async def _write(
        self, session: WriteSession, who: Principal, row: IngestEntry, seen: Seen | AppError | None
    ) -> None:
        if isinstance(seen, Seen):
            message = from_data(row.message)
            taken = await self._intake.take(session, who, seen, message.said.origin)
            if (identity_id := identity_of(message.meta)) is not None:
                await name_face(session, who, self._clock, taken.photo_id, identity_id)
            row.photo_id, row.face_count = taken.photo_id, taken.face_count
            row.state = EntryState.INDEXED if taken.face_count else EntryState.FACELESS
            if taken.face_count:
                links = await links_for(session, who, self._signer)
                await tell_indexed(session, self._clock, who, links, taken.picture, f"ingest_{row.id}")
        else:
            fail(row, seen.code if seen is not None else _INTERNAL, seen.detail if seen is not None else "")
        row.ended_at = self._clock.now()
        record(
            session, self._clock, who, AuditAction.BATCH_INDEX, "ingest_entry", row.id,
            result=row.error_code or "ok", counts={"faces": row.face_count},
        )  # fmt: skip
        await session.flush()


INGEST_ACTOR = "ingest"


def fail(row: IngestEntry, code: str, detail: str) -> None:
    row.state, row.error_code, row.error_detail = EntryState.FAILED, code, detail[:1000]


class IngestEntries:
    """Handler of `ingest` jobs, for those who have no stream."""

    batch = 1

    def __init__(self, db: Database, clock: Clock, work: EntryWork) -> None:
        self._db = db
        self._clock = clock
        self._work = work

    async def ready(self) -> None:
        await self._work.ready()

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            await self._run(job, worker)

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        row = await session.scalar(queries.held(job.payload["entry_id"]))
        if row is not None and row.state == EntryState.WAITING:
            fail(row, error.code if error else _INTERNAL, error.detail if error else "")
            row.ended_at = self._clock.now()

    async def _run(self, job: Job, worker: str) -> None:
        async def finish(session: WriteSession) -> None:
            await Jobs(session, self._clock).finish(worker, [job])

        async with self._db.read() as session:
            entry = await session.scalar(queries.entry(job.payload["entry_id"]))
        if entry is not None:
            await self._work.do(entry, finish)
            return
        async with self._db.write() as session:
            await finish(session)
