"""The statements about photos and files."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Update, column, delete, exists, func, select, table, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningDelete

from kith.accounts.principal import Principal, visible_to
from kith.galleries.tables import LIBRARY, Gallery
from kith.photos.tables import File, Photo, PhotoOrigin, PhotoState, Purpose, Storage, Upload

# Of the layer above only the number is asked, for a quota.
_FACES = table("faces", column("tenant_id"))


def count(who: Principal) -> Select[int]:
    return visible_to(select(func.count()).select_from(Photo), Photo, who)


def face_count(who: Principal) -> Select[int]:
    return select(func.count()).select_from(_FACES).where(_FACES.c.tenant_id == who.tenant_id)


def in_library(who: Principal) -> ColumnElement[bool]:
    """Whether a photo is in the tenant's own library."""
    return Photo.gallery_id == library(who).with_only_columns(Gallery.id).scalar_subquery()


def library(who: Principal) -> Select[Gallery]:
    return visible_to(select(Gallery).where(Gallery.slug == LIBRARY), Gallery, who)


def photo(who: Principal, photo_id: int) -> Select[Photo]:
    return visible_to(select(Photo).where(Photo.id == photo_id), Photo, who)


def by_ids(photo_ids: Sequence[int]) -> Select[Photo]:
    """Photos of any tenant, for the jobs that are about them."""
    return select(Photo).where(Photo.id.in_(photo_ids)).order_by(Photo.id)


def origin(who: Principal, photo_id: int) -> Select[PhotoOrigin]:
    return visible_to(select(PhotoOrigin).where(PhotoOrigin.photo_id == photo_id), PhotoOrigin, who)


def queries_before(who: Principal, moment: datetime) -> Select[PhotoOrigin]:
    """Photos that were only searched by, and before this moment."""
    stmt = select(PhotoOrigin).where(PhotoOrigin.purpose == Purpose.QUERY, PhotoOrigin.created_at < moment)
    return visible_to(stmt.order_by(PhotoOrigin.photo_id), PhotoOrigin, who)


def crawled_before(who: Principal, moment: datetime) -> Select[PhotoOrigin]:
    """Photos that were seen on a site, and handed in before this moment."""
    stmt = select(PhotoOrigin).where(_is_crawled(moment))
    return visible_to(stmt.order_by(PhotoOrigin.photo_id), PhotoOrigin, who)


def tenants_with_expired(queries_before: datetime, crawled_before: datetime) -> Select[int]:
    """The tenants whose photos are among either, for the worker."""
    is_query = (PhotoOrigin.purpose == Purpose.QUERY) & (PhotoOrigin.created_at < queries_before)
    return select(PhotoOrigin.tenant_id).where(is_query | _is_crawled(crawled_before)).distinct()


def _is_crawled(moment: datetime) -> ColumnElement[bool]:
    is_kept = PhotoOrigin.purpose == Purpose.INDEX
    # Whoever has the picture in a folder as well has it for themselves.
    in_folder = exists().where(File.photo_id == PhotoOrigin.photo_id, File.storage == Storage.FOLDER)
    return is_kept & PhotoOrigin.site.is_not(None) & (PhotoOrigin.created_at < moment) & ~in_folder


def with_digest(who: Principal, sha256: str) -> Select[Photo]:
    """The tenant's photos of these bytes, in whatever gallery."""
    return visible_to(select(Photo).where(Photo.sha256 == sha256).order_by(Photo.id), Photo, who)


def with_digests(who: Principal, gallery_id: int, digests: Sequence[str]) -> Select[Photo]:
    stmt = select(Photo).where(Photo.gallery_id == gallery_id, Photo.sha256.in_(digests))
    return visible_to(stmt, Photo, who)


def files_at(who: Principal, gallery_id: int, storage: Storage, locations: Sequence[str]) -> Select[File]:
    stmt = select(File).where(
        File.gallery_id == gallery_id, File.storage == storage, File.location.in_(locations)
    )
    return visible_to(stmt, File, who)


def settled_at(
    who: Principal, gallery_id: int, locations: Sequence[str], passing: Collection[str]
) -> Select[File]:
    """Files in folders, but for those of photos that failed for a `passing` reason."""
    stmt = files_at(who, gallery_id, Storage.FOLDER, locations).join(Photo, Photo.id == File.photo_id)
    return stmt.where(Photo.error_code.is_(None) | Photo.error_code.not_in(passing))


def files_of(photo_ids: Sequence[int]) -> Select[File]:
    return select(File).where(File.photo_id.in_(photo_ids)).order_by(File.photo_id, File.id)


def places_of(photo_ids: Sequence[int]) -> Select[int, str]:
    """(photo id, location) of the files of photos, the first file of each first."""
    return (
        select(File.photo_id, File.location)
        .where(File.photo_id.in_(photo_ids))
        .order_by(File.photo_id, File.id)
    )


