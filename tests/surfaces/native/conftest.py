import pytest

from tests.support.album import Album
from tests.surfaces.conftest import Library


@pytest.fixture
def album(library: Library) -> Album:
    """An empty library to be filled by hand, on both databases."""
    return Album(library.client, library.runtime)


@pytest.fixture
def sqlite_album(sqlite_library: Library) -> Album:
    return Album(sqlite_library.client, sqlite_library.runtime)
