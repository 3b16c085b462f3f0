"""Identities: persons that clients know by ids of their own, enrolled by pictures and verified by a probe."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete

from kith.accounts.principal import Principal
from kith.engine.boxes import iou
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.enrolment import queries
from kith.enrolment.erasing import erase_photos
from kith.enrolment.errors import IdentityExists
from kith.enrolment.tables import EnrolledFace
from kith.external_ids.service import ExternalIds, find_person_id
from kith.faces.indexing import Indexed, Indexing
from kith.faces.reading import embeddings_of
from kith.faces.service import boxes_of, take_turn
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.people import queries as people_queries
from kith.people.service import People
from kith.photos.origins import NewOrigin
from kith.photos.service import NewFile
from kith.photos.tables import Purpose


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A picture somebody is to be known by: `row` is their face among what was found."""

    file: NewFile
    found: FoundFaces
    row: int


@dataclass(frozen=True, slots=True)
class Identity:
    """`named_id` is the person that was enrolled, `person_id` whom merges have made of them since."""

    named_id: int
    person_id: int


async def find_identity(
    session: ReadSession | WriteSession, who: Principal, identity_id: str
) -> Identity | None:
    """Whom a client calls so, if there is such a one."""
    named_id = person_id = await find_person_id(session, who, identity_id)
    while person_id is not None and named_id is not None:
        person = await session.scalar(people_queries.person(who, person_id))
        if person is None:
            return None
        if person.merged_into_id is None:
            return Identity(named_id, person.id)
        person_id = person.merged_into_id
    return None


async def read_centroid(session: ReadSession, identity: Identity, space_id: int) -> Float32 | None:
    """The direction (d,) of the mean of the faces enrolled; None if the space has seen none of them.

    Faces that somebody has said since are another's do not count.
    """
    statement = queries.enrolled_faces(identity.named_id, of=identity.person_id)
    face_ids = (await session.scalars(statement)).all()
    vectors = await embeddings_of(session, space_id, face_ids)
    if not vectors:
        return None
    total = np.stack(list(vectors.values())).sum(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length else None


class Identities:
    """Use cases of one session, for one tenant; commits nothing."""

    def __init__(
        self, session: WriteSession, who: Principal, clock: Clock, blobs: Blobs, space_id: int
    ) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._blobs = blobs
        self._space_id = space_id

    async def enrol(
        self, identity_id: str, templates: Sequence[Template], *, overwrite: bool
    ) -> list[Indexed]:
        """Know a person by these pictures, which are kept, and by no others from now on.

        Raises IdentityExists without `overwrite`. The bytes are the caller's to store, in this transaction.
        """
        await take_turn(self._session, self._who.tenant_id)
        known = await find_identity(self._session, self._who, identity_id)
        if known is not None and not overwrite:
            raise IdentityExists("the identity is enrolled already")
        before = await self._enrolled(known)
        indexing = Indexing(self._session, self._who, self._clock, self._space_id)
        origin = NewOrigin(Purpose.ENROLMENT)
        stored = [await indexing.index(it.file, it.found, origin) for it in templates]
        faces = [_face_of(it, template) for it, template in zip(stored, templates, strict=True)]
        face_ids = sorted({face_id for face_id in faces if face_id is not None})
        people = People(self._session, self._who, self._clock)
        _, person = await people.assign(face_ids, known.person_id if known is not None else None)
        if known is None:
            await ExternalIds(self._session, self._who, self._clock).name_person(identity_id, person.id)
        await self._know_by(known.named_id if known is not None else person.id, face_ids, before)
        return stored

    async def _enrolled(self, known: Identity | None) -> Sequence[int]:
        if known is None:
            return []
        return (await self._session.scalars(queries.enrolled_faces(known.named_id))).all()

    async def _know_by(self, named_id: int, face_ids: Sequence[int], before: Sequence[int]) -> None:
        """Note the new faces; photos that were there only for an enrolment that is over are erased."""
        theirs = EnrolledFace.face_id.in_([*before, *face_ids])
        await self._session.execute(delete(EnrolledFace).where(theirs))
        self._session.add_all(
            EnrolledFace(face_id=face_id, tenant_id=self._who.tenant_id, person_id=named_id)
            for face_id in face_ids
        )
        await self._session.flush()
        left = sorted(set(before) - set(face_ids))
        over = (await self._session.scalars(queries.photos_only_enrolled(self._who, left))).all()
        await erase_photos(self._session, self._blobs, self._who, over)


def _face_of(stored: Indexed, template: Template) -> int | None:
    """The stored face that was chosen in a picture; None if a human said to ignore it."""
    if not stored.faces:
        return None
    box = template.found.xyxy[template.row : template.row + 1]
    overlap = iou(boxes_of(stored.faces), box).ravel()
    return stored.faces[int(overlap.argmax())].id if overlap.max() > 0 else None
