"""contract.yaml, the routes and the OpenAPI document say the same, and every row is kept."""

import base64
from importlib.resources import files
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute, iter_route_contexts

from kith.surfaces.vectors import create_vectors
from kith.surfaces.vectors.prefixes import FULL, PIPELINE
from tests.support.library import ANA, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT, ask

CONTRACT: dict[str, Any] = yaml.safe_load(
    files("kith.surfaces.vectors").joinpath("contract.yaml").read_text()
)
PARTS = ("full", "pipeline", "app")


def rows(part: str) -> dict[str, dict[str, str]]:
    return CONTRACT[part]["endpoints"]


def promised() -> set[str]:
    return {
        f"{method} {prefix}{path}"
        for part in PARTS
        for prefix in CONTRACT[part]["prefixes"]
        for method, path in (name.split(" ") for name, it in rows(part).items() if it["status"] == "done")
    }


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        mounted = {
            f"{method} {it.path_format}"
            for it in iter_route_contexts(create_vectors().routes)
            if isinstance(it.original_route, APIRoute)
            for method in it.methods or ()
        }
        assert mounted == promised()

    def test_is_what_is_documented(self) -> None:
        paths = create_vectors().openapi()["paths"]
        assert {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs} == promised()

    def test_exempts_with_a_reason(self) -> None:
        for part in PARTS:
            for name, it in rows(part).items():
                assert it["status"] == "done" or (it["status"] == "exempt" and len(it["reason"]) > 10), name

    def test_has_the_prefixes_of_the_routes(self) -> None:
        assert tuple(CONTRACT["full"]["prefixes"]) == FULL
        assert tuple(CONTRACT["pipeline"]["prefixes"]) == PIPELINE


HOOK = "https://93.184.216.34/hook"
ERASED = {"thumb_url", "phash", "vector_backend"}
# Of every row that is done: its answer has at least these names. In this order, on one library.
EXPECTED: dict[str, set[str]] = {
    "POST /index_face": {"indexed", *ERASED},
    "POST /search_face": {"faces_found", "results", *ERASED},
    "POST /compare_face": {"faces_found", "results", "phash", "vector_backend", "message"},
    "POST /webhooks/register": {"webhook_id", "url", "events", "message"},
    "GET /webhooks/list": {"webhooks"},
    "GET /webhooks/stats": {
        "total_endpoints", "total_success", "total_failures", "success_rate", "endpoints",
    },
    "DELETE /webhooks/unregister": {"message", "url"},
    "POST /webhooks/test": {"success", "message", "details"},
    "POST /admin/cleanup": {"status", "results", "message"},
    "GET /health": {"status", "service", "version", "api_version", "note"},
    "POST /search": {"query", "hits", "count"},
    "POST /search/file": {"query", "hits", "count"},
    "POST /enroll_identity": {
        "ok", "identity", "vector_dim", "num_images_used", "num_images_submitted",
    },
    "POST /verify": {"verified", "similarity", "threshold", "reason", "results", "count"},
    "POST /identity_safe_search": {"verified", "similarity", "threshold", "reason", "results", "count"},
    "GET /stats": {"processed", "rejected", "dup_skipped", "counts"},
}  # fmt: skip
# Tested with the pictures and faces they are of, and with batches and a stream.
ELSEWHERE = {
    "GET /images/{bucket}/{key}", "GET /faces/{face_id}", "POST /batch/index", "GET /batch/list",
    "GET /batch/{batch_id}/status", "DELETE /batch/{batch_id}", "POST /batch/cleanup", "POST /ingest",
    "POST /ingest/batch", "GET /debug/ingest-config",
}  # fmt: skip


def request_for(row: str) -> dict[str, Any]:
    """A sound request for a row."""
    picture = {"files": {"file": ("ana.jpg", portrait(ANA[0]), "image/jpeg")}}
    images = [base64.b64encode(portrait(name)).decode() for name in ANA]
    claim = {"tenant_id": TENANT, "identity_id": "ana", "image_b64": images[2]}
    return {
        "POST /index_face": picture, "POST /search_face": picture, "POST /compare_face": picture,
        "POST /webhooks/register": {"json": {"url": HOOK, "events": ["face.indexed"]}},
        "DELETE /webhooks/unregister": {"params": {"url": HOOK}},
        "POST /webhooks/test": {"json": {"url": "http://127.0.0.1:9/"}},
        "POST /search": {"json": {"tenant_id": TENANT, "image_b64": images[0]}},
        "POST /search/file": {**picture, "params": {"tenant_id": TENANT}},
        "POST /enroll_identity": {
            "json": {"tenant_id": TENANT, "identity_id": "ana", "images_b64": images[:2]},
        },
        "POST /verify": {"json": claim}, "POST /identity_safe_search": {"json": claim},
        "GET /stats": {"params": {"tenant_id": TENANT}},
    }.get(row, {})  # fmt: skip


@pytest.mark.models
class TestRows:
    async def test_done(self, library: Library) -> None:
        done = {row for part in PARTS for row, it in rows(part).items() if it["status"] == "done"}
        assert done == EXPECTED.keys() | ELSEWHERE
        for row, names in EXPECTED.items():
            method, path = row.split(" ")
            for prefix in FULL if row in rows("full") else PIPELINE:
                tenant = TENANT if row in rows("full") else None
                at = f"/compat/vectors{prefix}{path}"
                if method == "DELETE":  # each time something that is there
                    there = "POST /webhooks/register"
                    await ask(library, *there.split(" "), **request_for(there))
                answer = await ask(library, method, at, tenant, **request_for(row))
                assert answer.status_code == 200, (row, answer.text)
                assert names <= answer.json().keys(), row
                assert answer.headers["x-request-id"]
                assert (answer.headers.get("x-api-version") == "v0.1") == (row in rows("pipeline"))

    async def test_exempt(self, sqlite_library: Library) -> None:
        for part in PARTS:
            for row, it in rows(part).items():
                method, path = row.split(" ")
                if it["status"] == "exempt":
                    prefix = CONTRACT[part]["prefixes"][0]
                    at = f"/compat/vectors{prefix}{path.format(id='7', part='face')}"
                    assert (await ask(sqlite_library, method, at)).status_code in {404, 405}, row

    async def test_defaults(self, sqlite_library: Library) -> None:
        """As many as the contract says, and no less similar: 0.25 in part A, 0.1 in C, 0.75 in its forms."""
        told = (await ask(sqlite_library, "POST", "/api/v1/search", **request_for("POST /search"))).json()
        assert (told["query"]["top_k"], told["query"]["threshold"]) == (50, 0.1)
        told = await ask(sqlite_library, "POST", "/api/v1/search/file", **request_for("POST /search/file"))
        assert (told.json()["query"]["top_k"], told.json()["query"]["threshold"]) == (10, 0.1)
        form = {"data": {"tenant_id": TENANT}, "files": {"image": portrait(ANA[0])}}
        told = (await ask(sqlite_library, "POST", "/api/v1/search", **form)).json()
        assert (told["query"]["top_k"], told["query"]["threshold"]) == (10, 0.75)
