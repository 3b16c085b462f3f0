"""A mirror of codes that NumPy scans: what a segment owes to any mirror, without its device."""

from collections.abc import Sequence

import numpy as np

from kith.index.codes import Codes, scan
from kith.index.memory import MemoryIndex
from kith.index.ranking import HostScores, Numbers, Scores
from kith.index.rows import CodeRows
from kith.index.segment import Segment


class NumpyMirror:
    """Knows of the codes only what it was told of: rows that were touched, and how many are left."""

    def __init__(self, source: CodeRows) -> None:
        self._source = source
        self._stale: list[Numbers] = [np.arange(len(source))]
        self._codes = np.zeros((0, source.dimension), np.int8)
        self._scales = np.zeros(0, np.float32)
        self.scans = 0

    def touch(self, rows: Numbers) -> None:
        self._stale.append(rows)

    def truncate(self, count: int) -> None:
        self._codes, self._scales = self._codes[:count].copy(), self._scales[:count].copy()

    def scan(self, queries: Codes, ahead: int) -> Sequence[Scores]:
        assert ahead >= 1
        self.scans += 1
        missing = len(self._source) - len(self._scales)
        self._codes = np.pad(self._codes, ((0, missing), (0, 0)))
        self._scales = np.pad(self._scales, (0, missing))
        rows = np.unique(np.concatenate(self._stale))
        rows = rows[rows < len(self._source)]
        self._codes[rows], self._scales[rows] = self._source.pick(rows)
        self._stale = [np.zeros(0, np.intp)]
        return [HostScores(row) for row in scan(queries, self._codes, self._scales)]


class MirroredIndex(MemoryIndex):
    """Every gallery has a mirror, however small."""

    def _speed_up(self, segment: Segment) -> None:
        if segment.rows.codes.mirror is None:
            segment.rows.codes.mirror = NumpyMirror(segment.rows.codes)
