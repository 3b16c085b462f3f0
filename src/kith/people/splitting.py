"""The split assistant: a person's faces in groups that are alike, to see who has been mixed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.calibration import Calibration
from kith.faces.clustering import cluster
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.index.base import Float32, Int64
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.browsing.persons import find_person
from kith.photos.tables import Photo

# So many faces have two million pairs, compared in a fraction of a second.
MAX_FACES = 2000
MAX_GROUPS = 50
# The similarity that two strangers reach once in ten thousand: higher parts one person by age and light.
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Group:
    """Faces that are alike, best first; `similarity` is their mean to the person as a whole.

    `is_rest`: what is like no other, and small groups beyond the first fifty.
    """

    face_ids: list[int]
    size: int
    similarity: float
    first_at: datetime | None
    last_at: datetime | None
    is_rest: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    groups: list[Group]
    face_count: int
    is_sample: bool


async def group_faces(
    recognition: Recognition, session: ReadSession, who: Principal, person_id: int
) -> Grouping:
    """A person's faces in groups, largest first and the rest last; raises PersonNotFound, PersonMerged."""
    await find_person(session, who, person_id)
    best = (await session.scalars(queries.best_faces(person_id, MAX_FACES + 1))).all()
    ids = best[:MAX_FACES]
    vectors = await embeddings_of(session, recognition.space_id, ids)
    known = [face_id for face_id in ids if face_id in vectors]
    if not known:
        return Grouping([], 0, is_sample=False)
    stacked = np.stack([vectors[face_id] for face_id in known])
    groups, similarities = await recognition.compute.run(_group, known, stacked, recognition.calibration)
    photos: dict[int, Photo] = {}
    for some in chunks(known):
        photos |= {face.id: photo for face, photo in await session.execute(queries.faces_with_photos(some))}
    shown = [
        _describe(rows, known, similarities, photos, is_rest=is_rest) for rows, is_rest in groups if len(rows)
    ]
    return Grouping(shown, len(known), len(best) > MAX_FACES)


def _group(
    face_ids: Sequence[int], vectors: Float32, calibration: Calibration
) -> tuple[list[tuple[list[int], bool]], list[float]]:
    """The rows of each group, best faces first, and the similarity of every face to the person as a whole."""
    numbers: Int64 = np.arange(len(face_ids), dtype=np.int64)
    found = cluster(numbers, vectors, calibration.cosine(_ALIKE), 2)
    middle = vectors.mean(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(middle))
    cosines = vectors @ (middle / length) if length else np.ones(len(vectors))
    groups = [(sorted(it.face_ids), False) for it in found.clusters[:MAX_GROUPS]]
    small = [row for it in found.clusters[MAX_GROUPS:] for row in it.face_ids]
    rest = sorted([*found.noise_face_ids, *small])
    similarities: list[float] = calibration.similarity(cosines).tolist()
    return [*groups, (rest, True)], similarities


def _describe(
    rows: Sequence[int], face_ids: Sequence[int], similarities: Sequence[float],
    photos: dict[int, Photo], *, is_rest: bool,
) -> Group:  # fmt: skip
    ids = [face_ids[row] for row in rows]
    moments = [photos[face_id].shown_at for face_id in ids if face_id in photos]
    return Group(
        ids, len(ids), float(np.mean([similarities[row] for row in rows])),
        min(moments, default=None), max(moments, default=None), is_rest,
    )  # fmt: skip
