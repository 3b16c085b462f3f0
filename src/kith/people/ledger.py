"""The ledger of decisions: every row a human act changed, before and after, so that it can be undone.

Idea: an act is not stored as a command to be reversed but as the rows it changed; see `undoing`.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.faces.changes import touch
from kith.faces.tables import Face
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people.tables import Decision, DecisionKind, DecisionSubject, Person, RowChange, Subject

Row = Face | Person
Values = dict[str, object]

# The columns a decision may change, in units: what a later decision changed one of, it holds all of.
UNITS: dict[Subject, tuple[tuple[str, ...], ...]] = {
    Subject.FACE: (("person_id", "state", "similarity", "suggested_person_id", "is_pinned"), ("is_ignored",)),
    Subject.PERSON: (
        ("name",), ("born_on",), ("notes",), ("is_hidden",), ("is_anchored",), ("cover_face_id",),
        ("merged_into_id",),
    ),
}  # fmt: skip


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

    def faces(self) -> list[int]:
        """The ids of the faces that are watched."""
        return [row_id for subject, row_id in self._before if subject is Subject.FACE]

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
        subjects |= {(Subject.PERSON.value, person_id) for person_id in persons_named(changes)}
        self._session.add_all(
            DecisionSubject(decision_id=it.id, subject=Subject(subject), subject_id=row_id)
            for subject, row_id in sorted(subjects)
        )
        record(
            self._session, self._clock, self._who, AuditAction.DECIDE, "decision", it.id,
            counts={name: sum(subject == name for subject, _ in subjects) for name in Subject},
        )  # fmt: skip
        touch(self._session, [change["id"] for change in changes if change["subject"] == Subject.FACE])
        await self._session.flush()
        return it


def _subject(row: Row) -> Subject:
    return Subject.FACE if isinstance(row, Face) else Subject.PERSON


def _values(row: Row) -> Values:
    columns = [name for unit in UNITS[_subject(row)] for name in unit]
    return {name: _plain(getattr(row, name)) for name in columns}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def persons_named(changes: Sequence[RowChange]) -> set[int]:
    """The persons that faces came from or went to: their history tells of it."""
    found = {
        values.get("person_id")
        for change in changes
        if change["subject"] == Subject.FACE
        for values in (change["before"], change["after"])
    }
    return {person_id for person_id in found if isinstance(person_id, int)}
