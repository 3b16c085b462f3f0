"""The consumer of the stream: reads entries, has them done, and says so once the database has it.

An entry is acknowledged after its result was committed. Whoever dies before keeps it in hand, until
another finds it there and takes it over; what has been stored is known by then, and is not stored twice.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from kith.accounts.errors import TenantNotFound, TenantSuspended
from kith.accounts.principal import Principal
from kith.errors import AppError, Busy, Unavailable
from kith.ingest import queries
from kith.ingest.errors import StreamUnavailable
from kith.ingest.messages import from_data, parse
from kith.ingest.service import Entries
from kith.ingest.stream import Delivery, RedisStream
from kith.ingest.tables import EntryState, IngestEntry
from kith.ingest.tasks import EntryWork
from kith.jobs.service import WorkerDied
from kith.kit.clock import Clock
from kith.kit.db import Database

log = structlog.get_logger()

_AT_ONCE = 4
_RETRY_SECONDS = 5.0
_LATE = timedelta(minutes=1)
_LATE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ConsumerConfig:
    """Entries that nobody gave a sign of life for in `claim_seconds` are taken over, `attempts` times."""

    claim_seconds: float
    attempts: int
    poll_seconds: float


class StreamConsumer:
    """Works on the stream until it is told to stop. A Redis or database that is away is waited for."""

    def __init__(
        self, db: Database, clock: Clock, stream: RedisStream, work: EntryWork, config: ConsumerConfig
    ) -> None:
        self._db = db
        self._clock = clock
        self._stream = stream
        self._work = work
        self._config = config
        self._stop = asyncio.Event()
        self._has_joined = False
        self._looked_at = 0.0
        self._late_after = 0

    def stop(self) -> None:
        """End after the entries in hand."""
        self._stop.set()

    async def serve(self) -> None:
        try:
            while not self._stop.is_set():
                await self._step_safely()
            with suppress(StreamUnavailable):
                await self._stream.leave()
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._stream.close()

    async def _step_safely(self) -> None:
        try:
            await self.step()
        except Unavailable as error:
            self._has_joined = False
            log.warning("ingest.waiting", code=error.code)
            await self._pause(_RETRY_SECONDS)
        except Exception:  # no entry may end the consumer
            log.exception("ingest.failed")
            await self._pause(_RETRY_SECONDS)

    async def step(self) -> int:
        """Work on a few entries, waited for a little while; how many there were."""
        await self._work.ready()
        if not self._has_joined:
            await self._stream.join()
            self._has_joined = True
        entries = await self._abandoned() or await self._stream.read(
            _AT_ONCE, min(1.0, self._config.poll_seconds)
        )
        async with self._keeping(entries):
            await asyncio.gather(*(self._handle(it) for it in entries))
        return len(entries)

    async def _abandoned(self) -> Sequence[Delivery]:
        """From time to time: what was lost on the way is sent again, and what others left is taken over."""
        if time.monotonic() - self._looked_at < self._config.claim_seconds / 2:
            return ()
        await self._send_again()
        found = await self._stream.take_over(_AT_ONCE, self._config.claim_seconds)
        if not found:
            self._looked_at = time.monotonic()
        return found

    async def _send_again(self) -> None:
        """Entries that wait and are not in the stream: whoever took them in died, or Redis lost them."""
        async with self._db.read() as session:
            late = self._clock.now() - _LATE
            statement = queries.waiting_since(late, self._late_after, _LATE_AT_ONCE)
            entries = (await session.scalars(statement)).all()
        self._late_after = entries[-1].id if len(entries) == _LATE_AT_ONCE else 0
        sent = [it for it in entries if it.message_id is not None]
        there = await self._stream.has([it.message_id or "" for it in sent])
        present = {it.id for it, is_there in zip(sent, there, strict=True) if is_there}
        missing = [it for it in entries if it.id not in present]
        ids = await self._stream.add([from_data(it.message) for it in missing])
        async with self._db.write() as session:
            for it, message_id in zip(missing, ids, strict=True):
                await session.execute(queries.mark_sent(it.id, message_id))

    async def _handle(self, it: Delivery) -> None:
        """Bring one entry to its end; what cannot be, for no fault of its own, stays in hand."""
        try:
            await self._finish(it)
        except (Busy, Unavailable) as error:
            log.warning("ingest.left_in_hand", message=it.message_id, code=error.code)
        except Exception:  # it is taken over when its time is up
            log.exception("ingest.entry_failed", message=it.message_id)

    async def _finish(self, it: Delivery) -> None:
        try:
            ended = await self._do(it)
        except (Busy, Unavailable):
            raise
        except AppError as error:
            log.warning("ingest.refused", message=it.message_id, code=error.code)
            await self._stream.bury(it, f"{error.code}: {error.detail}")
        else:
            await self._close(it, ended)

    async def _close(self, it: Delivery, ended: IngestEntry | None) -> None:
        if ended is not None and ended.state == EntryState.FAILED:
            await self._stream.bury(it, f"{ended.error_code}: {ended.error_detail}")
        elif ended is None or ended.state != EntryState.WAITING:
            await self._stream.acknowledge(it.message_id)

    async def _do(self, it: Delivery) -> IngestEntry | None:
        """Until it is done; what is away is waited for. Raises what is wrong with the entry itself."""
        while True:
            try:
                entry = await self._open(it)
                if it.count > self._config.attempts and entry.state == EntryState.WAITING:
                    await self._work.give_up(entry, WorkerDied(f"{it.count - 1} consumers have died of it"))
                    entry = await self._open(it)
                return await self._work.do(entry)
            except (Busy, Unavailable) as error:
                log.warning("ingest.waiting", code=error.code)
                if await self._pause(1 if isinstance(error, Busy) else _RETRY_SECONDS):
                    raise

    async def _open(self, it: Delivery) -> IngestEntry:
        """The note of an entry, made now if somebody else has put it into the stream."""
        message = parse(it.text, f"{self._stream.name}:{it.message_id}"[-255:])
        async with self._db.write() as session:
            tenant = await session.scalar(queries.tenant(message.tenant_id or it.tenant))
            if tenant is None:
                raise TenantNotFound("there is no such tenant")
            if tenant.suspended_at is not None:
                raise TenantSuspended(f"the tenant {tenant.slug} is suspended")
            (entry,) = await Entries(session, Principal(tenant.id), self._clock).open([message])
            if isinstance(entry, AppError):
                raise entry
            entry.message_id = entry.message_id or it.message_id
            return entry

    @asynccontextmanager
    async def _keeping(self, entries: Sequence[Delivery]) -> AsyncGenerator[None]:
        """Give signs of life for what is in hand meanwhile."""
        names, is_over = [it.message_id for it in entries], asyncio.Event()

        async def beat() -> None:
            while not await _set_within(is_over, self._config.claim_seconds / 4):
                with suppress(StreamUnavailable):
                    await self._stream.keep(names)

        # It is told to end, never cancelled: in the middle of a command a cancellation may get lost.
        beating = asyncio.create_task(beat()) if names else None
        try:
            yield
        finally:
            is_over.set()
            if beating is not None:
                await beating

    async def _pause(self, seconds: float) -> bool:
        """Wait; whether it is time to stop."""
        return await _set_within(self._stop, seconds)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
