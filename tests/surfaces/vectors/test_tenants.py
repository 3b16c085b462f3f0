"""Whom a request is for, with keys: the key decides."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.kit.pages import Page
from kith.runtime import Runtime, open_runtime
from kith.tenants.service import Quotas, Tenants, list_tenants
from tests.support.client import connected
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER
from tests.surfaces.test_operations import PACK

OWNER = Principal()


@pytest.fixture
async def runtime(database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    settings = library_settings(tmp_path / "data", None, database_url, worker=NO_WORKER, engine=PACK)
    async with open_runtime(settings) as runtime:
        yield runtime


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(create_app(runtime.settings, runtime)) as client:
        yield client


async def tenant(runtime: Runtime, slug: str) -> int:
    async with runtime.db.write() as session:
        return (await Tenants(session, OWNER, runtime.clock).create(slug, Quotas())).id


async def key(runtime: Runtime, tenant_id: int, *scopes: Scope) -> str:
    async with runtime.db.write() as session:
        return (await Keys(session, Principal(tenant_id), runtime.clock).create(NewKey("k", scopes))).secret


async def names(runtime: Runtime) -> set[str]:
    async with runtime.db.read() as session:
        return {it.slug for it in await list_tenants(session, OWNER, Page())}


async def listed(client: httpx.AsyncClient, secret: str | None, named: str | None) -> tuple[int, str]:
    """What part A answers, and its code."""
    headers = {name: it for name, it in (("x-api-key", secret), ("x-tenant-id", named)) if it is not None}
    answer = await client.get("/api/webhooks/list", headers=headers)
    return answer.status_code, answer.json().get("code", "")


async def counted(
    client: httpx.AsyncClient, secret: str, field: str | None, header: str | None = None
) -> tuple[int, str]:
    """What parts B and C answer, and its code."""
    headers = {"x-api-key": secret, **({} if header is None else {"x-tenant-id": header})}
    query = {} if field is None else {"tenant_id": field}
    answer = await client.get("/api/v1/stats", params=query, headers=headers)
    body = answer.json()
    return answer.status_code, "" if answer.is_success else body["detail"]["error"]


DENIED = (403, "tenant_access_denied")
FINE = (200, "")


class TestKeys:
    async def test_a_keys_own_tenant_and_no_other(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        mine, _ = await tenant(runtime, "mine"), await tenant(runtime, "theirs")
        secret = await key(runtime, mine, Scope.ADMIN)
        assert await listed(client, secret, "mine") == FINE
        assert await listed(client, secret, " mine ") == FINE
        assert await counted(client, secret, "mine") == FINE
        assert await counted(client, secret, None) == FINE
        assert await counted(client, secret, None, "mine") == FINE
        for other in ("theirs", "default", "nobodys", "mine-too"):
            assert await listed(client, secret, other) == DENIED
            assert await counted(client, secret, other) == DENIED
            assert await counted(client, secret, None, other) == DENIED
            assert await counted(client, secret, "mine", other) == DENIED
        assert await names(runtime) == {"default", "mine", "theirs"}

    async def test_what_is_no_name(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        secret = await key(runtime, 1, Scope.ADMIN)
        for named in (None, ""):
            assert await listed(client, secret, named) == (400, "missing_tenant_id")
        for named in ("ab", "   ", "a b c", "-abc", "ABC"):
            assert await listed(client, secret, named) == (400, "invalid_tenant_id")
        assert await counted(client, secret, "ab") == (400, "invalid_tenant_id")

    async def test_an_operator_may_name_any_there_is(
        self, runtime: Runtime, client: httpx.AsyncClient
    ) -> None:
        await tenant(runtime, "theirs")
        operator = await key(runtime, 1, Scope.ADMIN)
        helper = await key(runtime, 1, Scope.READ, Scope.SEARCH)
        assert await listed(client, operator, "theirs") == FINE
        assert await listed(client, operator, "default") == FINE
        assert await listed(client, operator, "nobodys") == DENIED
        assert await counted(client, helper, "default") == FINE
        assert await counted(client, helper, "theirs") == DENIED
        assert await names(runtime) == {"default", "theirs"}

    async def test_a_suspended_one(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        await tenant(runtime, "theirs")
        operator = await key(runtime, 1, Scope.ADMIN)
        async with runtime.db.write() as session:
            await Tenants(session, OWNER, runtime.clock).suspend("theirs")
        assert await listed(client, operator, "theirs") == DENIED

    async def test_an_operator_works_as_the_tenant(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        """And so may not reach beyond it from there."""
        theirs = await tenant(runtime, "theirs")
        operator = await key(runtime, 1, Scope.ADMIN)
        own = await key(runtime, theirs, Scope.ADMIN)
        body = {"url": "http://93.184.216.34/", "events": ["face.indexed"]}
        headers = {"x-api-key": operator, "x-tenant-id": "theirs"}
        assert (await client.post("/webhooks/register", json=body, headers=headers)).status_code == 200
        for secret, named, count in ((own, "theirs", 1), (operator, "default", 0)):
            headers = {"x-api-key": secret, "x-tenant-id": named}
            found = (await client.get("/webhooks/list", headers=headers)).json()["webhooks"]
            assert len(found) == count


class TestOpen:
    async def test_without_any_key_a_tenant_is_made(
        self, runtime: Runtime, client: httpx.AsyncClient
    ) -> None:
        assert await listed(client, None, "demo-tenant") == FINE
        assert await listed(client, None, "tenant_0123456789ab") == FINE
        assert await listed(client, None, "No Tenant") == (400, "invalid_tenant_id")
        assert await names(runtime) == {"default", "demo-tenant", "tenant_0123456789ab"}

    async def test_not_any_more_once_there_is_one(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        await key(runtime, 1, Scope.READ)
        assert (await listed(client, None, "demo-tenant"))[0] == 401
        assert await names(runtime) == {"default"}
