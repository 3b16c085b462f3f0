"""docs/api/sessions.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kith.surfaces.sessions import create_sessions
from tests.support.client import live_server
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import BLOCK, HEADING, PHOTOS, shape

GUIDE = (ROOT / "docs" / "api" / "sessions.md").read_text()


def test_names_every_endpoint_once() -> None:
    paths = create_sessions().openapi()["paths"]
    there = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    told = HEADING.findall(GUIDE)
    assert sorted(told) == sorted(it for it in there if " /api/v2" in it)
    assert {it.replace("/api/v2", "/api/v1") for it in told} == {it for it in there if " /api/v1" in it}


@pytest.mark.models
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_answer_what_it_shows(packs_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    for name, source in PHOTOS.items():
        (tmp_path / name).write_bytes(portrait(source))
    blocks = BLOCK.findall(GUIDE)
    with live_server({"KITH_DATA": str(data), "KITH_SOURCES__URL": str(tmp_path)}) as server:
        for (kind, text), (after, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if kind == "sh":
                commands = re.sub(r"\bcurl ", "curl --fail-with-body ", text)
                commands = commands.replace("http://127.0.0.1:8000", server.url)
                done = subprocess.run(
                    ["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert done.returncode == 0, (text, done.stdout, done.stderr)
                if after == "json":
                    told, shown = json.loads(done.stdout), json.loads(answer)
                    told.pop("uptime_seconds", None), shown.pop("uptime_seconds", None)
                    assert shape(told) == shape(shown), text
