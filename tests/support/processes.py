"""Other processes for the tests of what happens between processes."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process

from tests.support.shared import ROOT

__all__ = ["Process", "run_all", "start_python"]


async def start_python(code: str, *arguments: str) -> Process:
    """A Python process running `code` that has printed `ready` and waits for a line on its input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    line = await process.stdout.readline()
    if line != b"ready\n":
        _, errors = await process.communicate()
        raise AssertionError(f"the process did not get ready: {line!r} {errors.decode()}")
    return process


async def run_all(processes: list[Process]) -> list[str]:
    """Let all waiting processes go on together; what each printed. All must end well."""
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    for process, (_, errors) in zip(processes, answers, strict=True):
        assert process.returncode == 0, errors.decode()
    return [output.decode() for output, _ in answers]
