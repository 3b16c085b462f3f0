"""What every use case of people needs: loading what is one's own, and starting a decision."""

from collections.abc import Iterable, Sequence

from kith.accounts.principal import Principal
from kith.faces import queries as face_queries
from kith.faces.errors import FaceNotFound
from kith.faces.service import take_turn
from kith.faces.tables import Face, FaceState
from kith.faces.tasks import identify_job
from kith.jobs.service import Jobs
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.people import queries
from kith.people.errors import NoFaces, PersonNotFound
from kith.people.ledger import Ledger
from kith.people.names import clean_name
from kith.people.tables import Decision, DecisionKind, Person, Rejection


async def get_person(session: ReadSession | WriteSession, who: Principal, person_id: int) -> Person:
    """A living person; raises PersonNotFound for what is not there, merged away or not yours."""
    person = await session.scalar(queries.person(who, person_id))
    if person is None or person.merged_into_id is not None:
        raise PersonNotFound(f"there is no person {person_id}")
    return person


class UseCases:
    """Use cases of one session, for one tenant. Every one writes a decision; none commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self.session = session
        self.who = who
        self.clock = clock

    def ledger(self) -> Ledger:
        return Ledger(self.session, self.who, self.clock)

    async def take_turn(self) -> None:
        """Decisions of a tenant follow one another, each upon what the one before has left."""
        await take_turn(self.session, self.who.tenant_id)

    async def person(self, person_id: int) -> Person:
        await self.take_turn()
        return await get_person(self.session, self.who, person_id)

    async def persons(self, person_ids: Sequence[int]) -> list[Person]:
        """Living persons in the order of the ids; raises PersonNotFound if one is missing."""
        await self.take_turn()
        rows = (await self.session.scalars(queries.persons(self.who, person_ids))).all()
        living = {person.id: person for person in rows if person.merged_into_id is None}
        missing = [person_id for person_id in person_ids if person_id not in living]
        if missing:
            raise PersonNotFound(f"there is no person {missing[0]}")
        return [living[person_id] for person_id in dict.fromkeys(person_ids)]

    async def faces(self, face_ids: Sequence[int]) -> list[Face]:
        """Faces in the order of the ids; raises NoFaces for none, FaceNotFound if one is missing."""
        if not face_ids:
            raise NoFaces
        await self.take_turn()
        rows = (await self.session.scalars(face_queries.faces(self.who, face_ids))).all()
        found = {face.id: face for face in rows}
        missing = [face_id for face_id in face_ids if face_id not in found]
        if missing:
            raise FaceNotFound(f"there is no face {missing[0]}")
        return [found[face_id] for face_id in dict.fromkeys(face_ids)]

    async def faces_of(self, person: Person) -> Sequence[Face]:
        return (await self.session.scalars(face_queries.faces_of_person(self.who, person.id))).all()

    def new_person(self, name: str | None = None) -> Person:
        now = self.clock.now()
        person = Person(
            tenant_id=self.who.tenant_id, name=name, notes={}, is_anchored=True, to_match=True,
            created_at=now, updated_at=now,
        )  # fmt: skip
        self.session.add(person)
        return person

    async def somebody(self, ledger: Ledger, person_id: int | None, name: str | None) -> Person:
        """The person of this id, anchored; without one a new person, whom the decision makes."""
        if person_id is not None:
            person = await self.person(person_id)
            await self.anchor(ledger, person)
            return person
        person = self.new_person(clean_name(name) if name is not None else None)
        await self.session.flush()
        ledger.created(person)
        return person

    async def anchor(self, ledger: Ledger, person: Person) -> None:
        """A human vouches for this person: grouping lets go of it, and its faces stay where they are."""
        ledger.watch(person)
        if not person.is_anchored:
            for face in await self.faces_of(person):
                if face.state == FaceState.GROUPED:
                    ledger.watch(face)
                    face.state, face.similarity = FaceState.AUTO, None
        person.is_anchored = person.to_match = True
        person.updated_at = self.clock.now()

    async def release(self, ledger: Ledger, faces: Iterable[Face]) -> None:
        """Take faces from their persons; whoever was put there because of them is looked at again."""
        groups: set[int] = set()
        known: set[int] = set()
        for face in faces:
            ledger.watch(face)
            if face.person_id is not None and face.state == FaceState.GROUPED:
                groups.add(face.person_id)
            elif face.person_id is not None:
                known.add(face.person_id)
                face.left_person_id = face.person_id
            face.person_id = face.suggested_person_id = face.similarity = None
            face.state = FaceState.UNKNOWN
            face.to_identify = True
        await self.session.flush()
        for person in await self.session.scalars(queries.persons(self.who, sorted(known))):
            person.to_match, person.updated_at = True, self.clock.now()
        for some in chunks(sorted(groups)):
            await self.session.execute(queries.drop_groups(some))
        for person_id in sorted(groups):
            for face in await self.session.scalars(face_queries.faces_of_person(self.who, person_id)):
                face.to_identify = True

    async def decide(self, ledger: Ledger, kind: DecisionKind, about: Iterable[Person] = ()) -> Decision:
        """Write the decision, and have its consequences worked out in the background."""
        for person in await self.session.scalars(queries.covered_by(ledger.faces())):
            cover = await self.session.get(Face, person.cover_face_id)
            if cover is None or cover.person_id != person.id or not cover.is_shown:
                ledger.watch(person)
                person.cover_face_id = None
        decision = await ledger.decide(kind, about)
        await Jobs(self.session, self.clock).add(self.who.tenant_id, [identify_job(self.who.tenant_id)])
        return decision

    def forbid(self, decision: Decision, pairs: Iterable[tuple[int, int]]) -> None:
        """Cannot-links (face id, person id) that stand as long as the decision."""
        self.session.add_all(
            Rejection(face_id=face_id, person_id=person_id, decision_id=decision.id)
            for face_id, person_id in sorted(set(pairs))
        )
