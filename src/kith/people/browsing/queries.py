"""The statements about what is shown of persons and decisions, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import defer

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face, FaceState
from kith.people.names import has_no_words
from kith.people.tables import Decision, DecisionKind, DecisionSubject, Person, RowChange, Subject
from kith.photos.tables import Photo

# So much of a name is sorted by, and fits a cursor in any script.
_SORTED = 24
# The persons named with each decision; a confirmation may be about a thousand.
PERSONS_NAMED = 10


class Kind(StrEnum):
    NAMED = "named"
    UNNAMED = "unnamed"
    HIDDEN = "hidden"


class Sort(StrEnum):
    COUNT = "count"
    NAME = "name"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which persons: of a kind (None is any that is not hidden), with `key` a beginning of a word."""

    kind: Kind | None = None
    key: str = ""


_LIVING = Person.merged_into_id.is_(None)
_THEIRS = (Face.person_id == Person.id) & Face.is_shown
_HAS_FACES = select(Face.id).where(_THEIRS).correlate(Person).exists()
_COUNT = select(func.count()).select_from(Face).where(_THEIRS).correlate(Person).scalar_subquery()
# A group whose faces have all been given away is nobody any more.
_KINDS: dict[Kind, ColumnElement[bool]] = {
    Kind.NAMED: _LIVING & ~Person.is_hidden & Person.name.is_not(None),
    Kind.UNNAMED: _LIVING & ~Person.is_hidden & Person.name.is_(None) & _HAS_FACES,
    Kind.HIDDEN: _LIVING & Person.is_hidden,
}


def persons(
    who: Principal, wanted: Wanted, sort: Sort, after: tuple[int | str, int] | None, limit: int
) -> Select[Person, int, int | str]:
    """(person, number of faces, what it is sorted by) from behind a place on."""
    condition = _LIVING & ~Person.is_hidden if wanted.kind is None else _KINDS[wanted.kind]
    keys: dict[Sort, Any] = {
        Sort.COUNT: _COUNT,
        Sort.NAME: func.substr(func.coalesce(Person.name_key, ""), 1, _SORTED),
        Sort.RECENT: Person.id,
    }
    stmt = visible_to(select(Person.id, keys[sort].label("rank")).where(condition), Person, who)
    stmt = stmt.where(_begins(wanted.key)) if wanted.key else stmt
    # Faces are counted once and written down; else they would be each time the rank is spoken of.
    ranked = stmt.cte().prefix_with("MATERIALIZED") if sort is Sort.COUNT else stmt.subquery()
    is_rising = sort is Sort.NAME
    turned = select(ranked).order_by(ranked.c.rank if is_rising else ranked.c.rank.desc(), ranked.c.id)
    if after is not None:
        value, person_id = after
        beyond = ranked.c.rank > value if is_rising else ranked.c.rank < value
        turned = turned.where(beyond | ((ranked.c.rank == value) & (ranked.c.id > person_id)))
    page = turned.limit(limit).subquery()
    count = page.c.rank if sort is Sort.COUNT else _COUNT
    listed = select(Person, count, page.c.rank).join(page, page.c.id == Person.id)
    return listed.order_by(page.c.rank if is_rising else page.c.rank.desc(), Person.id)


def _begins(key: str) -> ColumnElement[bool]:
    """Whether a word of a name begins so; any part of it where a script parts no words."""
    if has_no_words(key):
        return Person.name_key.contains(key, autoescape=True)
    return Person.name_key.startswith(key, autoescape=True) | Person.name_key.contains(
        f" {key}", autoescape=True
    )


def persons_named_by(who: Principal, person_ids: Sequence[int]) -> Select[Person, int]:
    """Living persons by their ids, with their number of faces."""
    return visible_to(select(Person, _COUNT).where(Person.id.in_(person_ids), _LIVING), Person, who)


def counts(who: Principal) -> Select[int, int, int]:
    """How many persons there are with a name, without, and hidden."""
    sums = (func.coalesce(func.sum(case((_KINDS[kind], 1), else_=0)), 0) for kind in Kind)
    return visible_to(select(*sums), Person, who)


def photo_counts(person_ids: Sequence[int]) -> Select[int | None, int]:
    stmt = select(Face.person_id, func.count(Face.photo_id.distinct()))
    return stmt.where(Face.person_id.in_(person_ids), Face.is_shown).group_by(Face.person_id)


def suggestion_counts(person_ids: Sequence[int]) -> Select[int | None, int]:
    """How many faces wait to be confirmed as each person."""
    stmt = select(Face.suggested_person_id, func.count()).group_by(Face.suggested_person_id)
    return stmt.where(
        Face.suggested_person_id.in_(person_ids), Face.is_shown, Face.state != FaceState.CONFIRMED
    )


def covers(person_ids: Sequence[int]) -> Select[int, int, str]:
    """(person, face, digest of its photo): the face chosen to stand for a person, else the best one."""
    best = (
        select(Face.id).where(_THEIRS).order_by(Face.quality.desc()).limit(1).correlate(Person)
    ).scalar_subquery()
    chosen = (
        select(Person.id, func.coalesce(Person.cover_face_id, best).label("face_id"))
        .where(Person.id.in_(person_ids))
        .subquery()
    )
    return (
        select(chosen.c.id, Face.id, Photo.sha256)
        .join(Face, Face.id == chosen.c.face_id)
        .join(Photo, Photo.id == Face.photo_id)
    )


