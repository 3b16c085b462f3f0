"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.python import asgi

from kith.app import create_app
from kith.surfaces.vectors import create_vectors
from tests.support.fuzzing import AUTH, attempts, fuzz, fuzzing_client
from tests.support.library import ANA, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER
from tests.surfaces.vectors.conftest import UNLIMITED

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 40
# What takes any text for the name of a tenant, and nothing else, cannot be asked otherwise.
NOT_TO_BE_GOT_WRONG = {"POST /admin/cleanup", "GET /webhooks/list", "GET /webhooks/stats"}

# Those of batches and ingest are made up in test_batches_schema.py.
WITH_BATCHES = ("/batch/", "/api/v1/ingest", "/api/v1/debug/")


def operations() -> Iterator[object]:
    """Under one prefix each."""

    def is_wanted(path: str) -> bool:
        is_first = path.startswith("/api/v1/") or not path.startswith(("/api/", "/pipeline/"))
        return is_first and not path.startswith(WITH_BATCHES)

    for it in attempts(create_vectors().openapi(), is_wanted):
        if it.id not in {f"{label} otherwise" for label in NOT_TO_BE_GOT_WRONG}:
            yield it


ONE_PREFIX = list(operations())


@pytest.fixture(scope="module")
def client(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """With a face to be found."""
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    settings = library_settings(data, packs_folder, worker=NO_WORKER, auth=AUTH, surfaces=UNLIMITED)
    with fuzzing_client(create_app(settings)) as client:
        headers = {"x-tenant-id": "default"}
        files = {"file": portrait(ANA[0])}
        answer = client.post("http://kith/index_face", files=files, headers=headers)
        assert answer.status_code == 200
        yield client


def name_the_tenant(case: Case) -> None:
    """A made up name would be refused before anything else is looked at."""
    case.headers["x-tenant-id"] = "default"
    for part in (case.body, case.query):
        if isinstance(part, dict) and "tenant_id" in part:
            part["tenant_id"] = "default"


@pytest.mark.parametrize(("operation", "mode"), ONE_PREFIX)
def test_no_request_is_an_accident(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient
) -> None:
    refusals = {401} if "/images/" in operation.path else {401, 403}  # links are made up, too
    fuzz(operation, mode, client, EXAMPLES, prepare=name_the_tenant, refusals={*refusals, 429})
