"""contract.yaml, the routes and the OpenAPI document say the same."""

from importlib.resources import files
from typing import Any

import yaml
from fastapi.routing import APIRoute, iter_route_contexts

from kith.surfaces.core import create_core
from kith.surfaces.core.routes import VERSION

CONTRACT: dict[str, Any] = yaml.safe_load(files("kith.surfaces.core").joinpath("contract.yaml").read_text())
DONE = {name for name, it in CONTRACT["endpoints"].items() if it["status"] == "done"}


def mounted() -> set[str]:
    contexts = iter_route_contexts(create_core().routes)
    routes = [it.original_route for it in contexts]
    return {
        f"{method} {route.path}"
        for route in routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def documented() -> set[str]:
    paths = create_core().openapi()["paths"]
    return {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        assert mounted() == DONE

    def test_is_what_is_documented(self) -> None:
        assert documented() == DONE

    def test_exempts_with_a_reason(self) -> None:
        for name, it in CONTRACT["endpoints"].items():
            assert it["status"] == "done" or (it["status"] == "exempt" and len(it["reason"]) > 10), name

    def test_has_the_version_the_surface_tells(self) -> None:
        assert CONTRACT["version"] == VERSION
