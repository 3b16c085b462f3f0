"""The job `deliver`: what is due to one endpoint, some of it at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from uuid import uuid4

import structlog

from kith.accounts.principal import Principal
from kith.errors import AppError
from kith.jobs.service import Jobs
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.fetch import Fetcher, parsed
from kith.kit.secrets import Sealer
from kith.notify import queries, signing
from kith.notify.service import body_of, deliver_job
from kith.notify.tables import Delivery, DeliveryState, WebhookEndpoint

log = structlog.get_logger()

_AT_ONCE = 16
_LONGEST_WAIT_SECONDS = 3600.0
_TEST_TIMEOUT_SECONDS = 10
_TEST_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status if there was an answer, or else the code of an error."""

    status: int | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Tried:
    """`attempt` is the one it ended with, from 1."""

    url: str
    outcome: Outcome
    attempt: int


class DeliverWebhooks:
    """Handler of `deliver` jobs. An endpoint that fails is no failure of the job: it is written down."""

    batch = 1

    def __init__(
        self, db: Database, clock: Clock, fetcher: Fetcher, sealer: Sealer,
        *, jitter: Callable[[], float] = lambda: uniform(0.75, 1.25),  # noqa: S311  # spreads retries, hides nothing
    ) -> None:  # fmt: skip
        self._db = db
        self._clock = clock
        self._fetcher = fetcher
        self._sealer = sealer
        self._jitter = jitter

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            await self._deliver(job, worker)

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        """Deliveries stay pending; the next event for the endpoint takes them up again."""

    async def _deliver(self, job: Job, worker: str) -> None:
        endpoint_id = job.payload["endpoint_id"]
        async with self._db.read() as session:
            endpoint = await session.scalar(queries.endpoint(endpoint_id))
            due = (await session.scalars(queries.due(endpoint_id, self._clock.now(), _AT_ONCE))).all()
        outcomes: dict[int, Outcome] = {}
        if endpoint is not None:
            found = await asyncio.gather(*(self._attempt(endpoint, delivery) for delivery in due))
            outcomes = {delivery.id: outcome for delivery, outcome in zip(due, found, strict=True)}
        async with self._db.write() as session:
            queue = Jobs(session, self._clock)
            await queue.finish(worker, [job])
            if endpoint is not None:
                await self._write_down(session, endpoint, outcomes)
                next_at = await session.scalar(queries.next_attempt(endpoint_id))
                if next_at is not None:
                    delay = max(0.0, (next_at - self._clock.now()).total_seconds())
                    await queue.add(job.tenant_id, [deliver_job(endpoint_id, delay)])

    async def _attempt(self, endpoint: WebhookEndpoint, delivery: Delivery) -> Outcome:
        body = delivery.body.encode()
        try:
            secret = self._sealer.open(endpoint.secret) if endpoint.secret is not None else None
            made = signing.headers(
                body, secret, event=delivery.event, event_id=delivery.event_id,
                request_id=delivery.request_id, now=self._clock.now(),
            )  # fmt: skip
            return await _post(self._fetcher, endpoint.url, body, made, endpoint.timeout_seconds)
        except AppError as error:
            return Outcome(error=error.code)

    async def _write_down(
        self, session: WriteSession, endpoint: WebhookEndpoint, outcomes: dict[int, Outcome]
    ) -> None:
        now, good, bad = self._clock.now(), 0, 0
        for delivery in await session.scalars(queries.attempted(list(outcomes))):
            outcome = outcomes[delivery.id]
            delivery.attempts += 1
            delivery.last_status, delivery.last_error = outcome.status, outcome.error
            if outcome.is_success:
                _end(delivery, DeliveryState.DELIVERED, now)
                good += 1
            elif delivery.attempts > endpoint.retry_count:
                _end(delivery, DeliveryState.DEAD, now)
                bad += 1
                log.warning("webhook.dead", delivery=delivery.id, endpoint=endpoint.id, status=outcome.status)
            else:
                wait = backoff_seconds(delivery.attempts) * self._jitter()
                delivery.next_attempt_at = now + timedelta(seconds=wait)
        if outcomes:
            await session.execute(queries.count_events(endpoint.id, good, bad, now))


def _end(delivery: Delivery, state: DeliveryState, now: datetime) -> None:
    delivery.state, delivery.ended_at, delivery.next_attempt_at = state, now, None


def backoff_seconds(attempts: int) -> float:
    """How long to wait after so many attempts: 1, 2, 4 seconds and so on, at most an hour."""
    return min(_LONGEST_WAIT_SECONDS, 2.0 ** min(attempts - 1, 20))


async def send_test(db: Database, fetcher: Fetcher, clock: Clock, who: Principal, url: str) -> Tried:
    """Send one event `test`, unsigned, twice if need be; nothing is stored. Raises FetchUrlInvalid."""
    parsed(url)
    async with db.read() as session:
        tenant = await session.scalar(queries.tenant_name(who))
    event_id, outcome = uuid4(), Outcome()
    body = body_of("test", tenant, {"message": "It works"}, event_id.hex, clock.now()).encode()
    for attempt in range(1, _TEST_ATTEMPTS + 1):
        made = signing.headers(
            body, None, event="test", event_id=event_id, request_id=event_id.hex, now=clock.now()
        )
        outcome = await _post(fetcher, url, body, made, _TEST_TIMEOUT_SECONDS)
        if outcome.is_success:
            return Tried(url, outcome, attempt)
    return Tried(url, outcome, _TEST_ATTEMPTS)


async def _post(
    fetcher: Fetcher, url: str, body: bytes, headers: dict[str, str], timeout_seconds: float
) -> Outcome:
    try:
        return Outcome(status=await fetcher.post(url, body, headers, total_seconds=timeout_seconds))
    except AppError as error:
        return Outcome(error=error.code)
