"""Decisions, from our words to the wire's."""

from collections.abc import Sequence

from kith.kit import cursors
from kith.people.browsing.histories import Past
from kith.people.tables import Decision, Subject
from kith.people.undoing import Undone
from kith.surfaces.native import wire_decisions as wire

_FACES_SHOWN = 1000


def decision(it: Decision, person_id: int | None = None) -> wire.DecisionOut:
    return wire.DecisionOut(
        decision_id=it.id, kind=it.kind, face_ids=_faces(it),
        person_id=person_id if person_id is not None else _only_person(it),
    )  # fmt: skip


def undone(it: Undone) -> wire.UndoneOut:
    decision = it.decision
    return wire.UndoneOut(
        decision_id=decision.id, kind=decision.kind, face_ids=_faces(decision),
        person_id=_only_person(decision), undone_at=it.at, restored=it.restored, kept=it.kept,
    )  # fmt: skip


def history(rows: Sequence[Past], limit: int) -> wire.DecisionsOut:
    """A page; `rows` are one more than asked for where there is a next page."""
    shown = rows[:limit]
    return wire.DecisionsOut(
        items=[past(it) for it in shown],
        next_cursor=cursors.encode(shown[-1].decision.id) if len(rows) > limit else None,
    )


def past(it: Past) -> wire.PastDecisionOut:
    decision = it.decision
    return wire.PastDecisionOut(
        decision_id=decision.id, kind=decision.kind, actor=decision.actor, created_at=decision.created_at,
        undone_at=decision.undone_at, undone_by=decision.undone_by, face_count=it.face_count,
        person_count=it.person_count, person_ids=it.person_ids,
        names=[
            wire.RenamingOut(person_id=name.person_id, before=name.before, after=name.after)
            for name in it.names
        ],
    )  # fmt: skip


def _faces(it: Decision) -> list[int]:
    faces = [change["id"] for change in it.changes if change["subject"] == Subject.FACE]
    return sorted(set(faces))[:_FACES_SHOWN]


def _only_person(it: Decision) -> int | None:
    """Whom its faces are now, or who was changed, if that is one person."""
    now = {
        change["after"].get("person_id") if change["subject"] == Subject.FACE else change["id"]
        for change in it.changes
    } - {None}
    (person_id,) = now if len(now) == 1 else (None,)
    return person_id if isinstance(person_id, int) else None
