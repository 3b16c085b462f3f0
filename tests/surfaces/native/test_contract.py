"""contract.yaml, the routes, the OpenAPI document and the guides say the same."""

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

    def test_is_what_the_guides_tell(self) -> None:
        """Each endpoint is a row of one table: of keys and tenants in accounts.md, all else in native.md."""
        guides = [ROOT / "docs" / "accounts.md", ROOT / "docs" / "api" / "native.md"]
        told = [
            row for it in guides for row in re.findall(r"^\| `(\w+ /[^`]*)` \|", it.read_text(), re.MULTILINE)
        ]
        assert sorted(told) == sorted(ENDPOINTS)
