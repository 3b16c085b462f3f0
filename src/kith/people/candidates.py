"""Reading what recognition needs to know of faces: how far their neighbours are, and who they cannot be."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from kith.engine.calibration import Calibration
from kith.faces.tables import Face
from kith.index.base import Neighbours
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession, WriteSession
from kith.people import queries
from kith.people.matching import Candidate, is_before_birth, years_between
from kith.people.tables import Person
from kith.photos.tables import Photo


async def read_candidates(
    session: ReadSession | WriteSession,
    calibration: Calibration,
    faces: Sequence[tuple[Face, Photo]],
    near: Sequence[Neighbours],
    persons: Mapping[int, Person],
    *,
    seed_quality: float,
) -> list[Candidate]:
    """Each face with its neighbours, their distance in years, and the persons it cannot be.

    `near` holds one answer a face; `persons` are those that may be recognised, all others are barred.
    Faces below `seed_quality` are poor.
    """
    barred: dict[int, set[int]] = {face.id: set() for face, _ in faces}
    for some in chunks(list(barred)):
        for face_id, person_id in await session.execute(queries.rejections(some)):
            barred[face_id].add(person_id)
    taken_on: dict[int, date | None] = {}
    for some in chunks(sorted({other for around in near for other in around.face_ids.tolist()})):
        rows = await session.execute(queries.faces_with_photos(some))
        taken_on |= {face.id: _day(photo) for face, photo in rows}
    candidates: list[Candidate] = []
    for (face, photo), around in zip(faces, near, strict=True):
        day = _day(photo)
        unborn = {it.id for it in persons.values() if is_before_birth(day, it.born_on)}
        strange = set(around.persons.tolist()) - persons.keys()
        years = [years_between(day, taken_on.get(other)) for other in around.face_ids.tolist()]
        candidates.append(
            Candidate(
                face.id, photo.id, around.persons, calibration.similarity(around.cosines),
                np.array(years), frozenset(barred[face.id] | unborn | strange), face.quality < seed_quality,
            )
        )  # fmt: skip
    return candidates


def _day(photo: Photo) -> date | None:
    return photo.taken_at.date() if photo.taken_at is not None else None
