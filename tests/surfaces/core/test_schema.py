"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from starlette.applications import Starlette

from kith.app import create_app
from kith.kit.metrics import Metrics
from kith.surfaces.core import create_core
from kith.surfaces.operations import create_operations
from kith.surfaces.reference import merged_openapi
from tests.support.library import ANA, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 60


@pytest.fixture(scope="module")
def app(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    return create_app(library_settings(data, packs_folder, worker=NO_WORKER))


@pytest.fixture(scope="module")
def client(app: Starlette) -> Iterator[asgi.ASGIClient]:
    """One client for all requests, so that the application starts once; with a face to be found."""
    with asgi.get_client(app) as client:
        for name in ANA[:2]:
            client.post("http://kith/detect", files={"file": (name, portrait(name))})
        yield client


def operations() -> list[APIOperation]:
    core = create_core()
    document = merged_openapi((create_operations([core], Metrics()), core))
    return [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]


def attempts() -> Iterator[object]:
    """Every operation as the document asks, and, where there is something to get wrong, wrong."""
    for operation in operations():
        yield pytest.param(operation, GenerationMode.POSITIVE, id=f"{operation.label} as asked")
        if list(operation.iter_parameters()) or operation.body:
            yield pytest.param(operation, GenerationMode.NEGATIVE, id=f"{operation.label} otherwise")


@pytest.mark.parametrize(("operation", "mode"), list(attempts()))
def test_no_request_is_an_accident(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient
) -> None:
    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def attempt(case: Case) -> None:
        answer = case.call(session=client, base_url="http://kith")
        case.validate_response(answer, checks=[not_a_server_error])

    attempt()
