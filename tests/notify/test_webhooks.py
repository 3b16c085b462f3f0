"""From an event to a receiver that checks who sent it, on both databases, over a real connection."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from kith.accounts.principal import Principal
from kith.accounts.tables import Tenant
from kith.jobs.liveness import Liveness
from kith.jobs.service import Jobs
from kith.kit.db import Database
from kith.kit.errors import FetchRefusedAddress, FetchUrlInvalid, SecretSealed
from kith.kit.fetch import Fetcher
from kith.kit.secrets import Sealer
from kith.notify.errors import DeliveryNotFound, WebhookEventsInvalid, WebhookInvalid, WebhookNotFound
from kith.notify.service import (
    DELIVER,
    NewEndpoint,
    Webhooks,
    check_target,
    expire_deliveries,
    list_deliveries,
    publish,
    statistics,
)
from kith.notify.tables import Delivery, DeliveryState, Event
from kith.notify.tasks import DeliverWebhooks, backoff_seconds, send_test
from tests.notify.receiver import Receiver, receiving
from tests.support.clock import ManualClock
from tests.support.markdown import page

WHO = Principal()
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


class Desk:
    """Webhooks of a database, worked on by hand: a step is a job that is due."""

    def __init__(self, db: Database, clock: ManualClock) -> None:
        self.db, self.clock = db, clock
        self.sealer = Sealer("a key of sixteen")
        self.fetcher = Fetcher(["127.0.0.1"])
        self.handler = DeliverWebhooks(db, clock, self.fetcher, self.sealer, jitter=lambda: 1.0)

    async def register(self, url: str, who: Principal = WHO, **more) -> int:
        async with self.db.write() as session:
            new = NewEndpoint(url, **{"secret": SECRET, **more})
            return (await Webhooks(session, who, self.clock, self.sealer).register(new)).id

    async def publish(self, event: Event = Event.FACE_INDEXED, who: Principal = WHO) -> int:
        async with self.db.write() as session:
            return await publish(session, self.clock, who, event, {"face_count": 2}, request_id="req-1")

    async def step(self) -> bool:
        """Work on one job that is due, if there is one."""
        async with self.db.write() as session:
            jobs = await Jobs(session, self.clock).claim("w", {DELIVER: 1}, timedelta(seconds=60))
        if jobs:
            await self.handler.run(jobs, "w")
        return bool(jobs)

    async def replay(self, delivery_id: int | None = None, who: Principal = WHO) -> int:
        async with self.db.write() as session:
            return await Webhooks(session, who, self.clock, self.sealer).replay(delivery_id)

    async def deliveries(self, who: Principal = WHO) -> list[Delivery]:
        async with self.db.read() as session:
            return list(await list_deliveries(session, who))


@pytest.fixture
def desk(database: Database, clock: ManualClock) -> Desk:
    return Desk(database, clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


async def second_tenant(db: Database, clock: ManualClock) -> Principal:
    async with db.write() as session:
        tenant = Tenant(slug="second", created_at=clock.now())
        session.add(tenant)
        await session.flush()
        return Principal(tenant.id)


class TestDelivery:
    async def test_third_attempt_after_two_were_dropped(self, desk: Desk, receiver: Receiver) -> None:
        receiver.drops = 2
        await desk.register(receiver.url)
        assert await desk.publish() == 1
        for wait in (0, 1, 2):
            desk.clock.advance(wait)
            assert await desk.step()
            assert not await desk.step()
        (delivery,) = await desk.deliveries()
        assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.DELIVERED, 3, 204)
        assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
        assert len({body for _, body in receiver.received}) == 1
        async with desk.db.read() as session:
            stats = await statistics(session, WHO)
        assert (stats.successes, stats.failures, stats.success_rate) == (1, 0, 1.0)

    async def test_payload_and_both_signatures(self, desk: Desk, receiver: Receiver) -> None:
        await desk.register(receiver.url)
        await desk.publish()
        await desk.step()
        ((headers, body),) = receiver.received
        (payload,) = receiver.payloads
        assert payload == {
            "event_type": "face.indexed", "tenant_id": "default", "data": {"face_count": 2},
            "request_id": "req-1", "timestamp": desk.clock.now().timestamp(), "version": "1.0",
        }  # fmt: skip
        assert headers["x-webhook-event"] == "face.indexed"
        assert headers["x-webhook-request-id"] == "req-1"
        names: dict[str, object] = {}
        exec(next(text for kind, text in page("docs", "webhooks.md").code if kind == "python"), names)
        is_genuine = names["is_genuine"]
        now = desk.clock.now().timestamp()
        assert is_genuine(SECRET, headers, body, now)
        assert not is_genuine(SECRET, headers, body + b" ", now)
        assert not is_genuine(SECRET, headers, body, now + 301)
        legacy = names["is_genuine_by_body"]
        assert legacy(SECRET, headers, body)
        assert not legacy("other", headers, body)
        moment = headers["webhook-timestamp"]
        assert moment == headers["x-webhook-timestamp"] == str(int(now))
        signed = Webhook(SECRET).sign(headers["webhook-id"], desk.clock.now(), body.decode())
        assert signed == headers["webhook-signature"]
        with pytest.raises(WebhookVerificationError):  # the library finds the time of this test long ago
            Webhook(SECRET).verify(body.decode(), headers)

    async def test_without_a_secret_nothing_is_signed(self, desk: Desk, receiver: Receiver) -> None:
        await desk.register(receiver.url, secret=None)
        await desk.publish()
        await desk.step()
        assert not {name for name in receiver.received[0][0] if "signature" in name}

    async def test_dead_after_the_last_retry_and_replayed(self, desk: Desk, receiver: Receiver) -> None:
        receiver.drops = 2
        await desk.register(receiver.url, retry_count=1)
        await desk.publish()
        await desk.step()
        desk.clock.advance(1)
        await desk.step()
        (dead,) = await desk.deliveries()
        assert (dead.state, dead.attempts, dead.last_status) == (DeliveryState.DEAD, 2, 503)
        assert not await desk.step()
        assert await desk.replay(dead.id) == 1
        await desk.step()
        assert (await desk.deliveries())[0].state == DeliveryState.DELIVERED
        with pytest.raises(DeliveryNotFound):
            await desk.replay(dead.id)
        assert await desk.replay() == 0

    async def test_a_private_address_is_never_spoken_to(self, desk: Desk, receiver: Receiver) -> None:
        desk.handler = DeliverWebhooks(desk.db, desk.clock, Fetcher(), desk.sealer)
        await desk.register(receiver.url, retry_count=0)
        await desk.publish()
        await desk.step()
        (dead,) = await desk.deliveries()
        assert (dead.state, dead.last_error) == (DeliveryState.DEAD, "fetch_refused_address")
        assert receiver.received == []

    async def test_who_never_answers_holds_up_nobody(self, desk: Desk, receiver: Receiver) -> None:
        with receiving() as silent:
            silent.hangs = True
            await desk.register(silent.url)
            await desk.publish()
            hanging = asyncio.create_task(desk.step())
            await asyncio.to_thread(wait_for, silent)
            await desk.register(receiver.url)
            await desk.publish()
            assert await desk.step()
            assert len(receiver.received) == 1
            assert not await desk.step()  # the silent one is spoken to once at a time
            silent.release.set()
            assert await hanging

    async def test_a_new_event_does_not_wait_for_the_retry_of_another(
        self, desk: Desk, receiver: Receiver
    ) -> None:
        receiver.drops = 1
        await desk.register(receiver.url)
        await desk.publish()
        await desk.step()
        await desk.publish()
        assert await desk.step()
        assert len(receiver.received) == 2


def wait_for(receiver: Receiver) -> None:
    while not receiver.received:
        receiver.release.wait(0.01)


class TestPublish:
    async def test_nothing_without_the_commit(self, desk: Desk, receiver: Receiver) -> None:
        async def fails() -> None:
            async with desk.db.write() as session:
                await publish(session, desk.clock, WHO, Event.FACE_INDEXED, {})
                raise ZeroDivisionError

        await desk.register(receiver.url)
        with pytest.raises(ZeroDivisionError):
            await fails()
        assert await desk.deliveries() == []
        assert not await desk.step()

    async def test_only_to_those_who_asked_for_it(self, desk: Desk, receiver: Receiver) -> None:
        await desk.register(receiver.url, events=["batch.created"])
        assert await desk.publish(Event.FACE_INDEXED) == 0
        assert await desk.publish(Event.BATCH_CREATED) == 1

    async def test_not_to_another_tenant(self, desk: Desk, receiver: Receiver) -> None:
        other = await second_tenant(desk.db, desk.clock)
        await desk.register(receiver.url, other)
        assert await desk.publish() == 0
        assert await desk.publish(who=other) == 1
        assert await desk.deliveries() == []
        assert await desk.replay() == 0


class TestRegister:
    async def test_the_same_address_again_replaces(self, desk: Desk) -> None:
        first = await desk.register("https://a.example/", retry_count=1)
        assert await desk.register("https://a.example/", retry_count=2) == first
        async with desk.db.read() as session:
            (endpoint,) = (await statistics(session, WHO)).endpoints
        assert (endpoint.retry_count, endpoint.events) == (2, [it.value for it in Event])
        assert SECRET not in (endpoint.secret or "")

    @pytest.mark.parametrize(
        ("more", "error"),
        [({"events": ["face.drawn"]}, WebhookEventsInvalid), ({"events": ["test"]}, WebhookEventsInvalid),
         ({"timeout_seconds": 0}, WebhookInvalid), ({"retry_count": -1}, WebhookInvalid),
         ({"secret": "x" * 501}, WebhookInvalid)],
    )  # fmt: skip
    async def test_refused(self, desk: Desk, more: dict, error: type[Exception]) -> None:
        with pytest.raises(error):
            await desk.register("https://a.example/", **more)

    async def test_target_is_checked(self) -> None:
        with pytest.raises(FetchRefusedAddress):
            await check_target(Fetcher(), NewEndpoint("http://169.254.169.254/latest"))
        with pytest.raises(FetchUrlInvalid):
            await check_target(Fetcher(), NewEndpoint("ftp://a.example/"))

    async def test_remove(self, desk: Desk, receiver: Receiver) -> None:
        await desk.register(receiver.url)
        await desk.publish()
        async with desk.db.write() as session:
            await Webhooks(session, WHO, desk.clock, desk.sealer).remove(receiver.url)
        assert await desk.step()  # the job finds nothing to do
        assert (receiver.received, await desk.deliveries()) == ([], [])
        async with desk.db.write() as session:
            with pytest.raises(WebhookNotFound):
                await Webhooks(session, WHO, desk.clock, desk.sealer).remove(receiver.url)


async def test_expired_deliveries_go_and_waiting_ones_stay(desk: Desk, receiver: Receiver) -> None:
    await desk.register(receiver.url)
    await desk.publish()
    await desk.step()
    await desk.publish()
    desk.clock.advance(31 * 86_400)
    async with desk.db.write() as session:
        await expire_deliveries(session, desk.clock, 30)
    assert [it.state for it in await desk.deliveries()] == [DeliveryState.PENDING]


async def test_test_delivery_is_unsigned_and_tried_twice(desk: Desk, receiver: Receiver) -> None:
    receiver.drops = 1
    tried = await send_test(desk.db, desk.fetcher, desk.clock, WHO, receiver.url)
    assert (tried.attempt, tried.outcome.status) == (2, 204)
    assert [it["event_type"] for it in receiver.payloads] == ["test", "test"]
    assert "webhook-signature" not in receiver.received[0][0]


def test_backoff_doubles_up_to_an_hour() -> None:
    assert [backoff_seconds(it) for it in (1, 2, 3, 13, 10_000)] == [1, 2, 4, 3600, 3600]


def test_sealed_secrets_need_their_key() -> None:
    stored = Sealer("a key of sixteen").seal("s")
    assert Sealer("a key of sixteen").open(stored) == "s"
    assert Sealer("a key of sixteen").open(Sealer().seal("s")) == "s"
    for other in (Sealer(), Sealer("another key, longer")):
        with pytest.raises(SecretSealed):
            other.open(stored)


def test_two_workers_of_one_process_have_locks_of_their_own(tmp_path: Path) -> None:
    first, second = Liveness(tmp_path), Liveness(tmp_path)
    assert first.dead_workers() == second.dead_workers() == []
    first.close()
    second.close()