def failed(who: Principal) -> Select[Photo]:
    return visible_to(select(Photo).where(Photo.state == PhotoState.FAILED).order_by(Photo.id), Photo, who)


def counts(who: Principal) -> Select[PhotoState, int]:
    return visible_to(select(Photo.state, func.count()).group_by(Photo.state), Photo, who)


def stored_bytes(who: Principal) -> Select[int]:
    """The bytes of all photos, each counted once."""
    return visible_to(select(func.coalesce(func.sum(Photo.size_bytes), 0)), Photo, who)


def not_analysed_in(who: Principal, space_id: int) -> Select[int]:
    """Ids of photos that the space has not seen yet and that can be read."""
    stmt = select(Photo.id).where(
        Photo.state != PhotoState.FAILED,
        (Photo.analysed_space_id != space_id) | Photo.analysed_space_id.is_(None),
    )
    return visible_to(stmt.order_by(Photo.id), Photo, who)


def count_not_analysed_in(who: Principal, space_id: int) -> Select[int]:
    return select(func.count()).select_from(not_analysed_in(who, space_id).order_by(None).subquery())


def failed_ids(who: Principal) -> Select[int]:
    stmt = select(Photo.id).where((Photo.state == PhotoState.FAILED) | Photo.error_code.is_not(None))
    return visible_to(stmt.order_by(Photo.id), Photo, who)


def among(photos: Select[int], photo_ids: Sequence[int] | None) -> Select[int]:
    """Of a statement about ids of photos, these only; None is all."""
    return photos if photo_ids is None else photos.where(Photo.id.in_(photo_ids))


def forgive(who: Principal, photo_ids: Sequence[int] | None = None) -> Update:
    """Have photos that failed wait as if they had never been looked at: these, or all there are."""
    stmt = update(Photo).where(Photo.state == PhotoState.FAILED)
    stmt = stmt if photo_ids is None else stmt.where(Photo.id.in_(photo_ids))
    stmt = stmt.values(state=PhotoState.PENDING, error_code=None, error_detail=None)
    return visible_to(stmt, Photo, who).execution_options(synchronize_session=False)


def every(who: Principal) -> Select[int]:
    """Ids of all photos."""
    return visible_to(select(Photo.id).order_by(Photo.id), Photo, who)


def ids_in_gallery(who: Principal, gallery_id: int) -> Select[int]:
    return visible_to(select(Photo.id).where(Photo.gallery_id == gallery_id), Photo, who)


def blobs_only_of(photo_ids: Sequence[int]) -> Select[str]:
    """The names of blobs that hold these photos and, as far as files say, no other."""
    other = aliased(File)
    is_shared = select(other.id).where(
        other.storage == Storage.BLOB, other.location == File.location, other.photo_id.not_in(photo_ids)
    )
    stmt = select(File.location).where(File.storage == Storage.BLOB, File.photo_id.in_(photo_ids))
    return stmt.where(~is_shared.exists()).distinct()


def digests_only_of(photo_ids: Sequence[int]) -> Select[str]:
    """The digests of these photos that no other photo of anybody has."""
    other = aliased(Photo)
    is_shared = select(other.id).where(other.sha256 == Photo.sha256, other.id.not_in(photo_ids))
    return select(Photo.sha256).where(Photo.id.in_(photo_ids), ~is_shared.exists()).distinct()


def of_tenant_with(who: Principal, sha256: str) -> Select[int]:
    """A photo of the tenant with this digest, in whichever gallery."""
    return visible_to(select(Photo.id).where(Photo.sha256 == sha256).limit(1), Photo, who)


def hashes(who: Principal) -> Select[int | None]:
    """The perceptual hashes of all photos that have one."""
    return visible_to(select(Photo.phash).where(Photo.phash.is_not(None)), Photo, who)


def digests_named(digests: Sequence[str]) -> Select[str]:
    """Those of the digests that a photo of anybody has."""
    return select(Photo.sha256).where(Photo.sha256.in_(digests)).distinct()


def files_after(who: Principal, file_id: int, limit: int) -> Select[File]:
    """Files in the order of their ids, from behind one on."""
    return visible_to(select(File).where(File.id > file_id).order_by(File.id).limit(limit), File, who)


def upload(who: Principal, upload_id: int) -> Select[Upload]:
    return visible_to(select(Upload).where(Upload.id == upload_id), Upload, who)


def upload_count(who: Principal) -> Select[int]:
    return visible_to(select(func.count()).select_from(Upload), Upload, who)


def end_upload(who: Principal, upload_id: int) -> ReturningDelete[int]:
    """Whoever deletes it has its end in hand; of two only one."""
    return visible_to(delete(Upload).where(Upload.id == upload_id), Upload, who).returning(Upload.id)


def uploads_before(moment: datetime, after_id: int, limit: int) -> Select[Upload]:
    """Uploads of anybody that began before a moment, in the order of their ids."""
    stmt = select(Upload).where(Upload.created_at < moment, Upload.id > after_id)
    return stmt.order_by(Upload.id).limit(limit)
