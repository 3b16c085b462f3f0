"""docs/api/galleries.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kith.surfaces.galleries import create_galleries
from tests.support.client import live_server
from tests.support.http import Site
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import BLOCK, HEADING, PHOTOS, shape

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
    blocks, known = BLOCK.findall(GUIDE), {}
    allowed = {"KITH_FETCH__ALLOWED_PRIVATE": '["127.0.0.1"]'}
    with live_server({"KITH_DATA": str(data), **allowed}) as server:
        for (kind, text), (after, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if kind != "sh":
                continue
            commands = re.sub(r"\bcurl ", "curl --fail-with-body ", text)
            commands = commands.replace("http://127.0.0.1:8000", server.url)
            done = subprocess.run(
                ["bash", "-euc", commands.replace("http://127.0.0.1:9000", site.address(""))],
                cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, **known},
            )  # fmt: skip
            assert done.returncode == 0, (text, done.stdout, done.stderr)
            if after == "json":
                told, shown = json.loads(done.stdout), json.loads(answer)
                assert shape(told) == shape(shown), text
                bind(shown, told, known)
    assert (tmp_path / "picture.jpg").read_bytes() == portrait(PHOTOS["ana.jpg"])
