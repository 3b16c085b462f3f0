"""Running `kith`: in this process where it suits, as a process of its own where signals or streams matter."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kith.cli import main

Json = Any


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Json:
        """The one document on stdout."""
        return json.loads(self.stdout)

    @property
    def json_lines(self) -> list[Json]:
        return [json.loads(line) for line in self.stdout.splitlines()]


def kith(*arguments: str | Path) -> Ran:
    """Run a command in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        code = main([str(argument) for argument in arguments])
    return Ran(code, stdout.getvalue(), stderr.getvalue())


def start_kith(*arguments: str | Path | bytes, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a command as a process of its own; stdout and stderr are pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "kith.cli", *arguments],
        env={**clean_environment(), **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_kith(*arguments: str | Path | bytes, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command as a process of its own, to its end."""
    process = start_kith(*arguments, env=env)
    stdout, stderr = process.communicate(timeout=120)
    return Ran(process.returncode, stdout, stderr)


def clean_environment() -> dict[str, str]:
    """The environment without what would set Kith up otherwise."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KITH_")}
