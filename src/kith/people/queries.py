"""The statements about people and decisions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, Select, and_, case, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face, FaceState
from kith.galleries.tables import Gallery
from kith.kit.db import Base
from kith.kit.pages import Page
from kith.people.tables import Decision, DecisionKind, DecisionSubject, Person, Rejection, Subject
from kith.photos.tables import File, Photo, PhotoState

# What refers to a person and goes with them; all else is a reason to keep them.
_PASSING = frozenset({"faces.suggested_person_id", "persons.merged_into_id", "rejections.person_id"})


def person(who: Principal, person_id: int) -> Select[Person]:
    return visible_to(select(Person).where(Person.id == person_id), Person, who)


def persons(who: Principal, person_ids: Sequence[int]) -> Select[Person]:
    return visible_to(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id), Person, who)


def merged_into(person_id: int) -> Select[Person]:
    return select(Person).where(Person.merged_into_id == person_id)


# How many faces a person has, counted in an index for each person that is looked at.
_FACE_COUNT = (
    select(func.count())
    .where(Face.person_id == Person.id, Face.is_shown)
    .correlate(Person)
    .scalar_subquery()
    .label("face_count")
)


def listed(who: Principal, *, hidden: bool = False, named: bool | None = None) -> Select[Person, int]:
    """Living persons with their number of faces: named first, then those with most faces."""
    stmt = select(Person, _FACE_COUNT).where(Person.merged_into_id.is_(None))
    stmt = stmt.order_by(case((Person.name.is_(None), 1), else_=0), _FACE_COUNT.desc(), Person.id)
    if not hidden:
        stmt = stmt.where(~Person.is_hidden)
    if named is not None:
        stmt = stmt.where(Person.name.is_not(None) if named else Person.name.is_(None))
    return visible_to(stmt, Person, who)


def by_id(who: Principal, page: Page) -> Select[Person, int]:
    """A page of living persons with their number of faces, in the order of their ids."""
    ids = visible_to(select(Person.id).where(Person.merged_into_id.is_(None)), Person, who)
    ids = ids.order_by(Person.id).offset(page.skip).limit(page.limit)
    return select(Person, _FACE_COUNT).where(Person.id.in_(ids.scalar_subquery())).order_by(Person.id)


def summary(who: Principal, person_id: int) -> Select[Person, int]:
    """A living person with the number of their faces."""
    stmt = select(Person, _FACE_COUNT).where(Person.id == person_id, Person.merged_into_id.is_(None))
    return visible_to(stmt, Person, who)


def largest(who: Principal) -> Select[Person, int]:
    """The living person with most faces."""
    return listed(who, hidden=True).order_by(None).order_by(_FACE_COUNT.desc(), Person.id).limit(1)


def hidden(who: Principal) -> Select[Person]:
    return visible_to(select(Person).where(Person.is_hidden), Person, who)


def named(who: Principal, name: str) -> Select[Person]:
    """Living persons of exactly this name, capitals aside."""
    # PostgreSQL and Python do not lower every letter alike, so a name is always found by itself.
    alike = or_(Person.name == name, func.lower(Person.name) == name.lower())
    stmt = select(Person).where(alike, Person.merged_into_id.is_(None))
    return visible_to(stmt.order_by(Person.id), Person, who)


def counts(who: Principal) -> Select[int, int]:
    """How many living persons have a name, and how many have none."""
    has_name = case((Person.name.is_not(None), 1), else_=0)
    stmt = select(func.coalesce(func.sum(has_name), 0), func.coalesce(func.sum(1 - has_name), 0))
    return visible_to(stmt.where(Person.merged_into_id.is_(None)), Person, who)


def anchored(who: Principal) -> Select[Person]:
    stmt = select(Person).where(Person.is_anchored, Person.merged_into_id.is_(None))
    return visible_to(stmt, Person, who)


def has_faces(person_ids: Sequence[int]) -> Select[int | None]:
    return select(Face.person_id).where(Face.person_id.in_(person_ids)).distinct()


def drop_groups(person_ids: Sequence[int]) -> Delete:
    """Those of the persons without a face whom no human vouches for, and no client knows by its own id."""
    wanted = [
        exists().where(key.parent == Person.id)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is Person.__table__.c.id and str(key.parent) not in _PASSING
    ]
    return delete(Person).where(Person.id.in_(person_ids), ~Person.is_anchored, *(~it for it in wanted))


def rejections(face_ids: Sequence[int]) -> Select[int, int]:
    return select(Rejection.face_id, Rejection.person_id).where(Rejection.face_id.in_(face_ids))


def rejections_of(person_ids: Sequence[int]) -> Select[Rejection]:
    return select(Rejection).where(Rejection.person_id.in_(person_ids))


def drop_rejections(decision_id: int) -> Delete:
    return delete(Rejection).where(Rejection.decision_id == decision_id)


def decision(who: Principal, decision_id: int) -> Select[Decision]:
    return visible_to(select(Decision).where(Decision.id == decision_id), Decision, who)


def last_decision(who: Principal) -> Select[Decision]:
    stmt = select(Decision).where(Decision.undone_at.is_(None)).order_by(Decision.id.desc()).limit(1)
    return visible_to(stmt, Decision, who)


def history(who: Principal, person_id: int | None = None) -> Select[Decision]:
    """Decisions, newest first; of one person if given."""
    stmt = select(Decision).order_by(Decision.id.desc())
    if person_id is not None:
        stmt = stmt.where(Decision.id.in_(_about(Subject.PERSON, [person_id])))
    return visible_to(stmt, Decision, who)


def newest_decision(who: Principal) -> Select[int | None]:
    return visible_to(select(func.max(Decision.id)), Decision, who)


def last_undo(who: Principal) -> Select[datetime | None]:
    """When a decision was undone last."""
    return visible_to(select(func.max(Decision.undone_at)), Decision, who)


def later_decisions(decision_id: int) -> Select[Decision]:
    """Decisions after this one, not undone, that share a subject with it, in their order."""
    stmt = select(Decision).where(Decision.id.in_(_later(decision_id)), Decision.undone_at.is_(None))
    return stmt.order_by(Decision.id)


def persons_of_later(decision_id: int) -> Select[int]:
    """The persons whom later decisions that stand are about."""
    standing = select(Decision.id).where(Decision.id.in_(_later(decision_id)), Decision.undone_at.is_(None))
    return select(DecisionSubject.subject_id).where(
        DecisionSubject.subject == Subject.PERSON, DecisionSubject.decision_id.in_(standing)
    )


def decisions_about(person_ids: Sequence[int]) -> Select[Decision]:
    return select(Decision).where(Decision.id.in_(_about(Subject.PERSON, person_ids)))


def decisions_about_faces(face_ids: Sequence[int]) -> Select[Decision]:
    return select(Decision).where(Decision.id.in_(_about(Subject.FACE, face_ids)))


def forget_faces(face_ids: Sequence[int]) -> Delete:
    """The places of faces in the history of decisions."""
    return delete(DecisionSubject).where(
        DecisionSubject.subject == Subject.FACE, DecisionSubject.subject_id.in_(face_ids)
    )


def forget_persons(person_ids: Sequence[int]) -> Delete:
    """The places of persons in the history of decisions."""
    return delete(DecisionSubject).where(
        DecisionSubject.subject == Subject.PERSON, DecisionSubject.subject_id.in_(person_ids)
    )


def suggested(person_ids: Sequence[int]) -> Select[Face]:
    """Faces these persons are suggested for."""
    return select(Face).where(Face.suggested_person_id.in_(person_ids)).order_by(Face.id)


def covered_by(face_ids: Sequence[int]) -> Select[Person]:
    return select(Person).where(Person.cover_face_id.in_(face_ids))


def split_parties(decision_ids: Sequence[int]) -> Select[int, int]:
    """(decision, person) of those of the decisions that are splits."""
    return (
        select(DecisionSubject.decision_id, DecisionSubject.subject_id)
        .join(Decision, Decision.id == DecisionSubject.decision_id)
        .where(
            Decision.kind == DecisionKind.SPLIT,
            DecisionSubject.subject == Subject.PERSON,
            Decision.id.in_(decision_ids),
        )
    )


def _about(subject: Subject, ids: Sequence[int]) -> Select[int]:
    return select(DecisionSubject.decision_id).where(
        DecisionSubject.subject == subject, DecisionSubject.subject_id.in_(ids)
    )


def _later(decision_id: int) -> Select[int]:
    mine, theirs = aliased(DecisionSubject), aliased(DecisionSubject)
    return (
        select(theirs.decision_id)
        .join(mine, (mine.subject == theirs.subject) & (mine.subject_id == theirs.subject_id))
        .where(mine.decision_id == decision_id, theirs.decision_id > decision_id)
    )


# ── what identification reads ────────────────────────────────────────────────────────────────────


def to_identify(tenant_id: int, limit: int) -> Select[Face, Photo]:
    """Faces that wait to be matched or grouped, in the order of their ids."""
    return (
        select(Face, Photo)
        .join(Photo, Photo.id == Face.photo_id)
        .join(Gallery, Gallery.id == Photo.gallery_id)
        .where(Face.tenant_id == tenant_id, Face.to_identify, Face.is_shown, Gallery.is_grouped)
        .order_by(Face.id)
        .limit(limit)
    )


def faces_with_photos(face_ids: Sequence[int]) -> Select[Face, Photo]:
    return select(Face, Photo).join(Photo, Photo.id == Face.photo_id).where(Face.id.in_(face_ids))


def to_match(tenant_id: int) -> Select[Person]:
    return select(Person).where(
        Person.tenant_id == tenant_id, Person.to_match, Person.merged_into_id.is_(None)
    )


def best_faces(person_id: int, limit: int) -> Select[int]:
    """The ids of a person's faces, those that say most about them first."""
    return (
        select(Face.id)
        .where(Face.person_id == person_id, Face.is_shown)
        .order_by(Face.quality.desc(), Face.id)
        .limit(limit)
    )


