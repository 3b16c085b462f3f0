"""docs/api/core.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from kith.kit.metrics import Metrics
from kith.surfaces.core import create_core
from kith.surfaces.operations import create_operations
from tests.support.client import live_server
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import ROOT

GUIDE = (ROOT / "docs" / "api" / "core.md").read_text()
HEADING = re.compile(r"^### `(\w+ /[^`]*)`$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PHOTOS = {"ana.jpg": ANA[0], "ana2.jpg": ANA[1], "andre.jpg": ANDRE[0]}


@dataclass(frozen=True)
class Example:
    """Commands of the guide, and the answer it shows of the last one."""

    commands: str
    answer: object


def examples() -> list[Example]:
    blocks = BLOCK.findall(GUIDE)
    found: list[Example] = []
    for (kind, text), (after, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            found.append(Example(text, json.loads(answer) if after == "json" else None))
    return found


def shape(value: object, key: str = "") -> object:
    """Names, types and whole numbers; a list is as its first element, and a box is where the face is."""
    if isinstance(value, dict):
        return {name: shape(it, key if key == "bbox" else name) for name, it in value.items()}
    if isinstance(value, list):
        return [shape(it, key) for it in value[:1]]
    return value if isinstance(value, int) and key != "bbox" else type(value)


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
            for example in examples():
                commands = example.commands.replace("http://127.0.0.1:8000", server.url)
                commands = re.sub(r"\bcurl ", "curl --fail-with-body ", commands)
                done = subprocess.run(
                    ["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert done.returncode == 0, (example.commands, done.stdout, done.stderr)
                if example.answer is not None:
                    assert shape(json.loads(done.stdout)) == shape(example.answer), example.commands
