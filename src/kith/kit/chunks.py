"""Long lists in pieces, for databases take only so many values in one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# PostgreSQL takes 32,767, SQLite 32,766.
SIZE = 10_000


def chunks(items: Sequence[T], size: int = SIZE) -> Iterator[Sequence[T]]:
    """Pieces of at most `size`, in order; none for an empty list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
