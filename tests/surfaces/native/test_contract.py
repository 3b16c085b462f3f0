"""contract.yaml, the routes, the OpenAPI document and docs/accounts.md say the same."""

import re
from importlib.resources import files
from typing import Any

import yaml

from kith.surfaces.access import routes_of
from kith.surfaces.native import create_native
from tests.support.shared import ROOT

CONTRACT: dict[str, Any] = yaml.safe_load(files("kith.surfaces.native").joinpath("contract.yaml").read_text())
ENDPOINTS = set(CONTRACT["endpoints"])


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        routes = routes_of(create_native())
        assert {f"{method} {route.path}" for route in routes for method in route.methods} == ENDPOINTS

    def test_is_what_is_in_the_openapi_document(self) -> None:
        paths = create_native().openapi()["paths"]
        assert {f"{method.upper()} {path}" for path, found in paths.items() for method in found} == ENDPOINTS

    def test_is_what_the_guide_tells(self) -> None:
        guide = (ROOT / "docs" / "accounts.md").read_text()
        assert set(re.findall(r"^\| `(\w+ /[^`]*)` \|", guide, re.MULTILINE)) == ENDPOINTS
