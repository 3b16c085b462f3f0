"""What the routes of this surface have in common."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from kith.accounts.principal import Scope
from kith.surfaces.access import needs
from kith.surfaces.galleries.fields import GalleriesFailureOut

READS = [needs(Scope.READ)]
WRITES = [needs(Scope.MANAGE)]
SEARCHES = [needs(Scope.SEARCH)]

MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": GalleriesFailureOut, "description": "There is no such thing"}
}
COMMON: dict[int | str, dict[str, Any]] = {
    400: {"model": GalleriesFailureOut, "description": "The input cannot be used"},
    413: {"model": GalleriesFailureOut, "description": "Too large or too many"},
    422: {"model": GalleriesFailureOut, "description": "The request has not the right form"},
    503: {"model": GalleriesFailureOut, "description": "Busy or not ready; try again later"},
}


class Aliases(APIRouter):
    """Endpoints that answer under several paths: `aliases` has more paths by the first."""

    def __init__(self, aliases: dict[str, tuple[str, ...]], **options: Any) -> None:
        super().__init__(**options)
        self._aliases = aliases

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        for each in (path, *self._aliases.get(path, ())):
            super().add_api_route(each, endpoint, **options)


class Twin(APIRouter):
    """Endpoints below `prefix`, and the same in a router of its own below another."""

    def __init__(self, prefix: str, twin_prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._at = prefix
        self._twin_at = twin_prefix
        self.twin = APIRouter(**options)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().add_api_route(f"{self._at}{path}", endpoint, **options)
        self.twin.add_api_route(f"{self._twin_at}{path}", endpoint, **options)
