"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi

from kith.app import create_app
from kith.surfaces.sessions import create_sessions
from tests.support.library import ANA
from tests.surfaces.sessions.conftest import key_of, sessions_settings

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 40


@pytest.fixture(scope="module")
def client(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """One client for all requests, so that the application starts once; with a photo to be found."""
    app = create_app(sessions_settings(tmp_path_factory.mktemp("fuzzed") / "data", packs_folder))
    with asgi.get_client(app) as client:
        body = {"session_id": "s", "photo_id": "a", "s3_key": key_of(ANA[0])}
        assert client.post("http://kith/api/v2/index", json=body).status_code == 201
        yield client


def attempts() -> Iterator[object]:
    """Every operation of one prefix as the document asks, and, where something can be got wrong, wrong."""
    document = create_sessions().openapi()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/api/v1"):
            continue
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
