"""One small library of real photos, imported once; each test has a copy of its data folder."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.commands import kith
from tests.support.shared import shared_path

PEOPLE = ("alan_dershowitz", "alex_lacamoire", "ana_guevara", "andre_agassi")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the environment says of Kith, the tests do not hear it; and they run in an empty folder."""
    for name in [name for name in os.environ if name.startswith("KITH_") and name != "KITH_TEST_SHARED"]:
        monkeypatch.delenv(name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture(scope="session")
def with_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing in it but the pack `mobile`."""
    data = tmp_path_factory.mktemp("with-pack") / "data"
    assert kith("packs", "install", shared_path("models"), "--data", data).code == 0
    return data


@pytest.fixture(scope="session")
def imported(with_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with 18 photos: a stranger, and three people with 2, 7 and 8 photos."""
    data = shutil.copytree(with_pack, tmp_path_factory.mktemp("imported") / "data")
    folders = [shared_path("data", "identities", name) for name in PEOPLE]
    ran = kith("import", *folders, "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return data


@pytest.fixture
def empty(with_pack: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, with a pack and no library yet."""
    return shutil.copytree(with_pack, tmp_path / "data")


@pytest.fixture
def library(imported: Path, tmp_path: Path) -> Path:
    """A library of one's own."""
    return shutil.copytree(imported, tmp_path / "data")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos of one's own: two of Alex, one of Ana."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for path in sorted(shared_path("data", "identities", "alex_lacamoire").iterdir()):
        shutil.copy(path, folder)
    shutil.copy(min(shared_path("data", "identities", "ana_guevara").iterdir()), folder)
    return folder
