"""Matching the faces that wait with known people."""

from collections.abc import Sequence

from kith.accounts.principal import Principal
from kith.faces.tables import FaceState
from kith.index.base import NO_PERSON, Scope
from kith.kit.chunks import chunks
from kith.people import queries
from kith.people.candidates import read_candidates
from kith.people.identification.plan import IdentifyConfig
from kith.people.identification.reading import Reading
from kith.people.matching import match

# A person is looked for with this many of their best faces.
_PROBES = 50


class Recognising:
    """Who among the people a human vouches for is in these faces?"""

    def __init__(self, reading: Reading, config: IdentifyConfig) -> None:
        self._reading = reading
        self._plan = reading.plan
        self._config = config
        self._calibration = reading.recognition.calibration
        self._nearby: set[int] = set()

    async def recall(self) -> None:
        """Look again at faces near or suggested as persons whose own faces changed, or were embedded anew."""
        session, scope = self._reading.session, Scope(self._reading.tenant_id)
        min_cosine = self._calibration.cosine(self._config.thresholds.suggest)
        embedded = {
            standing.person_id
            for standing in self._plan.read.values()
            if standing.state in {FaceState.AUTO, FaceState.CONFIRMED} and standing.person_id is not None
        }
        for person_id in sorted(embedded | self._plan.recalled.keys()):
            best = (await session.scalars(queries.best_faces(person_id, _PROBES))).all()
            near = await self._reading.near(await self._reading.embedded(best), scope, min_cosine)
            self._nearby.update(face_id for around in near for face_id in around.face_ids.tolist())
        for some in chunks(sorted(self._plan.recalled)):
            suggested = [face.id for face in await session.scalars(queries.suggested(some))]
            await self._reading.load(suggested)
            self._nearby.update(face_id for face_id in suggested if self._reading.is_open(face_id))

    def candidates(self) -> list[int]:
        """The faces to match: those that wait, and those near persons that were recalled."""
        return sorted(self._plan.waiting | self._nearby)

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
        standing = [self._plan.read[face_id] for face_id in open_ids]
        candidates = await read_candidates(
            session, self._calibration, [(it.face, it.photo) for it in standing], near, who,
            seed_quality=self._config.thresholds.seed_quality,
        )  # fmt: skip
        taken: dict[int, set[int]] = {}
        for some in chunks(sorted({candidate.photo_id for candidate in candidates})):
            for photo_id, person_id in await session.execute(queries.persons_by_photo(some)):
                taken.setdefault(photo_id, set()).add(person_id or NO_PERSON)
        matches = match(candidates, self._config.thresholds, taken)
        self._plan.matches += matches
        return {it.face_id for it in matches if it.is_auto}
