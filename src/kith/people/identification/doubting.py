"""Thinking again about faces that were recognised by the likes of one that has left their person.

Idea: a correction travels as far as the mistake did. Where a face is taken from a person, by an undo, a
rejection or a gift to somebody else, faces that Kith recognised by it are let go, unless another of the
person's faces is enough for them; then they are identified like new ones. A face that is set aside or
drawn in vain tells of nobody, and has nobody thought about again.
"""

import numpy as np

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
        """The ids of such faces; where there are none, the plan holds the losses that are dealt with."""
        left: dict[int, list[int]] = {}
        for face_id, person_id in await self._reading.session.execute(queries.left(self._reading.tenant_id)):
            left.setdefault(person_id or 0, []).append(face_id)
        doubted: list[int] = []
        for person_id in sorted(left):
            found = await self._unsupported(person_id, left[person_id])
            doubted += found or []
            if found is not None:
                self._plan.left |= dict.fromkeys(left[person_id], person_id)
        return doubted

    async def _unsupported(self, person_id: int, left: list[int]) -> list[int] | None:
        """None where whoever would speak for the others has yet to be seen by this pack."""
        rows = (await self._reading.session.execute(queries.grounds(person_id))).all()
        embedded = set(await self._reading.embedded([row.id for row in rows]))
        known = [row for row in rows if row.id in embedded]
        if any(row.is_awaited and not row.is_recognised for row in rows if row.id not in embedded):
            return None
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
