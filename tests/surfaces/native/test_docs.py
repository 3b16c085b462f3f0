"""Every example of docs/accounts.md and docs/api/native.md runs, in order."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.client import live_server
from tests.support.guides import examples, run_example
from tests.support.library import portrait
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import PHOTOS


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_of_accounts(tmp_path: Path) -> None:
    shown = list(examples((ROOT / "docs" / "accounts.md").read_text()))
    assert len(shown) >= 3
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "KITH_DATA": str(tmp_path), "PATH": path}
    first = ["kith", "keys", "create", "admin", "--scope", "admin"]
    key = subprocess.run(first, env=env, capture_output=True, text=True, check=True).stdout.strip()
    with live_server({"KITH_DATA": str(tmp_path)}) as server:
        for example in shown:
            run_example(example, server.url, tmp_path, env={**env, "KEY": key})


@pytest.mark.models
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_of_the_native_surface(packs_folder: Path, tmp_path: Path) -> None:
    """The library has the photos of `PHOTOS`, analysed; the pictures lie in the folder one types in."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    for name, source in PHOTOS.items():
        (tmp_path / name).write_bytes(portrait(source))
    env = {**os.environ, "KITH_DATA": str(data)}
    fill = [str(Path(sys.executable).parent / "kith"), "import", "--copy", *PHOTOS]
    subprocess.run(fill, env=env, cwd=tmp_path, capture_output=True, check=True)
    with live_server(env) as server:
        for example in examples((ROOT / "docs" / "api" / "native.md").read_text()):
            run_example(example, server.url, tmp_path)
