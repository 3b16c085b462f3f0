"""Which surface a path at the root belongs to."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from kith.surfaces.dispatch import Dispatcher
from kith.surfaces.problems import install
from kith.surfaces.reference import merged_openapi


def surface(name: str, *routes: tuple[str, str]) -> FastAPI:
    app = FastAPI(openapi_url=None)
    install(app)
    for method, path in routes:

        async def answer() -> str:
            return name

        app.add_api_route(path, answer, methods=[method])
    return app


FIRST = (("GET", "/a"), ("GET", "/shared"), ("GET", "/things/{it}"))
SECOND = (("POST", "/a"), ("GET", "/b"), ("GET", "/shared"), ("POST", "/shared"), ("GET", "/things/special"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    dispatcher = Dispatcher([surface("first", *FIRST), surface("second", *SECOND)])
    transport = httpx.ASGITransport(dispatcher)
    async with httpx.AsyncClient(transport=transport, base_url="http://kith") as client:
        yield client


class TestDispatcher:
    @pytest.mark.parametrize(
        ("method", "path", "name"),
        [
            ("GET", "/a", "first"), ("POST", "/a", "second"), ("GET", "/b", "second"),
            ("GET", "/shared", "first"), ("POST", "/shared", "second"), ("GET", "/things/special", "first"),
        ],
    )  # fmt: skip
    async def test_the_first_that_knows_path_and_method(
        self, client: httpx.AsyncClient, method: str, path: str, name: str
    ) -> None:
        assert (await client.request(method, path)).json() == name

    async def test_a_wrong_method_is_told_by_who_knows_the_path(self, client: httpx.AsyncClient) -> None:
        answer = await client.delete("/b")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")

    async def test_what_nobody_knows(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/nothing")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_a_slash_too_many_is_redirected(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/b/")
        assert (answer.status_code, answer.headers["location"]) == (307, "http://kith/b")


class TestDocument:
    def test_tells_what_the_root_answers(self) -> None:
        document = merged_openapi([surface("first", *FIRST), surface("second", *SECOND)])
        assert {path: set(operations) for path, operations in document["paths"].items()} == {
            "/a": {"get", "post"}, "/b": {"get"}, "/shared": {"get", "post"},
            "/things/{it}": {"get"}, "/things/special": {"get"},
        }  # fmt: skip
