"""Which kind of index a library has; of any other kind nothing is kept, for nobody would erase from it."""

import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kith.index.base import VectorIndex
from kith.index.errors import IndexUnavailable
from kith.index.memory import Device, MemoryIndex
from kith.index.pgvector import PgVectorIndex


@dataclass(frozen=True, slots=True)
class Indexes:
    """The indexes of all embedding spaces of a library: below `folder`, or in the PostgreSQL at `dsn`."""

    folder: Path
    dsn: str | None
    device: Device

    def open(self, space_key: str, dimension: int) -> VectorIndex:
        """The index of a space, to be searched. Raises IndexUnavailable."""
        if self.dsn is None:
            return MemoryIndex(dimension, self.folder / space_key, device=self.device)
        if self.device == "cpu":
            shutil.rmtree(self.folder / space_key, ignore_errors=True)
            return PgVectorIndex(self.dsn, space_key, dimension)
        with suppress(IndexUnavailable):  # where there is no pgvector, there is nothing of it either
            shared = PgVectorIndex(self.dsn, space_key, dimension)
            shared.clear()
            shared.close()
        return MemoryIndex(dimension, self.folder / space_key, device=self.device)

    def hold(self, space_key: str, dimension: int) -> VectorIndex:
        """The same index for who counts or clears it: it need not be quick to search, nor have its device."""
        if self.dsn is not None and self.device == "cpu":
            return PgVectorIndex(self.dsn, space_key, dimension)
        return MemoryIndex(dimension, self.folder / space_key, sketch_bytes=sys.maxsize)
