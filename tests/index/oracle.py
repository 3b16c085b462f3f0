"""The plainest possible index, against which all real ones are held: a dict, and float64."""

import numpy as np

from kith.index.base import NO_PERSON, Entries, Neighbours, Scope

Found = tuple[float, int, int]  # cosine, face id, person


class Oracle:
    """Answers like every VectorIndex, from one Python dict."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.position = 0
        self.faces: dict[int, tuple[int, int, int, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.faces)

    def apply(self, upserts: Entries, removed: np.ndarray, position: int) -> None:
        for row, face_id in enumerate(upserts.face_ids.tolist()):
            place = (int(upserts.tenants[row]), int(upserts.galleries[row]), int(upserts.persons[row]))
            self.faces[face_id] = (*place, upserts.vectors[row])
        for face_id in removed.tolist():
            self.faces.pop(face_id, None)
        self.position = position

    def entries(self, face_ids: np.ndarray) -> Entries:
        known = sorted(set(face_ids.tolist()) & self.faces.keys())
        kept = [self.faces[face_id] for face_id in known]
        columns = [np.array([face[at] for face in kept], np.int64) for at in range(3)]
        vectors = np.array([face[3] for face in kept], np.float32).reshape(len(kept), self.dimension)
        return Entries(np.array(known, np.int64), *columns, vectors)

    def search(self, queries, scope: Scope, top: int, min_cosine: float = -1.0) -> list[Neighbours]:
        return [_neighbours(self._ranked(query, scope, min_cosine)[:top]) for query in queries]

    def search_persons(self, queries, scope: Scope, top: int, min_cosine: float = -1.0) -> list[Neighbours]:
        answers = []
        for query in queries:
            best: dict[int, Found] = {}
            for found in self._ranked(query, scope, min_cosine):
                if found[2] != NO_PERSON:
                    best.setdefault(found[2], found)
            answers.append(_neighbours(list(best.values())[:top]))
        return answers

    def within(self, queries, scope: Scope, min_cosine: float) -> list[Neighbours]:
        return [_neighbours(self._ranked(query, scope, min_cosine)) for query in queries]

    def clear(self) -> None:
        self.faces, self.position = {}, 0

    def _ranked(self, query: np.ndarray, scope: Scope, min_cosine: float) -> list[Found]:
        found: list[Found] = []
        for face_id, (tenant, gallery, person, vector) in self.faces.items():
            if _is_in(scope, face_id, (tenant, gallery), person):
                cosine = np.float32(min(1.0, np.dot(vector.astype(np.float64), query.astype(np.float64))))
                if cosine >= np.float32(min_cosine):
                    found.append((float(cosine), face_id, person))
        return sorted(found, key=lambda one: (-one[0], one[1]))


def _is_in(scope: Scope, face_id: int, place: tuple[int, int], person: int) -> bool:
    return (
        place[0] == scope.tenant
        and scope.gallery in {None, place[1]}
        and (scope.persons is None or (person in scope.persons and person != NO_PERSON))
        and not (scope.assigned_only and person == NO_PERSON)
        and not (scope.unassigned_only and person != NO_PERSON)
        and face_id not in scope.exclude_faces
    )


def _neighbours(found: list[Found]) -> Neighbours:
    return Neighbours(
        np.array([face_id for _, face_id, _ in found], np.int64),
        np.array([person for _, _, person in found], np.int64),
        np.array([cosine for cosine, _, _ in found], np.float32),
    )
