"""`python -m tools.openapi`: write web/openapi.json, of which the front end's client is generated, anew."""

import json
from pathlib import Path

from kith.surfaces.native import create_native

SNAPSHOT = Path(__file__).parents[1] / "web" / "openapi.json"


def document() -> str:
    """The native surface's OpenAPI document as text: the same whenever the API is."""
    return json.dumps(create_native().openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(document(), encoding="utf-8")