def _photos_of(person_id: int) -> Select[int]:
    return select(Face.photo_id).where(Face.person_id == person_id, Face.is_shown)


def years(who: Principal, person_id: int) -> Select[int, int]:
    """(year, number of photos) of a person, the newest year first."""
    year = Photo.shown_month // 100
    stmt = select(year, func.count()).where(Photo.id.in_(_photos_of(person_id)))
    return visible_to(stmt, Photo, who).group_by(year).order_by(year.desc())


def first_and_last(who: Principal, person_id: int) -> Select[datetime, datetime]:
    """The moments of a person's first and last photo, both null without any."""
    stmt = select(func.min(Photo.shown_at), func.max(Photo.shown_at))
    return visible_to(stmt.where(Photo.id.in_(_photos_of(person_id))), Photo, who)


_UNSHOWN = [defer(column, raiseload=True) for column in (Face.uuid, Face.landmarks)]


def faces(
    who: Principal, person_id: int, state: FaceState | None, after_id: int, limit: int
) -> Select[Face, Photo]:
    """A person's faces by id; of the state SUGGESTED those that are suggested to be theirs."""
    stmt = select(Face, Photo).join(Photo, Photo.id == Face.photo_id).options(*_UNSHOWN)
    if state is FaceState.SUGGESTED:
        stmt = stmt.where(Face.suggested_person_id == person_id, Face.state != FaceState.CONFIRMED)
    else:
        stmt = stmt.where(Face.person_id == person_id)
        stmt = stmt if state is None else stmt.where(Face.state == state)
    stmt = stmt.where(Face.is_shown, Face.id > after_id).order_by(Face.id).limit(limit)
    return visible_to(stmt, Face, who)


# ── decisions ────────────────────────────────────────────────────────────────────────────────────


def decisions(
    who: Principal, about: Sequence[tuple[Subject, int]], before_id: int | None, limit: int
) -> Select[Decision]:
    """Decisions, newest first, about all of these; without their changes, which may be large."""
    stmt = select(Decision).options(defer(Decision.changes, raiseload=True))
    for subject, subject_id in about:
        named = select(DecisionSubject.decision_id).where(
            DecisionSubject.subject == subject, DecisionSubject.subject_id == subject_id
        )
        stmt = stmt.where(Decision.id.in_(named))
    if before_id is not None:
        stmt = stmt.where(Decision.id < before_id)
    return visible_to(stmt.order_by(Decision.id.desc()).limit(limit), Decision, who)


def subject_counts(decision_ids: Sequence[int]) -> Select[int, Subject, int]:
    stmt = select(DecisionSubject.decision_id, DecisionSubject.subject, func.count())
    return stmt.where(DecisionSubject.decision_id.in_(decision_ids)).group_by(
        DecisionSubject.decision_id, DecisionSubject.subject
    )


def persons_named(decision_ids: Sequence[int]) -> Select[int, int]:
    """(decision, person) of the first few persons of each."""
    place = func.row_number().over(
        partition_by=DecisionSubject.decision_id, order_by=DecisionSubject.subject_id
    )
    ranked = (
        select(DecisionSubject.decision_id, DecisionSubject.subject_id, place.label("place"))
        .where(DecisionSubject.decision_id.in_(decision_ids), DecisionSubject.subject == Subject.PERSON)
        .subquery()
    )
    stmt = select(ranked.c.decision_id, ranked.c.subject_id).where(ranked.c.place <= PERSONS_NAMED)
    return stmt.order_by(ranked.c.decision_id, ranked.c.subject_id)


def renames(decision_ids: Sequence[int]) -> Select[int, list[RowChange]]:
    """Those of the decisions that gave or took a name, with their changes."""
    stmt = select(Decision.id, Decision.changes)
    return stmt.where(Decision.id.in_(decision_ids), Decision.kind == DecisionKind.RENAME)


# ── what a merge would do ────────────────────────────────────────────────────────────────────────


def faces_and_photos(person_ids: Sequence[int]) -> Select[int, int]:
    stmt = select(func.count(), func.count(Face.photo_id.distinct()))
    return stmt.where(Face.person_id.in_(person_ids), Face.is_shown)


def photos_with_several(person_ids: Sequence[int]) -> Select[int]:
    """The photos that show more than one of these persons."""
    stmt = select(Face.photo_id).where(Face.person_id.in_(person_ids), Face.is_shown)
    return stmt.group_by(Face.photo_id).having(func.count(Face.person_id.distinct()) > 1)


def count_of(rows: Select[int]) -> Select[int]:
    return select(func.count()).select_from(rows.subquery())


def faces_in(photo_ids: Sequence[int], person_ids: Sequence[int]) -> Select[int, int]:
    """(photo, face) of these persons in these photos."""
    stmt = select(Face.photo_id, Face.id).where(Face.photo_id.in_(photo_ids), Face.person_id.in_(person_ids))
    return stmt.where(Face.is_shown).order_by(Face.photo_id, Face.id)
