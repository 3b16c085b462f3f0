"""Matching the faces that wait with known people."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from kith.accounts.principal import Principal
from kith.index.base import NO_PERSON, Neighbours, Scope
from kith.people import queries
from kith.people.identification.plan import IdentifyConfig
from kith.people.identification.reading import Reading
from kith.people.matching import Candidate, is_before_birth, match, years_between
from kith.people.tables import Person
from kith.photos.tables import Photo

# A person is looked for with this many of their best faces.
_PROBES = 50


class Recognising:
    """Who among the people a human vouches for is in these faces?"""

    def __init__(self, reading: Reading, config: IdentifyConfig) -> None:
        self._reading = reading
        self._plan = reading.plan
        self._config = config
        self._calibration = reading.recognition.calibration

    async def recall(self) -> None:
        """Look again at faces near persons whose own faces have changed."""
        session, scope = self._reading.session, Scope(self._reading.tenant_id)
        min_cosine = self._calibration.cosine(self._config.thresholds.suggest)
        for person in (await session.scalars(queries.to_match(self._reading.tenant_id))).all():
            self._plan.person_ids.append(person.id)
            best = (await session.scalars(queries.best_faces(person.id, _PROBES))).all()
            near = await self._reading.near(await self._reading.embedded(best), scope, min_cosine)
            await self._reading.load(face_id for around in near for face_id in around.face_ids.tolist())

    async def recognise(self, face_ids: Sequence[int], scope: Scope) -> set[int]:
        """Match faces of one gallery; the ids of those that have found their person for sure."""
        session = self._reading.session
        everyone = await session.scalars(queries.anchored(Principal(scope.tenant)))
        who = {person.id: person for person in everyone}
        open_ids = [face_id for face_id in face_ids if self._reading.is_open(face_id)]
        self._plan.judged.update(open_ids)
        if not who or not open_ids:
            return set()
        known = Scope(scope.tenant, scope.gallery, persons=frozenset(who))
        min_cosine = self._calibration.cosine(self._config.thresholds.suggest)
        vectors = await self._reading.vectors(open_ids)
        near = await self._reading.recognition.search(vectors, known, self._config.neighbours, min_cosine)
        candidates = await self._candidates(open_ids, near, who)
        taken: dict[int, set[int]] = {}
        photo_ids = sorted({candidate.photo_id for candidate in candidates})
        for photo_id, person_id in await session.execute(queries.persons_by_photo(photo_ids)):
            taken.setdefault(photo_id, set()).add(person_id or NO_PERSON)
        matches = match(candidates, self._config.thresholds, taken)
        self._plan.matches += matches
        return {it.face_id for it in matches if it.is_auto}

    async def _candidates(
        self, face_ids: Sequence[int], near: Sequence[Neighbours], who: dict[int, Person]
    ) -> list[Candidate]:
        """Each face with its neighbours, their distance in years, and the persons it cannot be."""
        session = self._reading.session
        barred: dict[int, set[int]] = {}
        for face_id, person_id in await session.execute(queries.rejections(face_ids)):
            barred.setdefault(face_id, set()).add(person_id)
        neighbours = sorted({other for around in near for other in around.face_ids.tolist()})
        rows = await session.execute(queries.faces_with_photos(neighbours))
        taken_on = {face.id: _day(photo) for face, photo in rows}
        candidates: list[Candidate] = []
        for face_id, around in zip(face_ids, near, strict=True):
            standing = self._plan.read[face_id]
            photo, is_poor = standing.photo, standing.face.quality < self._config.seed_quality
            day = _day(photo)
            unborn = {it.id for it in who.values() if is_before_birth(day, it.born_on)}
            years = [years_between(day, taken_on.get(other)) for other in around.face_ids.tolist()]
            similarities = self._calibration.similarity(around.cosines)
            out = frozenset(barred.get(face_id, set()) | unborn)
            candidates.append(
                Candidate(face_id, photo.id, around.persons, similarities, np.array(years), out, is_poor)
            )
        return candidates


def _day(photo: Photo) -> date | None:
    return photo.taken_at.date() if photo.taken_at is not None else None
