"""Decisions on the wire."""

from datetime import datetime

from kith.people.tables import DecisionKind
from kith.surfaces.native.wire import Wire


class DecisionOut(Wire):
    """What was decided: the first 1,000 faces that it changed, and the one person it is about."""

    decision_id: int
    kind: DecisionKind
    face_ids: list[int]
    person_id: int | None


class UndoneOut(DecisionOut):
    """`restored` rows were put back, `kept` are as a later decision wants them."""

    undone_at: datetime
    restored: int
    kept: int


class RenamingOut(Wire):
    person_id: int
    before: str | None
    after: str | None


class PastDecisionOut(Wire):
    """A decision in the history; `person_ids` are the first 10 of `person_count`."""

    decision_id: int
    kind: DecisionKind
    actor: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    face_count: int
    person_count: int
    person_ids: list[int]
    names: list[RenamingOut]


class DecisionsOut(Wire):
    items: list[PastDecisionOut]
    next_cursor: str | None
