"""Single pictures handed in: each is noted once under its key, and sent to where the work is done.

That is a stream in Redis, if there is one, or else the queue. The note is the truth: what is noted and has
not come to its end is sent again, should the stream lose it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.engine.image import ImageLimits, decode, derive
from kith.errors import AppError, Busy, Unavailable
from kith.faces.tasks import AnalyseConfig
from kith.idempotency.service import KEYS_COUNT_FOR
from kith.ingest import queries
from kith.ingest.errors import IngestItemsMissing, IngestKeyReused, TooManyItems
from kith.ingest.messages import NO_PHASH, Asked, Message, from_data, message_of
from kith.ingest.stream import RedisStream
from kith.ingest.tables import EntryState, IngestEntry
from kith.jobs.service import NewJob, add_many
from kith.kit.blobs import digest
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession, serialise
from kith.kit.errors import SourcesNotSet
from kith.kit.fetch import parsed
from kith.kit.offload import Offload
from kith.kit.sources import Sources

INGEST = "ingest"
EXPIRE_INGEST = "expire_ingest"
MAX_ITEMS = 5000

_AT_ONCE = 4  # pictures of one call that are read together


@dataclass(frozen=True, slots=True)
class Accepted:
    """A picture that is on its way, as it was sent: for a key that was used before, the first time."""

    message_id: str
    message: Message


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a picture is known by."""

    sha256: str
    phash: str


class Ingest:
    """Takes pictures in for one tenant, in transactions of its own: looking at objects takes time."""

    def __init__(
        self, db: Database, clock: Clock, who: Principal, *, sources: Sources, decoding: Offload,
        config: AnalyseConfig, stream: RedisStream | None,
    ) -> None:  # fmt: skip
        self._db = db
        self._clock = clock
        self._who = who
        self._sources = sources
        self._decoding = decoding
        self._config = config
        self._stream = stream

    async def examine(self, asked: Sequence[Asked]) -> list[AppError | None]:
        """What is wrong with each picture, if anything; nothing is stored or sent."""
        return [it if isinstance(it, AppError) else None for it in await self._look(asked)]

    async def submit(self, asked: Sequence[Asked]) -> list[Accepted | AppError]:
        """Have pictures indexed; of each what was sent, or what is wrong with it.

        Raises Busy, StreamUnavailable, and Unavailable for another part that is away; nothing new is kept
        then, and it may be sent again.
        """
        sums = await self._look(asked)
        async with self._db.write() as session:
            tenant = await session.scalar(queries.tenant_slug(self._who)) or ""
            messages = [
                _message(it, tenant, found)
                for it, found in zip(asked, sums, strict=True)
                if not isinstance(found, AppError)
            ]
            opened = await Entries(session, self._who, self._clock).open(messages)
            new = _unique([it for it in opened if isinstance(it, IngestEntry) and it.message_id is None])
            if self._stream is None:
                await self._queue(session, new)
            record(
                session, self._clock, self._who, AuditAction.BATCH_INDEX, "ingest",
                counts={"pictures": len(asked), "accepted": len(new)},
            )  # fmt: skip
        if self._stream is not None:
            await self._send(self._stream, new)
        done = iter([_accepted(it) if isinstance(it, IngestEntry) else it for it in opened])
        return [found if isinstance(found, AppError) else next(done) for found in sums]

    async def _queue(self, session: WriteSession, entries: Sequence[IngestEntry]) -> None:
        for it in entries:
            it.message_id = f"{int(it.created_at.timestamp() * 1000)}-{it.id}"
        await session.flush()
        await add_many(session, self._clock, self._who.tenant_id, [entry_job(it.id) for it in entries])

    async def _send(self, stream: RedisStream, entries: Sequence[IngestEntry]) -> None:
        """Send what has been noted. If that fails it is forgotten, for whoever sent it will do so again."""
        try:
            ids = await stream.add([from_data(it.message) for it in entries])
        except AppError:
            async with self._db.write() as session:
                for some in chunks([it.id for it in entries]):
                    await session.execute(queries.unsent(some))
            raise
        async with self._db.write() as session:
            for it, message_id in zip(entries, ids, strict=True):
                it.message_id = message_id
                await session.execute(queries.mark_sent(it.id, message_id))

    async def _look(self, asked: Sequence[Asked]) -> list[_Sums | AppError]:
        places = asyncio.Semaphore(_AT_ONCE)
        async with self._db.read() as session:
            tenant = await session.scalar(queries.tenant_slug(self._who)) or ""
        return list(await asyncio.gather(*(self._look_at(it, tenant, places) for it in asked)))

    async def _look_at(self, it: Asked, tenant: str, places: asyncio.Semaphore) -> _Sums | AppError:
        try:
            it.check()
            if not (it.bucket and it.key):
                parsed(it.url or "")
                # What an address holds is seen when its turn comes. Until then it is known by the address and
                # the tenant's name, so that clients, who know no number of it, can work this out, too.
                return _Sums(digest(f"{it.url}{tenant}".encode()), NO_PHASH)
            async with places:
                key = self._sources.key_of(it.bucket, it.key)
                data = await self._sources.read(key, self._config.limits.max_bytes)
                return await self._decoding.run(_sums, data, self._config.limits, self._config.max_side_px)
        except SourcesNotSet as error:
            return error
        except (Busy, Unavailable):
            raise
        except AppError as error:
            return error


