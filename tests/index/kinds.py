"""Every kind of VectorIndex there is, made and reopened in one way, for tests that hold for all."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kith.index.base import Entries, Int64, VectorIndex
from kith.index.errors import IndexUnavailable
from kith.index.exact import ExactIndex
from kith.index.memory import MemoryIndex
from kith.index.pgvector import PgVectorIndex
from tests.index.mirror import MirroredIndex
from tests.index.samples import DIMENSION
from tests.support.postgres import create_database

EXACT = ("exact", "memory", "memory-mirror", "memory-gpu", "pgvector")
APPROXIMATE = ("memory-sketch", "pgvector-graph")
KINDS = (*EXACT, *APPROXIMATE)


@dataclass
class Home:
    """Where an index lives while the test closes and opens it."""

    kind: str
    folder: Path
    dsn: str = field(init=False)

    def __post_init__(self) -> None:
        self.dsn = create_database() if self.kind.startswith("pgvector") else ""

    def open(self) -> VectorIndex:
        match self.kind:
            case "exact":
                return ExactIndex(DIMENSION)
            case "memory":
                return MemoryIndex(DIMENSION, self.folder)
            case "memory-mirror":
                return MirroredIndex(DIMENSION, self.folder)
            case "memory-gpu":
                return on_gpu(self.folder)
            case "memory-sketch":
                return MemoryIndex(DIMENSION, self.folder, sketch_bytes=0)
            case "pgvector" | "pgvector-graph":
                rows = {"graph_rows": 1} if self.kind == "pgvector-graph" else {}
                return PgVectorIndex(self.dsn, "pack-1-abc-x", DIMENSION, **rows)
            case _:
                raise ValueError(self.kind)

    def reopen(self, index: VectorIndex) -> VectorIndex:
        """Persist, close, open again; the index without storage is kept as it is."""
        if self.kind == "exact":
            return index
        index.persist()
        index.close()
        return self.open()


def on_gpu(folder: Path) -> MemoryIndex:
    """However small, all of it is scanned there."""
    try:
        return MemoryIndex(DIMENSION, folder, device="cuda", gpu_bytes=0)
    except IndexUnavailable as error:
        pytest.skip(str(error))


def apply(index: VectorIndex, upserts: Entries, removed: Int64, position: int) -> None:
    """Apply, and wait for graphs that are built in the background."""
    index.apply(upserts, removed, position)
    if isinstance(index, PgVectorIndex):
        index.settle()
