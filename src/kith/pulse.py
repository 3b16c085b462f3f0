"""A few numbers that tell whether anything has changed in a library, and whoever waits to hear of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from kith.accounts.principal import Principal
from kith.batches.service import Progress, read_progress
from kith.errors import Unavailable
from kith.faces import queries as face_queries
from kith.galleries import queries as gallery_queries
from kith.jobs.service import queue_counts
from kith.jobs.tables import JobState
from kith.kit.db import Database, ReadSession
from kith.people import queries
from kith.photos import queries as photo_queries
from kith.photos.tables import PhotoState

log = structlog.get_logger()

TOPICS = ("photos", "people", "jobs", "galleries", "batches")
# Reading the numbers of a large library takes a while; it is done for a small part of the time at most.
_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Pulse:
    """`change` is the last of a face of the tenant, `log_end` the last of anybody; see `faces.changes`."""

    photos: Mapping[PhotoState, int]
    jobs: Mapping[JobState, int]
    last_decision_id: int | None
    undone_at: datetime | None
    galleries: tuple[int, int | None]
    change: int
    log_end: int
    batches: Progress = field(default_factory=Progress)

    @property
    def decided(self) -> tuple[object, ...]:
        return self.last_decision_id, self.undone_at, self.change

    def topics(self, before: "Pulse") -> frozenset[str]:
        """What has changed since, as one of `TOPICS`."""
        changed = {
            "photos": self.photos != before.photos,
            "people": self.decided != before.decided,
            "jobs": self.jobs != before.jobs,
            "galleries": self.galleries != before.galleries,
            "batches": self.batches != before.batches,
        }
        return frozenset(topic for topic, has_changed in changed.items() if has_changed)


async def read_pulse(session: ReadSession, who: Principal, before: Pulse | None) -> Pulse:
    photos = {PhotoState(state): count for state, count in await session.execute(photo_queries.counts(who))}
    jobs: Counter[JobState] = Counter()
    for it in await queue_counts(session, who.tenant_id):
        jobs[JobState(it.state)] += it.count
    last_decision_id = await session.scalar(queries.newest_decision(who))
    undone_at = await session.scalar(queries.last_undo(who))
    count, last = (await session.execute(gallery_queries.extent(who))).one()
    log_end = await session.scalar(face_queries.last_change()) or 0
    change = before.change if before is not None else 0
    if before is not None and log_end != before.log_end:
        change = await session.scalar(face_queries.last_change_of(who, before.log_end)) or change
    batches = await read_progress(session, who)
    return Pulse(photos, jobs, last_decision_id, undone_at, (count, last), change, log_end, batches)


@dataclass(frozen=True, slots=True)
class Beat:
    """The numbers as they are, and what changed since one was told last; at first nothing has."""

    topics: frozenset[str]
    pulse: Pulse


class Listener:
    """One who waits. What comes faster than it is taken up is told in one."""

    def __init__(self) -> None:
        self._waiting: Beat | None = None
        self._has_news = asyncio.Event()
        self.is_over = False

    def tell(self, beat: Beat) -> None:
        if self._waiting is not None:
            beat = replace(beat, topics=beat.topics | self._waiting.topics)
        self._waiting = beat
        self._has_news.set()

    def end(self) -> None:
        self.is_over = True
        self._has_news.set()

    async def next(self, seconds: float) -> Beat | None:
        """What is new; None where nothing is for so long, and at the end."""
        try:
            await asyncio.wait_for(self._has_news.wait(), seconds)
        except TimeoutError:
            return None
        if not self.is_over:
            self._has_news.clear()
        beat, self._waiting = self._waiting, None
        return beat


class Pulses:
    """Reads the numbers of a tenant about once a second, once for all who listen; for nobody, never."""

    def __init__(self, db: Database, poll_seconds: float = 1.0) -> None:
        self._db = db
        self._poll_seconds = poll_seconds
        self._listeners: dict[int, set[Listener]] = {}
        self._last: dict[int, Pulse] = {}
        self._polls: dict[int, asyncio.Task[None]] = {}
        self._is_over = False

    def count(self, tenant_id: int | None = None) -> int:
        """How many listen, to one tenant or in all."""
        if tenant_id is not None:
            return len(self._listeners.get(tenant_id, ()))
        return sum(map(len, self._listeners.values()))

    def listen(self, tenant_id: int) -> Listener:
        """Whoever listens must `leave`."""
        listener = Listener()
        if self._is_over:
            listener.end()
            return listener
        self._listeners.setdefault(tenant_id, set()).add(listener)
        if (pulse := self._last.get(tenant_id)) is not None:
            listener.tell(Beat(frozenset(), pulse))
        if tenant_id not in self._polls:
            self._polls[tenant_id] = asyncio.create_task(self._poll(tenant_id))
        return listener

    def leave(self, tenant_id: int, listener: Listener) -> None:
        left = self._listeners.get(tenant_id, set())
        left.discard(listener)
        if not left and (poll := self._polls.pop(tenant_id, None)) is not None:
            poll.cancel()
            self._listeners.pop(tenant_id, None)
            self._last.pop(tenant_id, None)

    def end(self) -> None:
        """Tell all who listen that it is over, at once; nobody can listen any more."""
        self._is_over = True
        for listener in [it for each in self._listeners.values() for it in each]:
            listener.end()

    async def close(self) -> None:
        self.end()
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        if polls:
            await asyncio.wait(polls)

    async def _poll(self, tenant_id: int) -> None:
        while not self._is_over:
            start = time.monotonic()
            try:
                await self._read(tenant_id)
            except Unavailable as error:
                log.warning("pulse.waiting", code=error.code)
            except Exception:  # one that went wrong must not end all that follow
                log.exception("pulse.failed")
            took = time.monotonic() - start
            await asyncio.sleep(max(self._poll_seconds, took / _SHARE))

    async def _read(self, tenant_id: int) -> None:
        before = self._last.get(tenant_id)
        async with self._db.read() as session:
            pulse = await read_pulse(session, Principal(tenant_id), before)
        self._last[tenant_id] = pulse
        topics = pulse.topics(before) if before is not None else frozenset[str]()
        if topics or before is None:
            for listener in self._listeners.get(tenant_id, ()):
                listener.tell(Beat(topics, pulse))
