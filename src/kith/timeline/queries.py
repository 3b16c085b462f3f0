"""The statements about the timeline and the trash."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import aliased

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face
from kith.galleries.tables import Gallery
from kith.people.tables import Person
from kith.photos import queries as photo_queries
from kith.photos.tables import File, Photo, month_of
from kith.timeline.shapes import Wanted

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])

# More places and faces of one photo nobody looks at.
_MOST = 1000

_FACE_COUNT = (
    select(func.count())
    .where(Face.photo_id == Photo.id, ~Face.is_ignored)
    .correlate(Photo)
    .scalar_subquery()
    .label("face_count")
)
_SUGGESTED = aliased(Person)
# The month first, for it is first in the index.
PLACE = (Photo.shown_month, Photo.shown_at, Photo.id)


def months(who: Principal, wanted: Wanted) -> Select[int, int]:
    """(month, how many photos), the newest first."""
    stmt = select(Photo.shown_month, func.count()).group_by(Photo.shown_month)
    return _chosen(stmt.order_by(Photo.shown_month.desc()), who, wanted)


def page(
    who: Principal, wanted: Wanted, limit: int, after: tuple[datetime, int] | None = None
) -> Select[Photo, int]:
    """Photos with how many faces they show, the newest first."""
    stmt = _chosen(select(Photo, _FACE_COUNT), who, wanted)
    if after is not None:
        stmt = stmt.where(tuple_(*PLACE) < place_at(*after))
    return stmt.order_by(*_order(wanted, is_newest_first=True)).limit(limit)


def beside(who: Principal, wanted: Wanted, photo: Photo, *, is_newer: bool) -> Select[int]:
    """The id of the next photo of the timeline in one of its directions."""
    here, there = tuple_(*PLACE), place_at(photo.shown_at, photo.id)
    stmt = _chosen(select(Photo.id), who, wanted).where(here > there if is_newer else here < there)
    return stmt.order_by(*_order(wanted, is_newest_first=not is_newer)).limit(1)


def _order(wanted: Wanted, *, is_newest_first: bool) -> list[ColumnElement[Any]]:
    """The order of the timeline.

    Outside the trash `trashed_at` is null throughout, but PostgreSQL does not see by that that its index has
    the order of what follows: without it every photo there is would be sorted for the first page.
    """
    columns = PLACE if wanted.is_trashed else (Photo.trashed_at, *PLACE)
    return [column.desc() if is_newest_first else column.asc() for column in columns]


def place_at(moment: datetime, photo_id: int) -> ColumnElement[Any]:
    """A place in the order of `PLACE`, for what is before or behind it."""
    values = (month_of(moment), moment, photo_id)
    return tuple_(*(literal(it, column.type) for it, column in zip(values, PLACE, strict=True)))


def _chosen(stmt: Chosen, who: Principal, wanted: Wanted) -> Chosen:
    stmt = visible_to(stmt, Photo, who)
    is_trashed = Photo.trashed_at.is_not(None) if wanted.is_trashed else Photo.trashed_at.is_(None)
    stmt = stmt.where(is_trashed)
    if wanted.gallery_id is not None:
        stmt = stmt.where(Photo.gallery_id == wanted.gallery_id)
    elif wanted.person_id is None and not wanted.is_trashed:
        stmt = stmt.where(photo_queries.in_library(who))
    if wanted.person_id is not None:
        theirs = select(Face.photo_id).where(Face.person_id == wanted.person_id, ~Face.is_ignored)
        stmt = stmt.where(Photo.id.in_(visible_to(theirs, Face, who)))
    if wanted.is_favourite is not None:
        stmt = stmt.where(Photo.is_favourite if wanted.is_favourite else ~Photo.is_favourite)
    if wanted.rating_min is not None:
        stmt = stmt.where(Photo.rating >= wanted.rating_min)
    if wanted.month is not None:
        stmt = stmt.where(Photo.shown_month == wanted.month)
    if wanted.day is not None:
        start = datetime.combine(wanted.day, time())
        stmt = stmt.where(Photo.shown_month == month_of(start), Photo.shown_at >= start)
        # The last day there is has no next.
        if wanted.day < wanted.day.max:
            stmt = stmt.where(Photo.shown_at < start + timedelta(days=1))
    return stmt


def details(who: Principal, photo_id: int) -> Select[Photo, Gallery]:
    stmt = select(Photo, Gallery).join(Gallery, Gallery.id == Photo.gallery_id)
    return visible_to(stmt.where(Photo.id == photo_id), Photo, who)


def files(photo_id: int) -> Select[File]:
    return select(File).where(File.photo_id == photo_id).order_by(File.id).limit(_MOST)


def faces(photo_id: int) -> Select[Face, Person, Person]:
    """The faces of a photo, those set aside too; the persons of many are missing."""
    return (
        select(Face, Person, _SUGGESTED)
        .outerjoin(Person, Person.id == Face.person_id)
        .outerjoin(_SUGGESTED, _SUGGESTED.id == Face.suggested_person_id)
        .where(Face.photo_id == photo_id)
        .order_by(Face.id)
        .limit(_MOST)
    )


def photos(who: Principal, photo_ids: Sequence[int]) -> Select[Photo]:
    return visible_to(select(Photo).where(Photo.id.in_(photo_ids)).order_by(Photo.id), Photo, who)


def face_with_photo(who: Principal, face_id: int) -> Select[Face, Photo]:
    stmt = select(Face, Photo).join(Photo, Photo.id == Face.photo_id).where(Face.id == face_id)
    return visible_to(stmt, Face, who)


# ── the trash ────────────────────────────────────────────────────────────────────────────────────


def ids_among(who: Principal, photo_ids: Sequence[int], *, is_trashed: bool) -> Select[int]:
    """Those of the photos that are in the trash, or are not."""
    place = Photo.trashed_at.is_not(None) if is_trashed else Photo.trashed_at.is_(None)
    return visible_to(select(Photo.id).where(Photo.id.in_(photo_ids), place).order_by(Photo.id), Photo, who)


def faces_in(photo_ids: Sequence[int]) -> Select[int]:
    return select(Face.id).where(Face.photo_id.in_(photo_ids)).order_by(Face.id)


def trashed_before(who: Principal, moment: datetime) -> Select[int]:
    return visible_to(select(Photo.id).where(_is_over(moment)).order_by(Photo.id), Photo, who)


def tenants_trashed_before(moment: datetime) -> Select[int]:
    """The tenants whose photos are among those, for the worker."""
    return select(Photo.tenant_id).where(_is_over(moment)).distinct()


def _is_over(moment: datetime) -> ColumnElement[bool]:
    return Photo.trashed_at.is_not(None) & (Photo.trashed_at < moment)
