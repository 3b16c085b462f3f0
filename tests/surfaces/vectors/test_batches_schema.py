"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.python import asgi

from kith.app import create_app
from kith.surfaces.vectors import create_vectors
from tests.ingest.conftest import inlet_settings
from tests.support.fuzzing import AUTH, attempts, fuzz, fuzzing_client
from tests.surfaces.vectors.conftest import UNLIMITED

pytestmark = pytest.mark.slow

EXAMPLES = 40
OURS = ("/batch/", "/api/v1/ingest", "/api/v1/debug/")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    data = tmp_path_factory.mktemp("made-up") / "data"
    with fuzzing_client(
        create_app(inlet_settings(data, f"sqlite:///{data / 'kith.db'}", auth=AUTH, surfaces=UNLIMITED))
    ) as client:
        yield client


def wanted() -> Iterator[Any]:
    for it in attempts(create_vectors().openapi(), lambda path: path.startswith(OURS)):
        if not ("{batch_id}" in it.id and it.id.endswith("otherwise")):  # any text may be an id
            yield it


def name_the_tenants(case: Case) -> None:
    """Mostly one that is there."""
    case.headers["x-tenant-id"] = "default"
    body = case.body if isinstance(case.body, dict) else {}
    items = body.get("items")
    for item in [body, *(items if isinstance(items, list) else [])]:
        if isinstance(item, dict) and isinstance(item.get("tenant_id"), str):
            item["tenant_id"] = "default"


@pytest.mark.parametrize(("operation", "mode"), list(wanted()))
def test_made_up_requests(operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient) -> None:
    fuzz(operation, mode, client, EXAMPLES, prepare=name_the_tenants, refusals={401, 429})
