"""How often a tenant may ask part A, by a clock that only moves when told."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.kit.limits import MemoryLimiter
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import SurfaceSettings, VectorsSettings
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER
from tests.surfaces.test_operations import PACK
from tests.surfaces.vectors.conftest import TENANT

LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
Opened = AbstractAsyncContextManager[tuple[Runtime, httpx.AsyncClient]]


@pytest.fixture
def serving(database_url: str, tmp_path: Path, clock: ManualClock) -> Callable[..., Opened]:
    """A server with settings of the vectors surface, on SQLite and on PostgreSQL."""

    @asynccontextmanager
    async def serve(**vectors: Any) -> AsyncIterator[tuple[Runtime, httpx.AsyncClient]]:
        settings = library_settings(
            tmp_path / "data", None, database_url, worker=NO_WORKER, engine=PACK,
            surfaces=SurfaceSettings(vectors=VectorsSettings(**vectors)),
        )  # fmt: skip
        async with (
            open_runtime(settings, clock=clock) as runtime,
            connected(create_app(settings, runtime)) as client,
        ):
            runtime.limiter = MemoryLimiter(lambda: clock.now().timestamp())
            yield runtime, client

    return serve


async def ask(
    client: httpx.AsyncClient, tenant: str | None = TENANT, path: str = "/api/batch/list", **headers: str
) -> httpx.Response:
    named = {} if tenant is None else {"x-tenant-id": tenant}
    return await client.get(path, headers={**named, **headers})


class TestBurst:
    async def test_so_many_at_once_then_at_an_even_pace(
        self, serving: Callable[..., Opened], clock: ManualClock
    ) -> None:
        async with serving(per_second=2, burst=3) as (_, client):
            start = clock.now().timestamp()
            answers = [await ask(client) for _ in range(4)]
            assert [it.status_code for it in answers] == [200, 200, 200, 429]
            shown = [[int(it.headers[name]) for name in LIMITS[:2]] for it in answers]
            assert shown == [[3, 2], [3, 1], [3, 0], [3, 0]]
            resets = [int(it.headers["x-ratelimit-reset"]) - start for it in answers]
            assert all(
                expected <= it < expected + 1 for it, expected in zip(resets, (0.5, 1, 1.5, 1.5), strict=True)
            )
            assert answers[3].headers["retry-after"] == "1"
            clock.advance(seconds=1)
            assert [(await ask(client)).status_code for _ in range(3)] == [200, 200, 429]

    async def test_a_refusal_has_the_form_of_the_contract(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=0.5, burst=1, per_minute=60, per_hour=1000) as (_, client):
            assert (await ask(client)).status_code == 200
            answer = await ask(client)
            body = answer.json()
            assert (answer.status_code, body["code"]) == (429, "rate_limited")
            assert body["request_id"] == answer.headers["x-request-id"]
            assert body["message"] == "at most 1 requests of this kind in 2 seconds"
            expected = {
                "sustained_rate_per_second": 0.5, "burst_capacity": 1, "per_minute_limit": 60,
                "per_hour_limit": 1000,
            }  # fmt: skip
            assert expected.items() <= body["details"].items()

    async def test_a_minute_and_an_hour(self, serving: Callable[..., Opened], clock: ManualClock) -> None:
        async with serving(per_second=1000, burst=1000, per_minute=3, per_hour=4) as (_, client):
            answers = [await ask(client) for _ in range(4)]
            assert [it.status_code for it in answers] == [200, 200, 200, 429]
            assert "3 requests of this kind a minute" in answers[3].json()["message"]
            clock.advance(seconds=60)
            answers = [await ask(client) for _ in range(2)]
            assert [it.status_code for it in answers] == [200, 429]
            assert "4 requests of this kind an hour" in answers[1].json()["message"]
            assert answers[1].headers["retry-after"] == "840"

    async def test_as_shipped_a_page_is_let_in(self, serving: Callable[..., Opened]) -> None:
        async with serving() as (_, client):
            answers = [await ask(client) for _ in range(51)]
            assert [it.status_code for it in answers] == [200] * 50 + [429]
            expected = {
                "sustained_rate_per_second": 10, "burst_capacity": 50, "per_minute_limit": None,
                "per_hour_limit": None,
            }  # fmt: skip
            assert expected.items() <= answers[50].json()["details"].items()


class TestTenants:
    async def test_one_does_not_use_up_anothers(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=1, burst=1) as (_, client):
            answers = [
                await ask(client, tenant) for tenant in ("tenant-a", "tenant-a", "tenant-b", "tenant-b")
            ]
            assert [it.status_code for it in answers] == [200, 429, 200, 429]

    async def test_all_addresses_and_keys_of_one_count_together(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=1, burst=2) as (runtime, client):
            async with runtime.db.write() as session:
                desk = Keys(session, Principal(), runtime.clock)
                secrets = [(await desk.create(NewKey("k", [Scope.ADMIN]))).secret for _ in range(2)]
            asked = [("/batch/list", 0), ("/compat/vectors/api/webhooks/list", 1), ("/webhooks/stats", 0)]
            answers = [await ask(client, "default", path, **{"x-api-key": secrets[at]}) for path, at in asked]
            assert [it.status_code for it in answers] == [200, 200, 429]

    async def test_who_may_not_ask_is_not_counted(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=1, burst=1) as (runtime, client):
            async with runtime.db.write() as session:
                desk = Keys(session, Principal(), runtime.clock)
                weak, strong = [
                    (await desk.create(NewKey("k", [scope]))).secret for scope in (Scope.READ, Scope.ADMIN)
                ]
            for headers, tenant, status in (
                ({"x-api-key": weak}, "default", 403), ({}, "default", 401),
                ({"x-api-key": strong}, None, 400),
                ({"x-api-key": strong}, "nobodys", 403), ({"x-api-key": strong}, "default", 200),
                ({"x-api-key": strong}, "default", 429),
            ):  # fmt: skip
                assert (await ask(client, tenant, **headers)).status_code == status


class TestElsewhere:
    async def test_parts_b_and_c_and_links_are_not_counted(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=1, burst=1) as (_, client):
            assert (await ask(client)).status_code == 200
            for _ in range(3):
                answer = await ask(client, path=f"/api/v1/stats?tenant_id={TENANT}")
                assert (answer.status_code, [it for it in LIMITS if it in answer.headers]) == (200, [])
                answer = await ask(client, path="/images/thumbnails/a/b?signature=made-up")
                assert (answer.status_code, answer.json()["code"]) == (403, "link_invalid")
            answer = await ask(client, path="/images/thumbnails/a/b")
            assert answer.status_code == 429

    async def test_a_made_up_link_opens_nothing_else(self, serving: Callable[..., Opened]) -> None:
        async with serving(per_second=1, burst=1) as (_, client):
            answers = [await ask(client, path="/batch/list?signature=made-up") for _ in range(2)]
            assert [it.status_code for it in answers] == [200, 429]
