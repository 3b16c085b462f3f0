"""contract.yaml, the routes and the OpenAPI document say the same."""

from importlib.resources import files
from typing import Any

import yaml
from fastapi.routing import APIRoute, iter_route_contexts

from kith.surfaces.vectors import create_vectors
from kith.surfaces.vectors.prefixes import FULL, PIPELINE

CONTRACT: dict[str, Any] = yaml.safe_load(
    files("kith.surfaces.vectors").joinpath("contract.yaml").read_text()
)
PARTS = ("full", "pipeline")


def rows(part: str) -> dict[str, dict[str, str]]:
    return CONTRACT[part]["endpoints"]


def promised() -> set[str]:
    return {
        f"{method} {prefix}{path}"
        for part in PARTS
        for prefix in CONTRACT[part]["prefixes"]
        for method, path in (name.split(" ") for name, it in rows(part).items() if it["status"] == "done")
    }


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        mounted = {
            f"{method} {it.path_format}"
            for it in iter_route_contexts(create_vectors().routes)
            if isinstance(it.original_route, APIRoute)
            for method in it.methods or ()
        }
        assert mounted == promised()

    def test_is_what_is_documented(self) -> None:
        paths = create_vectors().openapi()["paths"]
        assert {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs} == promised()

    def test_exempts_with_a_reason(self) -> None:
        for part in PARTS:
            for name, it in rows(part).items():
                assert it["status"] == "done" or (it["status"] == "exempt" and len(it["reason"]) > 10), name

    def test_has_the_prefixes_of_the_routes(self) -> None:
        assert tuple(CONTRACT["full"]["prefixes"]) == FULL
        assert tuple(CONTRACT["pipeline"]["prefixes"]) == PIPELINE
