"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis import APIOperation, GenerationMode
from schemathesis.python import asgi

from kith.app import create_app
from kith.kit.metrics import Metrics
from kith.surfaces.core import create_core
from kith.surfaces.operations import create_operations
from kith.surfaces.reference import merged_openapi
from tests.support.fuzzing import AUTH, attempts, fuzz, fuzzing_client
from tests.support.library import ANA, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 60
CORE = create_core()
DOCUMENT = merged_openapi((create_operations([CORE], Metrics()), CORE))


@pytest.fixture(scope="module")
def client(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """With a face to be found."""
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    app = create_app(library_settings(data, packs_folder, worker=NO_WORKER, auth=AUTH))
    with fuzzing_client(app) as client:
        for name in ANA[:2]:
            answer = client.post("http://kith/detect", files={"file": (name, portrait(name))})
            assert answer.status_code == 200
        yield client


@pytest.mark.parametrize(("operation", "mode"), list(attempts(DOCUMENT)))
def test_no_request_is_an_accident(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient
) -> None:
    fuzz(operation, mode, client, EXAMPLES)
