"""One shape of errors for each surface, whatever goes wrong, on every route."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI

from kith.app import create_app
from kith.kit.metrics import Metrics
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import AuthSettings, LimitSettings
from kith.surfaces.core import create_core
from kith.surfaces.operations import create_operations
from tests.support.client import connected
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER
from tests.surfaces.test_operations import PACK

PROBLEM = {"type", "title", "status", "detail", "instance", "code", "request_id"}
FORMS = {"/detect", "/recognize"}
DAMAGED = """
    INSERT INTO persons (id, uuid, tenant_id, notes, is_hidden, is_anchored, to_match, created_at, updated_at)
    VALUES (77, '00000000000000000000000000000000', 1, 'secret', 0, 1, 0, '2026-01-01', '2026-01-01')
"""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    for path, found in app.openapi()["paths"].items():
        for method in found:
            yield method.upper(), path.format(person_id=77, face_id=77)


CORE = sorted(operations(create_core()))
OWN = sorted(operations(create_operations([], Metrics())))
CORE_PATHS, OWN_PATHS = ({path for _, path in routes} for routes in (CORE, OWN))


def assert_problem(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= PROBLEM
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def assert_detail(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"detail"}
    if answer.status_code == 422:
        assert all(fault.keys() == {"loc", "msg", "type"} for fault in answer.json()["detail"])
    else:
        assert isinstance(answer.json()["detail"], str)


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    settings = library_settings(
        tmp_path / "data", None, worker=NO_WORKER, engine=PACK, limits=LimitSettings(upload_bytes=2000)
    )
    async with open_runtime(settings) as runtime:
        yield runtime


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(create_app(runtime.settings, runtime)) as client:
        yield client


class TestShapes:
    async def test_wrong_methods(self, client: httpx.AsyncClient) -> None:
        for prefix, paths, known, check in [
            ("", CORE_PATHS, {*CORE, *OWN}, assert_detail), ("", OWN_PATHS, OWN, assert_problem),
            ("/compat/core", CORE_PATHS, CORE, assert_detail),
        ]:  # fmt: skip
            for path in paths - {"/persons/merge"}:  # for other methods the id of a person, and a wrong one
                for method in METHODS:
                    if (method, path) not in known:
                        answer = await client.request(method, prefix + path)
                        assert answer.status_code == 405, (method, path)
                        assert answer.headers["allow"]
                        check(answer)

    async def test_unknown_paths(self, client: httpx.AsyncClient) -> None:
        for path in ("/nothing", "/persons/1/nothing", "/%00", "/..%2f..%2fetc", "/" + "x" * 3000, "/é"):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert_problem(answer)
            inside = await client.get("/compat/core" + path)
            assert inside.status_code == 404
            assert_detail(inside)
        assert_problem(await client.get("/compat/nothing/persons"))

    async def test_what_is_too_large(self, client: httpx.AsyncClient) -> None:
        for method, path in CORE:
            if method in {"POST", "PUT"}:
                kind = "multipart/form-data; boundary=x" if path in FORMS else "application/json"
                headers = {"content-type": kind}
                answer = await client.request(method, path, content=b" " * 3000, headers=headers)
                assert answer.status_code == 413, path
                assert_detail(answer)

    async def test_what_is_of_another_form(self, client: httpx.AsyncClient) -> None:
        for method, path in CORE:
            if method in {"POST", "PUT"}:
                answer = await client.request(method, path, json=["no", "such", "form"])
                assert answer.status_code == 422, path
                assert_detail(answer)

    async def test_a_missing_key(self, runtime: Runtime) -> None:
        settings = runtime.settings.model_copy(update={"auth": AuthSettings(api_key="sixteen letters!")})
        async with open_runtime(settings) as guarded, connected(create_app(settings, guarded)) as client:
            for method, path in (*CORE, *OWN, *((method, f"/compat/core{path}") for method, path in CORE)):
                answer = await client.request(method, path)
                if path.startswith("/health") or path == "/compat/core/health":
                    assert answer.status_code != 401
                else:
                    assert answer.status_code == 401, path
                    assert_problem(answer) if (method, path) in OWN else assert_detail(answer)

    async def test_what_nobody_expected(self, runtime: Runtime) -> None:
        """A row that cannot be read: whoever reads it fails, and says nothing of it."""
        async with runtime.db.engine.begin() as connection:
            await connection.exec_driver_sql(DAMAGED)
        failed: set[tuple[str, str]] = set()
        async with connected(create_app(runtime.settings, runtime)) as client:
            with structlog.testing.capture_logs() as logs:
                for method, path in CORE:
                    body = {"name": "Ana"} if method == "PUT" else None
                    answer = await client.request(method, path, json=body)
                    if answer.status_code == 500:
                        failed.add((method, path))
                        assert_detail(answer)
                        assert "secret" not in answer.text
        assert failed >= {(method, "/persons/77") for method in ("GET", "PUT", "DELETE")} | {
            ("GET", "/persons")
        }
        assert sum(entry["event"] == "request.failed" for entry in logs) == len(failed)
