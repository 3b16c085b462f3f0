"""The history of decisions, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.kit.db import ReadSession
from kith.people.browsing import queries
from kith.people.tables import Decision, Subject


@dataclass(frozen=True, slots=True)
class Renaming:
    person_id: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """A decision with how many faces and persons it is about, the first few persons, and names it changed."""

    decision: Decision
    face_count: int
    person_count: int
    person_ids: list[int]
    names: list[Renaming]


async def list_history(
    session: ReadSession, who: Principal, *, person_id: int | None = None, face_id: int | None = None,
    before_id: int | None = None, limit: int = 100,
) -> list[Past]:  # fmt: skip
    """Decisions, newest first, from before one on; those about a person or a face, also one that is gone."""
    about = [(Subject.PERSON, person_id), (Subject.FACE, face_id)]
    wanted = [(subject, subject_id) for subject, subject_id in about if subject_id is not None]
    rows = (await session.scalars(queries.decisions(who, wanted, before_id, limit))).all()
    ids = [row.id for row in rows]
    counts = {(row[0], Subject(row[1])): row[2] for row in await session.execute(queries.subject_counts(ids))}
    persons: dict[int, list[int]] = {}
    for decision_id, person in await session.execute(queries.persons_named(ids)):
        persons.setdefault(decision_id, []).append(person)
    names = await _renamings(session, ids)
    return [
        Past(
            row, counts.get((row.id, Subject.FACE), 0), counts.get((row.id, Subject.PERSON), 0),
            persons.get(row.id, []), names.get(row.id, []),
        )
        for row in rows
    ]  # fmt: skip


async def _renamings(session: ReadSession, decision_ids: Sequence[int]) -> dict[int, list[Renaming]]:
    found: dict[int, list[Renaming]] = {}
    for decision_id, changes in await session.execute(queries.renames(decision_ids)):
        found[decision_id] = [
            Renaming(change["id"], _text(change["before"].get("name")), _text(change["after"].get("name")))
            for change in changes
            if change["subject"] == Subject.PERSON
            and change["before"].get("name") != change["after"].get("name")
        ]
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
