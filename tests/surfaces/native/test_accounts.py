"""Keys, tenants and limits over HTTP."""

import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest

from kith.app import create_app
from kith.runtime import open_runtime
from kith.setting_groups import AuthSettings, RateSettings, ServerSettings
from tests.support.client import connected
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER, Library

SETTING = "sixteen letters!"


async def make(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **body: object) -> dict:
    body = {"name": "laptop", "scopes": ["admin"], **body}
    answer = await client.post("/api/kith/keys", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestKeys:
    async def test_a_life(self, library: Library) -> None:
        client = library.client
        made = await make(client)
        mine = {"x-api-key": made["secret"]}
        assert (await client.get("/api/kith/keys")).status_code == 401
        (listed,) = (await client.get("/compat/native/keys", headers=mine)).json()
        assert "secret" not in listed
        other = await make(client, mine, name="other", scopes=["read"])
        path = f"/api/kith/keys/{other['key_id']}"
        rotated = (await client.post(f"{path}/rotate", headers=mine)).json()
        assert (await client.get("/persons", headers={"x-api-key": other["secret"]})).status_code == 401
        bearer = {"authorization": f"Bearer {rotated['secret']}"}
        assert (await client.get("/persons", headers=bearer)).status_code == 200
        for _ in range(2):
            assert (await client.delete(path, headers=mine)).json()["state"] == "revoked"
        answer = await client.post(f"{path}/rotate", headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (409, "key_revoked")

    @pytest.mark.parametrize(
        "body",
        [
            {}, [], {"name": "", "scopes": ["read"]}, {"name": "x", "scopes": []},
            {"name": "x", "scopes": ["x"]},
            {"name": "x", "scopes": ["read"], "requests_per_minute": 0}, {"name": 1, "scopes": ["read"]},
            {"name": "x", "scopes": ["read"], "expires_at": "2026-01-01T00:00:00"},
            {"name": "x", "scopes": ["read"], "tenant_id": 2},
        ],
    )  # fmt: skip
    async def test_what_is_no_key(self, sqlite_library: Library, body: object) -> None:
        answer = await sqlite_library.client.post("/api/kith/keys", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


class TestTenants:
    async def test_a_life(self, library: Library) -> None:
        client = library.client
        body = {"slug": "studio", "max_photos": 0}
        assert (await client.post("/api/kith/tenants", json=body)).status_code == 201
        assert (await client.post("/api/kith/tenants", json=body)).status_code == 409
        assert (await client.post("/api/kith/tenants", json={"slug": "Not!"})).status_code == 400
        assert len((await client.get("/api/kith/tenants")).json()) == 2
        assert (await client.post("/api/kith/tenants/studio/suspend")).json()["suspended"]
        assert not (await client.post("/api/kith/tenants/studio/activate")).json()["suspended"]
        assert (await client.post("/api/kith/tenants/default/suspend")).status_code == 409
        exported = zipfile.ZipFile(io.BytesIO((await client.get("/api/kith/tenants/studio/export")).content))
        assert {Path(it).name for it in exported.namelist()} >= {"photos.jsonl", "keys.jsonl", "images.jsonl"}
        assert not list(library.runtime.settings.data.glob(".export-*"))
        assert (await client.delete("/api/kith/tenants/studio")).status_code == 200
        assert (await client.delete("/api/kith/tenants/studio")).status_code == 404

    async def test_its_first_key_and_other_quotas(self, library: Library) -> None:
        client = library.client
        await client.post("/api/kith/tenants", json={"slug": "studio", "max_photos": 0, "max_bytes": 5})
        admin = {"x-api-key": (await make(client))["secret"]}
        body = {"name": "theirs", "scopes": ["admin"]}
        made = await client.post("/api/kith/tenants/studio/keys", json=body, headers=admin)
        assert made.status_code == 201
        theirs = {"x-api-key": made.json()["secret"]}
        assert (await client.get("/api/kith/session", headers=theirs)).json()["tenant"] == "studio"
        patch = {"max_photos": 9, "max_bytes": None}
        changed = await client.patch("/api/kith/tenants/studio", json=patch, headers=admin)
        assert [changed.json()[f"max_{it}"] for it in ("photos", "faces", "bytes")] == [9, None, None]
        for method, path, said in (
            ("PATCH", "studio", patch), ("PATCH", "default", patch), ("POST", "default/keys", body),
        ):  # fmt: skip
            refused = await client.request(method, f"/api/kith/tenants/{path}", json=said, headers=theirs)
            assert (path, refused.status_code) == (path, 403 if path == "studio" else 404)
        refused = await client.patch("/api/kith/tenants/studio", json={"max_photos": -1}, headers=admin)
        assert refused.status_code == 422

    async def test_an_export_has_no_secrets(self, sqlite_library: Library) -> None:
        client = sqlite_library.client
        headers = {"x-api-key": (await make(client))["secret"]}
        content = (await client.get("/api/kith/tenants/default/export", headers=headers)).content
        keys = zipfile.ZipFile(io.BytesIO(content)).read("default/keys.jsonl")
        assert "hash" not in str(json.loads(keys))


class TestLimits:
    async def test_by_address_and_by_key(self, packs_folder: Path, tmp_path: Path) -> None:
        settings = library_settings(
            tmp_path / "data", packs_folder, worker=NO_WORKER, auth=AuthSettings(api_key=SETTING),
            rates=RateSettings(search=2), server=ServerSettings(trusted_proxies=("127.0.0.1",)),
        )  # fmt: skip
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:

            def ask(forwarded: str, key: str = SETTING) -> object:
                headers = {"x-api-key": key, "x-forwarded-for": forwarded}
                return client.post("/search", json={"embedding": [1.0] + [0.0] * 127}, headers=headers)

            answers = [await ask("10.0.0.1") for _ in range(3)]
            assert [it.status_code for it in answers] == [200, 200, 429]
            assert [it.headers["ratelimit-remaining"] for it in answers] == ["1", "0", "0"]
            assert 1 <= int(answers[2].headers["retry-after"]) <= 30
            assert (
                await ask("10.0.0.1, 10.0.0.2")
            ).status_code == 200  # what no proxy vouches for is not read
            key = await make(client, {"x-api-key": SETTING}, scopes=["search"], requests_per_minute=1)
            taken = [(await ask(f"10.0.1.{it}", key["secret"])).status_code for it in range(2)]
            assert taken == [200, 429]
            assert (await client.get("/persons", headers={"x-api-key": SETTING})).status_code == 200


class TestWithoutKeys:
    async def test_only_this_machine_may_ask(self, sqlite_library: Library) -> None:
        app = create_app(sqlite_library.runtime.settings, sqlite_library.runtime)

        async def with_state(scope, receive, send):
            await app({**scope, "state": {"runtime": sqlite_library.runtime}}, receive, send)

        for host, status in [("127.0.0.1", 200), ("::1", 200), ("10.0.0.1", 403), ("nonsense", 403)]:
            transport = httpx.ASGITransport(with_state, client=(host, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://kith") as client:
                assert (await client.get("/persons")).status_code == status, host
