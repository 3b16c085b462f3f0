"""The in-process index as it is used: exact for small galleries, a graph for large ones, kept in a folder."""

from pathlib import Path
from threading import Event, Thread

import numpy as np

from kith.index.base import Entries, Int64
from kith.index.exact import ExactIndex
from kith.index.segment import Segment
from kith.index.storage import Folder, Stored

# Scanning this much takes one core 3 to 5 ms, about the time to embed one face: 131,000 faces of 512
# dimensions, 524,000 of 128. Below it a graph would save nothing anyone can notice, and would cost
# building time, memory and exactness.
GRAPH_BYTES = 64 << 20

_MOST_OUTSIDE = 1024  # rows that may wait outside the graph: scanning them takes some 10 us
_STEP_ROWS = 64  # rows that enter the graph while searches wait, a few ms


class MemoryIndex(ExactIndex):
    """VectorIndex in this process, over an optional folder that `persist` writes and opening maps.

    A gallery of more than `graph_bytes` (rows x dimension) gets an HNSW graph, built by a thread in the
    background; until a face is in it, it is found by scanning. A folder that is damaged, of another
    `space` or dimension or of an older format is ignored: the index is then empty at position 0.
    """

    def __init__(
        self, dimension: int, folder: Path | None = None, *, space: str = "", graph_bytes: int = GRAPH_BYTES
    ) -> None:
        super().__init__(dimension)
        self._graph_bytes = graph_bytes
        self._builder: Thread | None = None
        self._closing = Event()
        self._is_saved = True
        self._folder = None if folder is None else Folder(folder, dimension, space)
        if self._folder is not None:
            self._restore(*self._folder.open())
            self._start_building()

    @property
    def graphed(self) -> int:
        """How many faces are found through a graph; the others are scanned."""
        return sum(segment.covered for segment in self._by_number.values())

    @property
    def graph_memory_bytes(self) -> int:
        """What the graphs take in memory, beside vectors and codes."""
        graphs = (segment.graph for segment in self._by_number.values())
        return sum(graph.memory_bytes for graph in graphs if graph is not None)

    def apply(self, upserts: Entries, removed: Int64, position: int) -> None:
        super().apply(upserts, removed, position)
        self._is_saved = False
        self._start_building()

    def clear(self) -> None:
        super().clear()
        if self._folder is not None:
            self._folder.erase()
            self._is_saved = True

    def persist(self) -> None:
        """Write the folder, if anything changed since. Raises IndexUnavailable if it cannot be written."""
        if self._folder is None or self._is_saved:
            return
        with self._lock.reading():
            self._folder.save(
                [
                    Stored(segment.tenant, segment.gallery, segment.rows, segment.graph, segment.covered)
                    for segment in self._by_number.values()
                ],
                self._position,
            )
            self._is_saved = True

    def settle(self, timeout_seconds: float | None = None) -> None:
        """Wait until all graphs hold what they should, or the time is over."""
        builder = self._builder
        if builder is not None:
            builder.join(timeout_seconds)

    def close(self) -> None:
        """Stop building and let go of the vectors; what was not persisted is read again from the database."""
        self._closing.set()
        self.settle()
        super().clear()

    def _restore(self, stored: list[Stored], position: int) -> None:
        with self._lock.writing():
            for one in stored:
                segment = self._new_segment(one.tenant, one.gallery, one.rows)
                segment.graph, segment.covered = one.graph, one.covered
            if stored:
                self._places.put(
                    np.concatenate([one.rows.face_ids for one in stored]),
                    np.concatenate([segment.places() for segment in self._by_number.values()]),
                )
            self._position = position

    def _start_building(self) -> None:
        with self._lock.writing():
            is_building = self._builder is not None and self._builder.is_alive()
            if not is_building and not self._closing.is_set() and self._next_to_build() is not None:
                self._builder = Thread(target=self._build, name="kith-index-graph", daemon=True)
                self._builder.start()

    def _build(self) -> None:
        segment: Segment | None = None
        while not self._closing.wait(0.001):  # searches that waited for the last step go first
            with self._lock.writing():
                if segment is None or segment.number not in self._by_number:
                    segment = self._next_to_build()
                if segment is None:
                    self._builder = None
                    return
                if not segment.extend_graph(_STEP_ROWS):
                    segment = None
                self._is_saved = False

    def _next_to_build(self) -> Segment | None:
        for segment in self._by_number.values():
            is_large = len(segment) * self._dimension > self._graph_bytes
            outside = len(segment) - segment.covered
            if is_large and outside > min(_MOST_OUTSIDE, len(segment) // 8):
                return segment
        return None
