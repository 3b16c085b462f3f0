"""Which surface a path at the root belongs to."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import create_model

from kith.surfaces.dispatch import Dispatcher
from kith.surfaces.problems import install
from kith.surfaces.reference import merged_openapi


def surface(name: str, *routes: tuple[str, str]) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.surface = name
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

    def test_keeps_shapes_of_one_name_apart(self) -> None:
        """Also those that are alike but for the shapes they are made of."""
        apps = []
        for name, kind in (("first", int), ("second", str), ("third", int)):
            inner = create_model("Inner", value=(kind, ...))
            outer = create_model("Outer", inner=(inner, ...))
            app = FastAPI(openapi_url=None)
            app.state.surface = name
            app.add_api_route(f"/{name}", lambda: None, response_model=outer)
            apps.append(app)
        document = merged_openapi(apps)
        shapes = document["components"]["schemas"]
        assert {name: shape["properties"] for name, shape in shapes.items() if name.endswith("Inner")} == {
            "Inner": {"value": {"type": "integer", "title": "Value"}},
            "SecondInner": {"value": {"type": "string", "title": "Value"}},
        }
        for name, outer in (("first", "Outer"), ("second", "SecondOuter"), ("third", "Outer")):
            answer = document["paths"][f"/{name}"]["get"]["responses"]["200"]["content"]["application/json"]
            assert answer["schema"] == {"$ref": f"#/components/schemas/{outer}"}
            inner = outer.replace("Outer", "Inner")
            assert shapes[outer]["properties"]["inner"] == {"$ref": f"#/components/schemas/{inner}"}
