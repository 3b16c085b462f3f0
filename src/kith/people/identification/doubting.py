"""Thinking again about faces that were recognised by the likes of one that has left their person.

Idea: a correction travels as far as the mistake did. Where a face is taken from a person, by an undo, a
rejection or a gift to somebody else, faces that Kith recognised by it are let go, unless others of the
person's faces vouch for them too; then they are identified like new ones.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kith.engine.faces import Float32
from kith.faces.tables import FaceState
from kith.index.base import Scope
from kith.people.identification.plan import IdentifyConfig, Standing
from kith.people.identification.reading import Reading
from kith.people.support import unsupported


class Doubting:
    """Which faces does nothing speak for any more?"""

    def __init__(self, reading: Reading, config: IdentifyConfig) -> None:
        self._reading = reading
        self._plan = reading.plan
        self._thresholds = config.thresholds
        self._calibration = reading.recognition.calibration

    async def doubt(self) -> list[int]:
        """The ids of such faces; of the persons that were recalled, those near a face that waits are read."""
        waiting = await self._reading.embedded(sorted(self._plan.waiting))
        if not self._plan.recalled or not waiting:
            return []
        scope = Scope(self._reading.tenant_id, persons=frozenset(self._plan.recalled))
        min_cosine = self._calibration.cosine(self._thresholds.suggest)
        vectors = await self._reading.vectors(waiting)
        near = await self._reading.recognition.within(vectors, scope, min_cosine)
        persons = sorted({person for around in near for person in around.persons.tolist()})
        return [face_id for person_id in persons for face_id in await self._unsupported(person_id)]

    async def _unsupported(self, person_id: int) -> list[int]:
        face_ids = await self._reading.members([person_id])
        await self._reading.load(face_ids)
        standing = [self._plan.read[face_id] for face_id in face_ids]
        vouched = np.array([not _is_recognised(it) for it in standing], dtype=bool)
        if vouched.all():
            return []
        rows = await self._reading.recognition.compute.run(
            unsupported, await self._reading.vectors(face_ids), vouched, self._sure(standing), self._votes
        )
        return [face_ids[row] for row in rows.tolist()]

    def _sure(self, standing: Sequence[Standing]) -> NDArray[np.float64]:
        least = self._thresholds
        is_poor = [it.face.quality < least.seed_quality for it in standing]
        return np.where(is_poor, least.poor, least.auto)

    def _votes(self, cosines: Float32) -> NDArray[np.float64]:
        similarities = self._calibration.similarity(cosines)
        return np.where(similarities >= self._thresholds.suggest, similarities, 0.0)


def _is_recognised(it: Standing) -> bool:
    """Whether this is a face's person by nothing but its likeness to others of that person."""
    return it.state == FaceState.AUTO and it.face.similarity is not None and not it.face.is_pinned
