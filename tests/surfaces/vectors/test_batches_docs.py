"""docs/api/batches.md: every endpoint is in it, every example runs, and answers what is shown."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kith.surfaces.vectors import create_vectors
from tests.batches.conftest import Gate
from tests.support.client import live_server
from tests.support.http import Site, local_site
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import BLOCK, HEADING, PHOTOS, shape

GUIDE = (ROOT / "docs" / "api" / "batches.md").read_text()


def test_names_every_endpoint_once() -> None:
    paths = create_vectors().openapi()["paths"]
    there = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in operations
        if path.startswith(("/batch/", "/api/v1/ingest", "/api/v1/debug/"))
    }
    assert sorted(HEADING.findall(GUIDE)) == sorted(there)


@contextmanager
def photos(folder: Path) -> Iterator[Site]:
    """The three photos, in the bucket and on a site."""
    (folder / "raw-images").mkdir(parents=True)
    with local_site() as site:
        for name, source in PHOTOS.items():
            (folder / "raw-images" / name).write_bytes(portrait(source))
            site.serve(f"/{name}", portrait(source))
        yield site


@pytest.mark.models
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_answer_what_it_shows(packs_folder: Path, tmp_path: Path) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources"
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    blocks = BLOCK.findall(GUIDE)
    environment = {
        "KITH_DATA": str(data), "KITH_SOURCES__URL": str(sources),
        "KITH_FETCH__ALLOWED_PRIVATE": '["127.0.0.1"]',
    }  # fmt: skip
    lines = ["set -eu"]
    with photos(sources) as site, live_server(environment) as server:
        gate = Gate(site, "/slow.jpg", b"")
        for (kind, text), (after, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if kind != "sh":
                continue
            commands = text.replace("http://127.0.0.1:8000", server.url)
            commands = commands.replace("http://127.0.0.1:8001", site.address(""))
            command = ["bash", "-uc", "\n".join([*lines, commands])]
            done = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
            )
            assert done.returncode == 0, (text, done.stdout, done.stderr)
            if after == "json":
                assert shape(json.loads(done.stdout)) == shape(json.loads(answer)), (text, done.stdout)
        gate.open.set()
