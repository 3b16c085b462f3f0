"""docs/api/batches.md: every endpoint is in it, every example runs, and answers what is shown."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kith.surfaces.vectors import create_vectors
from tests.batches.conftest import Gate
from tests.support.client import live_server
from tests.support.guides import HEADING, examples, run_example, shape_of
from tests.support.http import Site, local_site
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import PHOTOS

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
    environment = {
        "KITH_DATA": str(data), "KITH_SOURCES__URL": str(sources),
        "KITH_FETCH__ALLOWED_PRIVATE": '["127.0.0.1"]',
    }  # fmt: skip
    with photos(sources) as site, live_server(environment) as server:
        gate = Gate(site, "/slow.jpg", b"")
        places = {"http://127.0.0.1:8001": site.address("")}
        for example in examples(GUIDE):
            told = run_example(example, server.url, tmp_path, places=places)
            if example.answer is not None:
                assert shape_of(told) == shape_of(example.answer), (example.commands, told)
        gate.open.set()
