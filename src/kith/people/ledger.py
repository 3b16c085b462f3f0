"""The ledger of decisions: every row a human act changed, before and after, so that it can be undone.

Idea: an act is not stored as a command to be reversed but as the rows it changed. Undoing puts the old
values back, column by column, except where a later decision that still stands has changed them too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kith.accounts.principal import Principal
from kith.faces.changes import touch
from kith.faces.tables import Face, FaceState
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people import queries
from kith.people.errors import DecisionNotFound, NothingToUndo
from kith.people.tables import Decision, DecisionKind, DecisionSubject, Person, RowChange, Subject

Row = Face | Person
Values = dict[str, object]

# The columns a decision may change, in units: what a later decision changed one of, it holds all of.
_UNITS: dict[Subject, tuple[tuple[str, ...], ...]] = {
    Subject.FACE: (("person_id", "state", "similarity", "suggested_person_id", "is_pinned"), ("is_ignored",)),
    Subject.PERSON: (
        ("name",), ("born_on",), ("notes",), ("is_hidden",), ("is_anchored",), ("cover_face_id",),
        ("merged_into_id",),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: rows put back, and rows left as a later decision wants them."""

    decision: Decision
    restored: int
    kept: int


class Ledger:
    """Watches rows while a use case changes them, then writes the decision."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._before: dict[tuple[Subject, int], tuple[Row, Values]] = {}
        self._created: list[Row] = []

    def watch(self, *rows: Row) -> None:
        """Remember rows as they are, before they are changed."""
        for row in rows:
            self._before.setdefault((_subject(row), row.id), (row, _values(row)))

    def created(self, row: Row) -> None:
        """A row this decision makes; undoing removes it again."""
        self._created.append(row)

    async def decide(self, kind: DecisionKind, about: Iterable[Person] = ()) -> Decision:
        """Write the decision over all watched rows, and have index and identification follow."""
        await self._session.flush()
        changes = [
            RowChange(subject=subject, id=row_id, before=before, after=_values(row))
            for (subject, row_id), (row, before) in self._before.items()
            if before != _values(row)
        ]
        changes += [
            RowChange(subject=_subject(row), id=row.id, before={}, after=_values(row))
            for row in self._created
        ]
        it = Decision(
            tenant_id=self._who.tenant_id, kind=kind, actor=self._who.actor, changes=changes,
            created_at=self._clock.now(),
        )  # fmt: skip
        self._session.add(it)
        await self._session.flush()
        subjects = {(change["subject"], change["id"]) for change in changes}
        subjects |= {(Subject.PERSON.value, person.id) for person in about}
        subjects |= {(Subject.PERSON.value, person_id) for person_id in _persons_named(changes)}
        self._session.add_all(
            DecisionSubject(decision_id=it.id, subject=Subject(subject), subject_id=row_id)
            for subject, row_id in sorted(subjects)
        )
        touch(self._session, [change["id"] for change in changes if change["subject"] == Subject.FACE])
        await self._session.flush()
        return it

    async def undo(self, decision_id: int | None = None) -> Undone:
        """Take back one decision, or the last that stands."""
        it = await self._find(decision_id)
        later = await self._held_by_later(it)
        restored = kept = 0
        for change in it.changes:
            if await self._put_back(change, later):
                restored += 1
            else:
                kept += 1
        await self._session.execute(queries.drop_rejections(it.id))
        it.undone_at, it.undone_by = self._clock.now(), self._who.actor
        await self._session.flush()
        return Undone(it, restored, kept)

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
            raise NothingToUndo(f"decision {decision_id} is already undone")
        return it

    async def _held_by_later(self, it: Decision) -> set[tuple[str, int, tuple[str, ...]]]:
        """The units of columns that later decisions which stand have changed."""
        subjects = [(change["subject"], change["id"]) for change in it.changes]
        decisions = await self._session.scalars(queries.later_decisions(it, subjects))
        return {
            (change["subject"], change["id"], unit)
            for decision in decisions
            for change in decision.changes
            for unit in _UNITS[Subject(change["subject"])]
            if any(change["before"].get(name) != change["after"].get(name) for name in unit)
        }

    async def _put_back(self, change: RowChange, later: set[tuple[str, int, tuple[str, ...]]]) -> bool:
        subject = Subject(change["subject"])
        row = await self._session.get(Face if subject is Subject.FACE else Person, change["id"])
        units = [unit for unit in _UNITS[subject] if (subject.value, change["id"], unit) not in later]
        if row is None or (not change["before"] and len(units) < len(_UNITS[subject])):
            return False
        if not change["before"]:
            return await self._remove(row)
        names = [name for unit in units for name in unit if change["before"][name] != change["after"][name]]
        for name in names:
            setattr(row, name, _parsed(name, change["before"][name]))
        await self._mend(row)
        return bool(names)

    async def _remove(self, row: Row) -> bool:
        """Undo a creation: a person only once nothing hangs on it, a drawn face with its embedding."""
        await self._session.flush()
        if isinstance(row, Person):
            if (await self._session.scalars(queries.has_faces([row.id]))).first() is not None:
                return False
        else:
            touch(self._session, [row.id])
        await self._session.delete(row)
        await self._session.flush()
        return True

    async def _mend(self, row: Row) -> None:
        """Put right what time has changed: a person merged since stands for the old one, or nobody does."""
        if isinstance(row, Person):
            row.to_match = True
            return
        for name in ("person_id", "suggested_person_id"):
            person_id = getattr(row, name)
            setattr(row, name, await self._living(person_id))
        if row.person_id is None and row.state not in {FaceState.UNKNOWN, FaceState.SUGGESTED}:
            row.state, row.similarity = FaceState.UNKNOWN, None
        if row.suggested_person_id is None and row.state == FaceState.SUGGESTED:
            row.state, row.similarity = FaceState.UNKNOWN, None
        row.to_identify = True
        touch(self._session, [row.id])

    async def _living(self, person_id: int | None) -> int | None:
        seen: set[int] = set()
        while person_id is not None and person_id not in seen:
            seen.add(person_id)
            person = await self._session.get(Person, person_id)
            if person is None or person.merged_into_id is None:
                return person and person.id
            person_id = person.merged_into_id
        return None


def _subject(row: Row) -> Subject:
    return Subject.FACE if isinstance(row, Face) else Subject.PERSON


def _values(row: Row) -> Values:
    columns = [name for unit in _UNITS[_subject(row)] for name in unit]
    return {name: _plain(getattr(row, name)) for name in columns}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _parsed(name: str, value: object) -> object:
    return date.fromisoformat(value) if name == "born_on" and isinstance(value, str) else value


def _persons_named(changes: Sequence[RowChange]) -> set[int]:
    """The persons that faces came from or went to: their history tells of it."""
    found = {
        values.get("person_id")
        for change in changes
        if change["subject"] == Subject.FACE
        for values in (change["before"], change["after"])
    }
    return {person_id for person_id in found if isinstance(person_id, int)}
