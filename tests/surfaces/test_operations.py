"""Health, readiness, metrics and the documents that describe the API."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from kith.app import create_app
from kith.runtime import open_runtime
from kith.setting_groups import AuthSettings, EngineSettings
from tests.support.client import connected
from tests.support.databases import discard, migrated_database
from tests.support.library import ANA, library_settings
from tests.surfaces.conftest import NO_WORKER, Library

PACK = EngineSettings(pack="absent")


class TestHealth:
    @pytest.mark.models
    async def test_ready_with_database_and_pack(self, library: Library) -> None:
        assert await library.get("/health/live") == {"status": "live"}
        assert await library.get("/health/ready") == {"status": "ready", "pack": "mobile"}
        assert await library.get("/health") == {
            "status": "healthy", "service": "kith", "version": "2.0.0-core", "database": "connected",
            "models_loaded": True,
        }  # fmt: skip

    async def test_not_ready_without_the_pack(self, tmp_path: Path) -> None:
        settings = library_settings(tmp_path / "data", None, worker=NO_WORKER, engine=PACK)
        async with connected(create_app(settings)) as client:
            answer = await client.get("/health/ready")
            assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
            assert answer.json()["cause"] == "pack_not_found"
            assert (await client.get("/health/live")).status_code == 200
            health = (await client.get("/health")).json()
            assert (health["status"], health["models_loaded"]) == ("healthy", False)
            searched = await client.post("/search", json={"embedding": [1.0]})
            assert (searched.status_code, set(searched.json())) == (404, {"detail"})
            for path in ("/persons", "/faces", "/stats", "/metrics", "/docs", "/openapi.json"):
                assert (await client.get(path)).status_code == 200, path

    async def test_not_ready_without_the_database(self, tmp_path: Path) -> None:
        url = migrated_database("postgresql", tmp_path)
        """Whose key of the database it is nobody can say then; the key of the settings still opens."""
        auth = AuthSettings(api_key=SecretStr("a key of some length"))
        settings = library_settings(tmp_path / "data", None, url, worker=NO_WORKER, engine=PACK, auth=auth)
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            assert (await client.get("/metrics", headers={"x-api-key": "another"})).status_code == 401
            client.headers["x-api-key"] = "a key of some length"
            assert (await client.get("/persons")).status_code == 200
            discard(url)
            answer = await client.get("/health/ready")
            assert (answer.status_code, answer.json()["cause"]) == (503, "database_unavailable")
            health = await client.get("/health")
            assert (health.status_code, health.json()["database"]) == (503, "disconnected")
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/metrics")).status_code == 200
            assert (await client.get("/metrics", headers={"x-api-key": "another"})).status_code == 503
            people = await client.get("/persons")
            assert (people.status_code, set(people.json())) == (503, {"detail"})


@pytest.mark.models
class TestMetrics:
    async def test_tell_of_requests_engine_and_queue(self, library: Library) -> None:
        await library.detect(ANA[0])
        answer = await library.client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        for line in (
            'kith_http_requests_total{method="POST",route="/detect",status="200",surface="core"} 1.0',
            'kith_http_request_seconds_count{method="POST",route="/detect",surface="core"} 1.0',
            'kith_work_calls_total{call="analyse",pool="networks"} 1.0',
            'kith_work_calls_total{call="decode",pool="decoding"} 1.0',
            'kith_work_depth{pool="networks"} 0.0',
            'kith_jobs{kind="identify",state="queued"} 1.0',
        ):
            assert line in answer.text
        seconds = answer.text.split('kith_work_seconds_total{call="analyse",pool="networks"} ')[1]
        assert float(seconds.split("\n")[0]) > 0


class Page(HTMLParser):
    """What a page shows, and whatever it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.codes: list[str] = []
        self.fetched: list[str] = []
        self._in_code = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_code = tag == "code"
        self.fetched += [value or "" for name, value in attrs if name == "src"]
        self.fetched += [tag] * (tag in {"link", "script", "img", "iframe"})

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.codes.append(data)
        self._in_code = False


class TestDocuments:
    @pytest.fixture
    async def client(self, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
        settings = library_settings(tmp_path / "data", None, worker=NO_WORKER, engine=PACK)
        async with connected(create_app(settings)) as client:
            yield client

    async def test_openapi_describes_what_the_root_answers(self, client: httpx.AsyncClient) -> None:
        document = (await client.get("/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert {"/detect", "/persons/{person_id}", "/health/ready", "/metrics"} <= document["paths"].keys()
        core = (await client.get("/compat/core/openapi.json")).json()
        assert core["paths"].keys() < document["paths"].keys()

    async def test_every_reference_leads_somewhere(self, client: httpx.AsyncClient) -> None:
        text = (await client.get("/openapi.json")).text
        schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]
        names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
        assert names
        assert names <= schemas.keys()

    async def test_the_page_shows_all_and_fetches_nothing(self, client: httpx.AsyncClient) -> None:
        document = (await client.get("/openapi.json")).json()
        answer = await client.get("/docs")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        page = Page(answer.text)
        assert page.fetched == []
        for path, operations in document["paths"].items():
            assert page.codes.count(path) == len(operations)
        assert {"min_confidence", "face_ids", "keep_name", "person_id", "X-Api"} - {"X-Api"} <= set(
            page.codes
        )
