"""contract.yaml, the routes and the OpenAPI document say the same, and every row is kept."""

from importlib.resources import files
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute, iter_route_contexts

from kith.surfaces.sessions import create_sessions
from kith.surfaces.sessions.routes import PREFIXES
from tests.support.library import ANA, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import index, key_of

CONTRACT: dict[str, Any] = yaml.safe_load(
    files("kith.surfaces.sessions").joinpath("contract.yaml").read_text()
)
ROWS: dict[str, dict[str, str]] = CONTRACT["endpoints"]


def promised() -> set[str]:
    done = [name.split(" ") for name, it in ROWS.items() if it["status"] == "done"]
    return {f"{method} {prefix}{path}" for prefix in CONTRACT["prefixes"] for method, path in done}


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        mounted = {
            f"{method} {it.path_format}"
            for it in iter_route_contexts(create_sessions().routes)
            if isinstance(it.original_route, APIRoute)
            for method in it.methods or ()
        }
        assert mounted == promised()

    def test_is_what_is_documented(self) -> None:
        paths = create_sessions().openapi()["paths"]
        assert {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs} == promised()

    def test_exempts_with_a_reason(self) -> None:
        for name, it in ROWS.items():
            assert it["status"] == "done" or (it["status"] == "exempt" and len(it["reason"]) > 10), name

    def test_has_the_prefixes_of_the_routes(self) -> None:
        assert tuple(CONTRACT["prefixes"]) == PREFIXES


async def ask(shop: Library, row: str, prefix: str) -> tuple[int, Any]:
    """What a row answers to a sound request for a session with one photo."""
    method, path = row.split(" ")
    photo = {"photo_id": 1, "s3_key": key_of(ANA[0])}
    selfie: dict[str, Any] = {"files": {"file": portrait(ANA[1])}, "data": {"session_id": "s"}}
    bodies: dict[str, dict[str, Any]] = {
        "POST /index": {"json": {**photo, "session_id": "s"}},
        "POST /index/batch": {"json": {"session_id": "s", "photos": [photo]}},
        "POST /search": selfie,
        "POST /faces/search-session": selfie,
    }
    answer = await shop.client.request(method, prefix + path.format(session_id="s"), **bodies.get(row, {}))
    is_json = answer.headers["content-type"] == "application/json"
    return answer.status_code, answer.json() if is_json else answer.text


EXPECTED: dict[str, tuple[int, set[str]]] = {
    "POST /index": (201, {"indexed", "photo_id", "confidence", "faces_detected", "error"}),
    "POST /index/batch": (201, {"indexed", "failed", "total", "errors"}),
    "DELETE /index/{session_id}": (200, {"deleted", "session_id", "embeddings_removed"}),
    "POST /search": (200, {"matches", "query_time_ms", "session_id", "total_matches", "indexed_photos",
                           "search_threshold"}),
    "GET /search/status/{session_id}": (200, {"indexed", "session_id", "photo_count", "last_indexed"}),
    "GET /index/status/{session_id}": (200, {"indexed", "session_id", "photo_count", "last_indexed"}),
    "GET /health": (200, {"status", "version", "uptime_seconds", "components"}),
    "GET /metrics": (200, set()),
    "POST /faces/search-session": (200, {"matches", "query_time_ms", "session_id", "session_name",
        "total_matches", "indexed_photos", "search_threshold", "indexing_status", "indexing_progress"}),
}  # fmt: skip


@pytest.mark.models
class TestRows:
    @pytest.mark.parametrize("prefix", PREFIXES)
    async def test_done(self, sqlite_shop: Library, prefix: str) -> None:
        assert EXPECTED.keys() == {name for name, it in ROWS.items() if it["status"] == "done"}
        await index(sqlite_shop, "s", {"1": ANA[0]})
        for row, (status, names) in sorted(EXPECTED.items(), reverse=True):  # DELETE comes last
            told, body = await ask(sqlite_shop, row, prefix)
            assert told == status, (row, body)
            assert names <= set(body), row

    async def test_exempt(self, sqlite_shop: Library) -> None:
        for name, it in ROWS.items():
            method, path = name.split(" ")
            if it["status"] == "exempt":
                target = f"/compat/sessions/api/v1{path.format(session_id='s', id='7', uuid='u')}"
                assert (await sqlite_shop.client.request(method, target)).status_code in {404, 405}, name

    async def test_defaults(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"1": ANA[0]})
        for row, threshold in (("POST /search", 0.6), ("POST /faces/search-session", 0.5)):
            _, body = await ask(sqlite_shop, row, "/api/v2")
            assert body["search_threshold"] == threshold
            assert [it["photo_id"] for it in body["matches"]] == ["1"]

    async def test_sessions_never_indexed(self, sqlite_shop: Library) -> None:
        for row in ("POST /search", "POST /faces/search-session"):
            status, body = await ask(sqlite_shop, row, "/api/v2")
            assert (status, body["error"]["code"]) == (404, "SESSION_NOT_INDEXED")

    async def test_metrics_count_faces_of_sessions_only(self, shop: Library) -> None:
        await shop.detect(ANA[2])
        _, text = await ask(shop, "GET /metrics", "/api/v2")
        assert "\nembeddings_total 0.0" in text
        await index(shop, "s", {"1": ANA[0]})
        await index(shop, "t", {"1": ANA[0], "2": ANA[1]})
        _, text = await ask(shop, "GET /metrics", "/api/v2")
        assert "\nembeddings_total 3.0" in text

    async def test_metrics_count_under_both_names(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"1": ANA[0]})
        await ask(sqlite_shop, "POST /search", "/api/v1")
        _, text = await ask(sqlite_shop, "GET /metrics", "/api/v2")
        for prefix in ("", "facepass_"):
            for line in (
                'search_requests_total{status="success"} 1.0', 'index_requests_total{status="success"} 1.0',
                "search_duration_seconds_count 1.0", "index_duration_seconds_count 1.0",
                "embeddings_total 1.0", "db_connections_active ",
            ):  # fmt: skip
                assert f"\n{prefix}{line}" in text, line
