"""Webhooks, the audit log, statistics, and what Kith says of itself, over HTTP."""

import json
from pathlib import Path

import pytest

from kith.accounts.principal import Principal
from kith.app import create_app
from kith.kit.plain import without_password
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.runtime import open_runtime
from kith.setting_groups import AuthSettings, FetchSettings, RedisSettings, WebhookSettings
from tests.support.client import connected
from tests.support.library import ANA, library_settings
from tests.surfaces.conftest import NO_WORKER, Library

SETTING = "sixteen letters!"
API = "/api/kith"


class TestWebhooks:
    async def test_a_life(self, library: Library) -> None:
        client, runtime = library.client, library.runtime
        body = {"url": "https://93.184.216.34/hook", "events": ["face.indexed"], "secret": "s" * 20}
        answer = await client.post(f"{API}/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["is_signed"], made["events"], "secret" in made) == (True, ["face.indexed"], False)
        again = (await client.post(f"{API}/webhooks", json={"url": body["url"]})).json()
        assert (again["webhook_id"], again["is_signed"]) == (made["webhook_id"], False)
        shown = await library.get(f"{API}/webhooks")
        assert [it["webhook_id"] for it in shown["items"]] == [made["webhook_id"]]
        assert set(shown["known_events"]) == {it.value for it in Event}
        for _ in range(3):
            async with runtime.db.write() as session:
                await publish(session, runtime.clock, Principal(), Event.FACE_INDEXED, {"photo_id": 1})
        page = await library.get(f"{API}/webhooks/deliveries", limit=2)
        rest = await library.get(f"{API}/webhooks/deliveries", limit=2, cursor=page["next_cursor"])
        ids = [it["delivery_id"] for it in page["items"] + rest["items"]]
        assert (ids, rest["next_cursor"]) == (sorted(ids, reverse=True), None)
        assert len(ids) == 3
        assert (await library.get(f"{API}/webhooks/deliveries", state="dead"))["items"] == []
        answer = await client.post(f"{API}/webhooks/deliveries/replay", json={"delivery_id": ids[0]})
        assert (answer.status_code, answer.json()["code"]) == (404, "delivery_not_found")
        assert (await client.post(f"{API}/webhooks/deliveries/replay", json={})).json() == {"replayed": 0}
        path = f"{API}/webhooks/{made['webhook_id']}"
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404

    @pytest.mark.parametrize(
        "body",
        [
            {"url": "http://127.0.0.1/"}, {"url": "ftp://example.org"},
            {"url": "https://93.184.216.34", "events": ["x"]},
            {"url": "https://93.184.216.34", "retry_count": 99},
        ],
    )  # fmt: skip
    async def test_what_cannot_be_told(self, sqlite_library: Library, body: dict) -> None:
        assert (await sqlite_library.client.post(f"{API}/webhooks", json=body)).status_code == 400


class TestAudit:
    async def test_pages_and_export(self, library: Library) -> None:
        await library.detect(ANA[0])
        for _ in range(3):
            (person,) = await library.get("/persons")
            await library.client.put(f"/persons/{person['id']}", json={"name": "Ana"})
        everything = (await library.get(f"{API}/audit"))["items"]
        assert everything
        first = await library.get(f"{API}/audit", limit=1)
        assert first["items"] == everything[:1]
        second = await library.get(f"{API}/audit", limit=1, cursor=first["next_cursor"])
        assert second["items"] == everything[1:2]
        action = everything[0]["action"]
        filtered = (await library.get(f"{API}/audit", action=action, actor="api"))["items"]
        assert {it["action"] for it in filtered} == {action}
        assert (await library.get(f"{API}/audit", actor="nobody\0"))["items"] == []
        assert (await library.get(f"{API}/audit", to="2020-01-01T00:00:00Z"))["items"] == []
        answer = await library.client.get(f"{API}/audit/export")
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert [it["id"] for it in lines] == [it["entry_id"] for it in reversed(everything)]
        answer = await library.client.get(f"{API}/audit/export", params={"format": "csv", "action": action})
        assert answer.text.splitlines()[0].startswith("id,at,actor")
        assert len(answer.text.splitlines()) == 1 + len([it for it in everything if it["action"] == action])

    async def test_what_cannot_be_asked(self, sqlite_library: Library) -> None:
        for query in (
            {"action": "x"},
            {"from": "yesterday"},
            {"limit": 0},
            {"limit": 1001},
            {"format": "xml"},
        ):
            path = f"{API}/audit/export" if "format" in query else f"{API}/audit"
            assert (await sqlite_library.client.get(path, params=query)).status_code == 422, query
        answer = await sqlite_library.client.get(f"{API}/audit", params={"cursor": "x"})
        assert answer.status_code == 400


class TestAbout:
    async def test_parts_and_settings(self, library: Library) -> None:
        shown = await library.get(f"{API}/about")
        assert {it["name"]: it["state"] for it in shown["parts"] if it["name"] != "disk"} == {
            "database": "ok", "storage": "ok", "engine": "ok",
        }  # fmt: skip
        assert (shown["pack"], shown["blob_store"], shown["is_engine_remote"]) == ("mobile", "folder", False)
        assert shown["database"] == ("sqlite" if library.runtime.db.is_sqlite else "postgresql")
        assert {"mobile", "dlib"} <= set(shown["packs"])
        names = {it["name"] for it in shown["settings"]}
        assert {"KITH_DATA", "KITH_SERVER__PORT", "KITH_AUTH__API_KEY"} <= names

    async def test_no_secret_is_told(self, tmp_path: Path) -> None:
        settings = library_settings(
            tmp_path / "data", None, worker=NO_WORKER, auth=AuthSettings(api_key=SETTING),
            webhooks=WebhookSettings(key="another secret, this"),
            redis=RedisSettings(url="redis://user:hidden@127.0.0.1:1/0"), fetch=FetchSettings(),
        )  # fmt: skip
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            answer = await client.get(f"{API}/about", headers={"x-api-key": SETTING})
            shown = {it["name"]: it for it in answer.json()["settings"]}
            assert not [it for it in (SETTING, "another secret", "hidden") if it in answer.text]
            key = shown["KITH_AUTH__API_KEY"]
            assert (key["value"], key["is_set"], key["is_secret"]) == (None, True, True)
            assert not shown["KITH_ENGINE__KEY"]["is_set"]
            assert shown["KITH_REDIS__URL"]["value"] == "redis://127.0.0.1:1/0"
            body = {"slug": "small"}
            await client.post(f"{API}/tenants", json=body, headers={"x-api-key": SETTING})

    def test_addresses_without_what_opens_them(self) -> None:
        assert without_password("postgresql://a:b@h:1/n?password=c") == "postgresql://h:1/n"
        assert without_password("s3://bucket/prefix") == "s3://bucket/prefix"

    async def test_statistics(self, library: Library) -> None:
        await library.detect(ANA[0])
        shown = await library.get(f"{API}/statistics")
        assert shown["photos"]["total"] == 1
        assert shown["faces"]["total"] == 1
        assert sum(shown["people"].values()) == 1
        assert shown["stored_bytes"] > 0
