"""docs/api/vectors.md, with batches.md: every endpoint is there, and every example answers what is shown."""

import re
import shutil
from pathlib import Path

import pytest

from kith.surfaces.vectors import create_vectors
from tests.support.client import live_server
from tests.support.guides import HEADING, examples, run_example, shape_of
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import ROOT

GUIDE = (ROOT / "docs" / "api" / "vectors.md").read_text()
BATCHES = (ROOT / "docs" / "api" / "batches.md").read_text()
PHOTOS = {"ana.jpg": ANA[0], "ana2.jpg": ANA[1], "ana3.jpg": ANA[2], "andre.jpg": ANDRE[0]}


def test_names_every_endpoint_once() -> None:
    paths = create_vectors().openapi()["paths"]
    there = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    told = [*HEADING.findall(GUIDE), *HEADING.findall(BATCHES)]
    full = [it for it in told if " /api/v1/" not in it]
    pipeline = [it for it in told if " /api/v1/" in it]
    assert len(told) == len(set(told))
    assert there == {
        *full, *(it.replace(" /", " /api/", 1) for it in full),
        *pipeline, *(it.replace(" /", " /pipeline/", 1) for it in pipeline),
    }  # fmt: skip


def timeless(text: str) -> str:
    """Without the moments that are whole numbers."""
    return re.sub(r'"ts": ?\d+', '"ts": 0', text)


@pytest.mark.models
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_answer_what_it_shows(packs_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    for name, source in PHOTOS.items():
        (tmp_path / name).write_bytes(portrait(source))
    # What a worker groups meanwhile would show in the counts, sooner or later.
    with live_server({"KITH_DATA": str(data), "KITH_WORKER__EMBEDDED": "false"}) as server:
        for example in examples(GUIDE):
            told = run_example(example, server.url, tmp_path)
            if example.answer is not None:
                assert shape_of(timeless(told)) == shape_of(timeless(example.answer)), example.commands
    assert (tmp_path / "again.jpg").read_bytes() == portrait(ANA[0])
