"""Working out who the faces that wait are: matched with known people, or grouped with each other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from kith.accounts.principal import Principal
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.faces.tables import Face, FaceState
from kith.index.base import NO_PERSON, Float32, Neighbours, Scope
from kith.index.cluster import group
from kith.index.forest import Cohesion, Rules
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.grouping import gather, keep_persons
from kith.people.identification.plan import IdentifyConfig, Plan, Standing
from kith.people.matching import Candidate, is_before_birth, match, years_between
from kith.people.tables import Person
from kith.photos.tables import Photo

# Faces taken up at once; the rest wait for the next job, so that no transaction grows without bound.
FACES = 20_000
# A person is looked for with this many of their best faces.
_PROBES = 50
_CHUNK = 10_000
_MACHINE = frozenset({FaceState.UNKNOWN, FaceState.SUGGESTED, FaceState.GROUPED})


class Thinking:
    """Reads the faces that wait and works out who they are; writes nothing."""

    def __init__(
        self, recognition: Recognition, session: ReadSession, tenant_id: int, config: IdentifyConfig
    ) -> None:
        self._recognition = recognition
        self._session = session
        self._tenant_id = tenant_id
        self._config = config
        self._vectors: dict[int, Float32] = {}
        self._plan = Plan()

    async def think(self) -> Plan:
        plan = self._plan
        waiting = (await self._session.execute(queries.to_identify(self._tenant_id, FACES))).all()
        self._read(waiting)
        await self._fetch(list(plan.read))
        plan.is_partial = len(waiting) == FACES
        unanchored = set(await self._session.scalars(queries.unanchored_groups(self._tenant_id)))
        await self._recall(unanchored)
        galleries = sorted({standing.photo.gallery_id for standing in plan.read.values()})
        for gallery_id in galleries:
            ids = [it.face.id for it in plan.read.values() if it.photo.gallery_id == gallery_id]
            scope = Scope(self._tenant_id, gallery_id)
            matched = await self._match(ids, scope)
            await self._group(ids, matched, scope, unanchored)
        return plan

    async def _recall(self, unanchored: set[int]) -> None:
        """Look again at faces near persons whose own faces have changed."""
        cosine = self._recognition.calibration.cosine(self._config.thresholds.suggest)
        scope = Scope(self._tenant_id)
        for person in (await self._session.scalars(queries.to_match(self._tenant_id))).all():
            self._plan.person_ids.append(person.id)
            probes = (await self._session.scalars(queries.best_faces(person.id, _PROBES))).all()
            near = await self._within(probes, scope, unanchored, cosine)
            await self._load({face_id for around in near for face_id in around.face_ids.tolist()})

    async def _match(self, face_ids: Sequence[int], scope: Scope) -> set[int]:
        """Match against known people; the ids of the faces that have found theirs for sure."""
        who = {
            person.id: person
            for person in await self._session.scalars(queries.anchored(Principal(self._tenant_id)))
        }
        open_ids = [face_id for face_id in face_ids if self._is_open(face_id)]
        self._plan.judged.update(open_ids)
        if not who or not open_ids:
            return set()
        calibration, thresholds = self._recognition.calibration, self._config.thresholds
        known = Scope(scope.tenant, scope.gallery, persons=frozenset(who))
        near = await self._recognition.search(
            await self._stack(open_ids),
            known,
            self._config.neighbours,
            calibration.cosine(thresholds.suggest),
        )
        candidates = await self._candidates(open_ids, near, who)
        photo_ids = sorted({candidate.photo_id for candidate in candidates})
        taken: dict[int, set[int]] = {}
        for photo_id, person_id in await self._session.execute(queries.persons_by_photo(photo_ids)):
            taken.setdefault(photo_id, set()).add(person_id or NO_PERSON)
        matches = match(candidates, thresholds, taken)
        self._plan.matches += matches
        return {it.face_id for it in matches if it.is_auto}

    async def _candidates(
        self, face_ids: Sequence[int], near: Sequence[Neighbours], who: dict[int, Person]
    ) -> list[Candidate]:
        """Each face with its neighbours, their distance in years, and the persons it cannot be."""
        barred: dict[int, set[int]] = {}
        for face_id, person_id in await self._session.execute(queries.rejections(face_ids)):
            barred.setdefault(face_id, set()).add(person_id)
        neighbours = sorted({other for around in near for other in around.face_ids.tolist()})
        rows = await self._session.execute(queries.faces_with_photos(neighbours))
        taken_on = {face.id: _day(photo) for face, photo in rows}
        candidates: list[Candidate] = []
        for face_id, around in zip(face_ids, near, strict=True):
            photo = self._plan.read[face_id].photo
            day = _day(photo)
            unborn = {it.id for it in who.values() if is_before_birth(day, it.born_on)}
            years = [years_between(day, taken_on[other]) for other in around.face_ids.tolist()]
            similarities = self._recognition.calibration.similarity(around.cosines)
            out = frozenset(barred.get(face_id, set()) | unborn)
            candidates.append(
                Candidate(face_id, photo.id, around.persons, similarities, np.array(years), out)
            )
        return candidates

    async def _group(
        self, face_ids: Sequence[int], matched: set[int], scope: Scope, unanchored: set[int]
    ) -> None:
        """Group what is left, together with everything connected to it; see `grouping.gather`."""
        left = {self._plan.read[face_id].person_id for face_id in matched}
        seeds = [face_id for face_id in face_ids if self._is_open(face_id)]
        seeds += await self._members([person_id for person_id in left if person_id is not None])
        unmatched = replace(scope, exclude_faces=frozenset(matched))
        min_cosine = self._recognition.calibration.cosine(self._config.group)

        async def near(ids: Sequence[int]) -> Sequence[Neighbours]:
            return await self._within(ids, unmatched, unanchored, min_cosine)

        async def members(person_ids: Sequence[int]) -> Sequence[int]:
            return [face_id for face_id in await self._members(person_ids) if face_id not in matched]

        around = await gather([seed for seed in seeds if seed not in matched], near, members)
        ids = around.face_ids.tolist()
        await self._load(ids)
        standing = [self._plan.read[face_id] for face_id in ids]
        vectors = await self._stack(ids)
        cohesion = Cohesion(vectors, self._recognition.calibration.cosine(self._config.cohesion))
        photos = np.array([it.photo.id for it in standing], dtype=np.int64)
        labels = group(
            len(ids),
            around.links,
            min_samples=self._config.group_size,
            may_seed=np.array([it.face.quality >= self._config.seed_quality for it in standing], dtype=bool),
            rules=Rules(photos=photos, cohesion=cohesion),
        ).tolist()
        self._settle(ids, labels, unanchored)

    async def _within(
        self, face_ids: Sequence[int], scope: Scope, unanchored: set[int], min_cosine: float
    ) -> list[Neighbours]:
        """Faces near to each of these that are nobody's, or in a person no human vouches for."""
        vectors = await self._stack(face_ids)
        strangers = replace(scope, unassigned_only=True)
        near = await self._recognition.within(vectors, strangers, min_cosine)
        if not unanchored:
            return near
        grouped = replace(scope, persons=frozenset(unanchored))
        also = await self._recognition.within(vectors, grouped, min_cosine)
        return [_joined(left, right) for left, right in zip(near, also, strict=True)]

    def _settle(self, ids: Sequence[int], labels: Sequence[int], unanchored: set[int]) -> None:
        """Find each group's person. Where rules keep neighbours apart, what is too small is no group."""
        members: dict[int, list[int]] = {}
        for face_id, label in zip(ids, labels, strict=True):
            members.setdefault(label, []).append(face_id)
        groups = {label for label in members if label >= 0 and len(members[label]) >= self._config.group_size}
        labels = [label if label in groups else -1 for label in labels]
        current = [self._plan.read[face_id].person_id or NO_PERSON for face_id in ids]
        kept = keep_persons(labels, [person if person in unanchored else NO_PERSON for person in current])
        self._plan.loners += [face_id for face_id, label in zip(ids, labels, strict=True) if label < 0]
        self._plan.groups += [(kept.get(label), members[label]) for label in sorted(groups)]

    def _is_open(self, face_id: int) -> bool:
        """Whether a machine may still say whose face it is."""
        it = self._plan.read[face_id]
        return it.state in _MACHINE and not it.face.is_ignored and face_id in self._vectors

    def _read(self, rows: Sequence[Sequence[object]]) -> None:
        for face, photo in rows:
            if isinstance(face, Face) and isinstance(photo, Photo):
                self._plan.read.setdefault(face.id, Standing(face, photo, face.state, face.person_id))

    async def _load(self, face_ids: Sequence[int] | set[int]) -> None:
        new = sorted(set(face_ids) - self._plan.read.keys())
        for start in range(0, len(new), _CHUNK):
            rows = await self._session.execute(queries.faces_with_photos(new[start : start + _CHUNK]))
            self._read(rows.all())

    async def _fetch(self, face_ids: Sequence[int]) -> None:
        """Read embeddings; a face that was not embedded in this space yet has none."""
        missing = [face_id for face_id in face_ids if face_id not in self._vectors]
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            self._vectors |= await embeddings_of(self._session, self._recognition.space_id, chunk)

    async def _stack(self, face_ids: Sequence[int]) -> Float32:
        """The embeddings (n, d) of faces that have one."""
        await self._fetch(face_ids)
        rows = [self._vectors[face_id] for face_id in face_ids]
        return np.stack(rows) if rows else np.zeros((0, self._recognition.index.dimension), np.float32)

    async def _members(self, person_ids: Sequence[int]) -> list[int]:
        """The faces of persons, as far as they are embedded in this space."""
        rows = (await self._session.execute(queries.members(person_ids))).all()
        await self._fetch([face_id for face_id, _ in rows])
        return [face_id for face_id, _ in rows if face_id in self._vectors]


def _joined(left: Neighbours, right: Neighbours) -> Neighbours:
    return Neighbours(
        np.concatenate([left.face_ids, right.face_ids]),
        np.concatenate([left.persons, right.persons]),
        np.concatenate([left.cosines, right.cosines]),
    )


def _day(photo: Photo) -> date | None:
    return photo.taken_at.date() if photo.taken_at is not None else None
