"""Libraries on real parts: the pack `mobile`, installed once, and settings for a data folder that uses it."""

from pathlib import Path
from typing import Any

import pytest

from kith.engine.packs import PackStore
from kith.setting_groups import DatabaseSettings
from kith.settings import Settings
from tests.support.shared import shared_path


@pytest.fixture(scope="session")
def packs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packs with `mobile` in it, for all tests to share; skips where its networks are absent."""
    folder = tmp_path_factory.mktemp("packs")
    PackStore(folder).install(str(shared_path("models")))
    return folder


def library_settings(data: Path, packs: Path | None, url: str | None = None, **groups: Any) -> Settings:
    """Settings of a library in `data` with the packs of another folder; `url` names its database."""
    data.mkdir(parents=True, exist_ok=True)
    if packs is not None:
        (data / "packs").symlink_to(packs, target_is_directory=True)
    return Settings(data=data, database=DatabaseSettings(url=url), **groups)


def portrait(name: str) -> bytes:
    """A photo of one person, by the name of its file: `ana_guevara_0c084c80.jpg`."""
    return shared_path("data", "identities", name.rpartition("_")[0], name).read_bytes()


# Each shows one face. The same person's are alike from a cosine of 0.59 up, the others' below 0.3.
ANA = ("ana_guevara_0c084c80.jpg", "ana_guevara_3aba714c.jpg", "ana_guevara_671cca88.jpg")
ANDRE = ("andre_agassi_14e1d7f4.jpg", "andre_agassi_647cc64d.jpg", "andre_agassi_8c42b731.jpg")
