"""What identification has read of a tenant: faces as they stood, their photos, their embeddings."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition
from kith.faces.tables import Face, FaceState
from kith.index.base import Float32, Neighbours, Scope
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.identification.plan import Plan, Standing
from kith.photos.tables import Photo

MACHINE = frozenset({FaceState.UNKNOWN, FaceState.SUGGESTED, FaceState.GROUPED})


class Reading:
    """One session's view; what it reads is kept, in the plan and here, so that nothing is read twice."""

    def __init__(self, recognition: Recognition, session: ReadSession, tenant_id: int, plan: Plan) -> None:
        self.recognition = recognition
        self.session = session
        self.tenant_id = tenant_id
        self.plan = plan
        self.unanchored: frozenset[int] = frozenset()
        self._vectors: dict[int, Float32] = {}

    async def begin(self, limit: int) -> list[int]:
        """Read what waits: faces, whose ids are answered, and persons; and for whom no human vouches."""
        rows = (await self.session.execute(queries.to_identify(self.tenant_id, limit))).all()
        self._keep(rows)
        self.plan.waiting = set(self.plan.read)
        self.plan.is_partial = len(rows) == limit
        changed = await self.session.scalars(queries.to_match(self.tenant_id))
        self.plan.recalled = {person.id: person.updated_at for person in changed}
        self.unanchored = frozenset(await self.session.scalars(queries.unanchored_groups(self.tenant_id)))
        await self._fetch(list(self.plan.read))
        return list(self.plan.read)

    async def load(self, face_ids: Iterable[int]) -> None:
        new = sorted(set(face_ids) - self.plan.read.keys())
        for some in chunks(new):
            rows = await self.session.execute(queries.faces_with_photos(some))
            self._keep(rows.all())
        await self._fetch(new)

    def is_open(self, face_id: int) -> bool:
        """Whether a machine may say whose face this is, and can."""
        it = self.plan.read.get(face_id)
        if it is None or face_id not in self._vectors:
            return False
        return it.state in MACHINE and it.face.is_shown

    async def embedded(self, face_ids: Sequence[int]) -> list[int]:
        """Those of the faces that have been embedded in this space."""
        await self._fetch(face_ids)
        return [face_id for face_id in face_ids if face_id in self._vectors]

    async def vectors(self, face_ids: Sequence[int]) -> Float32:
        """The embeddings (n, d) of faces that have one."""
        await self._fetch(face_ids)
        rows = [self._vectors[face_id] for face_id in face_ids]
        return np.stack(rows) if rows else np.zeros((0, self.recognition.index.dimension), np.float32)

    async def members(self, person_ids: Sequence[int]) -> list[int]:
        """The faces of persons, as far as they are embedded in this space."""
        ids: list[int] = []
        for some in chunks(person_ids):
            ids += await self.session.scalars(queries.members(some))
        return await self.embedded(ids)

    async def near(self, face_ids: Sequence[int], scope: Scope, min_cosine: float) -> list[Neighbours]:
        """Faces near to each of these that are nobody's, or in a person no human vouches for."""
        vectors = await self.vectors(face_ids)
        strangers = replace(scope, unassigned_only=True)
        near = await self.recognition.within(vectors, strangers, min_cosine)
        if self.unanchored:
            grouped = replace(scope, persons=self.unanchored)
            also = await self.recognition.within(vectors, grouped, min_cosine)
            near = [_joined(left, right) for left, right in zip(near, also, strict=True)]
        return await self._seen(near)

    async def _seen(self, near: list[Neighbours]) -> list[Neighbours]:
        """Only faces this session sees as open: the index may have gone on to a later commit."""
        found = {face_id for around in near for face_id in around.face_ids.tolist()}
        await self.load(found)
        known = np.array([it for it in sorted(found) if self.is_open(it)], dtype=np.int64)
        return [_picked(around, np.isin(around.face_ids, known)) for around in near]

    def _keep(self, rows: Sequence[Sequence[object]]) -> None:
        for face, photo in rows:
            if isinstance(face, Face) and isinstance(photo, Photo):
                self.plan.read.setdefault(face.id, Standing(face, photo, face.state, face.person_id))

    async def _fetch(self, face_ids: Sequence[int]) -> None:
        missing = [face_id for face_id in face_ids if face_id not in self._vectors]
        for some in chunks(missing):
            self._vectors |= await embeddings_of(self.session, self.recognition.space_id, some)


def _joined(left: Neighbours, right: Neighbours) -> Neighbours:
    return Neighbours(
        np.concatenate([left.face_ids, right.face_ids]),
        np.concatenate([left.persons, right.persons]),
        np.concatenate([left.cosines, right.cosines]),
    )


def _picked(near: Neighbours, rows: NDArray[np.bool_]) -> Neighbours:
    return Neighbours(near.face_ids[rows], near.persons[rows], near.cosines[rows])