class Entries:
    """What came in: use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def open(self, messages: Sequence[Message]) -> list[IngestEntry | IngestKeyReused]:
        """The entry of each message: the one its key was used for within a day, or else a new one."""
        await serialise(self._session, INGEST, self._who.tenant_id)
        now = self._clock.now()
        known: dict[str, IngestEntry] = {}
        for keys in chunks(sorted({it.idempotency_key for it in messages})):
            for row in await self._session.scalars(queries.with_keys(self._who, keys)):
                if row.created_at <= now - KEYS_COUNT_FOR and row.state != EntryState.WAITING:
                    row.key = None
                elif row.key is not None:
                    known[row.key] = row
        await self._session.flush()  # the keys that are over are free before they are used again
        opened: list[IngestEntry | IngestKeyReused] = []
        for it in messages:
            row = known.get(it.idempotency_key)
            if row is None:
                row = known[it.idempotency_key] = IngestEntry(
                    tenant_id=self._who.tenant_id, key=it.idempotency_key, message=it.data(), created_at=now
                )
                self._session.add(row)
            is_same = it.is_same_as(row.message)
            opened.append(row if is_same else IngestKeyReused("the key stands for another picture"))
        await self._session.flush()
        return opened


def require_items(count: int, most: int) -> None:
    """Raise IngestItemsMissing or TooManyItems."""
    if not count:
        raise IngestItemsMissing
    if count > most:
        raise TooManyItems(f"too_many_items (max {most})", limit=most)


def entry_job(entry_id: int) -> NewJob:
    return NewJob(INGEST, {"entry_id": entry_id})


async def expire(session: WriteSession, clock: Clock, days: int) -> None:
    """Forget what came in longer ago, for all tenants; photos stay."""
    await session.execute(queries.ended_before(clock.now() - timedelta(days=days)))


def _message(asked: Asked, tenant: str, sums: _Sums) -> Message:
    return message_of(asked, tenant, sums.sha256, sums.phash, asked.idempotency_key or uuid4().hex)


def _accepted(entry: IngestEntry) -> Accepted:
    return Accepted(entry.message_id or "", from_data(entry.message))


def _unique(entries: Sequence[IngestEntry]) -> list[IngestEntry]:
    return list({it.id: it for it in entries}.values())


def _sums(data: bytes, limits: ImageLimits, max_side_px: int) -> _Sums:
    return _Sums(digest(data), f"{derive(decode(data, limits, max_side_px)).phash:016x}")
