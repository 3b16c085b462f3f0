"""The statements about galleries that are shared."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from kith.accounts.principal import Principal, visible_to
from kith.galleries.tables import Gallery
from kith.photos.tables import File, Photo, PhotoState, Storage
from kith.sharing.tables import GalleryIntake, GalleryTerms

SharedRow = Select[Gallery, GalleryTerms]


def _shared(who: Principal) -> SharedRow:
    stmt = select(Gallery, GalleryTerms).join(GalleryTerms, GalleryTerms.gallery_id == Gallery.id)
    return visible_to(stmt, Gallery, who)


def gallery(who: Principal, gallery_id: int) -> SharedRow:
    return _shared(who).where(Gallery.id == gallery_id)


def newest(who: Principal, before_id: int | None, limit: int) -> SharedRow:
    """A page of galleries, the newest first."""
    stmt = _shared(who).order_by(Gallery.id.desc()).limit(limit)
    return stmt if before_id is None else stmt.where(Gallery.id < before_id)


def slug(who: Principal, value: str) -> Select[int]:
    return visible_to(select(Gallery.id).where(Gallery.slug == value), Gallery, who)


def photo_counts(gallery_ids: Sequence[int]) -> Select[int, PhotoState, int]:
    """(gallery, state, how many photos)."""
    stmt = select(Photo.gallery_id, Photo.state, func.count()).where(Photo.gallery_id.in_(gallery_ids))
    return stmt.group_by(Photo.gallery_id, Photo.state)


def covers(gallery_ids: Sequence[int]) -> Select[int, int, str]:
    """(gallery, photo, its digest): the first photo of each that can be shown."""
    first = (
        select(func.min(Photo.id))
        .where(Photo.gallery_id.in_(gallery_ids), Photo.phash.is_not(None))
        .group_by(Photo.gallery_id)
    )
    return select(Photo.gallery_id, Photo.id, Photo.sha256).where(Photo.id.in_(first.scalar_subquery()))


def open_intakes(gallery_ids: Sequence[int]) -> Select[GalleryIntake]:
    stmt = select(GalleryIntake).where(
        GalleryIntake.gallery_id.in_(gallery_ids), GalleryIntake.ended_at.is_(None)
    )
    return stmt.order_by(GalleryIntake.id)


def last_intakes(gallery_ids: Sequence[int]) -> Select[GalleryIntake]:
    """The last intake of each gallery."""
    last = (
        select(func.max(GalleryIntake.id))
        .where(GalleryIntake.gallery_id.in_(gallery_ids))
        .group_by(GalleryIntake.gallery_id)
    )
    return select(GalleryIntake).where(GalleryIntake.id.in_(last.scalar_subquery()))


def intake(intake_id: int) -> Select[GalleryIntake]:
    """Of any tenant, for the job that is about it."""
    return select(GalleryIntake).where(GalleryIntake.id == intake_id)


def keys_there(gallery_id: int, keys: Sequence[str]) -> Select[str]:
    """Those of the keys whose pictures a gallery has."""
    return select(File.location).where(
        File.gallery_id == gallery_id, File.storage == Storage.SOURCE, File.location.in_(keys)
    )


def terms(gallery_id: int) -> Select[GalleryTerms]:
    """Of any tenant, for the job that is about it."""
    return select(GalleryTerms).where(GalleryTerms.gallery_id == gallery_id)
