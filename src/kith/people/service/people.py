"""Use cases on persons: naming, merging, splitting, hiding, undoing, erasing."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, update

from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.faces.changes import touch
from kith.faces.tables import Face, FaceState
from kith.faces.tasks import identify_job
from kith.jobs.service import Jobs
from kith.people import queries
from kith.people.errors import MergeInvalid, SplitInvalid
from kith.people.ledger import Ledger
from kith.people.names import clean_name
from kith.people.service.base import get_person
from kith.people.service.faces import FaceUseCases
from kith.people.tables import Decision, DecisionKind, Person
from kith.people.undoing import Undoing, Undone, living_changes

__all__ = ["People", "get_person"]


class People(FaceUseCases):
    """Everything humans can say about identity."""

    async def create(self, name: str | None, notes: dict[str, object] | None = None) -> Person:
        """A person without faces yet."""
        person = self.new_person(clean_name(name) if name is not None else None)
        person.notes = notes or {}
        await self.session.flush()
        ledger = self.ledger()
        ledger.created(person)
        await ledger.decide(DecisionKind.DESCRIBE)
        return person

    async def rename(self, person_id: int, name: str | None) -> Decision:
        """Give a person a name, or (None) take it away."""
        person = await self.person(person_id)
        ledger = self.ledger()
        await self.anchor(ledger, person)
        person.name = clean_name(name) if name is not None else None
        return await self.decide(ledger, DecisionKind.RENAME, [person])

    async def describe(
        self, person_id: int, *, born_on: date | None = None, notes: dict[str, object] | None = None
    ) -> Decision:
        """Set the birth date, which rules out photos taken earlier, or the notes; None leaves each."""
        person = await self.person(person_id)
        ledger = self.ledger()
        await self.anchor(ledger, person)
        person.born_on = born_on if born_on is not None else person.born_on
        person.notes = notes if notes is not None else person.notes
        return await self.decide(ledger, DecisionKind.DESCRIBE, [person])

    async def born(self, person_id: int, born_on: date | None) -> Decision:
        """Set the birth date, or (None) take it away."""
        person = await self.person(person_id)
        ledger = self.ledger()
        await self.anchor(ledger, person)
        person.born_on = born_on
        return await self.decide(ledger, DecisionKind.DESCRIBE, [person])

    async def hide(self, person_id: int, *, hidden: bool = True) -> Decision:
        """Leave a person out of lists and searches, or show them again."""
        person = await self.person(person_id)
        ledger = self.ledger()
        await self.anchor(ledger, person)
        person.is_hidden = hidden
        return await self.decide(ledger, DecisionKind.HIDE if hidden else DecisionKind.SHOW, [person])

    async def cover(self, person_id: int, face_id: int | None) -> Decision:
        """Let one of their faces stand for a person, or (None) the best; else raises SplitInvalid."""
        person = await self.person(person_id)
        if face_id is not None:
            (face,) = await self.faces([face_id])
            if face.person_id != person.id:
                raise SplitInvalid(f"face {face_id} does not belong to person {person_id}")
        ledger = self.ledger()
        await self.anchor(ledger, person)
        person.cover_face_id = face_id
        return await self.decide(ledger, DecisionKind.COVER, [person])

    async def merge(
        self, source_ids: Sequence[int], target_id: int, *, keep_name: bool | str = False
    ) -> tuple[Decision, int]:
        """The sources are the target; answers the decision and how many faces moved.

        The target keeps its name, or has the first one among the sources when it has none; `keep_name`
        True prefers the sources' name, a text sets it.
        """
        if target_id in source_ids:
            raise MergeInvalid("a person cannot be merged with itself")
        if not source_ids:
            raise MergeInvalid("a merge needs at least one other person")
        target, *sources = await self.persons([target_id, *source_ids])
        ledger = self.ledger()
        for person in (target, *sources):
            await self.anchor(ledger, person)
        names = [person.name for person in sources if person.name is not None]
        if isinstance(keep_name, str):
            target.name = clean_name(keep_name)
        elif names and (keep_name or target.name is None):
            target.name = names[0]
        forbidden = await self._forbidden([target, *sources])
        for face in await self.session.scalars(queries.suggested([person.id for person in sources])):
            ledger.watch(face)
            face.suggested_person_id = target.id
        moved = 0
        for person in sources:
            moved += await self._move(ledger, person, target, forbidden)
            person.merged_into_id = target.id
        if target.cover_face_id is None:
            covers = (person.cover_face_id for person in sources)
            target.cover_face_id = next((cover for cover in covers if cover is not None), None)
        decision = await self.decide(ledger, DecisionKind.MERGE, [target, *sources])
        self.forbid(decision, ((face_id, target.id) for face_id in forbidden))
        return decision, moved

    async def split(
        self, person_id: int, face_ids: Sequence[int], name: str | None = None, into_id: int | None = None
    ) -> tuple[Decision, Person]:
        """These faces of a person are somebody else, never joined with the old one by a machine.

        Somebody else is the person `into_id`, or a new one.
        """
        if into_id == person_id:
            raise SplitInvalid("a split is into somebody else")
        person = await self.person(person_id)
        faces = await self.faces(face_ids)
        everybody = await self.faces_of(person)
        if any(face.person_id != person.id for face in faces):
            raise SplitInvalid("only faces of the person can be split off")
        if len(faces) == len(everybody):
            raise SplitInvalid("a split must leave the person at least one face")
        ledger = self.ledger()
        await self.anchor(ledger, person)
        other = await self.somebody(ledger, into_id, name)
        gone = {face.id for face in faces}
        if person.cover_face_id in gone:
            person.cover_face_id = None
        for face in faces:
            ledger.watch(face)
            face.person_id, face.state, face.similarity = other.id, FaceState.CONFIRMED, None
            face.is_pinned, face.to_identify = True, False
        decision = await self.decide(ledger, DecisionKind.SPLIT, [person, other])
        self.forbid(decision, ((face.id, person.id) for face in faces))
        self.forbid(decision, ((face.id, other.id) for face in everybody if face.id not in gone))
        return decision, other

    async def undo(self, decision_id: int | None = None) -> Undone:
        """Take back a decision, or the last one that stands; a bulk act as one."""
        await self.take_turn()
        undone = await Undoing(self.session, self.who, self.clock).undo(decision_id)
        await Jobs(self.session, self.clock).add(self.who.tenant_id, [identify_job(self.who.tenant_id)])
        return undone

    async def erase(self, person_id: int, *, delete_faces: bool) -> int:
        """Remove a person for good, with every decision about them; answers how many faces they had.

        Their faces are deleted with all biometrics, or only set free. This cannot be undone.
        """
        person = await self.person(person_id)
        ids = [person.id]
        merged = [person.id]
        while merged:
            rows = [row.id for it in merged for row in await self.session.scalars(queries.merged_into(it))]
            merged = [row for row in rows if row not in ids]
            ids += merged
        faces = await self.faces_of(person)
        theirs = Face.person_id.in_(ids)
        touch(self.session, [face.id for face in faces])
        if delete_faces:
            await self.session.execute(delete(Face).where(theirs))
        else:
            await self.session.execute(
                update(Face).where(theirs).values(
                    person_id=None, similarity=None, state=FaceState.UNKNOWN, to_identify=True
                )
            )  # fmt: skip
        await self.session.execute(
            update(Face).where(Face.suggested_person_id.in_(ids)).values(
                suggested_person_id=None, state=FaceState.UNKNOWN, similarity=None, to_identify=True
            )
        )  # fmt: skip
        await self._strike_out(set(ids), {face.id for face in faces} if delete_faces else set())
        await self.session.execute(delete(Person).where(Person.id.in_(ids)))
        await Jobs(self.session, self.clock).add(self.who.tenant_id, [identify_job(self.who.tenant_id)])
        record(
            self.session, self.clock, self.who, AuditAction.ERASE, "person", person_id,
            counts={"faces": len(faces) if delete_faces else 0},
        )  # fmt: skip
        return len(faces)

    async def _strike_out(self, persons: set[int], faces: set[int]) -> None:
        """Take erased persons and faces out of the history; what decisions say of others stays."""
        for decision in (await self.session.scalars(queries.decisions_about(sorted(persons)))).all():
            changes = living_changes(decision.changes, persons, faces)
            if changes:
                decision.changes = changes
            else:
                await self.session.delete(decision)
        await self.session.flush()
        await self.session.execute(queries.forget_persons(sorted(persons)))

    async def _forbidden(self, persons: Sequence[Person]) -> set[int]:
        """Faces somebody said are not one of these persons: now they are not the merged one.

        What a split between the very persons that are now one has said is taken back by the merge.
        """
        ids = {person.id for person in persons}
        rejections = (await self.session.scalars(queries.rejections_of(sorted(ids)))).all()
        parties: dict[int, set[int]] = {}
        decided = sorted({rejection.decision_id for rejection in rejections})
        for decision_id, person_id in await self.session.execute(queries.split_parties(decided)):
            parties.setdefault(decision_id, set()).add(person_id)
        healed = {decision_id for decision_id, between in parties.items() if between <= ids}
        return {it.face_id for it in rejections if it.decision_id not in healed}

    async def _move(self, ledger: Ledger, source: Person, target: Person, forbidden: set[int]) -> int:
        """The source's faces are the target's, but for those that nobody confirmed and somebody ruled out."""
        faces = await self.faces_of(source)
        ledger.watch(*faces)
        left = [face for face in faces if face.id in forbidden and face.state != FaceState.CONFIRMED]
        await self.release(ledger, left)
        moved = [face for face in faces if face.person_id is not None]
        for face in moved:
            face.person_id, face.is_pinned = target.id, True
        return len(moved)
