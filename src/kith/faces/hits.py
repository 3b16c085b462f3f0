"""Faces that are like a probe, with all that is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kith.accounts.principal import Principal
from kith.faces import queries
from kith.faces.errors import FaceNotFound
from kith.faces.recognition import Recognition
from kith.faces.tables import Face
from kith.index.base import Float32, Scope
from kith.kit.db import ReadSession
from kith.photos.tables import Photo, PhotoOrigin


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face, its photo, and how that came in if it is known."""

    face: Face
    photo: Photo
    origin: PhotoOrigin | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A face with its calibrated similarity, 0..1, to a probe."""

    sighting: Sighting
    similarity: float


async def similar_faces(
    recognition: Recognition, session: ReadSession, who: Principal, vector: Float32,
    *, top: int, min_similarity: float, persons: frozenset[int] | None = None,
    exclude: frozenset[int] = frozenset(),
) -> list[Hit]:  # fmt: skip
    """The stored faces most like a unit vector (d,), best first, equal ones by id; ignored ones left out."""
    calibration = recognition.calibration
    scope = Scope(who.tenant_id, persons=persons, exclude_faces=exclude)
    (near,) = await recognition.search(vector[np.newaxis], scope, top, calibration.cosine(min_similarity))
    face_ids: list[int] = near.face_ids.tolist()
    seen = await read_sightings(session, who, face_ids)
    similarities: list[float] = calibration.similarity(near.cosines).tolist()
    return [
        Hit(seen[face_id], similarity)
        for face_id, similarity in zip(face_ids, similarities, strict=True)
        if face_id in seen
    ]


async def read_sightings(
    session: ReadSession, who: Principal, face_ids: Sequence[int]
) -> dict[int, Sighting]:
    """{face id: what is shown of it}; ids of others and of ignored faces are passed over."""
    rows = await session.execute(queries.sightings(who).where(Face.id.in_(face_ids)))
    return {face.id: Sighting(face, photo, origin) for face, photo, origin in rows}


async def find_sighting(session: ReadSession, who: Principal, face_uuid: UUID) -> Sighting:
    """Raises FaceNotFound for what is not there, ignored or not yours."""
    row = (await session.execute(queries.sightings(who).where(Face.uuid == face_uuid))).one_or_none()
    if row is None:
        raise FaceNotFound("there is no such face")
    return Sighting(*row)
