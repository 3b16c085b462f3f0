"""Thinking again about faces that were recognised by the likes of one that has left their person.

Idea: a correction travels as far as the mistake did. Where a face is taken from a person, by an undo, a
rejection or a gift to somebody else, faces that Kith recognised by it are let go, unless another of the
person's faces is enough for them; then they are identified like new ones. A face that is set aside or
drawn in vain tells of nobody, and has nobody thought about again.
"""

import numpy as np

from kith.kit.chunks import chunks
from kith.people import queries
from kith.people.identification.plan import IdentifyConfig
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
        """The ids of such faces, among persons that are recalled and have lost a face that waits."""
        left: dict[int, list[int]] = {}
        for persons in chunks(sorted(self._plan.recalled)):
            for faces in chunks(sorted(self._plan.waiting)):
                for person_id, face_id in await self._reading.session.execute(
                    queries.decided_together(persons, faces)
                ):
                    if self._plan.read[face_id].person_id != person_id:
                        left.setdefault(person_id, []).append(face_id)
        return [
            it for person_id in sorted(left) for it in await self._unsupported(person_id, left[person_id])
        ]

    async def _unsupported(self, person_id: int, left: list[int]) -> list[int]:
        rows = (await self._reading.session.execute(queries.grounds(person_id))).all()
        embedded = set(await self._reading.embedded([row.id for row in rows]))
        known = [row for row in rows if row.id in embedded]
        if any(not row.is_recognised for row in rows if row.id not in embedded):
            return []  # whoever would speak for the others has not been seen by this pack yet
        recognised = np.array([row.is_recognised for row in known], dtype=bool)
        if not recognised.any():
            return []
        least = self._thresholds
        sure = [least.poor if row.quality < least.seed_quality else least.auto for row in known]
        found = await self._reading.recognition.compute.run(
            unsupported,
            await self._reading.vectors([row.id for row in known]),
            recognised,
            await self._reading.vectors(await self._reading.embedded(left)),
            self._calibration.cosine(least.suggest),
            np.array([self._calibration.cosine(similarity) for similarity in sure]),
        )
        return [known[row].id for row in found.tolist()]
