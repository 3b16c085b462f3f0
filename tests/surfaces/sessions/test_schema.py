"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis import APIOperation, GenerationMode
from schemathesis.python import asgi

from kith.app import create_app
from kith.surfaces.sessions import create_sessions
from tests.support.fuzzing import AUTH, attempts, fuzz, fuzzing_client
from tests.support.library import ANA
from tests.surfaces.sessions.conftest import key_of, sessions_settings

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 40
ONE_PREFIX = list(attempts(create_sessions().openapi(), lambda path: not path.startswith("/api/v1")))


@pytest.fixture(scope="module")
def client(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """With a photo to be found."""
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    with fuzzing_client(create_app(sessions_settings(data, packs_folder, auth=AUTH))) as client:
        body = {"session_id": "s", "photo_id": "a", "s3_key": key_of(ANA[0])}
        assert client.post("http://kith/api/v2/index", json=body).status_code == 201
        yield client


@pytest.mark.parametrize(("operation", "mode"), ONE_PREFIX)
def test_no_request_is_an_accident(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient
) -> None:
    fuzz(operation, mode, client, EXAMPLES)
