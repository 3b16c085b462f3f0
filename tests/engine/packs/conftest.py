from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.engine.packs import PackStore
from kith.engine.packs.manifest import parse
from tests.support.http import Site, local_site
from tests.support.packs import pack_toml


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store keeps its packs."""
    return tmp_path / "packs"


@pytest.fixture
def store(folder: Path) -> PackStore:
    """A store that knows one pack by name, `known`, without an address."""
    return PackStore(folder, [parse(pack_toml("known"))])
