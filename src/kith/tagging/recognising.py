"""Who is it? Faces of a picture, or of images that wait, compared with the people there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.faces.recognition import Recognition
from kith.faces.searching import unit_vector
from kith.faces.tables import FaceState
from kith.index.base import Neighbours, Scope
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession
from kith.people.tables import Person
from kith.tagging import queries
from kith.tagging.config import Quality, read_quality
from kith.tagging.pictures import Looked, Parts, Pictures
from kith.tagging.placing import Tag, sight

SHOWN_MATCHES = 3
# What a face that nobody has verified needs more to say who somebody is.
UNVERIFIED_MARGIN = 0.15
# So many that a verified face is among them, though many that nobody has verified are nearer.
_NEIGHBOURS = 500
# A sharpness of one half is a blur score of 100.
_HALF_BLUR = 100.0


@dataclass(frozen=True, slots=True)
class PersonMatch:
    person: Person
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A face of a picture that is kept nowhere; `matches` are the most similar people, best first."""

    xyxy: tuple[float, float, float, float]
    score: float
    quality: float
    blur_score: float
    embedding: Float32
    matches: list[PersonMatch]


def blur_score(sharpness: float) -> float:
    """The variance of the Laplacian that a sharpness stands for, in units in which 100 is middling."""
    odds = sharpness / max(1 - sharpness, 1e-6)
    return float(_HALF_BLUR * odds ** (2 / 3))


def good_rows(found: FoundFaces, quality: Quality) -> NDArray[np.intp]:
    """The rows of faces that pass the filters."""
    sides = found.xyxy[:, 2:] - found.xyxy[:, :2]
    blur = np.array([blur_score(float(it)) for it in found.sharpness])
    is_good = (found.score >= quality.min_detection_score) & (blur >= quality.min_blur_score)
    return np.nonzero(is_good & (sides.min(axis=1, initial=np.inf) >= quality.min_face_size))[0]


class Recognising:
    """Looks at pictures for one tenant, and keeps none; that it was asked is noted in the audit log."""

    def __init__(self, parts: Parts, who: Principal) -> None:
        self._parts = parts
        self._who = who
        self._pictures = Pictures(parts, who)

    async def detect(self, url: str, *, is_filtered: bool) -> list[DetectedFace]:
        """The faces of a picture, best first; if filtered, those that pass what the tenant has set."""
        looked = await self._pictures.look(url)
        found = looked.found
        async with self._parts.db.read() as session:
            if is_filtered:
                found = found.pick(good_rows(found, await read_quality(session, self._who)))
            matches = await self._matches(looked.recognition, session, found.embeddings)
        await self._note(len(found))
        return [
            DetectedFace(
                xyxy=(x1, y1, x2, y2), score=float(found.score[at]), quality=float(found.quality[at]),
                blur_score=blur_score(float(found.sharpness[at])), embedding=found.embeddings[at],
                matches=matches[at],
            )
            for at, (x1, y1, x2, y2) in enumerate(found.xyxy.tolist())
        ]  # fmt: skip

    async def recognise_at(
        self, url: str, box: tuple[float, float, float, float], threshold: float
    ) -> PersonMatch | None:
        """Whom the face at a box of a picture shows, if anybody is similar enough; raises InvalidBox."""
        looked = await self._pictures.look(url)
        return await self._recognise(looked.recognition, await face_at(looked, box), threshold)

    async def recognise(self, values: Sequence[float], threshold: float) -> PersonMatch | None:
        """As above, by an embedding that somebody has from elsewhere; raises InvalidEmbedding."""
        recognition = await self._parts.recognition()
        vector = unit_vector(values, recognition.index.dimension)
        return await self._recognise(recognition, vector, threshold)

    async def _recognise(
        self, recognition: Recognition, vector: Float32, threshold: float
    ) -> PersonMatch | None:
        async with self._parts.db.read() as session:
            people = await named_people(session, self._who)
            lowest = min(
                [threshold, *(own for it in people.values() if (own := own_threshold(it)) is not None)]
            )
            scope = Scope(self._who.tenant_id, persons=frozenset(people))
            (near,) = await recognition.search(
                vector[None], scope, _NEIGHBOURS, recognition.calibration.cosine(lowest)
            )
            (near,) = await trusted(session, recognition, [near], people, threshold)
        await self._note(1)
        if not len(near):
            return None
        similarity = float(recognition.calibration.similarity(float(near.cosines[0])))
        return PersonMatch(people[int(near.persons[0])], similarity)

    async def _matches(
        self, recognition: Recognition, session: ReadSession, vectors: Float32
    ) -> list[list[PersonMatch]]:
        people = await named_people(session, self._who)
        if not people or not len(vectors):
            return [[] for _ in vectors]
        scope = Scope(self._who.tenant_id, persons=frozenset(people))
        near = await recognition.search_persons(vectors, scope, SHOWN_MATCHES)
        return [
            [
                PersonMatch(people[person_id], similarity)
                for person_id, similarity in zip(
                    it.persons.tolist(), recognition.calibration.similarity(it.cosines).tolist(), strict=True
                )
                if person_id in people
            ]
            for it in near
        ]

    async def _note(self, faces: int) -> None:
        async with self._parts.db.write() as session:
            record(
                session, self._parts.clock, self._who, AuditAction.SEARCH, "picture", counts={"faces": faces}
            )


async def face_at(looked: Looked, box: tuple[float, float, float, float]) -> Float32:
    """The embedding of what a picture shows at a box."""
    sighting = (await sight(looked, [Tag(box=box)]))[0]
    return sighting.source.embeddings[sighting.row]


async def named_people(session: ReadSession, who: Principal) -> dict[int, Person]:
    return {person.id: person for person in await session.scalars(queries.named(who))}


def own_threshold(person: Person) -> float | None:
    """The similarity from which on a person is recognised, if they have one of their own."""
    value = person.notes.get("custom_confidence_threshold")
    if person.notes.get("use_custom_confidence") is not True or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


async def trusted(
    session: ReadSession, recognition: Recognition, near: Sequence[Neighbours],
    people: Mapping[int, Person], threshold: float,
) -> list[Neighbours]:  # fmt: skip
    """Those neighbours that are similar enough, for each query.

    Verified ones from the threshold on; only where there are none of these, others from above it.
    `near` may have gone on to a later commit than the session: what that does not see has no say.
    """
    ids = sorted({face_id for around in near for face_id in around.face_ids.tolist()})
    states: dict[int, FaceState] = {}
    for some in chunks(ids):
        states |= {row[0]: FaceState(row[1]) for row in await session.execute(queries.states(some))}

    def excess(face_id: int, person_id: int, similarity: float) -> float:
        """How far above the threshold of the person; far below for what has no say."""
        person = people.get(person_id)
        if person is None or face_id not in states:
            return -1
        own = own_threshold(person)
        return similarity - (own if own is not None else threshold)

    kept: list[Neighbours] = []
    for around in near:
        similarities = recognition.calibration.similarity(around.cosines).tolist()
        rows = zip(around.face_ids.tolist(), around.persons.tolist(), similarities, strict=True)
        above = np.array([excess(*row) for row in rows])
        sure = np.array(
            [states.get(it) == FaceState.CONFIRMED for it in around.face_ids.tolist()], dtype=bool
        )
        verified = sure & (above >= 0)
        keep = verified if verified.any() else ~sure & (above >= UNVERIFIED_MARGIN)
        kept.append(
            replace(
                around, face_ids=around.face_ids[keep], persons=around.persons[keep],
                cosines=around.cosines[keep],
            )
        )  # fmt: skip
    return kept
