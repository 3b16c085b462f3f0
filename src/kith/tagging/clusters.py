"""Faces that are nobody's yet, grouped by how alike they are; a group becomes a person, or is set aside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.calibration import Calibration
from kith.faces.clustering import MAX_FACES, Clustering, TooManyFaces, cluster
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.faces.service import boxes_of
from kith.faces.tables import Face
from kith.galleries.showing import get_shown
from kith.galleries.tables import GalleryImage
from kith.kit.db import ReadSession
from kith.people.service import People
from kith.people.tables import Person
from kith.tagging import queries
from kith.tagging.errors import ClusterAmbiguous, ClusterEmpty
from kith.tagging.pictures import Parts
from kith.tagging.placing import Tag, boxes_of_tags, pair

# How many strangers a face may expect among its neighbours, and for how many faces at least.
_STRANGERS = 0.05
_FEWEST = 1024


@dataclass(frozen=True, slots=True)
class UnknownFace:
    image: GalleryImage
    face: Face


@dataclass(frozen=True, slots=True)
class UnknownClusters:
    """The groups, largest first, and the faces that are in none."""

    groups: list[list[UnknownFace]]
    alone: list[UnknownFace]


@dataclass(frozen=True, slots=True)
class ClusterFace:
    """A face of a group as a client names it: by its id, its box, or only by the image it is in."""

    image: UUID | None
    face: UUID | None = None
    box: tuple[float, float, float, float] | None = None


async def cluster_unknown(
    recognition: Recognition, session: ReadSession, who: Principal, gallery: UUID, min_size: int
) -> UnknownClusters:
    """Group nobody's faces of a gallery; raises GalleryNotFound, TooManyFaces."""
    gallery_id = (await get_shown(session, who, gallery)).gallery.id
    rows = await session.execute(queries.unknown(who, gallery_id).limit(2 * MAX_FACES))
    faces = {face.id: UnknownFace(image, face) for image, face in rows}
    found = await _cluster(recognition, session, [it.face for it in faces.values()])
    groups = [it.face_ids for it in found.clusters if len(it.face_ids) >= min_size]
    grouped = {face_id for group in groups for face_id in group}
    return UnknownClusters(
        [[faces[face_id] for face_id in group] for group in groups],
        [it for face_id, it in faces.items() if face_id not in grouped],
    )


async def make_person(parts: Parts, who: Principal, name: str, named: Sequence[ClusterFace]) -> Person:
    """A new person, verified in these faces.

    Raises ClusterEmpty if none of them is nobody's, ClusterAmbiguous.
    """
    face_ids = await _resolved(parts, who, named)
    async with parts.db.write() as session:
        people = People(session, who, parts.clock)
        _, person = await people.assign(await _still_open(people, face_ids), name=name)
    return person


async def set_aside(parts: Parts, who: Principal, named: Sequence[ClusterFace]) -> int:
    """Ignore faces: nobody to care about; how many. Raises ClusterEmpty, ClusterAmbiguous."""
    face_ids = await _resolved(parts, who, named)
    async with parts.db.write() as session:
        people = People(session, who, parts.clock)
        still = await _still_open(people, face_ids)
        await people.ignore(still)
    return len(still)


async def _resolved(parts: Parts, who: Principal, named: Sequence[ClusterFace]) -> list[int]:
    recognition = await parts.recognition()
    async with parts.db.read() as session:
        return await resolve(recognition, session, who, named)


async def _still_open(people: People, face_ids: Sequence[int]) -> list[int]:
    """Those that are nobody's now that it is our turn; raises ClusterEmpty for none."""
    await people.take_turn()
    states = await people.session.execute(queries.states(face_ids))
    still = [row[0] for row in states if row[1] in queries.OPEN]
    if not still:
        raise ClusterEmpty
    return still


async def resolve(
    recognition: Recognition, session: ReadSession, who: Principal, named: Sequence[ClusterFace]
) -> list[int]:
    """Which of nobody's faces a client means; raises ClusterEmpty for none, ClusterAmbiguous.

    Where only images are named, it is the group of faces that are alike which is in most of these images,
    and what is the only one of nobody's in its image. A group with faces that are named themselves goes
    before all others.
    """
    images = sorted({it.image for it in named if it.image is not None})
    uuids = [it.face for it in named if it.face is not None]
    pointed = {face.id: face for face in await session.scalars(queries.unknown_by_uuid(who, uuids))}
    by_image: dict[UUID, list[Face]] = {}
    for image, face in await session.execute(queries.unknown_in(who, images)):
        by_image.setdefault(image.uuid, []).append(face)
    alone: dict[int, Face] = {}
    vague: dict[int, Face] = {}
    for it in named:
        here = by_image.get(it.image, []) if it.image is not None and it.face is None else []
        meant = here if it.box is None else [here[at] for at in _under(it.box, here)]
        faces = pointed if it.box is not None else alone if len(here) == 1 else vague
        faces |= {face.id: face for face in meant}
    found = pointed.keys() | alone.keys()
    if vague:
        candidates = alone | vague | pointed
        groups = (await _cluster(recognition, session, list(candidates.values()))).clusters
        group = _meant([it.face_ids for it in groups], candidates, pointed, is_needed=not found)
        found |= vague.keys() & group
    if not found:
        raise ClusterEmpty
    return sorted(found)


def _meant(
    groups: Sequence[Sequence[int]], faces: Mapping[int, Face], pointed: Collection[int], *, is_needed: bool
) -> set[int]:
    """The one group that says most; raises ClusterAmbiguous if several do, or none where one is needed."""
    says = [
        (len(set(group) & set(pointed)), len({faces[face_id].photo_id for face_id in group}))
        for group in groups
    ]
    best = [group for group, it in zip(groups, says, strict=True) if it == max(says)]
    if len(best) > 1 or (not best and is_needed):
        raise ClusterAmbiguous("several people are in these photos alike; name the faces by id or by box")
    return set(best[0]) if best else set()


def _under(box: tuple[float, float, float, float], faces: Sequence[Face]) -> list[int]:
    return list(pair(boxes_of_tags([Tag(box=box)]), boxes_of(faces)).values())


async def _cluster(recognition: Recognition, session: ReadSession, faces: Sequence[Face]) -> Clustering:
    if len(faces) > MAX_FACES:
        raise TooManyFaces(f"at most {MAX_FACES:,} faces can be clustered at once", limit=MAX_FACES)
    vectors = await embeddings_of(session, recognition.space_id, [face.id for face in faces])
    ids = np.array(sorted(vectors), dtype=np.int64)
    if not len(ids):
        return Clustering([], [])
    rows = np.stack([vectors[face_id] for face_id in ids.tolist()])
    min_cosine = _radius(recognition.calibration, len(ids))
    return await recognition.compute.run(cluster, ids, rows, min_cosine, 2)


def _radius(calibration: Calibration, count: int) -> float:
    """The cosine from which on faces are alike: of more faces, more are alike by chance."""
    return calibration.cosine(calibration.similarity_at(_STRANGERS / max(count, _FEWEST)))
