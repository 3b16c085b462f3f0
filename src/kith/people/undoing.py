"""Taking decisions back, in any order, and without touching what later ones say.

The old values are put back column by column, except where a later decision that still stands has
changed them too, or relies on them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.tables import Face, FaceState
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people import queries
from kith.people.errors import DecisionNotFound, NothingToUndo
from kith.people.ledger import UNITS, Row, Values, persons_named
from kith.people.tables import Decision, Person, RowChange, Subject

Unit = tuple[str, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did, and when: rows put back, and rows left as a later decision wants them."""

    decision: Decision
    at: datetime
    restored: int
    kept: int


class Undoing:
    """Undoes one decision."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._held: dict[Unit, Decision] = {}
        self._relied_upon: set[int] = set()
        self._loaded: list[Row] = []

    async def undo(self, decision_id: int | None = None) -> Undone:
        """Take back one decision, or the last that stands; raises DecisionNotFound or NothingToUndo."""
        it = await self._find(decision_id)
        await self._look_ahead(it)
        await self._load(it)
        done = [await self._put_back(it, change) for change in sorted(it.changes, key=_turn)]
        self._hand_on(it)
        await self._recall()
        await self._session.execute(queries.drop_rejections(it.id))
        record(
            self._session, self._clock, self._who, AuditAction.DECIDE, "decision", it.id, counts={"undone": 1}
        )
        now = self._clock.now()
        it.undone_at, it.undone_by = now, self._who.actor
        await self._session.flush()
        return Undone(it, now, done.count(True), done.count(False))

    async def _find(self, decision_id: int | None) -> Decision:
        if decision_id is None:
            it = await self._session.scalar(queries.last_decision(self._who))
            if it is None:
                raise NothingToUndo("no decision stands")
            return it
        it = await self._session.scalar(queries.decision(self._who, decision_id))
        if it is None:
            raise DecisionNotFound(f"there is no decision {decision_id}")
        if it.undone_at is not None:
            raise NothingToUndo(
                f"decision {decision_id} is already undone",
                decision_id=it.id,
                undone_at=it.undone_at.isoformat(),
            )
        return it

    async def _look_ahead(self, it: Decision) -> None:
        """Which columns later decisions that stand have changed, and which persons they are about."""
        for decision in await self._session.scalars(queries.later_decisions(it.id)):
            for change in decision.changes:
                for unit in UNITS[Subject(change["subject"])]:
                    if any(change["before"].get(name) != change["after"].get(name) for name in unit):
                        self._held.setdefault((change["subject"], change["id"], unit), decision)
        self._relied_upon = set(await self._session.scalars(queries.persons_of_later(it.id)))

    def _hand_on(self, it: Decision) -> None:
        """What a later decision holds, that one puts back to what was before this one, when it is undone."""
        earlier: dict[Decision, dict[tuple[str, int], Values]] = {}
        for change in it.changes:
            row = change["subject"], change["id"]
            for unit in UNITS[Subject(change["subject"])]:
                later = self._held.get((*row, unit))
                if later is not None and change["before"]:
                    values = earlier.setdefault(later, {}).setdefault(row, {})
                    values |= {name: change["before"][name] for name in unit}
        for later, rows in earlier.items():
            later.changes = [_with_before(it, rows.get((it["subject"], it["id"]))) for it in later.changes]

    async def _load(self, it: Decision) -> None:
        """Read all rows at once; the session finds them by their ids as long as they are held here."""
        faces = [change["id"] for change in it.changes if change["subject"] == Subject.FACE]
        persons = {change["id"] for change in it.changes if change["subject"] == Subject.PERSON}
        guessed = {change["before"].get("suggested_person_id") for change in it.changes}
        persons |= persons_named(it.changes) | {it for it in guessed if isinstance(it, int)}
        for some in chunks(sorted(persons)):
            self._loaded += await self._session.scalars(queries.persons(self._who, some))
        for some in chunks(faces):
            self._loaded += await self._session.scalars(face_queries.faces(self._who, some))

    async def _put_back(self, it: Decision, change: RowChange) -> bool:
        subject = Subject(change["subject"])
        row = await self._session.get(Face if subject is Subject.FACE else Person, change["id"])
        units = [unit for unit in UNITS[subject] if (subject.value, change["id"], unit) not in self._held]
        if row is None or (not change["before"] and len(units) < len(UNITS[subject])):
            return False
        if not change["before"]:
            return await self._remove(it, row)
        before, after = change["before"], change["after"]
        names = [name for unit in units for name in unit if before[name] != after[name]]
        if isinstance(row, Person) and row.id in self._relied_upon and "is_anchored" in names:
            names.remove("is_anchored")  # a later decision needs this person to stay out of grouping
        if isinstance(row, Face) and "person_id" in names:
            await self._revive(before)
            if row.state in {FaceState.AUTO, FaceState.CONFIRMED}:
                row.left_person_id = row.person_id
        # A person who is gone by now must not be written down, not even until this is mended.
        with self._session.no_autoflush:
            for name in names:
                setattr(row, name, _parsed(name, before[name]))
            await self._mend(row)
        return bool(names)

    async def _revive(self, before: Values) -> None:
        """A group without a name that has lost its last face since is there again, for one to come back."""
        person_id = before["person_id"]
        if before["state"] != FaceState.GROUPED or not isinstance(person_id, int):
            return
        if await self._session.get(Person, person_id) is None:
            now = self._clock.now()
            self._session.add(
                Person(
                    id=person_id, tenant_id=self._who.tenant_id, notes={}, created_at=now, updated_at=now
                )
            )  # fmt: skip
            await self._session.flush()

    async def _recall(self) -> None:
        """Have persons who have lost faces looked at again; none keeps another's face for a cover."""
        lost = {row.left_person_id for row in self._loaded if isinstance(row, Face)}
        for person in (row for row in self._loaded if isinstance(row, Person) and row in self._session):
            if person.id in lost:
                person.to_match, person.updated_at = True, self._clock.now()
            if person.cover_face_id is not None:
                face = await self._session.get(Face, person.cover_face_id)
                if face is None or face.person_id != person.id:
                    person.cover_face_id = None

    async def _remove(self, it: Decision, row: Row) -> bool:
        """Undo a creation: a drawn face goes with its embedding, a person with a machine's guesses."""
        await self._session.flush()
        if isinstance(row, Face):
            touch(self._session, [row.id])
        elif not await self._let_go(row):
            return False
        else:
            # Nobody could erase the name any more, for the person it belongs to is gone.
            it.changes = [_nameless(change) if change["id"] == row.id else change for change in it.changes]
        await self._session.delete(row)
        await self._session.flush()
        return True

    async def _let_go(self, person: Person) -> bool:
        """Free a person's faces, unless a human has since said that they are theirs."""
        faces = (await self._session.scalars(face_queries.faces_of_person(self._who, person.id))).all()
        if person.id in self._relied_upon or any(face.state == FaceState.CONFIRMED for face in faces):
            return False
        suggested = (await self._session.scalars(queries.suggested([person.id]))).all()
        for face in [*faces, *suggested]:
            face.person_id = face.person_id if face.person_id != person.id else None
            face.suggested_person_id = face.similarity = None
            await self._mend(face)
        await self._session.flush()
        return True

    async def _mend(self, row: Row) -> None:
        """Put right what time has changed: a person merged since stands for the old one, or nobody does."""
        if isinstance(row, Person):
            row.to_match, row.updated_at = True, self._clock.now()
            if not row.is_anchored:
                await self._ungroup(row)
            return
        row.person_id = await self._living(row.person_id)
        row.suggested_person_id = await self._living(row.suggested_person_id)
        person = await self._session.get(Person, row.person_id) if row.person_id is not None else None
        if person is None:
            row.state = FaceState.UNKNOWN if row.suggested_person_id is None else FaceState.SUGGESTED
        elif row.state in {FaceState.UNKNOWN, FaceState.SUGGESTED}:
            row.state = FaceState.AUTO if person.is_anchored else FaceState.GROUPED
        elif row.state == FaceState.GROUPED and person.is_anchored:
            row.state, row.similarity = FaceState.AUTO, None
        if person is None and row.suggested_person_id is None:
            row.similarity = None
        row.to_identify = True
        touch(self._session, [row.id])

    async def _ungroup(self, person: Person) -> None:
        """Nobody vouches for this person any more: what was recognised as them is a guess of grouping."""
        for face in await self._session.scalars(queries.automatic(person.id)):
            face.state, face.similarity, face.to_identify = FaceState.GROUPED, None, True
            touch(self._session, [face.id])
        for face in await self._session.scalars(queries.suggested([person.id])):
            face.suggested_person_id, face.similarity, face.to_identify = None, None, True
            face.state = FaceState.UNKNOWN if face.person_id is None else face.state

    async def _living(self, person_id: int | None) -> int | None:
        seen: set[int] = set()
        while person_id is not None and person_id not in seen:
            seen.add(person_id)
            person = await self._session.get(Person, person_id)
            if person is None or person.merged_into_id is None:
                return person and person.id
            person_id = person.merged_into_id
        return None


