"""What the rows about single pictures owe, through the queue and through a stream; on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.background import gatherer
from kith.engine.image import decode, derive
from kith.ingest import queries
from kith.ingest.tables import EntryState, IngestEntry
from kith.kit.blobs import digest
from kith.runtime import open_runtime
from kith.setting_groups import AuthSettings, RedisSettings
from kith.tenants.service import Quotas, Tenants
from tests.ingest.conftest import ONE, TWO, inlet_settings
from tests.support.client import connected
from tests.support.redis import redis_server
from tests.surfaces.conftest import Library

TENANT = "demo-tenant"
PREFIXES = ["/api/v1", "/pipeline/api/v1", "/compat/vectors/api/v1", "/compat/vectors/pipeline/api/v1"]
ENQUEUED = {
    "tenant_id", "bucket", "key", "url", "site", "image_sha256", "image_phash", "ts", "meta", "source",
    "idempotency_key", "face_hints",
}  # fmt: skip


@pytest_asyncio.fixture
async def tiny(database_url: str, tmp_path: Path) -> AsyncIterator[Library]:
    """A library whose sources are a folder; on SQLite and on PostgreSQL."""
    settings = inlet_settings(tmp_path / "data", database_url)
    async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
        yield Library(client, runtime)


def put(library: Library, key: str, data: bytes) -> dict[str, Any]:
    path = library.runtime.settings.data / "buckets" / "raw-images" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"tenant_id": TENANT, "bucket": "raw-images", "key": key}


async def entries(library: Library, tenant_id: int = 2) -> list[IngestEntry]:
    async with library.runtime.db.read() as session:
        return list(await session.scalars(queries.listed(Principal(tenant_id))))


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_one_picture(tiny: Library, prefix: str) -> None:
    body = {**put(tiny, "a/one.png", ONE), "site": "s", "ts": 1_700_000_000, "meta": {"k": 1}}
    answer = await tiny.client.post(f"{prefix}/ingest", json=body)
    told = answer.json()
    assert (answer.status_code, told["ok"], told["stream"]) == (200, True, "face:ingest")
    assert told["message_id"]
    assert told["enqueued"].keys() == ENQUEUED
    phash = f"{derive(decode(ONE)).phash:016x}"
    assert told["enqueued"] | body == told["enqueued"]
    assert (told["enqueued"]["image_sha256"], told["enqueued"]["image_phash"]) == (digest(ONE), phash)
    await gatherer(tiny.runtime).drain(2)
    assert [(it.state, it.face_count) for it in await entries(tiny)] == [(EntryState.INDEXED, 1)]


async def test_many_pictures(tiny: Library) -> None:
    items = [
        {**put(tiny, "one", ONE), "idempotency_key": "key"}, {"tenant_id": TENANT},
        {"tenant_id": TENANT, "bucket": "raw-images", "key": "gone"},
        {"tenant_id": "second-tenant", "url": "http://a.example/"}, {**put(tiny, "two", TWO)},
    ]  # fmt: skip
    dry = (await tiny.client.post("/api/v1/ingest/batch", json={"items": items, "dry_run": True})).json()
    assert (dry["dry_run"], dry["count"], [it["ok"] for it in dry["results"]]) == (
        True, 3, [True, False, False, True, True],
    )  # fmt: skip
    assert await entries(tiny) == []
    answer = await tiny.client.post("/api/v1/ingest/batch", json={"items": items})
    told = answer.json()
    assert (answer.status_code, told["ok"], told["count"], told["stream"]) == (200, False, 3, "face:ingest")
    assert [it["index"] for it in told["results"]] == list(range(5))
    assert [it["error"] for it in told["results"]] == [
        None, "ingest_source_missing", "source_not_found", None, None,
    ]  # fmt: skip
    assert told["results"][0]["idempotency_key"] == "key"
    assert (len(await entries(tiny)), len(await entries(tiny, 3))) == (2, 1)


class TestKeys:
    async def test_by_field_and_by_header(self, tiny: Library) -> None:
        body = put(tiny, "one", ONE)
        named = await tiny.client.post("/api/v1/ingest", json={**body, "idempotency_key": "key"})
        header = {"idempotency-key": "key"}
        again = await tiny.client.post("/api/v1/ingest", json=body, headers=header)
        assert named.json() == again.json()
        other = await tiny.client.post("/api/v1/ingest", json=put(tiny, "two", TWO), headers=header)
        assert (other.status_code, other.json()["detail"]["error"]) == (409, "ingest_key_reused")
        assert len(await entries(tiny)) == 1


class TestHostile:
    @pytest.mark.parametrize(
        ("more", "status", "error"),
        [({}, 422, "ingest_source_missing"), ({"bucket": "b"}, 422, "ingest_source_missing"),
         ({"bucket": "raw-images", "key": "gone"}, 400, "source_not_found"),
         ({"bucket": "raw-images", "key": "../../packs"}, 400, "source_key_invalid"),
         ({"bucket": "a/../..", "key": "x"}, 400, "source_key_invalid"),
         ({"url": "file:///etc/passwd"}, 400, "fetch_url_invalid"),
         ({"url": "http://a/\0"}, 422, "notes_invalid"),
         ({"url": "http://a/", "meta": {"a": "\0"}}, 422, "notes_invalid"),
         ({"url": "http://a/", "idempotency_key": "\0"}, 422, "message_invalid"),
         ({"url": "http://a/", "meta": {"identity_id": 7}}, 422, "external_id_invalid")],
    )  # fmt: skip
    async def test_pictures(self, tiny: Library, more: dict[str, Any], status: int, error: str) -> None:
        answer = await tiny.client.post("/api/v1/ingest", json={"tenant_id": TENANT, **more})
        assert (answer.status_code, answer.json()["detail"]["error"]) == (status, error), answer.text

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{}", b'{"tenant_id": 1}', b'{"tenant_id": "demo-tenant", "ts": -1, "url": "http://a/"}',
         b'{"tenant_id": "demo-tenant", "ts": 1e30, "url": "http://a/"}', b"\xff", b"[" * 10_000,
         b'{"tenant_id": "demo-tenant", "url": "http://a/", "idempotency_key": ""}'],
    )  # fmt: skip
    async def test_bodies(self, tiny: Library, body: bytes) -> None:
        headers = {"content-type": "application/json"}
        answer = await tiny.client.post("/api/v1/ingest", content=body, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
        assert answer.json().keys() == {"detail"}

    async def test_sizes(self, tiny: Library) -> None:
        item = {"tenant_id": TENANT, "url": "http://a.example/"}
        for count, more, status in (
            (0, {}, 422), (501, {}, 413), (2, {"max_items": 1}, 413), (1, {"max_items": 0}, 422),
            (1, {"max_items": 5001}, 422), (501, {"max_items": 501}, 200),
        ):  # fmt: skip
            answer = await tiny.client.post("/api/v1/ingest/batch", json={"items": [item] * count, **more})
            assert answer.status_code == status, (count, more, answer.text)
        answer = await tiny.client.post("/api/v1/ingest/batch", json={"items": [item] * 501})
        assert answer.json()["detail"] == {
            "error": "too_many_items", "message": "too_many_items (max 500)", "limit": 500,
        }  # fmt: skip


class TestTenants:
    async def test_a_key_sends_for_its_own_only(self, database_url: str, tmp_path: Path) -> None:
        auth = AuthSettings(api_key=SecretStr("an operator's own key"))
        settings = inlet_settings(tmp_path / "data", database_url, auth=auth)
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            library = Library(client, runtime)
            async with runtime.db.write() as session:
                tenants = Tenants(session, Principal(), runtime.clock)
                who = Principal((await tenants.create(TENANT, Quotas())).id)
                await tenants.create("theirs", Quotas())
                until = runtime.clock.now() + timedelta(days=1)
                key = await Keys(session, who, runtime.clock).create(NewKey("k", [Scope.INDEX], until))
            headers = {"x-api-key": key.secret}
            mine = put(library, "one", ONE)
            assert (await client.post("/api/v1/ingest", json=mine, headers=headers)).status_code == 200
            theirs = {**mine, "tenant_id": "theirs"}
            body = {"items": [mine, theirs]}
            for path, sent in (("/api/v1/ingest", theirs), ("/api/v1/ingest/batch", body)):
                assert (await client.post(path, json=sent, headers=headers)).status_code == 403
            assert len(await entries(library)) == 1
            assert (await client.get("/api/v1/debug/ingest-config", headers=headers)).status_code == 403


async def test_where_pictures_go(tiny: Library) -> None:
    assert (await tiny.client.get("/api/v1/debug/ingest-config")).json() == {
        "REDIS_URL": None, "REDIS_STREAM_NAME": "face:ingest", "PIPELINE_URL": "/pipeline",
    }  # fmt: skip


async def test_through_a_stream(database_url: str, tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        url = redis.url.replace("redis://", "redis://default:@")
        settings = inlet_settings(tmp_path / "data", database_url, redis=RedisSettings(url=url))
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            library = Library(client, runtime)
            told = (await client.post("/api/v1/ingest", json=put(library, "one", ONE))).json()
            (entry,) = await entries(library)
            assert told["message_id"] == entry.message_id
            shown = (await client.get("/api/v1/debug/ingest-config")).json()["REDIS_URL"]
            assert shown.startswith("redis://***@127.0.0.1:")
            redis.stop()
            answer = await client.post("/api/v1/ingest", json=put(library, "two", TWO))
            assert (answer.status_code, answer.json()["detail"]["error"]) == (503, "stream_unavailable")
            assert len(await entries(library)) == 1
