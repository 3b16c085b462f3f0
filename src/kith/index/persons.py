"""The rows of a segment by person, so that the best face of each person is one pass over the scores."""

from collections.abc import Iterator

import numpy as np

from kith.index.base import NO_PERSON, Float32, Int64
from kith.index.ranking import Ask, Candidates, Numbers, chunks, floor_of_top

_STALE_ROWS = 1024


class PersonOrder:
    """Rows sorted by person, with a short list of the rows that changed since it was sorted.

    Made once for a segment in O(n log n), then kept through changes by `touch`; `is_stale` says when
    sorting again is cheaper than the list. The maxima of all persons are one `np.maximum.reduceat`.
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

    def nearest(self, scores: Float32, persons: Int64, ask: Ask, slack: float) -> Iterator[Candidates]:
        """Rows that may be the best face of one of the nearest persons, best persons first.

        `scores` (n,) are those of all rows, within `slack` of their cosines, -inf out of scope.
        """
        touched = self._touched_now()
        known = self._without(scores, touched) if len(touched) else scores
        touched = touched[touched < len(persons)]
        touched = touched[persons[touched] != NO_PERSON]
        fresh = scores[touched]
        best = self._maxima(known)
        everybody = self._joined(best, persons[touched], fresh)
        floor = floor_of_top(everybody, ask.top, ask.min_cosine, slack)
        units = np.concatenate([best, fresh])  # a person of the old order, or a row that changed
        chosen = np.flatnonzero(units >= floor)
        chosen = chosen[np.argsort(-units[chosen], kind="stable")]
        for start, end in chunks(len(chosen), ask.top):
            pieces: list[Numbers] = []
            for unit in chosen[start:end].tolist():
                if unit < len(best):
                    rows = self._rows[self._starts[unit] : self._ends[unit]]
                    pieces.append(rows[known[rows] >= best[unit] - 2 * slack])
                else:
                    pieces.append(touched[unit - len(best) : unit - len(best) + 1])
            ceiling = float(units[chosen[end]]) if end < len(chosen) else -np.inf
            yield Candidates(np.concatenate(pieces), ceiling)

    def _touched_now(self) -> Numbers:
        if self._touched_rows is None:
            self._touched_rows = np.array(sorted(self._touched), np.intp)
        return self._touched_rows

    def _without(self, scores: Float32, touched: Numbers) -> Float32:
        """Scores by the old row numbers, -inf for what changed since."""
        length = max(self._length, len(scores), int(touched[-1]) + 1)
        known = np.full(length, -np.inf, np.float32)
        known[: len(scores)] = scores
        known[touched] = -np.inf
        return known

    def _maxima(self, scores: Float32) -> Float32:
        if not len(self._starts):
            return np.zeros(0, np.float32)
        return np.maximum.reduceat(scores[self._rows], self._starts)

    def _joined(self, best: Float32, persons: Int64, fresh: Float32) -> Float32:
        """The best score of everybody, with those of the changed rows."""
        if not len(persons):
            return best
        at = np.searchsorted(self._persons, persons)
        is_known = np.isin(persons, self._persons)
        best = best.copy()
        np.maximum.at(best, at[is_known], fresh[is_known])
        order = np.argsort(persons[~is_known], kind="stable")
        newcomers = persons[~is_known][order]
        if not len(newcomers):
            return best
        return np.concatenate([best, np.maximum.reduceat(fresh[~is_known][order], _starts(newcomers))])


def _starts(ordered: Int64) -> Numbers:
    """Where each run of equal numbers begins."""
    if not len(ordered):
        return np.zeros(0, np.intp)
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
