"""Signing in by a key: the cookie, what it opens, and what ends it."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.accounts.signing_in import SignIns
from kith.app import create_app
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import AuthSettings
from kith.tenants.service import Quotas, Tenants
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER

PATH = "/api/kith/session"
OWN = {"sec-fetch-site": "same-origin"}
SETTING = "sixteen letters!"


@pytest.fixture
async def runtime(database_url: str, tmp_path: Path, clock: ManualClock):
    settings = library_settings(tmp_path / "data", None, database_url, worker=NO_WORKER)
    async with open_runtime(settings, clock=clock) as runtime:
        yield runtime


@pytest.fixture
async def client(runtime: Runtime):
    async with connected(create_app(runtime.settings, runtime)) as client:
        yield client


async def make(runtime: Runtime, *scopes: Scope, who: Principal | None = None, seconds: int | None = None):
    until = runtime.clock.now() + timedelta(seconds=seconds) if seconds else None
    async with runtime.db.write() as session:
        made = await Keys(session, who or Principal(), runtime.clock).create(NewKey("key", scopes, until))
        return made.key.id, made.secret


async def sign_in(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    answer = await client.post(PATH, json={"key": secret})
    assert answer.status_code == 200, answer.text
    return answer


class TestSession:
    async def test_without_any_key_nobody_needs_one(self, client: httpx.AsyncClient) -> None:
        everything = [it.value for it in Scope]
        told = {"needs_key": False, "signed_in": True, "scopes": everything, "tenant": "default"}
        assert (await client.get(PATH)).json() == told
        answer = await client.post(PATH, json={"key": "whatever"})
        assert (answer.json(), "set-cookie" in answer.headers) == (told, False)

    async def test_a_life(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        _, secret = await make(runtime, Scope.READ, Scope.MANAGE)
        nobody = {"needs_key": True, "signed_in": False, "scopes": [], "tenant": None}
        assert (await client.get(PATH)).json() == nobody
        assert (await client.get("/persons")).status_code == 401
        answer = await sign_in(client, secret)
        shown = {"needs_key": True, "signed_in": True, "scopes": ["read", "manage"], "tenant": "default"}
        assert answer.json() == shown
        cookie = answer.headers["set-cookie"].lower()
        assert secret.lower() not in cookie
        for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"):
            assert part in cookie
        assert "secure" not in cookie.replace("samesite", "")
        assert (await client.get(PATH)).json() == shown
        assert (await client.get("/persons")).status_code == 200
        assert (await client.get("/api/kith/keys")).status_code == 403
        assert (await client.delete(PATH)).status_code == 204
        assert (await client.get("/persons")).status_code == 401

    async def test_over_https_the_cookie_never_travels_without(
        self, runtime: Runtime, client: httpx.AsyncClient
    ) -> None:
        _, secret = await make(runtime, Scope.READ)
        answer = await client.post(PATH, json={"key": secret}, headers={"x-forwarded-proto": "https"})
        assert "; secure" in answer.headers["set-cookie"].lower()

    async def test_what_is_no_key(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        await make(runtime, Scope.READ)
        answer = await client.post(PATH, json={"key": "wrong"})
        assert (answer.status_code, answer.json()["code"]) == (401, "api_key_missing")
        assert "set-cookie" not in answer.headers
        for body in ({}, {"key": ""}, {"key": 7}, [], {"key": "a" * 501}):
            assert (await client.post(PATH, json=body)).status_code == 422

    async def test_guessing_is_slowed_down(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        await make(runtime, Scope.READ)
        statuses = [(await client.post(PATH, json={"key": f"guess {it}"})).status_code for it in range(21)]
        assert statuses == [401] * 20 + [429]

    async def test_writing_is_for_own_pages(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        _, secret = await make(runtime, Scope.ADMIN)
        await sign_in(client, secret)
        body = {"name": "Ana"}
        for headers, status in (
            ({}, 403), ({"sec-fetch-site": "same-site"}, 403), ({"sec-fetch-site": "cross-site"}, 403),
            ({"origin": "http://elsewhere"}, 403), ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site", "origin": "http://kith"}, 403),
            (OWN, 200), ({"sec-fetch-site": "none"}, 200), ({"origin": "http://kith"}, 200),
            ({"x-api-key": secret}, 200),
        ):  # fmt: skip
            answer = await client.post("/persons", json=body, headers=headers)
            assert answer.status_code == status, headers

    async def test_a_shown_key_counts_above_the_cookie(
        self, runtime: Runtime, client: httpx.AsyncClient
    ) -> None:
        _, secret = await make(runtime, Scope.READ)
        await sign_in(client, secret)
        assert (await client.get("/persons", headers={"x-api-key": "wrong"})).status_code == 401

    async def test_a_cookie_opens_its_own_tenant(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        await make(runtime, Scope.ADMIN)
        async with runtime.db.write() as session:
            mine = await Tenants(session, Principal(), runtime.clock).create("mine", Quotas())
        _, secret = await make(runtime, Scope.ADMIN, who=Principal(mine.id))
        assert (await sign_in(client, secret)).json()["tenant"] == "mine"
        assert (await client.get("/api/kith/tenants/default")).status_code == 404
        async with runtime.db.write() as session:
            await Tenants(session, Principal(), runtime.clock).suspend("mine")
        assert (await client.get("/persons")).status_code == 403
        assert not (await client.get(PATH)).json()["signed_in"]


class TestEnds:
    async def test_with_the_key(
        self, runtime: Runtime, client: httpx.AsyncClient, clock: ManualClock
    ) -> None:
        await make(runtime, Scope.READ)
        for end in ("revoked", "expired", "rotated"):
            key_id, secret = await make(runtime, Scope.READ, seconds=60)
            await sign_in(client, secret)
            assert (await client.get("/persons")).status_code == 200
            async with runtime.db.write() as session:
                keys = Keys(session, Principal(), clock)
                if end == "revoked":
                    await keys.revoke(key_id)
                elif end == "rotated":
                    await keys.rotate(key_id, timedelta())
            if end == "expired":
                clock.advance(60)
            assert (await client.get("/persons")).status_code == 401, end
            assert not (await client.get(PATH)).json()["signed_in"]
            await sign_in(client, (await make(runtime, Scope.READ))[1])

    async def test_twelve_hours_after_it_was_seen_last(
        self, runtime: Runtime, client: httpx.AsyncClient, clock: ManualClock
    ) -> None:
        _, secret = await make(runtime, Scope.READ)
        await sign_in(client, secret)
        for _ in range(3):
            clock.advance(11 * 3600)
            assert (await client.get(PATH)).json()["signed_in"]
        clock.advance(12 * 3600)
        assert (await client.get("/persons")).status_code == 401

    async def test_made_up_tokens_open_nothing(self, runtime: Runtime) -> None:
        key_id, secret = await make(runtime, Scope.READ)
        signed_in = await runtime.sign_ins.begin(secret)
        assert signed_in is not None
        number, expires, signature = signed_in.token.split(".")
        assert number == str(key_id)
        later = int(expires) + 1
        for token in (
            "", ".", "..", "a.b.c", f"{number}.{later}.{signature}", f"2.{expires}.{signature}",
            f"0.{expires}.{signature}", f"{number}.{expires}.", f"{9**99}.{expires}.{signature}", "ü" * 10,
            f"{number}.{expires}.{signature}x", "1" * 10_000,
        ):  # fmt: skip
            assert await runtime.sign_ins.identify(token) is None, token

    async def test_every_process_knows_them(self, runtime: Runtime, clock: ManualClock) -> None:
        _, secret = await make(runtime, Scope.READ)
        signed_in = await runtime.sign_ins.begin(secret)
        other = SignIns(runtime.db, clock, runtime.keyring)
        assert signed_in is not None
        assert await other.identify(signed_in.token) is not None


class TestTheKeyOfTheSetting:
    async def test_opens_as_well(self, tmp_path: Path) -> None:
        settings = library_settings(
            tmp_path / "data", None, worker=NO_WORKER, auth=AuthSettings(api_key=SETTING)
        )
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            assert not (await client.get(PATH)).json()["signed_in"]
            await sign_in(client, SETTING)
            assert (await client.get("/persons")).status_code == 200
            other = SignIns(runtime.db, runtime.clock, type(runtime.keyring)(runtime.db, runtime.clock, None))
            assert await other.identify(client.cookies["kith_session"]) is None
