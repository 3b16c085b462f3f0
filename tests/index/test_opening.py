"""Which index is opened, and that of any other kind nothing is kept."""

import contextlib
from pathlib import Path

import numpy as np
import pytest

from kith.index.base import Scope
from kith.index.errors import IndexUnavailable
from kith.index.memory import MemoryIndex
from kith.index.opening import Indexes
from kith.index.pgvector import PgVectorIndex
from tests.index.samples import DIMENSION, NONE, entries, random_units
from tests.support.postgres import create_database

SPACE = "pack-1-abc-x"
FACES = entries(np.arange(5) + 1, 1, random_units(np.random.default_rng(0), 5))


def fill(indexes: Indexes) -> None:
    index = indexes.open(SPACE, DIMENSION)
    index.apply(FACES, NONE, 7)
    index.persist()
    index.close()


def held(indexes: Indexes) -> tuple[type, int, int]:
    index = indexes.hold(SPACE, DIMENSION)
    try:
        return type(index), index.position, len(index)
    finally:
        index.close()


def test_without_postgresql_it_is_in_the_folder(tmp_path: Path) -> None:
    indexes = Indexes(tmp_path, None, "cpu")
    fill(indexes)
    assert held(indexes) == (MemoryIndex, 7, 5)
    assert (tmp_path / SPACE).is_dir()


@pytest.mark.slow
def test_on_postgresql_it_is_there_and_the_folder_goes(tmp_path: Path) -> None:
    fill(Indexes(tmp_path, None, "cpu"))
    indexes = Indexes(tmp_path, create_database(), "cpu")
    fill(indexes)
    assert held(indexes) == (PgVectorIndex, 7, 5)
    assert not (tmp_path / SPACE).exists()


@pytest.mark.slow
def test_on_a_gpu_postgresql_keeps_nothing(tmp_path: Path) -> None:
    dsn = create_database()
    fill(Indexes(tmp_path, dsn, "cpu"))
    with contextlib.suppress(IndexUnavailable):  # there may be no CUDA device
        Indexes(tmp_path, dsn, "cuda").open(SPACE, DIMENSION).close()
    assert held(Indexes(tmp_path, dsn, "cuda")) == (MemoryIndex, 0, 0)
    assert held(Indexes(tmp_path, dsn, "cpu")) == (PgVectorIndex, 0, 0)


def test_a_device_that_is_not_there_is_needed_for_searching_only(tmp_path: Path) -> None:
    fill(Indexes(tmp_path, None, "cpu"))
    indexes = Indexes(tmp_path, None, "cuda")
    try:
        indexes.open(SPACE, DIMENSION).close()
    except IndexUnavailable:
        pass
    else:
        pytest.skip("there is a CUDA device")
    index = indexes.hold(SPACE, DIMENSION)
    assert len(index.search(FACES.vectors[:1], Scope(1), 1)[0]) == 1
    index.clear()
    index.close()
    assert held(indexes) == (MemoryIndex, 0, 0)
