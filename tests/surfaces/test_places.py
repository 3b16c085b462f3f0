"""Where surfaces answer: at the root with all others, on a port of their own, or nowhere."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from kith.app import create_app
from kith.server import AddressInUse, serve
from kith.setting_groups import (
    AuthSettings,
    GalleriesSettings,
    PlaceSettings,
    ServerSettings,
    SurfaceSettings,
)
from kith.settings import Settings
from tests.support.client import connected, live_server

KEY = {"x-api-key": "sixteen letters!"}
# What a browser says of a page of another origin, and what it asks before it sends a key for one.
PAGE = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
ASKING = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as it:
        return it.getsockname()[1]


class TestOwnPort:
    def test_only_the_surface_answers_there(self, tmp_path: Path) -> None:
        galleries, sessions = free_port(), free_port()
        environment = {
            "KITH_DATA": str(tmp_path), "KITH_ENGINE__PACK": "absent",
            "KITH_AUTH__API_KEY": KEY["x-api-key"],
            "KITH_SURFACES__GALLERIES__PORT": str(galleries),
            "KITH_SURFACES__SESSIONS__PORT": str(sessions),
        }  # fmt: skip
        with (
            live_server(environment) as server,
            httpx.Client(base_url=f"http://127.0.0.1:{galleries}", headers=KEY) as alone,
            httpx.Client(base_url=f"http://127.0.0.1:{sessions}", headers=KEY) as other,
            httpx.Client(base_url=server.url, headers=KEY) as shared,
        ):
            assert alone.get("/api/crud/people").status_code == 200
            assert alone.get("/api/people").json() == shared.get("/compat/galleries/api/people").json()
            for path in ("/persons", "/compat/core/persons", "/api/kith/about", "/health/live", "/people"):
                assert (path, alone.get(path).status_code) == (path, 404)
            assert other.get("/api/crud/people").json()["error"]["code"] == "NOT_FOUND"
            page = {"accept": "text/html"}
            assert "<html" not in alone.get("/", headers=page).text
            assert alone.get("/assets/any.js", headers=page).status_code == 404
            assert shared.get("/api/crud/people").status_code == 200
            assert shared.get("/persons").status_code == 200
            del alone.headers["x-api-key"]
            assert alone.get("/api/crud/people").status_code == 401

    def test_one_that_is_taken(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            settings = Settings(
                data=tmp_path / "never",
                server=ServerSettings(port=0),
                surfaces=SurfaceSettings(galleries=GalleriesSettings(port=port)),
            )
            with pytest.raises(AddressInUse) as error:
                serve(settings)
        assert error.value.detail.endswith("KITH_SURFACES__GALLERIES__PORT names another")
        assert not settings.data.exists()


class TestSwitchedOff:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("core", "/persons"), ("sessions", "/api/v2/health"), ("galleries", "/api/crud/people"),
            ("vectors", "/webhooks/stats"),
        ],
    )  # fmt: skip
    async def test_it_answers_nowhere(self, tmp_path: Path, name: str, path: str) -> None:
        paths = {"/persons", "/api/v2/health", "/api/crud/people", "/webhooks/stats"}
        off = SurfaceSettings.model_validate({name: {"enabled": False, "port": 8001}})
        assert off.ports == {}
        async with connected(create_app(Settings(data=tmp_path, surfaces=off)), timeout=60) as client:
            document = (await client.get("/openapi.json")).json()["paths"]
            assert paths - document.keys() == {path}
            for address in (path, f"/compat/{name}{path}"):
                assert (await client.get(address)).status_code == 404
            for other in sorted(paths - {path}):
                assert (await client.get(other)).status_code != 404

    def test_all_of_them(self) -> None:
        off = {name: {"enabled": False} for name in SurfaceSettings().enabled}
        assert SurfaceSettings.model_validate(off).enabled == {}

    def test_every_surface_can_be(self) -> None:
        """A surface that is added says where it is, too."""
        named = {name for name, it in SurfaceSettings() if isinstance(it, PlaceSettings)}
        assert named == set(SurfaceSettings().enabled)


class TestOtherPages:
    """What a browser may do for a page of another origin."""

    @pytest.fixture
    async def client(self, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
        server = ServerSettings(origins=("https://shop.example",))
        settings = Settings(data=tmp_path, server=server, auth=AuthSettings(api_key=KEY["x-api-key"]))
        async with connected(create_app(settings), timeout=60) as it:
            yield it

    async def test_one_that_is_named_may_call(self, client: httpx.AsyncClient) -> None:
        asked = await client.options("/api/v2/search", headers={**PAGE, **ASKING})
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-headers"] == "x-api-key"
        answer = await client.post("/people", json={"name": "Ada"}, headers={**PAGE, **KEY})
        assert answer.status_code != 403
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-credentials" not in answer.headers
        refused = await client.get("/persons", headers=PAGE)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (
            401, "https://shop.example",
        )  # fmt: skip

    async def test_others_may_not(self, client: httpx.AsyncClient) -> None:
        page = {**PAGE, "origin": "https://elsewhere.example"}
        asked = await client.options("/api/v2/search", headers={**page, **ASKING})
        assert "access-control-allow-origin" not in asked.headers
        answer = await client.post("/people", json={"name": "Ada"}, headers={**page, **KEY})
        assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)

    async def test_nobody_may_who_is_signed_in_elsewhere(self, client: httpx.AsyncClient) -> None:
        await client.post("/api/kith/session", json={"key": KEY["x-api-key"]})
        assert client.cookies
        own = {"sec-fetch-site": "same-origin"}
        made = await client.post("/api/kith/people", json={"name": "Ada"}, headers=own)
        assert made.status_code == 201
        answer = await client.post("/api/kith/people", json={"name": "Eve"}, headers=PAGE)
        assert answer.status_code == 403

    @pytest.mark.parametrize("origin", ["*", "shop.example", "https://shop.example/", "https://*.example"])
    def test_what_is_no_origin(self, origin: str) -> None:
        with pytest.raises(ValidationError):
            ServerSettings(origins=(origin,))
