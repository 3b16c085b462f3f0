"""The statements of searches among photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face
from kith.photos import queries as photo_queries
from kith.photos.tables import Photo, month_of
from kith.timeline.queries import PLACE, place_at

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])

# Beyond so many nobody counts.
MAX_TOTAL = 10_000

_FACE_COUNT = (
    select(func.count())
    .select_from(Face)
    .where(Face.photo_id == Photo.id, Face.is_shown)
    .correlate(Photo)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which photos: of all of these persons, of any of those, of none of others, of `only` them.

    `start` and `end` are days, both included; `words` are each somewhere in title, caption or file name.
    Without persons or a gallery, photos of the library.
    """

    all_of: tuple[int, ...] = ()
    any_of: tuple[int, ...] = ()
    none_of: tuple[int, ...] = ()
    only: bool = False
    start: date | None = None
    end: date | None = None
    words: tuple[str, ...] = ()
    is_favourite: bool | None = None
    rating_min: int | None = None
    gallery_id: int | None = None

    @property
    def persons(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys((*self.all_of, *self.any_of, *self.none_of)))


def page(
    who: Principal, wanted: Wanted, limit: int, after: tuple[datetime, int] | None
) -> Select[Photo, int]:
    """Photos with how many faces they show, the newest first."""
    stmt = _chosen(select(Photo, _FACE_COUNT), who, wanted)
    if after is not None:
        stmt = stmt.where(tuple_(*PLACE) < place_at(*after))
    return stmt.order_by(*(column.desc() for column in PLACE)).limit(limit)


def by_ids(who: Principal, photo_ids: Sequence[int]) -> Select[Photo, int]:
    """Those of the photos that are not in the trash, the newest first."""
    stmt = select(Photo, _FACE_COUNT).where(Photo.id.in_(photo_ids), Photo.trashed_at.is_(None))
    return visible_to(stmt, Photo, who).order_by(*(column.desc() for column in PLACE))


def total(who: Principal, wanted: Wanted) -> Select[int]:
    """How many there are, counted up to one more than `MAX_TOTAL`."""
    some = _chosen(select(Photo.id), who, wanted).limit(MAX_TOTAL + 1).subquery()
    return select(func.count()).select_from(some)


def _chosen(stmt: Chosen, who: Principal, wanted: Wanted) -> Chosen:
    stmt = visible_to(stmt, Photo, who).where(Photo.trashed_at.is_(None), *_who_is_in_it(wanted))
    if wanted.gallery_id is not None:
        stmt = stmt.where(Photo.gallery_id == wanted.gallery_id)
    elif not (wanted.all_of or wanted.any_of):
        stmt = stmt.where(photo_queries.in_library(who))
    if wanted.start is not None:
        start = datetime.combine(wanted.start, time())
        stmt = stmt.where(Photo.shown_month >= month_of(start), Photo.shown_at >= start)
    if wanted.end is not None:
        stmt = stmt.where(*_until(wanted.end))
    if wanted.is_favourite is not None:
        stmt = stmt.where(Photo.is_favourite if wanted.is_favourite else ~Photo.is_favourite)
    if wanted.rating_min is not None:
        stmt = stmt.where(Photo.rating >= wanted.rating_min)
    return stmt.where(*(_says(word) for word in wanted.words))


def _who_is_in_it(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Photo.id.in_(_photos_of([person_id])) for person_id in wanted.all_of
    ]
    if wanted.any_of:
        conditions.append(Photo.id.in_(_photos_of(wanted.any_of)))
    here = select(Face.id).where(Face.photo_id == Photo.id, Face.is_shown).correlate(Photo)
    if wanted.none_of:
        conditions.append(~here.where(Face.person_id.in_(wanted.none_of)).exists())
    if wanted.only:
        named = (*wanted.all_of, *wanted.any_of)
        others = Face.person_id.is_(None) | Face.person_id.not_in(named)
        conditions.append(~here.where(others).exists())
    return conditions


def _photos_of(person_ids: tuple[int, ...] | list[int]) -> Select[int]:
    return select(Face.photo_id).where(Face.person_id.in_(person_ids), Face.is_shown)


def _until(day: date) -> list[ColumnElement[bool]]:
    conditions = [Photo.shown_month <= month_of(datetime.combine(day, time()))]
    # The last day there is has no next.
    if day < day.max:
        conditions.append(Photo.shown_at < datetime.combine(day, time()) + timedelta(days=1))
    return conditions


def _says(word: str) -> ColumnElement[bool]:
    texts = (Photo.title, Photo.caption, Photo.original_name)
    return or_(*(it.icontains(word, autoescape=True) for it in texts))
