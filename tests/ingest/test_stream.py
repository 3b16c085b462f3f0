"""The stream in a real Redis: what is handed out is done once, whoever dies in between; on both databases."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import select

from kith.app import create_app
from kith.audit.tables import AuditEntry
from kith.background import entry_work
from kith.faces.tables import Face
from kith.ingest.consumer import StreamConsumer
from kith.ingest.errors import StreamUnavailable
from kith.ingest.messages import Asked
from kith.ingest.tables import EntryState
from kith.runtime import open_runtime
from kith.setting_groups import IngestSettings, RedisSettings, WorkerSettings
from kith.tenants.service import Quotas, Tenants
from tests.batches.conftest import Gate
from tests.ingest.conftest import ONE, TWO, WHO, Inlet, inlet_settings
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.http import Site
from tests.support.processes import start_python
from tests.support.redis import RedisServer
from tests.support.tiny_library import picture

STREAM, GROUP, DEAD = "face:ingest", "pipeline", "face:ingest:dlq"
TS = 1_700_000_000
PICTURES = [picture((number, 7)) for number in range(8)]

CONSUMER = """
import asyncio, json, sys
from kith.background import consumer
from kith.runtime import open_runtime
from kith.settings import Settings

async def main():
    async with open_runtime(Settings(**json.loads(sys.argv[1]))) as runtime:
        await runtime.recognition()
        print("ready", flush=True)
        sys.stdin.readline()
        await consumer(runtime).serve()

