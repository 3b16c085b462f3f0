"""Every example of docs/accounts.md runs, in order."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.client import live_server
from tests.support.guides import examples, run_example
from tests.support.shared import ROOT


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
