"""Finding somebody by a picture of their face."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.errors import InvalidInput
from kith.faces import queries as face_queries
from kith.faces.recognition import Recognition
from kith.index.base import Float32, Scope
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.tables import Person
from kith.photos import queries as photo_queries

# The photos named with each person; a list of all would have no bound.
PHOTOS_SHOWN = 100


class NoFace(InvalidInput):
    code = "no_face"
    title = "There is no face in the picture"


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    photo_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """A person, or a face nobody has been found for (`person` None), by its best face.

    `similarity` is calibrated, 0..1; `cosine` is the raw number. `photos` are the newest, at most 100.
    """

    person: Person | None
    face_id: int
    similarity: float
    cosine: float
    photos: list[PhotoPlace]


def most_prominent(faces: FoundFaces) -> int:
    """The row of the largest face; raises NoFace when there is none."""
    if not len(faces):
        raise NoFace
    return int(np.argmax(faces.size_px))


async def find_face(
    recognition: Recognition, session: ReadSession, who: Principal, image: Image,
    *, top: int, min_similarity: float,
) -> list[Found]:  # fmt: skip
    """The persons most like the largest face of a picture, which is kept nowhere; raises NoFace."""
    (faces,) = await recognition.analyse([image])
    vector = faces.embeddings[most_prominent(faces)]
    return await find_vector(recognition, session, who, vector, top=top, min_similarity=min_similarity)


async def find_vector(
    recognition: Recognition, session: ReadSession, who: Principal, vector: Float32,
    *, top: int, min_similarity: float,
) -> list[Found]:  # fmt: skip
    """The persons most like an embedding, best first, then by face; hidden persons are left out."""
    hidden = {person.id for person in await session.scalars(queries.hidden(who))}
    query = vector.reshape(1, -1)
    min_cosine = recognition.calibration.cosine(min_similarity)
    everyone = Scope(who.tenant_id)
    (persons,) = await recognition.search_persons(query, everyone, top + len(hidden), min_cosine)
    nobody = Scope(who.tenant_id, unassigned_only=True)
    (strangers,) = await recognition.search(query, nobody, top, min_cosine)
    hits = [
        (float(cosine), face_id, person_id)
        for near in (persons, strangers)
        for face_id, person_id, cosine in zip(
            near.face_ids.tolist(), near.persons.tolist(), near.cosines.tolist(), strict=True
        )
        if person_id not in hidden
    ]
    hits.sort(key=lambda hit: (-hit[0], hit[1]))
    return await _describe(recognition, session, who, hits[:top])


async def _describe(
    recognition: Recognition, session: ReadSession, who: Principal, hits: Sequence[tuple[float, int, int]]
) -> list[Found]:
    person_ids = [person_id for _, _, person_id in hits if person_id]
    persons = {row.id: row for row in await session.scalars(queries.persons(who, person_ids))}
    photos = await _photos(session, who, person_ids, [face_id for _, face_id, person in hits if not person])
    return [
        Found(
            person=persons.get(person_id),
            face_id=face_id,
            similarity=float(recognition.calibration.similarity(cosine)),
            cosine=cosine,
            photos=photos.get((person_id, 0 if person_id else face_id), []),
        )
        for cosine, face_id, person_id in hits
    ]


async def _photos(
    session: ReadSession, who: Principal, person_ids: Sequence[int], face_ids: Sequence[int]
) -> dict[tuple[int, int], list[PhotoPlace]]:
    """The photos of persons, under (person id, 0), and of single faces, under (0, face id)."""
    places: dict[tuple[int, int], dict[int, PhotoPlace]] = {}
    for person_id, photo_id, location in await session.execute(
        queries.photos_of_persons(who, person_ids, PHOTOS_SHOWN)
    ):
        places.setdefault((person_id or 0, 0), {}).setdefault(photo_id, PhotoPlace(photo_id, location))
    faces = (await session.scalars(face_queries.faces(who, face_ids))).all()
    files = await session.scalars(photo_queries.files_of([face.photo_id for face in faces]))
    first: dict[int, str] = {}
    for file in files:
        first.setdefault(file.photo_id, file.location)
    for face in faces:
        places[0, face.id] = {face.photo_id: PhotoPlace(face.photo_id, first.get(face.photo_id, ""))}
    return {key: list(here.values()) for key, here in places.items()}
