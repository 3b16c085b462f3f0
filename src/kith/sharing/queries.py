"""The statements about galleries that are shared."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Delete, Select, delete, exists, func, select

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face
from kith.galleries.tables import Gallery
from kith.photos.tables import File, Photo, PhotoState, Storage
from kith.sharing.tables import GalleryIntake, GalleryTerms, Guest, GuestMatch, Share, ShareDay

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
    stmt = select(Photo.gallery_id, Photo.state, func.count()).where(
        Photo.gallery_id.in_(gallery_ids), Photo.trashed_at.is_(None)
    )
    return stmt.group_by(Photo.gallery_id, Photo.state)


def covers(gallery_ids: Sequence[int]) -> Select[int, int, str]:
    """(gallery, photo, its digest): the first photo of each that can be shown."""
    first = (
        select(func.min(Photo.id))
        .where(Photo.gallery_id.in_(gallery_ids), Photo.phash.is_not(None), Photo.trashed_at.is_(None))
        .group_by(Photo.gallery_id)
    )
    return select(Photo.gallery_id, Photo.id, Photo.sha256).where(Photo.id.in_(first.scalar_subquery()))


def photos_to_copy(who: Principal, photo_ids: Sequence[int]) -> Select[Photo]:
    stmt = select(Photo).where(Photo.id.in_(photo_ids), Photo.trashed_at.is_(None)).order_by(Photo.id)
    return visible_to(stmt, Photo, who)


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


# ── links and guests ─────────────────────────────────────────────────────────────────────────────


def share_counts(gallery_ids: Sequence[int]) -> Select[int, int]:
    """(gallery, how many links to it may still be used, but for their time)."""
    stmt = select(Share.gallery_id, func.count()).where(
        Share.gallery_id.in_(gallery_ids), Share.revoked_at.is_(None)
    )
    return stmt.group_by(Share.gallery_id)


def share(who: Principal, share_id: int) -> Select[Share]:
    return visible_to(select(Share).where(Share.id == share_id), Share, who)


def shares(who: Principal, gallery_id: int, before_id: int | None, limit: int) -> Select[Share]:
    """A page of the links to a gallery, the newest first."""
    stmt = select(Share).where(Share.gallery_id == gallery_id).order_by(Share.id.desc()).limit(limit)
    stmt = stmt if before_id is None else stmt.where(Share.id < before_id)
    return visible_to(stmt, Share, who)


def share_with(token_hash: str) -> Select[Share, Gallery, GalleryTerms]:
    """A link of anybody's by its token, with the gallery it opens."""
    return (
        select(Share, Gallery, GalleryTerms)
        .join(Gallery, Gallery.id == Share.gallery_id)
        .join(GalleryTerms, GalleryTerms.gallery_id == Share.gallery_id)
        .where(Share.token_hash == token_hash)
    )


def share_day(share_id: int, day: date) -> Select[ShareDay]:
    return select(ShareDay).where(ShareDay.share_id == share_id, ShareDay.day == day)


def share_days(share_id: int, limit: int) -> Select[ShareDay]:
    return select(ShareDay).where(ShareDay.share_id == share_id).order_by(ShareDay.day.desc()).limit(limit)


def share_totals(share_id: int) -> Select[int, int, int, int, int]:
    """Visits, consents, searches, found, downloads."""
    return select(
        func.coalesce(func.sum(ShareDay.visits), 0),
        func.coalesce(func.sum(ShareDay.consents), 0),
        func.coalesce(func.sum(ShareDay.searches), 0),
        func.coalesce(func.sum(ShareDay.found), 0),
        func.coalesce(func.sum(ShareDay.downloads), 0),
    ).where(ShareDay.share_id == share_id)


def guest_with(share_id: int, token_hash: str) -> Select[Guest]:
    return select(Guest).where(Guest.share_id == share_id, Guest.token_hash == token_hash)


def forget_guests(share_id: int) -> Delete:
    return delete(Guest).where(Guest.share_id == share_id)


def forget_guests_of_gallery(gallery_id: int) -> Delete:
    theirs = select(Share.id).where(Share.gallery_id == gallery_id)
    return delete(Guest).where(Guest.share_id.in_(theirs.scalar_subquery()))


def faces_in_gallery(gallery_id: int, face_ids: Sequence[int]) -> Select[int, int]:
    """(face, photo) of those of the faces that are in a gallery."""
    stmt = select(Face.id, Face.photo_id).join(Photo, Photo.id == Face.photo_id)
    return stmt.where(
        Face.id.in_(face_ids), Photo.gallery_id == gallery_id, ~Face.is_ignored, Photo.trashed_at.is_(None)
    )


def guest_photos(share: Share, guest_id: int, after_id: int, limit: int) -> Select[Photo, Face, float]:
    """What a guest may see, with the face they were found by; one by one in the order of keys."""
    stmt = (
        select(Photo, Face, GuestMatch.similarity)
        .outerjoin(GuestMatch, (GuestMatch.photo_id == Photo.id) & (GuestMatch.guest_id == guest_id))
        .outerjoin(Face, Face.id == GuestMatch.face_id)
        .where(Photo.gallery_id == share.gallery_id, Photo.trashed_at.is_(None), Photo.id > after_id)
        .order_by(Photo.id)
        .limit(limit)
    )
    return stmt.where(GuestMatch.guest_id.is_not(None)) if share.only_own else stmt


def guest_photo(share: Share, guest_id: int, photo_id: int) -> Select[Photo]:
    """A photo, if the guest may see it."""
    return select(Photo).where(Photo.id == photo_id, _is_visible(share, guest_id))


def guest_ids(share: Share, guest_id: int) -> Select[int]:
    """The ids of all photos a guest may see."""
    return select(Photo.id).where(_is_visible(share, guest_id)).order_by(Photo.id)


def _is_visible(share: Share, guest_id: int) -> ColumnElement[bool]:
    is_there = (Photo.gallery_id == share.gallery_id) & Photo.trashed_at.is_(None)
    matched = exists().where(GuestMatch.guest_id == guest_id, GuestMatch.photo_id == Photo.id)
    return is_there & matched if share.only_own else is_there


def matched_photos(guest_id: int, limit: int) -> Select[Photo, Face, float]:
    """The photos a guest was found in, best first."""
    return (
        select(Photo, Face, GuestMatch.similarity)
        .join(GuestMatch, GuestMatch.photo_id == Photo.id)
        .join(Face, Face.id == GuestMatch.face_id)
        .where(GuestMatch.guest_id == guest_id, Photo.trashed_at.is_(None))
        .order_by(GuestMatch.similarity.desc(), Photo.id)
        .limit(limit)
    )


def forget_matches(guest_id: int) -> Delete:
    return delete(GuestMatch).where(GuestMatch.guest_id == guest_id)
