"""Webhooks: who is told what. Delivering is the business of `delivering.py`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from kith.accounts.principal import Principal
from kith.jobs.service import Jobs, NewJob
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise
from kith.kit.errors import FetchUrlInvalid
from kith.kit.fetch import Fetcher, parsed
from kith.kit.secrets import Sealer
from kith.notify import queries
from kith.notify.errors import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookEventsInvalid,
    WebhookInvalid,
    WebhookNotFound,
)
from kith.notify.tables import Delivery, DeliveryState, Event, WebhookEndpoint

DELIVER = "deliver"
EXPIRE_DELIVERIES = "expire_deliveries"
MAX_ENDPOINTS = 100
MAX_TIMEOUT_SECONDS = 60
MAX_RETRIES = 20
_SECRET_LENGTH = 500


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What is registered; no `events` are all of them."""

    url: str
    events: Sequence[str] = ()
    secret: str | None = None
    timeout_seconds: int = 30
    retry_count: int = 3


@dataclass(frozen=True, slots=True)
class Statistics:
    """Over the endpoints of a tenant; `success_rate` is 0 where nothing was delivered yet."""

    endpoints: Sequence[WebhookEndpoint]

    @property
    def successes(self) -> int:
        return sum(it.success_count for it in self.endpoints)

    @property
    def failures(self) -> int:
        return sum(it.failure_count for it in self.endpoints)

    @property
    def success_rate(self) -> float:
        total = self.successes + self.failures
        return self.successes / total if total else 0.0


class Webhooks:
    """Use cases of one session, for one tenant. None commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock, sealer: Sealer) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._sealer = sealer

    async def register(self, new: NewEndpoint) -> WebhookEndpoint:
        """Add an endpoint; one at the same address is replaced and keeps its id and its counters.

        Whether the address may be spoken to is asked before, by `check_target`, outside of a transaction.
        """
        validate(new)
        await serialise(self._session, "webhooks", self._who.tenant_id)
        row = await self._session.scalar(queries.endpoint_at(self._who, new.url))
        if row is None:
            if len(await list_endpoints(self._session, self._who)) >= MAX_ENDPOINTS:
                raise TooManyWebhooks(f"at most {MAX_ENDPOINTS}", max_endpoints=MAX_ENDPOINTS)
            row = WebhookEndpoint(tenant_id=self._who.tenant_id, url=new.url, created_at=self._clock.now())
            self._session.add(row)
        row.events = list(dict.fromkeys(new.events)) or [it.value for it in Event]
        row.secret = self._sealer.seal(new.secret) if new.secret else None
        row.timeout_seconds, row.retry_count = new.timeout_seconds, new.retry_count
        await self._session.flush()
        return row

    async def remove(self, url: str) -> None:
        """Remove an endpoint with all it was or would have been told; raises WebhookNotFound."""
        row = await find_endpoint(self._session, self._who, url)
        await self._session.delete(row)
        await self._session.flush()

    async def replay(self, delivery_id: int | None = None) -> int:
        """Send one dead delivery again, or all; how many. Raises DeliveryNotFound if the one is not dead."""
        statement = queries.replay(self._who, delivery_id, self._clock.now())
        endpoints = (await self._session.scalars(statement)).all()
        if delivery_id is not None and not endpoints:
            raise DeliveryNotFound(f"there is no dead delivery {delivery_id}")
        jobs = [deliver_job(endpoint_id) for endpoint_id in sorted(set(endpoints))]
        await Jobs(self._session, self._clock).add(self._who.tenant_id, jobs)
        return len(endpoints)


async def check_target(fetcher: Fetcher, new: NewEndpoint) -> None:
    """Raise whatever speaks against an endpoint: its values, or where its address leads."""
    validate(new)
    await fetcher.check(new.url)


def validate(new: NewEndpoint) -> None:
    parsed(new.url)
    invalid = sorted(set(new.events) - set(Event))
    if invalid:
        raise WebhookEventsInvalid(f"there is no event {', '.join(invalid)[:200]}", invalid_events=invalid)
    if not 1 <= new.timeout_seconds <= MAX_TIMEOUT_SECONDS:
        raise WebhookInvalid(f"the timeout is 1 to {MAX_TIMEOUT_SECONDS} seconds")
    if not 0 <= new.retry_count <= MAX_RETRIES:
        raise WebhookInvalid(f"there are 0 to {MAX_RETRIES} retries")
    if new.secret is not None and not (len(new.secret) <= _SECRET_LENGTH and _is_text(new.secret)):
        raise WebhookInvalid(f"a secret has at most {_SECRET_LENGTH} characters, none of them NUL or half")


def _is_text(text: str) -> bool:
    """Whether both databases can keep it."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


