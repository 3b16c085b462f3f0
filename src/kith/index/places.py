"""Where each face is kept: face id -> place, looked up in bulk."""

import numpy as np

from kith.index.base import Int64

UNKNOWN = -1
_RECENT = 4096


class Places:
    """A map int64 -> int64 of 16 bytes a face: a sorted array, and a small dict of what changed since.

    A plain dict would take a hundred bytes a face, half as much as a 128-d vector. Not thread-safe
    for writing; reading leaves it as it is.
    """

    def __init__(self) -> None:
        self._ids: Int64 = np.zeros(0, np.int64)
        self._places: Int64 = np.zeros(0, np.int64)
        self._recent: dict[int, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def find(self, face_ids: Int64) -> Int64:
        """The places (n,) of these faces, UNKNOWN where there is none."""
        found = np.full(len(face_ids), UNKNOWN, np.int64)
        if len(self._ids):
            at = np.searchsorted(self._ids, face_ids)
            at[at == len(self._ids)] = 0
            found = np.where(self._ids[at] == face_ids, self._places[at], found)
        if self._recent:
            for number, face_id in enumerate(face_ids.tolist()):
                place = self._recent.get(face_id)
                if place is not None:
                    found[number] = place
        return found

    def put(self, face_ids: Int64, places: Int64) -> None:
        """Set the places of distinct faces; UNKNOWN forgets a face."""
        self._count += int(np.sum(places != UNKNOWN)) - int(np.sum(self.find(face_ids) != UNKNOWN))
        if len(face_ids) <= self._most_recent():
            self._recent.update(zip(face_ids.tolist(), places.tolist(), strict=True))
            face_ids = places = np.zeros(0, np.int64)
        if len(face_ids) or len(self._recent) > self._most_recent():
            recent = len(self._recent)
            self._sort_in(
                np.fromiter(self._recent.keys(), np.int64, recent),
                np.fromiter(self._recent.values(), np.int64, recent),
            )
            self._recent = {}
            self._sort_in(face_ids, places)

    def _most_recent(self) -> int:
        return max(_RECENT, len(self._ids) // 8)

    def _sort_in(self, face_ids: Int64, places: Int64) -> None:
        if len(face_ids):
            stays = ~np.isin(self._ids, face_ids)
            known = places != UNKNOWN
            ids = np.concatenate([self._ids[stays], face_ids[known]])
            order = np.argsort(ids, kind="stable")
            self._ids = ids[order]
            self._places = np.concatenate([self._places[stays], places[known]])[order]
