"""The statements about the ids of other systems."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select

from kith.accounts.principal import Principal, visible_to
from kith.external_ids.tables import ExternalId, Kind


def gallery(who: Principal, value: str) -> Select[int | None]:
    """The gallery a client calls so."""
    stmt = select(ExternalId.gallery_id).where(ExternalId.kind == Kind.GALLERY, ExternalId.value == value)
    return visible_to(stmt, ExternalId, who)


def person(who: Principal, value: str) -> Select[ExternalId]:
    """What stands for the person a client calls so."""
    stmt = select(ExternalId).where(ExternalId.kind == Kind.PERSON, ExternalId.value == value)
    return visible_to(stmt, ExternalId, who)


def photos(who: Principal, gallery_id: int, values: Sequence[str]) -> Select[ExternalId]:
    stmt = _photos(gallery_id).where(ExternalId.value.in_(values))
    return visible_to(stmt, ExternalId, who)


def standing_for(photo_ids: Sequence[int]) -> Select[int | None]:
    """Those of the photos that some id stands for."""
    return select(ExternalId.photo_id).where(ExternalId.photo_id.in_(photo_ids)).distinct()


def summary(who: Principal, gallery_id: int) -> Select[int, datetime]:
    """How many photo ids a gallery has, and when one was last sent."""
    stmt = select(func.count(), func.max(ExternalId.updated_at))
    stmt = stmt.where(ExternalId.kind == Kind.PHOTO, ExternalId.gallery_id == gallery_id)
    return visible_to(stmt, ExternalId, who)


def _photos(gallery_id: int) -> Select[ExternalId]:
    return select(ExternalId).where(ExternalId.kind == Kind.PHOTO, ExternalId.gallery_id == gallery_id)
