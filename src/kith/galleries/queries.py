"""The statements about galleries."""

from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from kith.accounts.principal import Principal, visible_to
from kith.galleries.tables import (
    Credit,
    CreditKind,
    Gallery,
    GalleryConfig,
    GalleryDetails,
    GalleryImage,
    TrainingRun,
)

# How many images of one path are told apart by how their addresses are written.
_SAME_PATH = 100


def extent(who: Principal) -> Select[int, int | None]:
    """How many galleries there are, and the last of them."""
    return visible_to(select(func.count(), func.max(Gallery.id)), Gallery, who)


def gallery(who: Principal, gallery_id: int) -> Select[Gallery]:
    return visible_to(select(Gallery).where(Gallery.id == gallery_id), Gallery, who)


# ── galleries that are shown ─────────────────────────────────────────────────────────────────────

_PHOTOGRAPHER, _LOCATION, _ORGANIZER = aliased(Credit), aliased(Credit), aliased(Credit)
_CREDITS = (
    (_PHOTOGRAPHER, GalleryDetails.photographer_id),
    (_LOCATION, GalleryDetails.location_id),
    (_ORGANIZER, GalleryDetails.organizer_id),
)
_IMAGE_COUNT = (
    select(func.count())
    .where(GalleryImage.gallery_id == Gallery.id)
    .correlate(Gallery)
    .scalar_subquery()
    .label("image_count")
)

# Of the credits any may be missing.
ShownRow = Select[Gallery, GalleryDetails, Credit, Credit, Credit, int]


def shown(who: Principal) -> ShownRow:
    """Galleries with what is told of them, whom they credit, and the number of their images."""
    stmt = select(Gallery, GalleryDetails, _PHOTOGRAPHER, _LOCATION, _ORGANIZER, _IMAGE_COUNT)
    stmt = stmt.join(GalleryDetails, GalleryDetails.gallery_id == Gallery.id)
    for credit, reference in _CREDITS:
        stmt = stmt.outerjoin(credit, credit.id == reference)
    return visible_to(stmt, Gallery, who)


def shown_by_id(who: Principal, uuid: UUID) -> ShownRow:
    return shown(who).where(Gallery.uuid == uuid)


def newest_shown(who: Principal, *, by_shoot_date: bool) -> ShownRow:
    """All galleries, the newest, or those shot last, first."""
    order = (GalleryDetails.shoot_date.desc().nulls_last(),) if by_shoot_date else ()
    return shown(who).order_by(*order, Gallery.created_at.desc(), Gallery.id.desc())


def details(who: Principal, uuid: UUID) -> Select[Gallery, GalleryDetails]:
    stmt = select(Gallery, GalleryDetails).join(GalleryDetails, GalleryDetails.gallery_id == Gallery.id)
    return visible_to(stmt.where(Gallery.uuid == uuid), Gallery, who)


_GALLERY_COUNT = (
    select(func.count())
    .where(
        or_(
            GalleryDetails.photographer_id == Credit.id,
            GalleryDetails.location_id == Credit.id,
            GalleryDetails.organizer_id == Credit.id,
        )
    )
    .correlate(Credit)
    .scalar_subquery()
    .label("gallery_count")
)


def credits_of(who: Principal, kind: CreditKind) -> Select[Credit, int]:
    """All of a kind by name, each with the number of galleries that name it."""
    stmt = select(Credit, _GALLERY_COUNT).where(Credit.kind == kind)
    return visible_to(stmt.order_by(func.lower(Credit.name), Credit.id), Credit, who)


def credit(who: Principal, kind: CreditKind, uuid: UUID) -> Select[Credit]:
    return visible_to(select(Credit).where(Credit.kind == kind, Credit.uuid == uuid), Credit, who)


def images(who: Principal, gallery_id: int) -> Select[GalleryImage]:
    stmt = select(GalleryImage).where(GalleryImage.gallery_id == gallery_id)
    return visible_to(stmt.order_by(GalleryImage.display_order, GalleryImage.id), GalleryImage, who)


def image(who: Principal, uuid: UUID) -> Select[GalleryImage]:
    return visible_to(select(GalleryImage).where(GalleryImage.uuid == uuid), GalleryImage, who)


def images_of_photo(who: Principal, photo_id: int) -> Select[GalleryImage]:
    """The images that share a photo."""
    stmt = select(GalleryImage).where(GalleryImage.photo_id == photo_id).order_by(GalleryImage.id)
    return visible_to(stmt, GalleryImage, who)


def image_at(who: Principal, url: str, path: str) -> Select[GalleryImage]:
    """An image at this address, whose path that is; one that was fetched first of all."""
    stmt = select(GalleryImage).where(GalleryImage.url_path == path, GalleryImage.image_url == url)
    order = (GalleryImage.photo_id.is_(None), GalleryImage.id)
    return visible_to(stmt.order_by(*order).limit(1), GalleryImage, who)


def images_at_path(who: Principal, path: str) -> Select[GalleryImage]:
    """Images whose address has this path, those that were fetched first; not all of very many."""
    stmt = select(GalleryImage).where(GalleryImage.url_path == path)
    order = (GalleryImage.photo_id.is_(None), GalleryImage.id)
    return visible_to(stmt.order_by(*order).limit(_SAME_PATH), GalleryImage, who)


def last_place(gallery_id: int) -> Select[int]:
    return select(func.max(GalleryImage.display_order)).where(GalleryImage.gallery_id == gallery_id)


def config(who: Principal) -> Select[GalleryConfig]:
    return visible_to(select(GalleryConfig), GalleryConfig, who)


def training(who: Principal, uuid: UUID) -> Select[TrainingRun]:
    return visible_to(select(TrainingRun).where(TrainingRun.uuid == uuid), TrainingRun, who)


def training_by_id(run_id: int) -> Select[TrainingRun]:
    """A run of any tenant, for the job that is about it."""
    return select(TrainingRun).where(TrainingRun.id == run_id)


def trainings(who: Principal) -> Select[TrainingRun]:
    return visible_to(select(TrainingRun).order_by(TrainingRun.id.desc()), TrainingRun, who)


def count_trainings(who: Principal) -> Select[int]:
    return visible_to(select(func.count()).select_from(TrainingRun), TrainingRun, who)


def last_full_training(who: Principal) -> Select[TrainingRun]:
    stmt = select(TrainingRun).where(TrainingRun.completed_at.is_not(None), TrainingRun.mode == "full")
    return visible_to(stmt.order_by(TrainingRun.id.desc()).limit(1), TrainingRun, who)
