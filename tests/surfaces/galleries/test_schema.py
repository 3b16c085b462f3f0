"""Requests made up from the OpenAPI document, as it asks and not: none may end in an accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis import APIOperation, GenerationMode
from schemathesis.python import asgi

from kith.app import create_app
from kith.surfaces.galleries import create_galleries
from tests.support.fuzzing import AUTH, attempts, fuzz, fuzzing_client
from tests.surfaces.galleries.conftest import club_settings

pytestmark = [pytest.mark.models, pytest.mark.slow]

EXAMPLES = 20


@pytest.fixture(scope="module")
def client(packs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[asgi.ASGIClient]:
    """With somebody, and a gallery with an image."""
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    with fuzzing_client(create_app(club_settings(data, packs_folder, auth=AUTH))) as client:
        assert client.post("http://kith/api/crud/people", json={"real_name": "Ana"}).status_code == 200
        made = client.post("http://kith/api/crud/galleries", json={"title": "Open"})
        body = {"gallery_id": made.json()["id"], "images": [{"image_url": "http://127.0.0.1:9/a.jpg"}]}
        assert client.post("http://kith/api/galleries/add-images", json=body).status_code == 200
        yield client


@pytest.mark.parametrize(("operation", "mode"), list(attempts(create_galleries().openapi())))
def test_no_request_is_an_accident(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient
) -> None:
    fuzz(operation, mode, client, EXAMPLES)
