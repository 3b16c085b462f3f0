"""docs/api/core.md: every endpoint is in it, every example runs, and answers what is shown."""

import re
import shutil
from pathlib import Path

import pytest

from kith.kit.metrics import Metrics
from kith.surfaces.core import create_core
from kith.surfaces.operations import create_operations
from tests.support.client import live_server
from tests.support.guides import HEADING, examples, run_example, shape_of
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import ROOT

GUIDE = (ROOT / "docs" / "api" / "core.md").read_text()
PHOTOS = {"ana.jpg": ANA[0], "ana2.jpg": ANA[1], "andre.jpg": ANDRE[0]}


class TestGuide:
    def test_names_every_endpoint_once(self) -> None:
        told = HEADING.findall(GUIDE)
        apps = (create_core(), create_operations([], Metrics()))
        there = {
            f"{method.upper()} {path}"
            for app in apps
            for path, operations in app.openapi()["paths"].items()
            for method in operations
        }
        assert sorted(told) == sorted(there)

    def test_has_an_example_of_each(self) -> None:
        for section in re.split(HEADING, GUIDE)[2::2]:
            assert "```sh\ncurl" in section

    @pytest.mark.models
    @pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
    def test_examples_answer_what_it_shows(self, packs_folder: Path, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (data / "packs").symlink_to(packs_folder, target_is_directory=True)
        for name, source in PHOTOS.items():
            (tmp_path / name).write_bytes(portrait(source))
        with live_server({"KITH_DATA": str(data)}) as server:
            for example in examples(GUIDE):
                told = run_example(example, server.url, tmp_path)
                if example.answer is not None:
                    assert shape_of(told) == shape_of(example.answer), example.commands
