"""The document the front end's client is generated from is the API's own."""

from tools.openapi import SNAPSHOT, document


def test_the_snapshot_is_up_to_date() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == document(), "write it anew: python -m tools.openapi"
