"""Requests made up from an OpenAPI document, as it asks and not, sent with a key that may do everything."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import SecretStr
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from starlette.applications import Starlette

from kith.setting_groups import AuthSettings

_KEY = "a key for made up requests"
AUTH = AuthSettings(api_key=SecretStr(_KEY))


@contextmanager
def fuzzing_client(app: Starlette) -> Iterator[asgi.ASGIClient]:
    """One client for all requests, so that the application, whose settings have `AUTH`, starts once."""
    with asgi.get_client(app) as client:
        client.headers["x-api-key"] = _KEY
        yield client


def attempts(
    document: Mapping[str, Any], is_wanted: Callable[[str], bool] = lambda _path: True
) -> Iterator[object]:
    """Every operation as the document asks, and, where there is something to get wrong, wrong."""
    for found in schemathesis.openapi.from_dict(dict(document)).get_all_operations():
        operation = found.ok()
        if not is_wanted(operation.path):
            continue
        yield pytest.param(operation, GenerationMode.POSITIVE, id=f"{operation.label} as asked")
        if list(operation.iter_parameters()) or operation.body:
            yield pytest.param(operation, GenerationMode.NEGATIVE, id=f"{operation.label} otherwise")


def fuzz(
    operation: APIOperation, mode: GenerationMode, client: asgi.ASGIClient, examples: int,
    *, prepare: Callable[[Case], None] = lambda _case: None, refusals: Collection[int] = (401, 403),
) -> None:  # fmt: skip
    """Send so many made up requests; none may end in a server error, or be turned away for its sender.

    `prepare` may change a request before it goes out.
    """

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def attempt(case: Case) -> None:
        case.headers["x-api-key"] = _KEY
        prepare(case)
        answer = case.call(session=client, base_url="http://kith")
        case.validate_response(answer, checks=[not_a_server_error])
        assert answer.status_code not in refusals

    attempt()
