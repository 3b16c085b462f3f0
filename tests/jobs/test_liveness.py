"""Telling a dead worker from a living one, with processes that really die."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from kith.jobs.liveness import Liveness
from tests.support.processes import Process, start_python

WORKER = """
import sys
from pathlib import Path
from kith.jobs.liveness import Liveness

liveness = Liveness(Path(sys.argv[1]))
print("ready", flush=True)
print(liveness.worker, flush=True)
sys.stdin.readline()
liveness.close()
"""


@pytest_asyncio.fixture
async def worker(tmp_path: Path) -> AsyncIterator[tuple[Process, str]]:
    """A process that lives as a worker until it is told to end, and its name."""
    process = await start_python(WORKER, str(tmp_path))
    assert process.stdout is not None
    yield process, (await process.stdout.readline()).decode().strip()
    if process.returncode is None:
        process.kill()
        await process.wait()


class TestDeadWorkers:
    async def test_the_living_are_not_among_them(self, tmp_path: Path, worker: tuple[Process, str]) -> None:
        liveness = Liveness(tmp_path)
        assert liveness.dead_workers() == []
        assert worker[0].returncode is None
        liveness.close()

    async def test_the_killed_are(self, tmp_path: Path, worker: tuple[Process, str]) -> None:
        process, name = worker
        liveness = Liveness(tmp_path)
        process.kill()
        await process.wait()
        assert liveness.dead_workers() == [name]
        liveness.forget([name])
        assert liveness.dead_workers() == []
        liveness.close()

    async def test_who_ended_well_leaves_nothing(self, tmp_path: Path, worker: tuple[Process, str]) -> None:
        process, _ = worker
        await process.communicate(b"\n")
        assert process.returncode == 0
        assert list(tmp_path.iterdir()) == []

    def test_two_of_one_process_live_both(self, tmp_path: Path) -> None:
        left, right = Liveness(tmp_path), Liveness(tmp_path)
        assert left.worker != right.worker
        assert left.dead_workers() == right.dead_workers() == []
        left.close()
        assert right.dead_workers() == []
        right.close()

    def test_other_files_are_no_workers(self, tmp_path: Path) -> None:
        (tmp_path / "notes.lock").touch()
        (tmp_path / "worker-1.new").touch()
        liveness = Liveness(tmp_path)
        assert liveness.dead_workers() == []
        liveness.close()
