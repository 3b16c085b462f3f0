"""What stands before the surfaces, around a small application of its own."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import ASGIApp, Message

from kith.accounts.errors import ApiKeyMissing
from kith.accounts.principal import Principal
from kith.kit.metrics import Metrics
from kith.surfaces.access import PUBLIC
from kith.surfaces.dispatch import Site
from kith.surfaces.middleware import Access, BodyLimit, HeadAsGet, RequestContext
from kith.surfaces.problems import install
from tests.support.client import connected

KEY = "a key of some length"
LIMIT = 1000


def small_app(api_key: str | None = None) -> tuple[Starlette, Metrics]:
    metrics = Metrics()
    inner = FastAPI()
    inner.state.surface = "small"
    install(inner)

    @inner.get("/things/{thing_id}")
    async def thing(thing_id: int) -> dict[str, int]:
        return {"id": thing_id}

    @inner.post("/things")
    async def take(request: Request) -> int:
        return len(await request.body())

    @inner.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the password is secret")

    @inner.get("/open", dependencies=[PUBLIC])
    async def is_open() -> str:
        return "open"

    async def identify(_scope: object, shown: str | None) -> Principal | None:
        if api_key not in {None, shown}:
            raise ApiKeyMissing
        return Principal() if api_key else None

    site = Site({"/compat/small": inner}, [inner])
    return Starlette(
        routes=[Mount("/", site)],
        middleware=[
            Middleware(HeadAsGet), Middleware(RequestContext, metrics=metrics),
            Middleware(Access, site=site, identify=identify), Middleware(BodyLimit, max_bytes=LIMIT),
        ],
    ), metrics  # fmt: skip


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with connected(small_app()[0]) as client:
        yield client


@pytest.fixture
async def guarded() -> AsyncIterator[httpx.AsyncClient]:
    async with connected(small_app(KEY)[0]) as client:
        yield client


def asgi_app() -> ASGIApp:
    return small_app()[0]


class TestRequestId:
    async def test_is_made_new_each_time(self, client: httpx.AsyncClient) -> None:
        ids = {(await client.get("/things/1")).headers["x-request-id"] for _ in range(3)}
        assert len(ids) == 3

    async def test_is_taken_over_if_it_is_sane(self, client: httpx.AsyncClient) -> None:
        for asked, is_taken in [
            ("abc-1_2.3", True), ("a" * 128, True), ("a" * 129, False), ("", False), ("a b", False),
            ("a\tb", False), ("<b>", False),
        ]:  # fmt: skip
            answer = await client.get("/nothing", headers={"x-request-id": asked})
            assert (answer.headers["x-request-id"] == asked) is is_taken, asked
            assert answer.json()["request_id"] == answer.headers["x-request-id"]

    async def test_is_in_the_log_of_its_request(self, client: httpx.AsyncClient) -> None:
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
            await client.get("/things/7?name=Ana", headers={"x-request-id": "mine"})
            await client.get("/things/7")
        assert [entry["request_id"] == "mine" for entry in logs] == [True, False]
        assert (logs[0]["event"], logs[0]["status"], logs[0]["surface"]) == ("request.finished", 200, "small")
        assert logs[0]["route"] == "/things/{thing_id}"
        assert "Ana" not in str(logs)


class TestUnexpected:
    async def test_answers_without_a_word_of_it_and_logs_it_once(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING), structlog.testing.capture_logs() as logs:
            answer = await client.get("/broken")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "internal_error"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert "secret" not in answer.text
        assert [entry["event"] for entry in logs] == ["request.failed", "request.finished"]
        assert not caplog.records

    async def test_is_counted(self) -> None:
        app, metrics = small_app()
        async with connected(app) as client:
            await client.get("/broken")
        line = 'kith_http_requests_total{method="GET",route="/broken",status="500",surface="small"} 1.0'
        assert line in metrics.render((), ()).decode()

    async def test_of_an_application_without_handlers(self) -> None:
        async def bare(scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError("the password is secret")

        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(RequestContext(bare, Metrics())), base_url="http://kith"
        ) as client:
            answer = await client.get("/")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


class TestMetrics:
    async def test_counts_templates_and_no_paths(self) -> None:
        app, metrics = small_app()
        async with connected(app) as client:
            for number in range(3):
                await client.get(f"/things/{number}")
                await client.get(f"/nothing/{number}")
                await client.request(f"ODD{number}", "/things")
        text = metrics.render((), ()).decode()
        assert (
            'requests_total{method="GET",route="/things/{thing_id}",status="200",surface="small"} 3.0' in text
        )
        assert 'requests_total{method="GET",route="unmatched",status="404",surface="small"} 3.0' in text
        assert 'method="OTHER"' in text
        assert "ODD" not in text
        assert "/nothing" not in text


class TestHead:
    async def test_is_get_without_a_body(self, client: httpx.AsyncClient) -> None:
        head, get = await client.head("/things/1"), await client.get("/things/1")
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type"):
            assert head.headers[name] == get.headers[name]

    async def test_of_what_is_not_there(self, client: httpx.AsyncClient) -> None:
        assert (await client.head("/nothing")).status_code == 404
        assert (await client.head("/things")).headers["allow"] == "POST"


class TestAccess:
    async def test_without_a_key_set_nobody_is_asked(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/things/1")).status_code == 200

    async def test_only_the_key_opens(self, guarded: httpx.AsyncClient) -> None:
        for given in (None, "", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "é" * 20):
            headers = {"x-api-key": given.encode()} if given is not None else {}
            answer = await guarded.get("/things/1", headers=headers)
            assert answer.status_code == 401, given
            assert answer.json()["code"] == "api_key_missing"
            assert "ApiKey" in answer.headers["www-authenticate"]
        assert (await guarded.get("/things/1", headers={"x-api-key": KEY})).status_code == 200

    async def test_a_bearer_token_is_a_key(self, guarded: httpx.AsyncClient) -> None:
        for given, status in [(f"Bearer {KEY}", 200), (f"bearer {KEY}", 200), (f"Basic {KEY}", 401)]:
            answer = await guarded.get("/things/1", headers={"authorization": given})
            assert answer.status_code == status, given

    async def test_stands_before_routing_and_bodies(self, guarded: httpx.AsyncClient) -> None:
        for method, path in [
            ("GET", "/nothing"),
            ("PATCH", "/things"),
            ("GET", "/healthy"),
            ("GET", "/health/"),
        ]:
            assert (await guarded.request(method, path)).status_code == 401
        assert (await guarded.post("/things", content=b"x" * 2 * LIMIT)).status_code == 401

    async def test_what_is_public_needs_no_key(self, guarded: httpx.AsyncClient) -> None:
        for path in ("/open", "/compat/small/open"):
            assert (await guarded.get(path)).json() == "open"
            assert (await guarded.get(path, headers={"x-api-key": "wrong"})).status_code == 401
            assert (await guarded.post(path)).status_code == 401

    async def test_pages_of_other_sites_change_nothing(self, client: httpx.AsyncClient) -> None:
        for site, status in [("cross-site", 403), ("same-site", 200), ("same-origin", 200), ("none", 200)]:
            answer = await client.post("/things", content=b"x", headers={"sec-fetch-site": site})
            assert answer.status_code == status
        assert (await client.get("/things/1", headers={"sec-fetch-site": "cross-site"})).status_code == 200


class TestBodyLimit:
    async def test_lets_the_limit_pass(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/things", content=b"x" * LIMIT)).json() == LIMIT

    async def test_refuses_what_is_announced_too_large(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/things", content=b"x" * (LIMIT + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert "1,000 bytes" in answer.json()["detail"]

    async def test_stops_reading_what_nobody_announced(self, client: httpx.AsyncClient) -> None:
        read = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(1000):
                read += 100
                yield b"x" * 100

        answer = await client.post("/things", content=body())
        assert answer.status_code == 413
        assert read <= LIMIT + 200

    async def test_reads_nothing_of_what_is_announced(self) -> None:
        asked = 0

        async def receive() -> Message:
            nonlocal asked
            asked += 1
            return {"type": "http.request", "body": b"", "more_body": True}

        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"content-length", b"100000000")]
        scope = {
            "type": "http", "method": "POST", "path": "/things", "headers": headers, "query_string": b"",
            "http_version": "1.1", "scheme": "http", "server": ("kith", 80), "root_path": "",
            "client": ("127.0.0.1", 5000),
        }  # fmt: skip
        await asgi_app()(scope, receive, send)
        assert (sent[0]["status"], asked) == (413, 0)
