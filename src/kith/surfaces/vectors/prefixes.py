"""Where the two parts of this surface answer, and a router that puts each endpoint under every prefix."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter

# Part A: the tenant is in a header, errors are `{code, message, request_id, details}`.
FULL = ("", "/api")
# Parts B and C: the tenant is a field of the request, errors are `{detail}`.
PIPELINE = ("/api/v1", "/pipeline/api/v1")

_PIPELINE = re.compile(r"(/compat/vectors)?(/pipeline)?/api/v1(/|$)")


def is_pipeline(path: str) -> bool:
    """Whether an address, as it was asked for, belongs to parts B and C."""
    return _PIPELINE.match(path) is not None


class Prefixed(APIRouter):
    """Every endpoint under each of some prefixes."""

    def __init__(self, prefixes: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._prefixes = prefixes

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        for prefix in self._prefixes:
            super().add_api_route(f"{prefix}{path}", endpoint, **options)