asyncio.run(main())
"""


@pytest_asyncio.fixture
async def client(redis: RedisServer) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis.url, decode_responses=True, protocol=2)
    yield client
    await client.aclose()


async def pending(client: Redis) -> int:
    return (await client.xpending(STREAM, GROUP))["pending"]


async def dead(client: Redis) -> list[dict[str, str]]:
    return [fields for _, fields in await client.xrange(DEAD)]


async def work_off(client: Redis, *consumers: StreamConsumer) -> None:
    """Until nothing new is in the stream and nobody has anything in hand."""
    async with asyncio.timeout(60):
        while True:
            counts = await asyncio.gather(*(it.step() for it in consumers))
            if not any(counts) and not await pending(client):
                return


async def ends(inlet: Inlet) -> list[str]:
    """The entries that were brought to their end, as often as they were."""
    async with inlet.runtime.db.read() as session:
        done = select(AuditEntry.subject_id).where(AuditEntry.subject == "ingest_entry")
        return [it or "" for it in await session.scalars(done)]


async def count_faces(inlet: Inlet) -> int:
    async with inlet.runtime.db.read() as session:
        return len((await session.scalars(select(Face))).all())


def message(url: str, **more: Any) -> dict[str, str]:
    """What others put into the stream."""
    said = {
        "tenant_id": "default", "bucket": None, "key": None, "url": url, "site": "s",
        "image_sha256": "0" * 64, "image_phash": "0" * 16, "ts": TS, "meta": {}, **more,
    }  # fmt: skip
    return {"message": json.dumps(said), "tenant_id": "default"}


class TestSent:
    async def test_fields_are_those_of_the_contract(self, streaming: Inlet, client: Redis) -> None:
        (done,) = await streaming.accepted(replace(streaming.put("one", ONE), idempotency_key="key"))
        ((name, fields),) = await client.xrange(STREAM)
        assert name == done.message_id
        assert fields.keys() == {"message", "idempotency_key", "tenant_id"}
        assert (fields["idempotency_key"], fields["tenant_id"]) == ("key", "default")
        assert json.loads(fields["message"]) == done.message.data()
        assert " " not in fields["message"]

    async def test_is_done_and_acknowledged(self, streaming: Inlet, client: Redis, site: Site) -> None:
        await streaming.accepted(streaming.put("two", TWO), Asked(TS, url=site.serve("/one", ONE)))
        await work_off(client, streaming.consumer())
        assert [it.state for it in await streaming.entries()] == [EntryState.INDEXED] * 2
        assert (len(await streaming.photos()), await count_faces(streaming)) == (2, 3)
        assert await dead(client) == []

    async def test_the_same_key_is_sent_once(self, streaming: Inlet, client: Redis) -> None:
        asked = replace(streaming.put("one", ONE), idempotency_key="key")
        done = await asyncio.gather(*(streaming.accepted(asked) for _ in range(4)))
        await work_off(client, streaming.consumer())
        assert await streaming.accepted(asked) in done
        assert len(await streaming.entries()) == len(await ends(streaming)) == 1

    async def test_nothing_is_kept_while_redis_is_away(self, streaming: Inlet, redis: RedisServer) -> None:
        redis.stop()
        with pytest.raises(StreamUnavailable):
            await streaming.submit(streaming.put("one", ONE))
        assert await streaming.entries() == []


class TestOfOthers:
    async def test_is_done_too(self, streaming: Inlet, client: Redis, site: Site) -> None:
        streaming.put("a/two", TWO)
        await client.xadd(STREAM, message("", bucket="raw-images", key="a/two"))
        await client.xadd(STREAM, message(site.serve("/one", ONE)))
        await work_off(client, streaming.consumer())
        entries = await streaming.entries()
        assert sorted((it.state, it.face_count) for it in entries) == [("indexed", 1), ("indexed", 2)]

    async def test_with_a_key_is_done_once(self, streaming: Inlet, client: Redis, site: Site) -> None:
        url = site.serve("/one", ONE)
        for _ in range(5):
            await client.xadd(STREAM, message(url, idempotency_key="key"))
        await work_off(client, streaming.consumer(), streaming.consumer())
        assert len(await streaming.entries()) == len(await ends(streaming)) == 1

    async def test_what_cannot_be_done_is_among_the_dead_letters(
        self, streaming: Inlet, client: Redis, site: Site
    ) -> None:
        async with streaming.runtime.db.write() as session:
            tenants = Tenants(session, WHO, streaming.runtime.clock)
            await tenants.create("asleep", Quotas())
            await tenants.suspend("asleep")
        bad: list[dict[str, str]] = [
            {"message": "no json"}, {"other": "field"}, message("http://a/", tenant_id="nobody"),
            message("http://a/", tenant_id="asleep"), message(site.address("/gone")), message("http://10.0.0.1/"),
            message("", bucket="raw-images", key="../x"), message("http://a/", ts="x"),
        ]  # fmt: skip
        names = [await client.xadd(STREAM, it) for it in bad]
        await client.xadd(STREAM, {b"message": b"\xff\xfe", b"\xff": b"x"})
        await client.xadd(STREAM, message(site.serve("/one", ONE)))
        await work_off(client, streaming.consumer())
        letters = sorted(await dead(client), key=lambda it: it["original_id"])
        assert [it["error"].partition(":")[0] for it in letters] == [
            "message_invalid", "message_invalid", "tenant_not_found", "tenant_suspended", "fetch_failed",
            "fetch_refused_address", "source_key_invalid", "message_invalid", "message_invalid",
        ]  # fmt: skip
        assert {it["original_id"] for it in letters} > set(names)
        assert all(it.keys() == {"error", "original_id", "message"} for it in letters)
        assert len(await streaming.photos()) == 1


class TestCrashes:
    async def test_consumers_share_and_each_is_done_once(self, streaming: Inlet, client: Redis) -> None:
        await streaming.accepted(*[streaming.put(f"{at}", it) for at, it in enumerate(PICTURES)])
        await work_off(client, *[streaming.consumer() for _ in range(3)])
        assert set(Counter(await ends(streaming)).values()) == {1}
        assert (len(await streaming.photos()), await count_faces(streaming)) == (8, 8)

    async def test_between_commit_and_acknowledgement(self, streaming: Inlet, client: Redis) -> None:
        await streaming.accepted(streaming.put("one", ONE))
        await client.xgroup_create(STREAM, GROUP, id="0")
        await client.xreadgroup(GROUP, "dies", {STREAM: ">"}, count=1)
        (entry,) = await streaming.entries()
        done = await entry_work(streaming.runtime).do(entry)
        assert done is not None
        assert done.state == EntryState.INDEXED
        assert await pending(client) == 1
        await work_off(client, streaming.consumer())
        assert (
            len(await ends(streaming)) == len(await streaming.photos()) == await count_faces(streaming) == 1
        )

    async def test_what_redis_lost_is_sent_again(
        self, streaming: Inlet, client: Redis, clock: ManualClock
    ) -> None:
        await streaming.accepted(streaming.put("one", ONE), streaming.put("two", TWO))
        await client.flushall()
        clock.advance(61)
        await work_off(client, streaming.consumer(), streaming.consumer())
        assert [it.state for it in await streaming.entries()] == [EntryState.INDEXED] * 2
        assert len(await ends(streaming)) == 2

    async def test_what_ends_every_consumer_is_given_up(self, streaming: Inlet, client: Redis) -> None:
        (done,) = await streaming.accepted(streaming.put("one", ONE))
        await client.xgroup_create(STREAM, GROUP, id="0")
        await client.xreadgroup(GROUP, "dies", {STREAM: ">"}, count=1)
        await client.xclaim(STREAM, GROUP, "dies", 0, [done.message_id], idle=10_000, retrycount=5)
        await work_off(client, streaming.consumer())
        assert [(it.state, it.error_code) for it in await streaming.entries()] == [
            (EntryState.FAILED, "worker_died")
        ]
        assert [it["original_id"] for it in await dead(client)] == [done.message_id]
        assert await streaming.photos() == []

    @pytest.mark.slow
    async def test_a_kill_between_reading_and_acknowledgement(
        self, database_url: str, tmp_path: Path, redis: RedisServer, client: Redis, site: Site
    ) -> None:
        gate = Gate(site, "/slow.png", PICTURES[0])
        urls = [gate.url, *[site.serve(f"/{at}", it) for at, it in enumerate(PICTURES[1:], 1)]]
        groups = {"redis": RedisSettings(url=redis.url), "ingest": IngestSettings(claim_seconds=0.5)}
        settings = inlet_settings(tmp_path / "data", database_url, **groups)
        async with open_runtime(settings) as runtime:
            inlet = Inlet(runtime)
            await inlet.accepted(*[Asked(TS, url=url) for url in urls])
            process = await start_python(CONSUMER, settings.model_dump_json())
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            await process.stdin.drain()
            await asyncio.to_thread(gate.asked.wait, 60)
            assert await pending(client) >= 1
            process.kill()
            await process.wait()
            gate.open.set()
            assert [it.state for it in await inlet.entries()].count(EntryState.WAITING) >= 1
            await work_off(client, inlet.consumer())
            assert [it.state for it in await inlet.entries()] == [EntryState.INDEXED] * 8
            assert set(Counter(await ends(inlet)).values()) == {1}
            assert (len(await inlet.photos()), await count_faces(inlet)) == (8, 8)
            assert await dead(client) == []
            await inlet.close()


class TestServing:
    async def test_waits_for_redis_and_ends_when_told(self, streaming: Inlet, redis: RedisServer) -> None:
        redis.stop()
        consumer = streaming.consumer()
        serving = asyncio.create_task(consumer.serve())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(serving), 0.5)
        assert not serving.done()
        consumer.stop()
        await asyncio.wait_for(serving, 10)

    async def test_leaves_no_consumer_behind(self, streaming: Inlet, client: Redis) -> None:
        await streaming.accepted(streaming.put("one", ONE))
        consumer = streaming.consumer()
        await work_off(client, consumer)
        assert len(await client.xinfo_consumers(STREAM, GROUP)) == 1
        consumer.stop()
        await consumer.serve()
        assert await client.xinfo_consumers(STREAM, GROUP) == []

    async def test_goes_on_beside_the_requests(
        self, database_url: str, tmp_path: Path, redis: RedisServer
    ) -> None:
        settings = inlet_settings(
            tmp_path / "data", database_url, redis=RedisSettings(url=redis.url),
            worker=WorkerSettings(embedded=True, poll_seconds=0.05),
        )  # fmt: skip
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)):
            inlet = Inlet(runtime)
            await inlet.accepted(inlet.put("one", ONE))
            async with asyncio.timeout(60):
                while [it.state for it in await inlet.entries()] != [EntryState.INDEXED]:
                    await asyncio.sleep(0.05)