def unanchored_groups(tenant_id: int) -> Select[int]:
    return select(Person.id).where(
        Person.tenant_id == tenant_id, ~Person.is_anchored, Person.merged_into_id.is_(None)
    )


def members(person_ids: Sequence[int]) -> Select[int]:
    """The ids of all faces of some persons."""
    return select(Face.id).where(Face.person_id.in_(person_ids), Face.is_shown).order_by(Face.id)


def galleries(gallery_ids: Sequence[int]) -> Select[Gallery]:
    return select(Gallery).where(Gallery.id.in_(gallery_ids)).order_by(Gallery.id)


def grouped_galleries(gallery_ids: Sequence[int]) -> Select[Gallery]:
    """Those of the galleries whose faces are matched and grouped."""
    return galleries(gallery_ids).where(Gallery.is_grouped)


def count_faces(tenant_id: int, gallery_id: int) -> Select[int]:
    return (
        select(func.count(Face.id))
        .join(Photo, Photo.id == Face.photo_id)
        .where(Face.tenant_id == tenant_id, Photo.gallery_id == gallery_id, Face.is_shown)
    )


def left(tenant_id: int) -> Select[int, int | None]:
    """(face, the person it was taken from) where that has to be thought about; also faces nobody sees."""
    return (
        select(Face.id, Face.left_person_id)
        .where(Face.tenant_id == tenant_id, Face.left_person_id.is_not(None))
        .order_by(Face.id)
    )


