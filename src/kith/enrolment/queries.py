"""What is shown of faces under the ids of clients."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import aliased

from kith.accounts.principal import Principal, visible_to
from kith.accounts.tables import Tenant
from kith.enrolment.tables import EnrolledFace
from kith.external_ids.tables import ExternalId, Kind
from kith.faces.tables import Face
from kith.photos.tables import File, Photo, PhotoOrigin, Purpose

MatchRow = Select[int, float, str, int, str, datetime]


def tenants_with(gallery_name: str) -> Select[int]:
    """The tenants that have photos in a gallery of this name, at most two; suspended ones are left out."""
    photo = aliased(ExternalId)
    has_photos = select(photo.id).where(
        photo.gallery_id == ExternalId.gallery_id, photo.tenant_id == ExternalId.tenant_id,
        photo.kind == Kind.PHOTO,
    )  # fmt: skip
    stmt = (
        select(ExternalId.tenant_id)
        .join(Tenant, Tenant.id == ExternalId.tenant_id)
        # As a literal, so that both databases see that the index of galleries alone will do.
        .where(ExternalId.kind == literal(Kind.GALLERY.value, literal_execute=True))
        .where(ExternalId.value == gallery_name, Tenant.suspended_at.is_(None))
        .where(has_photos.correlate(ExternalId).exists())
    )
    return stmt.limit(2)


def count_faces(who: Principal) -> Select[int]:
    """How many faces are in the galleries that clients named."""
    named = select(ExternalId.gallery_id).where(
        ExternalId.kind == Kind.GALLERY, ExternalId.tenant_id == who.tenant_id
    )
    stmt = select(func.count()).select_from(Face).join(Photo, Photo.id == Face.photo_id)
    return visible_to(stmt.where(Face.is_shown, Photo.gallery_id.in_(named)), Face, who)


def matches(who: Principal, face_ids: Sequence[int]) -> MatchRow:
    """Face, its detection score, the client's id of its photo, the photo, its name, and since when."""
    stmt = (
        select(
            Face.id, Face.detection_score, ExternalId.value, Photo.id, Photo.original_name,
            ExternalId.created_at,
        )
        .join(Photo, Photo.id == Face.photo_id)
        .join(ExternalId, (ExternalId.photo_id == Photo.id) & (ExternalId.kind == Kind.PHOTO))
        .where(Face.id.in_(face_ids))
        .order_by(Face.id, ExternalId.id)
    )  # fmt: skip
    return visible_to(stmt, Face, who)


def places(photo_ids: Sequence[int]) -> Select[int, str]:
    """(photo, where its bytes are)."""
    return select(File.photo_id, File.location).where(File.photo_id.in_(photo_ids)).order_by(File.id)


def enrolled_faces(named_id: int, of: int | None = None) -> Select[int]:
    """The faces a person was enrolled by; of those the ones that still belong to the person `of`."""
    stmt = select(EnrolledFace.face_id).where(EnrolledFace.person_id == named_id)
    if of is not None:
        stmt = stmt.join(Face, Face.id == EnrolledFace.face_id).where(Face.person_id == of)
    return stmt.order_by(EnrolledFace.face_id)


def photos_only_enrolled(who: Principal, face_ids: Sequence[int]) -> Select[int]:
    """The photos of faces that came in for an enrolment, and by which nobody is enrolled now."""
    enrolled = select(EnrolledFace.face_id).join(Face, Face.id == EnrolledFace.face_id)
    stmt = (
        select(PhotoOrigin.photo_id)
        .join(Face, Face.photo_id == PhotoOrigin.photo_id)
        .where(Face.id.in_(face_ids), PhotoOrigin.purpose == Purpose.ENROLMENT)
        .where(~enrolled.where(Face.photo_id == PhotoOrigin.photo_id).correlate(PhotoOrigin).exists())
        .distinct()
    )
    return visible_to(stmt, PhotoOrigin, who)
