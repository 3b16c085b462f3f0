"""An import that is killed, at any moment and as often as you like, ends as if nothing had happened."""

import asyncio
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.commands import kith, run_kith, start_kith
from tests.support.shared import shared_path
from tests.support.snapshots import Snapshot, snapshot

pytestmark = [pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 30
KILLS_A_LIBRARY = 5
PEOPLE = ("alex_lacamoire", "ana_guevara", "andre_agassi", "ariel_sharon", "arnold_schwarzenegger", "bbt_amy")
# Small batches make many transactions, and so many places to be killed at.
ENVIRONMENT = {"KITH_WORKER__BATCH": "3"}


@pytest.fixture
def folders() -> list[Path]:
    return [shared_path("data", "identities", name) for name in PEOPLE]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A data folder with nothing in it but a pack."""
    fresh = tmp_path / "fresh"
    assert kith("packs", "install", shared_path("models"), "--data", fresh).code == 0
    return fresh


def read_library(data: Path) -> Snapshot:
    return asyncio.run(snapshot(f"sqlite:///{data / 'kith.db'}"))


def start(data: Path, folders: list[Path]) -> subprocess.Popen[str]:
    return start_kith("import", *folders, "--copy", "--json", "--data", data, env=ENVIRONMENT)


def wait_until_open(process: subprocess.Popen[str], data: Path, deadline: float) -> None:
    """Until the process has begun with the library: it then holds a lock of its own."""
    before = set((data / "locks").glob("worker-*.lock"))
    while process.poll() is None and time.monotonic() < deadline:
        if set((data / "locks").glob("worker-*.lock")) - before:
            return
        time.sleep(0.005)


def undisturbed(data: Path, folders: list[Path]) -> tuple[Snapshot, float]:
    """The library as it should be, and how long it takes from opening it to the end."""
    process = start(data, folders)
    wait_until_open(process, data, time.monotonic() + 60)
    started = time.monotonic()
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert stdout.count("\n") == 1
    return read_library(data), time.monotonic() - started


def kill_once(data: Path, folders: list[Path], delay: float, *, at_start_up: bool) -> bool:
    """Start an import and kill it; whether it was still running then."""
    process = start(data, folders)
    if not at_start_up:
        wait_until_open(process, data, time.monotonic() + 60)
    time.sleep(delay)
    process.kill()
    process.communicate(timeout=60)
    return process.returncode == -9


def test_killed_imports_end_like_an_undisturbed_one(tmp_path: Path, fresh: Path, folders: list[Path]) -> None:
    plain = shutil.copytree(fresh, tmp_path / "plain")
    expected, seconds = undisturbed(plain, folders)
    assert expected.open_jobs == 0
    assert set(expected.photos.values()) == {"analysed"}
    assert len(expected.groups) >= len(PEOPLE)
    rng = random.Random(20_260_601)
    killed = library = 0
    while killed < KILLS:
        library += 1
        data = shutil.copytree(fresh, tmp_path / f"killed-{library}")
        for _ in range(min(KILLS_A_LIBRARY, KILLS - killed)):
            at_start_up = rng.random() < 0.1
            delay = rng.uniform(0, 0.5 if at_start_up else 0.8 * seconds)
            if not kill_once(data, folders, delay, at_start_up=at_start_up):
                break
            killed += 1
        done = run_kith("import", *folders, "--copy", "--json", "--data", data, env=ENVIRONMENT)
        assert done.code == 0, done.stderr
        read_library(data).must_equal(expected)
        examined = kith("doctor", "--json", "--data", data)
        assert {finding["state"] for finding in examined.json} == {"ok"}, examined.stdout
        shutil.rmtree(data)
