"""How the front end reaches a browser, and what it leaves to the API."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from kith.surfaces.access import routes_of
from kith.surfaces.core import create_core
from kith.surfaces.frontend import Frontend, is_page
from kith.surfaces.galleries import create_galleries
from kith.surfaces.sessions import create_sessions
from kith.surfaces.vectors import create_vectors

HTML = {"accept": "text/html,application/xhtml+xml"}


async def _api(_request: object) -> PlainTextResponse:
    return PlainTextResponse("api")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><p>room")
    (folder / "assets" / "index-abc.js").write_text("let here")
    (folder / "assets" / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def client(built: Path) -> httpx.AsyncClient:
    routes = [Route("/{path:path}", _api, methods=["GET", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(Frontend, built=built)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kith")


@pytest.mark.parametrize("path", ["/", "/photos/12", "/people", "/settings", "/g/some-token", "/search?q=x"])
async def test_rooms_are_pages_for_browsers_only(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path, headers=HTML)
    assert "room" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    assert (await client.get(path, headers={"accept": "application/json"})).text == "api"
    assert (await client.post(path, headers=HTML)).text == "api"


@pytest.mark.parametrize("path", ["/persons", "/docs", "/photosets", "/api/kith/photos", "/compat/core/"])
async def test_other_addresses_are_the_apis(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=HTML)).text == "api"


async def test_files_of_the_build_are_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/index-abc.js")
    assert (answer.text, answer.headers["content-encoding"]) == ("let here", "gzip")
    assert "immutable" in answer.headers["cache-control"]
    plain = await client.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == ("let here", False)
    assert "immutable" not in (await client.get("/assets/icon.svg")).headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/none.js",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%00",
    ],
)
async def test_nothing_else_is_read(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=HTML)).text == "api"


async def test_a_missing_build_is_told(client: httpx.AsyncClient, built: Path) -> None:
    (built / "index.html").unlink()
    answer = await client.get("/photos", headers=HTML)
    assert (answer.status_code, "make web" in answer.text) == (503, True)


def test_rooms_hide_no_page_of_an_api() -> None:
    surfaces = [create_core(), create_sessions(), create_galleries(), create_vectors()]
    hidden = {
        it.path for app in surfaces for it in routes_of(app) if "GET" in it.methods and is_page(it.path)
    }
    assert hidden == {"/"}


def test_a_build_is_light() -> None:
    """What the first page loads before it shows anything: at most 200 kB of JavaScript after gzip."""
    from kith.surfaces.frontend import BUILT

    page = BUILT / "index.html"
    if not page.exists():
        pytest.skip("needs the pages, which `make web` builds")
    html = page.read_text(encoding="utf-8")
    scripts = [it for it in (BUILT / "assets").glob("*.js") if it.name in html]
    assert scripts
    assert sum(len(gzip.compress(it.read_bytes())) for it in scripts) <= 200_000
