"""Grouping the faces nobody is known for, again wherever something has changed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kith.index.base import NO_PERSON, Neighbours, Scope
from kith.index.cluster import Links, group, radius_graph
from kith.index.forest import Cohesion, Rules
from kith.people import queries
from kith.people.grouping import Neighbourhood, gather, keep_persons
from kith.people.identification.plan import IdentifyConfig
from kith.people.identification.reading import Reading

# The number of faces a radius is made for; it shrinks in steps of four, and everything is grouped anew
# then, so that groups depend on the faces there are and not on the order in which they came.
_FIRST_CAPACITY = 1024
_STEP = 4


def capacity_for(faces: int) -> int:
    """The number of faces, at least this many, for which a grouping's radius is made."""
    capacity = _FIRST_CAPACITY
    while capacity < faces:
        capacity *= _STEP
    return capacity


class Regrouping:
    """Who belongs together among the faces no human vouches for?

    Two faces are neighbours when so few strangers are that alike that a face expects `strangers` of them
    among all faces of the gallery: the false-accept rate allowed is `strangers` / faces.
    """

    def __init__(self, reading: Reading, config: IdentifyConfig) -> None:
        self._reading = reading
        self._plan = reading.plan
        self._config = config
        self._calibration = reading.recognition.calibration

    async def regroup(self, face_ids: Sequence[int], matched: set[int], scope: Scope, grown: int) -> None:
        """Group these faces of one gallery with everything connected to them.

        `matched` have just found their person. `grown` is the capacity of the last grouping; when that is
        outgrown, the whole gallery is grouped anew.
        """
        session, gallery_id = self._reading.session, scope.gallery or 0
        count = await session.scalar(queries.count_faces(scope.tenant, gallery_id)) or 0
        capacity = max(grown, capacity_for(count))
        min_cosine = self._calibration.cosine(
            self._calibration.similarity_at(self._config.strangers / capacity)
        )
        if capacity != grown:
            self._plan.capacities[gallery_id] = capacity
            around = await self._everything(scope, matched, min_cosine)
        else:
            around = await self._affected(face_ids, matched, scope, min_cosine)
        await self._group(around)

    async def _everything(self, scope: Scope, matched: set[int], min_cosine: float) -> Neighbourhood:
        rows = await self._reading.session.scalars(queries.open_faces(scope.tenant, scope.gallery or 0))
        ids = await self._reading.embedded([face_id for face_id in rows if face_id not in matched])
        vectors = await self._reading.vectors(ids)
        links = await self._reading.recognition.compute.run(radius_graph, vectors, min_cosine)
        return Neighbourhood(np.array(ids, dtype=np.int64), links)

    async def _affected(
        self, face_ids: Sequence[int], matched: set[int], scope: Scope, min_cosine: float
    ) -> Neighbourhood:
        """The faces, and those whose groups they join, leave or link; see `grouping.gather`."""

        async def near(ids: Sequence[int]) -> Sequence[Neighbours]:
            return [_without(matched, it) for it in await self._reading.near(ids, scope, min_cosine)]

        async def members(person_ids: Sequence[int]) -> Sequence[int]:
            ids = await self._reading.members(person_ids)
            await self._reading.load(ids)
            return [face_id for face_id in ids if face_id not in matched and self._reading.is_open(face_id)]

        left = {self._plan.read[face_id].person_id for face_id in matched} & self._reading.unanchored
        seeds = [face_id for face_id in face_ids if self._reading.is_open(face_id)]
        seeds += await members(sorted(person_id for person_id in left if person_id is not None))
        return await gather([seed for seed in seeds if seed not in matched], near, members)

    async def _group(self, around: Neighbourhood) -> None:
        ids = around.face_ids.tolist()
        await self._reading.load(ids)
        standing = [self._plan.read[face_id] for face_id in ids]
        vectors = await self._reading.vectors(ids)
        cohesion = Cohesion(vectors, self._calibration.cosine(self._config.cohesion))
        is_good = np.array(
            [it.face.quality >= self._config.thresholds.seed_quality for it in standing], dtype=bool
        )
        labels = await self._reading.recognition.compute.run(
            group,
            len(ids),
            self._trusted(around.links, is_good),
            min_samples=self._config.group_size,
            may_seed=is_good,
            rules=Rules(np.array([it.photo.id for it in standing], dtype=np.int64), cohesion=cohesion),
        )
        self._settle(ids, labels.tolist())

    def _trusted(self, links: Links, is_good: NDArray[np.bool_]) -> Links:
        """The links without those of poor faces, which strangers share far more often, but for the best."""
        sure = links.cosines >= self._calibration.cosine(self._config.thresholds.poor)
        return links.pick(sure | (is_good[links.rows] & is_good[links.cols]))

    def _settle(self, ids: Sequence[int], labels: Sequence[int]) -> None:
        """Find each group's person. Where rules keep neighbours apart, what is too small is no group."""
        members: dict[int, list[int]] = {}
        for face_id, label in zip(ids, labels, strict=True):
            members.setdefault(label, []).append(face_id)
        groups = {label for label in members if label >= 0 and len(members[label]) >= self._config.group_size}
        labels = [label if label in groups else -1 for label in labels]
        before = [self._plan.read[face_id].person_id for face_id in ids]
        open_persons = self._reading.unanchored
        kept = keep_persons(labels, [it if it in open_persons else NO_PERSON for it in before])
        self._plan.loners += [face_id for face_id, label in zip(ids, labels, strict=True) if label < 0]
        self._plan.groups += [(kept.get(label), members[label]) for label in sorted(groups)]


def _without(left_out: set[int], near: Neighbours) -> Neighbours:
    if not left_out:
        return near
    keep = np.array([face_id not in left_out for face_id in near.face_ids.tolist()], dtype=bool)
    return Neighbours(near.face_ids[keep], near.persons[keep], near.cosines[keep])