def grounds(person_id: int) -> Select[int, float, bool, bool]:
    """A person's faces, those in the trash too, as (id, quality, is_recognised, is_awaited).

    Recognised is what is theirs by nothing but its likeness to others: not what somebody has said to be
    theirs, and nothing in galleries that are not grouped. The photos of awaited ones are yet to be analysed.
    """
    about_face, about_person = aliased(DecisionSubject), aliased(DecisionSubject)
    was_said = (
        select(Decision.id)
        .join(about_face, about_face.decision_id == Decision.id)
        .join(about_person, about_person.decision_id == Decision.id)
        .where(
            Decision.kind == DecisionKind.ASSIGN, Decision.undone_at.is_(None),
            about_face.subject == Subject.FACE, about_face.subject_id == Face.id,
            about_person.subject == Subject.PERSON, about_person.subject_id == person_id,
        )
        .correlate(Face)
        .exists()
    )  # fmt: skip
    is_recognised = and_(
        Face.state == FaceState.AUTO, Face.similarity.is_not(None), Face.suggested_person_id.is_(None),
        Gallery.is_grouped, ~was_said,
    )  # fmt: skip
    is_awaited = Photo.state == PhotoState.PENDING
    return (
        select(Face.id, Face.quality, is_recognised.label("is_recognised"), is_awaited.label("is_awaited"))
        .join(Photo, Photo.id == Face.photo_id)
        .join(Gallery, Gallery.id == Photo.gallery_id)
        .where(Face.person_id == person_id, ~Face.is_ignored)
        .order_by(Face.id)
    )


def automatic(person_id: int) -> Select[Face]:
    """A person's faces that no human confirmed, where faces are grouped."""
    return (
        select(Face)
        .join(Photo, Photo.id == Face.photo_id)
        .join(Gallery, Gallery.id == Photo.gallery_id)
        .where(Face.person_id == person_id, Face.state == FaceState.AUTO, Gallery.is_grouped)
        .order_by(Face.id)
    )


def open_faces(tenant_id: int, gallery_id: int) -> Select[int]:
    """The ids of the faces of a gallery that a machine may group."""
    return (
        select(Face.id)
        .join(Photo, Photo.id == Face.photo_id)
        .where(
            Face.tenant_id == tenant_id,
            Photo.gallery_id == gallery_id,
            Face.state.in_((FaceState.UNKNOWN, FaceState.SUGGESTED, FaceState.GROUPED)),
            Face.is_shown,
        )
        .order_by(Face.id)
    )


def persons_by_photo(photo_ids: Sequence[int]) -> Select[int, int | None]:
    """Which persons each photo already shows for sure."""
    return select(Face.photo_id, Face.person_id).where(
        Face.photo_id.in_(photo_ids),
        Face.state.in_((FaceState.AUTO, FaceState.CONFIRMED)),
        Face.is_shown,
    )


def photos_of_persons(who: Principal, person_ids: Sequence[int], limit: int) -> Select[int | None, int, str]:
    """(person, photo, where its bytes are) of the newest `limit` photos of each person, newest first."""
    newest = visible_to(
        select(
            Face.person_id,
            Photo.id.label("photo_id"),
            Photo.taken_at,
            func.row_number()
            .over(partition_by=Face.person_id, order_by=(Photo.taken_at.desc().nulls_last(), Photo.id))
            .label("place"),
        )
        .join(Photo, Photo.id == Face.photo_id)
        .where(Face.person_id.in_(person_ids), Face.is_shown),
        Face,
        who,
    ).subquery()
    return (
        select(newest.c.person_id, newest.c.photo_id, File.location)
        .join(File, File.photo_id == newest.c.photo_id)
        .where(newest.c.place <= limit)
        .order_by(newest.c.place, File.id)
    )
