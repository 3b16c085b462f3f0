"""The statements about what waits for an answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, desc, func, select
from sqlalchemy.orm import aliased

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face, FaceState
from kith.people.tables import Decision, DecisionKind, Person, Rejection
from kith.photos.tables import Photo

# So many faces of a question are shown, and so many suggested ones are one question.
FACES_SHOWN = 12

_SUGGESTED = aliased(Person)
_MEMBER = aliased(Face)
_ANSWERS = (DecisionKind.CONFIRM, DecisionKind.REJECT, DecisionKind.MERGE, DecisionKind.ASSIGN)


def single_counts(who: Principal) -> Select[int | None, int]:
    """(person, faces that are nobody's and suggested to be theirs), the most first."""
    count = func.count()
    stmt = (
        select(Face.suggested_person_id, count)
        .join(_SUGGESTED, _SUGGESTED.id == Face.suggested_person_id)
        .where(Face.state == FaceState.SUGGESTED, Face.is_shown, ~_SUGGESTED.is_hidden)
        .group_by(Face.suggested_person_id)
        .order_by(count.desc(), Face.suggested_person_id)
    )
    return visible_to(stmt, Face, who)


def singles(person_ids: Sequence[int], limit: int) -> Select[int, int, int, int, str, float | None]:
    """(person, place, face, photo, digest, similarity), the best of each person's suggestions first."""
    best = (Face.similarity.desc(), Face.id)
    place = func.row_number().over(partition_by=Face.suggested_person_id, order_by=best)
    ranked = (
        select(Face.suggested_person_id.label("person_id"), place.label("place"), Face.id.label("face_id"))
        .where(Face.suggested_person_id.in_(person_ids), Face.state == FaceState.SUGGESTED, Face.is_shown)
        .subquery()
    )
    batch = (ranked.c.place - 1) // FACES_SHOWN
    return (
        select(ranked.c.person_id, ranked.c.place, Face.id, Face.photo_id, Photo.sha256, Face.similarity)
        .join(Face, Face.id == ranked.c.face_id)
        .join(Photo, Photo.id == Face.photo_id)
        .order_by(batch, ranked.c.person_id, ranked.c.place)
        .limit(limit)
    )


def group_counts(who: Principal) -> Select[int | None, int | None, int, float | None]:
    """(group without a name, person its faces are suggested to be, its size, how alike), the largest first.

    An answer is about the whole group, also about those of its faces that nothing is suggested for.
    """
    size = (
        select(func.count(_MEMBER.id))
        .where(_MEMBER.person_id == Face.person_id, _MEMBER.is_shown)
        .correlate(Face)
        .scalar_subquery()
    )
    # First, for few have a suggestion; SQLite would rather look at all that are grouped.
    suggested = select(_MEMBER.id).where(_MEMBER.suggested_person_id > 0)
    stmt = (
        select(Face.person_id, Face.suggested_person_id, size.label("size"), func.avg(Face.similarity))
        .join(Person, Person.id == Face.person_id)
        .join(_SUGGESTED, _SUGGESTED.id == Face.suggested_person_id)
        .where(
            Face.id.in_(suggested),
            Face.state == FaceState.GROUPED, Face.is_shown, Person.name.is_(None), ~Person.is_hidden,
            Person.merged_into_id.is_(None), ~_SUGGESTED.is_hidden, _SUGGESTED.id != Person.id,
        )
        .group_by(Face.person_id, Face.suggested_person_id)
        .order_by(desc("size"), Face.person_id, Face.suggested_person_id)
    )  # fmt: skip
    return visible_to(stmt, Face, who)


def largest_groups(who: Principal, limit: int) -> Select[int]:
    """Persons without a name, those with most faces first."""
    count = (
        select(func.count())
        .select_from(Face)
        .where(Face.person_id == Person.id, Face.is_shown)
        .correlate(Person)
        .scalar_subquery()
    )
    stmt = select(Person.id).where(
        Person.name.is_(None), ~Person.is_hidden, Person.merged_into_id.is_(None), count > 0
    )
    return visible_to(stmt.order_by(count.desc(), Person.id).limit(limit), Person, who)


def named(who: Principal) -> Select[int]:
    """Who has a name, and is not hidden."""
    stmt = select(Person.id).where(
        Person.name.is_not(None), ~Person.is_hidden, Person.merged_into_id.is_(None)
    )
    return visible_to(stmt, Person, who)


def best_of(person_ids: Sequence[int], limit: int) -> Select[int | None, int, int, str, float | None]:
    """(person, face, photo, digest, similarity) of the first faces of each, the best first."""
    place = func.row_number().over(partition_by=Face.person_id, order_by=(Face.quality.desc(), Face.id))
    ranked = (
        select(Face.id, place.label("place")).where(Face.person_id.in_(person_ids), Face.is_shown).subquery()
    )
    return (
        select(Face.person_id, Face.id, Face.photo_id, Photo.sha256, Face.similarity)
        .join(ranked, ranked.c.id == Face.id)
        .join(Photo, Photo.id == Face.photo_id)
        .where(ranked.c.place <= limit)
        .order_by(Face.person_id, ranked.c.place)
    )


def rejected(group_ids: Sequence[int]) -> Select[int | None, int]:
    """(group, person) where a face of the group was said not to be that person."""
    stmt = select(Face.person_id, Rejection.person_id).join(Rejection, Rejection.face_id == Face.id)
    return stmt.where(Face.person_id.in_(group_ids)).distinct()


def last_answers(who: Principal, limit: int) -> Select[datetime]:
    """When this user last answered, the newest first."""
    stmt = select(Decision.created_at).where(Decision.actor == who.actor, Decision.kind.in_(_ANSWERS))
    return visible_to(stmt.order_by(Decision.id.desc()).limit(limit), Decision, who)
