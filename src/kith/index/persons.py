"""The rows of a segment by person, so that looking for some persons only costs what they have."""

import numpy as np

from kith.index.base import NO_PERSON, Int64
from kith.index.ranking import Numbers

_STALE_ROWS = 1024


class PersonOrder:
    """Rows sorted by person, with a short list of the rows that changed since it was sorted.

    Made once for a segment in O(n log n), then kept through changes by `touch`; `is_stale` says when
    sorting again is cheaper than the list.
    """

    def __init__(self, persons: Int64) -> None:
        assigned = np.flatnonzero(persons != NO_PERSON)
        self._rows: Numbers = assigned[np.argsort(persons[assigned], kind="stable")]
        ordered = persons[self._rows]
        self._starts = _starts(ordered)
        self._ends: Numbers = np.append(self._starts[1:], len(ordered))
        self._persons: Int64 = ordered[self._starts]
        self._length = len(persons)
        self._touched: set[int] = set()
        self._touched_rows: Numbers | None = None

    @property
    def is_stale(self) -> bool:
        return len(self._touched) > max(_STALE_ROWS, self._length // 16)

    def touch(self, rows: Numbers) -> None:
        """These rows hold another face or person now, are new, or are gone."""
        self._touched.update(rows.tolist())
        self._touched_rows = None

    def rows_of(self, wanted: Int64, persons: Int64) -> Numbers:
        """The rows of the `wanted` persons (sorted); `persons` (n,) is the column as it is now."""
        known = np.flatnonzero(np.isin(self._persons, wanted))
        pieces = [self._rows[self._starts[k] : self._ends[k]] for k in known]
        rows = np.concatenate(pieces) if pieces else np.zeros(0, np.intp)
        touched = self._touched_now()
        if len(touched):
            rows = rows[~np.isin(rows, touched)]
            touched = touched[touched < len(persons)]
            rows = np.concatenate([rows, touched[np.isin(persons[touched], wanted)]])
        return rows

    def _touched_now(self) -> Numbers:
        if self._touched_rows is None:
            self._touched_rows = np.array(sorted(self._touched), np.intp)
        return self._touched_rows


def _starts(ordered: Int64) -> Numbers:
    """Where each run of equal numbers begins."""
    if not len(ordered):
        return np.zeros(0, np.intp)
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
