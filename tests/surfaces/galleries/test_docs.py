"""docs/api/galleries.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import re
import shutil
from pathlib import Path

import pytest

from kith.surfaces.galleries import create_galleries
from tests.support.client import live_server
from tests.support.guides import HEADING, examples, run_example, shape
from tests.support.http import Site
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import PHOTOS

GUIDE = (ROOT / "docs" / "api" / "galleries.md").read_text()


def test_names_every_endpoint() -> None:
    paths = create_galleries().openapi()["paths"]
    there = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    told = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`", GUIDE)
    assert set(told) == there
    assert len(HEADING.findall(GUIDE)) == len(set(HEADING.findall(GUIDE)))


def test_has_an_example_of_each() -> None:
    for section in re.split(HEADING, GUIDE)[2::2]:
        assert "```sh\ncurl" in section


def bind(shown: object, told: object, known: dict[str, str]) -> None:
    """What the guide shows as `$NAME` stands for the id in its place, here and from here on."""
    if isinstance(shown, dict) and isinstance(told, dict):
        for key, value in shown.items():
            bind(value, told.get(key), known)
    elif isinstance(shown, list) and isinstance(told, list):
        for one, other in zip(shown, told, strict=False):
            bind(one, other, known)
    elif isinstance(shown, str) and shown.startswith("$"):
        assert isinstance(told, str)
        assert known.setdefault(shown[1:], told) == told


@pytest.mark.models
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_answer_what_it_shows(packs_folder: Path, tmp_path: Path, site: Site) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    for name, source in PHOTOS.items():
        site.serve(f"/{name}", portrait(source))
    known: dict[str, str] = {}
    places = {"http://127.0.0.1:9000": site.address("")}
    allowed = {"KITH_FETCH__ALLOWED_PRIVATE": '["127.0.0.1"]'}
    with live_server({"KITH_DATA": str(data), **allowed}) as server:
        for example in examples(GUIDE):
            printed = run_example(example, server.url, tmp_path, places=places, env=known)
            if example.answer is not None:
                told, shown = json.loads(printed), json.loads(example.answer)
                assert shape(told) == shape(shown), example.commands
                bind(shown, told, known)
    assert (tmp_path / "picture.jpg").read_bytes() == portrait(PHOTOS["ana.jpg"])
