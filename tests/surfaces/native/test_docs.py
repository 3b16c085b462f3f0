"""Every example of docs/accounts.md runs, in order."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.client import live_server
from tests.support.shared import ROOT
from tests.surfaces.core.test_docs import BLOCK


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_examples_of_accounts(tmp_path: Path) -> None:
    blocks = [
        text for kind, text in BLOCK.findall((ROOT / "docs" / "accounts.md").read_text()) if kind == "sh"
    ]
    assert len(blocks) >= 3
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "KITH_DATA": str(tmp_path), "PATH": path}
    first = ["kith", "keys", "create", "admin", "--scope", "admin"]
    key = subprocess.run(first, env=env, capture_output=True, text=True, check=True).stdout.strip()
    with live_server({"KITH_DATA": str(tmp_path)}) as server:
        for text in blocks:
            commands = text.replace("curl ", "curl --fail-with-body ").replace(
                "http://127.0.0.1:8000", server.url
            )
            done = subprocess.run(
                ["bash", "-euc", commands],
                env={**env, "KEY": key},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (text, done.stdout, done.stderr)
