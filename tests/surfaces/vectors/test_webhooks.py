"""Webhooks through this surface: registered, told of what happens, removed."""

import hmac
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from kith.accounts.principal import Principal
from kith.background import courier
from kith.setting_groups import FetchSettings
from kith.tenants.service import get_tenant
from tests.notify.receiver import receiving
from tests.support.library import ANA, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER, Library, _library
from tests.surfaces.vectors.conftest import TENANT, ask
from tests.surfaces.vectors.test_faces import send

ACTS = ("index_face", "search_face", "compare_face")
EVENTS = ["face.indexed", "face.searched", "face.compared"]
AT = "http://127.0.0.1:9/hook"


@pytest_asyncio.fixture
async def near(database_url: str, packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """A library that may speak to this machine."""
    fetch = FetchSettings(allowed_private=("127.0.0.1",))
    settings = library_settings(tmp_path / "data", packs_folder, database_url, worker=NO_WORKER, fetch=fetch)
    async for it in _library(settings):
        yield it


@pytest.mark.models
class TestEvents:
    async def test_every_act_is_told(self, near: Library) -> None:
        with receiving() as receiver:
            body = {"url": receiver.url, "events": EVENTS, "secret": "s3cret"}
            told = (await ask(near, "POST", "/webhooks/register", json=body)).json()
            assert told["webhook_id"].startswith("webhook_")
            await send(near, "index_face", portrait(ANA[0]))
            for act in ACTS:
                await send(near, act, portrait(ANA[1]))
                await send(near, act, portrait(ANA[2]), tenant="tenant-b")
            async with near.runtime.db.read() as session:
                tenant = (await get_tenant(session, Principal(), TENANT)).id
            await (await courier(near.runtime)).drain(tenant)
            payloads = {it["event_type"]: it for it in receiver.payloads}
            assert len(receiver.received) == 4
            headers, sent = receiver.received[0]
            digest = hmac.digest(b"s3cret", sent, "sha256").hex()
            assert headers["x-webhook-signature"] == f"sha256={digest}"
        assert payloads.keys() == set(EVENTS)
        assert all(it["tenant_id"] == TENANT for it in payloads.values())
        both = {"phash", "vector_backend", "request_id"}
        assert payloads["face.indexed"]["data"].keys() == {*both, "indexed_count", "face_count", "thumb_url"}
        assert payloads["face.searched"]["data"].keys() == {
            *both, "faces_found", "results_count", "thumb_url",
        }  # fmt: skip
        assert payloads["face.compared"]["data"].keys() == {*both, "faces_found", "results_count"}
        stats = (await ask(near, "GET", "/webhooks/stats")).json()
        assert (stats["total_success"], stats["total_failures"], stats["success_rate"]) == (4, 0, 1)

    async def test_a_trial(self, near: Library) -> None:
        with receiving() as receiver:
            answer = await ask(near, "POST", "/api/webhooks/test", json={"url": receiver.url})
            assert answer.json() == {
                "success": True, "message": "It arrived",
                "details": {
                    "url": receiver.url, "success": True, "status_code": 204, "attempt": 1, "error": None,
                },
            }  # fmt: skip
        assert receiver.payloads[0]["event_type"] == "test"
        assert "x-webhook-signature" not in receiver.received[0][0]


class TestEndpoints:
    async def test_registered_listed_and_removed(self, near: Library) -> None:
        for _ in range(2):  # an address that is registered again is replaced
            body = {"url": AT, "events": ["face.indexed"], "timeout": 5, "retry_count": 0}
            assert (await ask(near, "POST", "/webhooks/register", json=body)).status_code == 200
        (it,) = (await ask(near, "GET", "/webhooks/list")).json()["webhooks"]
        assert (it["url"], it["events"], it["has_secret"], it["timeout"]) == (AT, ["face.indexed"], False, 5)
        assert isinstance(it["created_at"], float)
        assert (await ask(near, "GET", "/webhooks/list", "tenant-b")).json() == {"webhooks": []}
        for tenant, status in (("tenant-b", 404), (TENANT, 200), (TENANT, 404)):
            answer = await ask(near, "DELETE", "/webhooks/unregister", tenant, params={"url": AT})
            assert answer.status_code == status
        assert answer.json()["code"] == "webhook_not_found"

    async def test_what_cannot_be_registered(self, near: Library) -> None:
        answer = await ask(near, "POST", "/webhooks/register", json={"url": AT, "events": ["a", "b"]})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_webhook_events")
        assert answer.json()["details"]["invalid_events"] == ["a", "b"]
        for url in ("ftp://example.org", "nothing", "http://user:pw@example.org/"):
            answer = await ask(near, "POST", "/webhooks/register", json={"url": url, "events": EVENTS})
            assert answer.status_code == 400

    async def test_what_must_not_be_spoken_to(self, sqlite_library: Library) -> None:
        body = {"url": AT, "events": EVENTS}
        answer = await ask(sqlite_library, "POST", "/webhooks/register", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "fetch_refused_address")
        answer = await ask(sqlite_library, "POST", "/webhooks/test", json={"url": AT})
        assert answer.json()["details"]["error"] == "fetch_refused_address"
