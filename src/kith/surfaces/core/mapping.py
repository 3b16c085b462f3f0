"""Between Kith's words and the contract's: pure functions."""

from collections.abc import Sequence

import numpy as np

from kith.engine.faces import Faces as FoundFaces
from kith.faces.clustering import Clustering
from kith.faces.embedded import EmbeddedFace
from kith.faces.searching import NearFace
from kith.faces.tables import FaceState
from kith.index.base import Float32
from kith.people.detecting import Saved, SavedFace
from kith.people.reading import PersonSummary, Statistics
from kith.surfaces.core import wire
from kith.surfaces.requests import MAX_ID

_UNIDENTIFIED = (FaceState.UNKNOWN, FaceState.SUGGESTED)


def box(xyxy: Sequence[float]) -> wire.BoxOut:
    """Whole pixels; a box never loses all of its width or height to rounding."""
    x1, y1, x2, y2 = (round(float(corner)) for corner in xyxy)
    return wire.BoxOut(x=x1, y=y1, width=max(1, x2 - x1), height=max(1, y2 - y1))


def corners(boxes: Sequence[wire.BoxIn]) -> Float32:
    """Boxes (n, 4) as xyxy."""
    rows = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def ids(text: str) -> list[int]:
    """`1,2,3` as numbers, without those no database can hold."""
    return [number for number in map(int, text.split(",")) if number <= MAX_ID]


def seen_face(found: FoundFaces, row: int) -> wire.SeenFaceOut:
    return wire.SeenFaceOut(
        bbox=box(found.xyxy[row].tolist()),
        confidence=float(found.score[row]),
        embedding=found.embeddings[row].tolist(),
    )


def detected_face(found: FoundFaces, row: int, saved: SavedFace | None) -> wire.DetectedFaceOut:
    seen = seen_face(found, row)
    return wire.DetectedFaceOut(
        bbox=seen.bbox, confidence=seen.confidence, embedding=seen.embedding,
        face_id=saved.face_id if saved is not None else None,
        person_id=saved.person_id if saved is not None else None,
    )  # fmt: skip


def detected_faces(found: FoundFaces, rows: Sequence[int], saved: Saved | None) -> list[wire.DetectedFaceOut]:
    """The faces of a picture; of a stored one those that were stored, with their ids."""
    if saved is None:
        return [detected_face(found, row, None) for row in rows]
    return [detected_face(found, row, it) for row, it in sorted(saved.faces.items())]


def match(near: NearFace) -> wire.MatchOut:
    face = near.shown.face
    return wire.MatchOut(
        face_id=face.id, person_id=face.person_id, similarity=near.cosine,
        image_path=near.shown.location, bbox=box(face.xyxy), confidence=face.detection_score,
    )  # fmt: skip


def clusters(found: Clustering, milliseconds: float) -> wire.ClustersOut:
    return wire.ClustersOut(
        clusters=[
            wire.ClusterOut(
                cluster_id=number, face_ids=it.face_ids, face_count=len(it.face_ids),
                avg_similarity=it.cosine, representative_face_id=it.representative_id,
            )
            for number, it in enumerate(found.clusters)
        ],
        noise_face_ids=found.noise_face_ids,
        total_clusters=len(found.clusters),
        processing_time_ms=milliseconds,
    )  # fmt: skip


def person(summary: PersonSummary) -> wire.PersonOut:
    it = summary.person
    return wire.PersonOut(
        id=it.id, name=it.name, metadata=it.notes, face_count=summary.face_count,
        created_at=it.created_at, updated_at=it.updated_at,
    )  # fmt: skip


def person_with_faces(summary: PersonSummary, faces: Sequence[EmbeddedFace]) -> wire.PersonFacesOut:
    flat = person(summary)
    return wire.PersonFacesOut(**flat.model_dump(), person=flat, faces=[face(it) for it in faces])


def face(it: EmbeddedFace) -> wire.FaceOut:
    row = it.shown.face
    return wire.FaceOut(
        id=row.id, person_id=row.person_id, image_path=it.shown.location, bbox=box(row.xyxy),
        confidence=row.detection_score, detected_at=row.created_at,
        metadata={"photo_id": row.photo_id, "state": row.state, "quality": row.quality},
        embedding=it.embedding.tolist() if it.embedding is not None else None,
    )  # fmt: skip


def statistics(it: Statistics) -> wire.StatsOut:
    total = sum(it.faces.values())
    unidentified = sum(it.faces.get(state, 0) for state in _UNIDENTIFIED)
    persons = it.named_persons + it.unnamed_persons
    largest = it.largest
    return wire.StatsOut(
        total_persons=persons, total_faces=total, total_unclustered_faces=unidentified,
        avg_faces_per_person=(total - unidentified) / persons if persons else 0.0,
        largest_person_id=largest.person.id if largest is not None else None,
        largest_person_face_count=largest.face_count if largest is not None else 0,
        storage_used_mb=it.stored_bytes / 2**20,
        identified_faces=total - unidentified, unidentified_faces=unidentified,
        total_images=sum(it.photos.values()),
    )  # fmt: skip
