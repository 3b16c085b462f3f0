"""Writing down who the faces are, except where a human was quicker."""

from collections.abc import Sequence

from kith.accounts.principal import Principal
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.service import take_turn
from kith.faces.tables import Face, FaceState
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people import queries
from kith.people.identification.plan import Plan
from kith.people.identification.reading import MACHINE
from kith.people.tables import Person


class Writing:
    """Applies a plan in one transaction."""

    def __init__(self, session: WriteSession, clock: Clock, tenant_id: int) -> None:
        self._session = session
        self._clock = clock
        self._who = Principal(tenant_id)
        self._faces: dict[int, Face] = {}

    async def write(self, plan: Plan) -> None:
        await take_turn(self._session, self._who.tenant_id)
        await self._load(plan)
        matches = await self._still_true(plan)
        for face_id in plan.waiting | plan.judged:
            face = self._faces.get(face_id)
            if face is not None:
                face.to_identify = False
                if face_id in plan.judged and face.state in MACHINE:
                    face.suggested_person_id = face.similarity = None
        for face in self._still(plan.loners):
            self._place(face, None)
        for person_id, face_ids in plan.groups:
            await self._form(person_id, self._still(face_ids))
        self._match(plan, matches)
        await self._let_go(plan)
        await self._forget_losses(plan)
        for person in await self._session.scalars(queries.persons(self._who, sorted(plan.recalled))):
            person.to_match = person.updated_at != plan.recalled[person.id]
        for gallery in await self._session.scalars(queries.galleries(sorted(plan.capacities))):
            gallery.group_capacity = plan.capacities[gallery.id]
        await self._session.flush()
        await self._dissolve(plan)

    async def _still_true(self, plan: Plan) -> set[int]:
        """The faces whose match no human has contradicted since it was found."""
        matches = [it for it in plan.matches if it.face_id in self._faces]
        persons = {it.id for it in await self._session.scalars(queries.anchored(self._who))}
        rejected: set[tuple[int, int]] = set()
        for some in chunks([it.face_id for it in matches]):
            rejected |= {(it[0], it[1]) for it in await self._session.execute(queries.rejections(some))}
        shown: set[tuple[int, int | None]] = set()
        for some in chunks(sorted({self._faces[it.face_id].photo_id for it in matches})):
            shown |= {(it[0], it[1]) for it in await self._session.execute(queries.persons_by_photo(some))}
        return {
            it.face_id
            for it in matches
            if it.person_id in persons
            and (it.face_id, it.person_id) not in rejected
            and (self._faces[it.face_id].photo_id, it.person_id) not in shown
        }

    def _still(self, face_ids: Sequence[int]) -> list[Face]:
        """Those of the faces that are as they were read, and a machine's to place."""
        faces = (self._faces.get(face_id) for face_id in face_ids)
        return [face for face in faces if face is not None and face.state in MACHINE]

    async def _load(self, plan: Plan) -> None:
        """The faces that are still as they were read; of those in the trash only what is doubted."""
        doubted = set(plan.doubted)
        for some in chunks(sorted(plan.read)):
            for face in await self._session.scalars(face_queries.faces(self._who, some)):
                was = plan.read[face.id]
                is_same = (face.state, face.person_id) == (was.state, was.person_id)
                if is_same and (face.is_shown or face.id in doubted):
                    self._faces[face.id] = face

    async def _form(self, person_id: int | None, faces: Sequence[Face]) -> None:
        """Make faces one person without a name, going on as an earlier one or as a new one."""
        person = await self._session.get(Person, person_id) if person_id is not None else None
        if person is not None and (person.is_anchored or person.merged_into_id is not None):
            return  # a human has spoken since; the faces are looked at again when they next change
        if not faces:
            return
        if person is None:
            now = self._clock.now()
            person = Person(tenant_id=self._who.tenant_id, notes={}, created_at=now, updated_at=now)
            self._session.add(person)
            await self._session.flush()
        for face in faces:
            self._place(face, person.id)

    def _place(self, face: Face, person_id: int | None) -> None:
        """Put a face into a person without a name, or (None) into none; suggestions stay."""
        if face.person_id != person_id:
            touch(self._session, [face.id])
        face.person_id = person_id
        if person_id is not None:
            face.state = FaceState.GROUPED
        else:
            face.state = FaceState.UNKNOWN if face.suggested_person_id is None else FaceState.SUGGESTED

    def _match(self, plan: Plan, still_true: set[int]) -> None:
        for it in plan.matches:
            face = self._faces.get(it.face_id)
            if face is None or face.state not in MACHINE:
                continue
            if it.face_id not in still_true:
                face.to_identify = True
                continue
            face.similarity = it.similarity
            if it.is_auto:
                self._place(face, it.person_id)
                face.state = FaceState.AUTO
            else:
                face.suggested_person_id = it.person_id
                self._place(face, face.person_id)

    async def _let_go(self, plan: Plan) -> None:
        """Doubted faces are nobody's again, and wait for the next job."""
        for some in chunks([face_id for face_id in plan.doubted if face_id in self._faces]):
            for person in await self._session.scalars(queries.covered_by(some)):
                person.cover_face_id = None
            for face in (self._faces[face_id] for face_id in some):
                face.similarity, face.to_identify = None, True
                self._place(face, None)

    async def _forget_losses(self, plan: Plan) -> None:
        """Those that have been thought about; not what has been lost again since, by somebody else."""
        for some in chunks(sorted(plan.left)):
            for face in await self._session.scalars(face_queries.faces(self._who, some)):
                if face.left_person_id == plan.left[face.id]:
                    face.left_person_id = None

    async def _dissolve(self, plan: Plan) -> None:
        """Remove persons without a name whom this has left without a face."""
        before = {was.person_id for was in plan.read.values() if was.person_id is not None}
        for some in chunks(sorted(before)):
            await self._session.execute(queries.drop_groups(some))