def _with_before(change: RowChange, values: Values | None) -> RowChange:
    if not values or not change["before"]:
        return change
    return RowChange(
        subject=change["subject"], id=change["id"], before=change["before"] | values, after=change["after"]
    )


def _turn(change: RowChange) -> tuple[bool, bool]:
    """Persons before their faces; what was created goes last, faces before persons."""
    is_created, is_person = not change["before"], change["subject"] == Subject.PERSON
    return is_created, is_person if is_created else not is_person


def _nameless(change: RowChange) -> RowChange:
    if change["subject"] != Subject.PERSON:
        return change
    return RowChange(
        subject=change["subject"], id=change["id"], before=change["before"],
        after=change["after"] | {"name": None},
    )  # fmt: skip


def _parsed(name: str, value: object) -> object:
    return date.fromisoformat(value) if name == "born_on" and isinstance(value, str) else value


def living_changes(changes: Sequence[RowChange], persons: set[int], faces: set[int]) -> list[RowChange]:
    """The changes of a decision without those of persons and faces that are erased for good."""
    kept = [
        change
        for change in changes
        if change["id"] not in (persons if change["subject"] == Subject.PERSON else faces)
    ]
    return [
        RowChange(
            subject=change["subject"], id=change["id"], before=_without(change["before"], persons),
            after=_without(change["after"], persons),
        )
        for change in kept
    ]  # fmt: skip


def _without(values: dict[str, object], persons: set[int]) -> dict[str, object]:
    references = ("person_id", "suggested_person_id", "merged_into_id")
    return {name: None if name in references and it in persons else it for name, it in values.items()}