async def publish(
    session: WriteSession, clock: Clock, who: Principal, event: Event, data: Mapping[str, object],
    *, request_id: str | None = None,
) -> int:  # fmt: skip
    """Tell whoever wants to hear of an event once this transaction commits; how many do.

    `data` is JSON-ready and holds no vectors and no names.
    """
    listening = await session.scalars(queries.listening(who))
    wanting = [it for it in listening if event in it.events]
    if not wanting:
        return 0
    now, event_id = clock.now(), uuid4()
    request_id = request_id or event_id.hex
    body = body_of(event, await session.scalar(queries.tenant_name(who)), data, request_id, now)
    session.add_all(
        Delivery(
            event_id=event_id, tenant_id=who.tenant_id, endpoint_id=endpoint.id, event=event,
            request_id=request_id[:200], body=body, next_attempt_at=now, created_at=now,
        )
        for endpoint in wanting
    )  # fmt: skip
    await session.flush()
    await Jobs(session, clock).add(who.tenant_id, [deliver_job(it.id) for it in wanting])
    return len(wanting)


def body_of(
    event: str, tenant: str | None, data: Mapping[str, object], request_id: str, now: datetime
) -> str:
    """What is sent, to the letter."""
    said = {
        "event_type": event, "tenant_id": tenant, "data": dict(data), "request_id": request_id,
        "timestamp": now.timestamp(), "version": "1.0",
    }  # fmt: skip
    return json.dumps(said, allow_nan=False)


def deliver_job(endpoint_id: int, delay_seconds: float = 0) -> NewJob:
    """Deliver what is due to one endpoint. One such job waits, and one runs: others are not held up."""
    return NewJob(
        DELIVER,
        {"endpoint_id": endpoint_id},
        dedupe_key=f"{DELIVER}:{endpoint_id}",
        delay_seconds=delay_seconds,
    )


async def list_endpoints(session: ReadSession | WriteSession, who: Principal) -> Sequence[WebhookEndpoint]:
    return (await session.scalars(queries.endpoints(who))).all()


async def numbered_endpoint(
    session: ReadSession | WriteSession, who: Principal, endpoint_id: int
) -> WebhookEndpoint:
    """Raises WebhookNotFound."""
    row = await session.scalar(queries.endpoints(who).where(WebhookEndpoint.id == endpoint_id))
    if row is None:
        raise WebhookNotFound(f"there is no webhook {endpoint_id}")
    return row


async def find_endpoint(session: ReadSession | WriteSession, who: Principal, url: str) -> WebhookEndpoint:
    """The endpoint at an address; raises WebhookNotFound."""
    try:
        parsed(url)  # what is no address can be nobody's, and may hold what no database takes
    except FetchUrlInvalid as error:
        raise WebhookNotFound("there is no webhook at this address") from error
    row = await session.scalar(queries.endpoint_at(who, url))
    if row is None:
        raise WebhookNotFound("there is no webhook at this address")
    return row


async def list_deliveries(
    session: ReadSession, who: Principal, *, state: DeliveryState | None = None, before: int | None = None,
    limit: int = 100,
) -> Sequence[Delivery]:  # fmt: skip
    """Newest first; the last one's id is `before` of the next page."""
    statement = queries.deliveries(who, state, before)
    return (await session.scalars(statement.limit(min(max(1, limit), 1000)))).all()


async def statistics(session: ReadSession, who: Principal) -> Statistics:
    return Statistics(await list_endpoints(session, who))


async def expire_deliveries(session: WriteSession, clock: Clock, days: int) -> None:
    """Forget deliveries that came to their end and are older."""
    await session.execute(queries.expired(clock.now() - timedelta(days=days)))
