"""The processor's cores, shared by the searches of one index."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")


class Cores:
    """Threads that do the pieces of one large piece of work side by side.

    NumPy and numkong let go of the interpreter's lock while they compute, so threads are enough.
    """

    def __init__(self) -> None:
        self._count = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="kith-index")

    def share(self, work: Callable[[Piece], None], pieces: Sequence[Piece]) -> None:
        """Do all pieces, in no particular order; raises what one of them raises."""
        if len(pieces) < 2 or self._count == 1:
            for piece in pieces:
                work(piece)
            return
        for _ in self._pool.map(work, pieces):
            pass

    def close(self) -> None:
        self._pool.shutdown()
