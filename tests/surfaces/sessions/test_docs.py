"""docs/api/sessions.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import shutil
from pathlib import Path

import pytest

from kith.surfaces.sessions import create_sessions
from tests.support.client import live_server
from tests.support.guides import HEADING, examples, run_example, shape
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import PHOTOS

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
    with live_server({"KITH_DATA": str(data), "KITH_SOURCES__URL": str(tmp_path)}) as server:
        for example in examples(GUIDE):
            printed = run_example(example, server.url, tmp_path)
            if example.answer is not None:
                told, shown = json.loads(printed), json.loads(example.answer)
                told.pop("uptime_seconds", None), shown.pop("uptime_seconds", None)
                assert shape(told) == shape(shown), example.commands
