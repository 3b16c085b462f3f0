"""The in-process index as it is used: exact for small galleries, by sketches for large ones, in a folder."""

from pathlib import Path
from threading import Event, Thread
from typing import Literal

import numpy as np

from kith.index.base import Entries, Int64
from kith.index.exact import ExactIndex
from kith.index.gpu import Gpu
from kith.index.segment import Segment
from kith.index.sketch import Basis
from kith.index.storage import Folder, Saved, Stored

# Scanning this much takes one core some 3 ms, about the time to embed one face: 131,000 faces of 512
# dimensions, 524,000 of 128. Below it sketches would save nothing anyone can notice, and cost exactness.
SKETCH_BYTES = 64 << 20
# What a processor scans in the time that it takes to ask a GPU: 32,000 faces of 512 dimensions.
GPU_BYTES = 16 << 20


Device = Literal["cpu", "cuda"]


class MemoryIndex(ExactIndex):
    """VectorIndex in this process, over an optional folder that `persist` writes and opening maps.

    With `device` "cuda" a gallery of more than `gpu_bytes` (rows x dimension) is scanned on a GPU; raises
    IndexUnavailable where there is none. Otherwise a gallery of more than `sketch_bytes` is searched by
    sketches: 99 of 100 faces that belong in an answer are in it, or more. A folder that is damaged, of
    another `space` or dimension or of an older format is ignored: the index is then empty at position 0, at
    once or, where the damage is in the mapped matrices, as soon as they have been read in the background.
    """

    def __init__(
        self, dimension: int, folder: Path | None = None, *, space: str = "", device: Device = "cpu",
        sketch_bytes: int = SKETCH_BYTES, gpu_bytes: int = GPU_BYTES,
    ) -> None:  # fmt: skip
        super().__init__(dimension)
        self._gpu = Gpu() if device == "cuda" else None
        self._gpu_bytes = gpu_bytes
        self._sketch_bytes = sketch_bytes
        self._basis: Basis | None = None
        self._is_saved = True
        self._closing = Event()
        self._verifier: Thread | None = None
        self._is_damaged = False
        self._folder = None if folder is None else Folder(folder, dimension, space)
        if self._folder is not None:
            self._restore(self._folder.open())
            if len(self):
                self._verifier = Thread(target=self._verify, args=(self._folder,), name="kith-index-verify")
                self._verifier.start()

    @property
    def position(self) -> int:
        """As of every index; what turned out to be damaged is forgotten here, so that it is filled anew."""
        if self._is_damaged:
            self._is_damaged = False
            self.clear()
        return self._position

    @property
    def sketched(self) -> int:
        """How many faces are found through sketches; the others are scanned."""
        return sum(len(segment) for segment in self._by_number.values() if segment.rows.sketches is not None)

    def clear(self) -> None:
        super().clear()
        self._basis = None
        if self._folder is not None:
            self._folder.erase()
            self._is_saved = True

    def persist(self) -> None:
        """Write the folder, if anything changed since. Raises IndexUnavailable if it cannot be written."""
        if self._folder is None or self._is_saved:
            return
        self.settle()
        if self._is_damaged:
            return
        with self._lock.reading():
            segments = [Stored(one.tenant, one.gallery, one.rows) for one in self._by_number.values()]
            self._folder.save(Saved(segments, self._basis, self._position))
            self._is_saved = True

    def settle(self) -> None:
        """Wait until it is known whether the folder that was opened is sound."""
        if self._verifier is not None:
            self._verifier.join()

    def close(self) -> None:
        """Let go of the vectors; what was not persisted is read again from the database."""
        self._closing.set()
        self.settle()
        super().close()

    def _verify(self, folder: Folder) -> None:
        if not folder.verify(self._closing.is_set):
            self._is_damaged = True

    def _change(self, upserts: Entries, removed: Int64, position: int) -> None:
        super()._change(upserts, removed, position)
        self._is_saved = False
        for segment in self._by_number.values():
            self._speed_up(segment)

    def _speed_up(self, segment: Segment) -> None:
        """Have a gallery that has become large scanned on the GPU, or by sketches."""
        size = len(segment) * self._dimension
        if self._gpu is not None:
            if segment.rows.codes.mirror is None and size > self._gpu_bytes:
                self._gpu.mirror(segment.rows.codes)
        elif segment.rows.basis is None and size > self._sketch_bytes:
            self._sketch(segment)

    def _sketch(self, segment: Segment) -> None:
        """One basis serves all galleries: the vectors of one space are alike wherever they come from."""
        if self._basis is None:
            self._basis = Basis.fit(segment.rows.sample())
        segment.rows.use(self._basis)

    def _restore(self, saved: Saved) -> None:
        self._basis = saved.basis
        for one in saved.segments:
            self._speed_up(self._new_segment(one.tenant, one.gallery, one.rows))
        if saved.segments:
            self._places.put(
                np.concatenate([one.rows.face_ids for one in saved.segments]),
                np.concatenate([segment.places() for segment in self._by_number.values()]),
            )
        self._position = saved.position
