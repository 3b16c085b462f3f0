"""Looking through the faces that are nobody's yet for people that are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import update

from kith.accounts.principal import Principal
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.faces.service import take_turn
from kith.faces.tables import Face
from kith.index.base import NO_PERSON, Neighbours, Scope
from kith.kit.db import ReadSession
from kith.people import queries as people_queries
from kith.people.candidates import read_candidates
from kith.people.matching import Match, Thresholds, match
from kith.people.service import People
from kith.photos.tables import Photo
from kith.tagging import queries
from kith.tagging.config import Quality, read_quality
from kith.tagging.pictures import Parts
from kith.tagging.recognising import blur_score, named_people, own_threshold, trusted

# Similarity from which on a face is somebody's, and the most faces to look at in one go.
RECOGNISED = 0.6
MAX_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class BatchDone:
    """How many faces were looked at, found to be somebody's, and not looked at for their quality."""

    processed: int
    recognised: int
    filtered_out: int


@dataclass(frozen=True, slots=True)
class BatchRule:
    """From `threshold` on a face is somebody's; its `neighbours` nearest faces vote."""

    threshold: float
    limit: int
    neighbours: int
    seed_quality: float


async def recognise_waiting(parts: Parts, who: Principal, rule: BatchRule) -> BatchDone:
    """Give faces of processed images that are nobody's to the people they show.

    What a human has ruled out stays so, and nobody is twice in a photo. A face that is similar enough, as
    the tenant has set it, is verified at once. What was decided meanwhile stands.
    """
    recognition = await parts.recognition()
    async with parts.db.read() as session:
        quality = await read_quality(session, who)
        rows = (await session.execute(queries.to_recognise(who, rule.limit))).all()
        pairs = [(face, photo) for face, photo in rows]
        good = [(face, photo) for face, photo in pairs if _is_good(face, quality)]
        matches = await _match(recognition, session, who, good, rule)
    async with parts.db.write() as session:
        people = People(session, who, parts.clock)
        await take_turn(session, who.tenant_id)
        seen = Face.id.in_([face.id for face, _ in pairs])
        await session.execute(update(Face).where(seen, Face.to_identify).values(to_identify=False))
        recognised = await _write(people, matches, quality)
    return BatchDone(len(pairs), recognised, len(pairs) - len(good))


def _is_good(face: Face, quality: Quality) -> bool:
    return (
        face.detection_score >= quality.min_detection_score
        and min(face.x2 - face.x1, face.y2 - face.y1) >= quality.min_face_size
        and blur_score(face.sharpness) >= quality.min_blur_score
    )


async def _match(
    recognition: Recognition, session: ReadSession, who: Principal, faces: Sequence[tuple[Face, Photo]],
    rule: BatchRule,
) -> list[Match]:  # fmt: skip
    people = await named_people(session, who)
    vectors = await embeddings_of(session, recognition.space_id, [face.id for face, _ in faces])
    faces = [(face, photo) for face, photo in faces if face.id in vectors]
    if not people or not faces:
        return []
    lowest = min([rule.threshold, *(own for it in people.values() if (own := own_threshold(it)) is not None)])
    near = await recognition.search(
        np.stack([vectors[face.id] for face, _ in faces]), Scope(who.tenant_id, persons=frozenset(people)),
        rule.neighbours, recognition.calibration.cosine(lowest),
    )  # fmt: skip
    near: list[Neighbours] = await trusted(session, recognition, near, people, rule.threshold)
    candidates = await read_candidates(
        session, recognition.calibration, faces, near, people, seed_quality=rule.seed_quality
    )
    taken: dict[int, set[int]] = {}
    photo_ids = sorted({photo.id for _, photo in faces})
    for photo_id, person_id in await session.execute(people_queries.persons_by_photo(photo_ids)):
        taken.setdefault(photo_id, set()).add(person_id or NO_PERSON)
    thresholds = Thresholds(lowest, lowest, lowest, rule.seed_quality)
    return [it for it in match(candidates, thresholds, taken) if it.is_auto]


async def _write(people: People, matches: Sequence[Match], quality: Quality) -> int:
    """One decision for each person and degree of sureness; faces that are somebody's by now are left."""
    ids = [it.face_id for it in matches]
    still = {row[0] for row in await people.session.execute(queries.states(ids)) if row[1] in queries.OPEN}
    living = {row.id for row in await people.session.scalars(queries.named(people.who))}
    probable: dict[int, dict[int, float]] = {}
    sure: dict[int, list[int]] = {}
    count = 0
    for it in matches:
        if it.face_id not in still or it.person_id not in living:
            continue
        count += 1
        if it.similarity >= quality.verified_threshold:
            sure.setdefault(it.person_id, []).append(it.face_id)
        else:
            probable.setdefault(it.person_id, {})[it.face_id] = it.similarity
    for person_id, similarities in sorted(probable.items()):
        await people.suppose(similarities, person_id)
    for person_id, face_ids in sorted(sure.items()):
        await people.assign(face_ids, person_id)
    return count
