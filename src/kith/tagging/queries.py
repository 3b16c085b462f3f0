"""The statements about the faces in the images of galleries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, case, distinct, func, select

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Embedding, Face, FaceState
from kith.galleries.tables import Gallery, GalleryDetails, GalleryImage
from kith.people.tables import Person
from kith.photos.tables import Photo


@dataclass(frozen=True, slots=True)
class Dataset:
    """Which faces count; empty or None is all. Days are those of the galleries' shoots."""

    galleries: Sequence[UUID] = ()
    people: Sequence[UUID] = ()
    first_day: date | None = None
    last_day: date | None = None


OPEN = (FaceState.UNKNOWN, FaceState.SUGGESTED, FaceState.GROUPED)

# A face is somebody's when it is taken for a person with a name; a group without one is nobody yet.
_IS_THEIRS = and_(
    Person.id == Face.person_id,
    Face.state.not_in(OPEN),
    Person.name.is_not(None),
    Person.merged_into_id.is_(None),
)

# The person may be missing.
TaggedRow = Select[UUID, Face, Person]


# ── people ───────────────────────────────────────────────────────────────────────────────────────

_FACE_COUNT = (
    select(func.count())
    .where(Face.person_id == Person.id, Face.is_shown, Face.state.not_in(OPEN))
    .correlate(Person)
    .scalar_subquery()
    .label("face_count")
)


def people(who: Principal) -> Select[Person, int]:
    """Everybody who has a name, by it, with the number of their faces."""
    stmt = select(Person, _FACE_COUNT).where(Person.name.is_not(None), Person.merged_into_id.is_(None))
    return visible_to(stmt.order_by(func.lower(Person.name), Person.id), Person, who)


def person(who: Principal, uuid: UUID) -> Select[Person, int]:
    return people(who).where(Person.uuid == uuid)


def persons(who: Principal, uuids: Sequence[UUID]) -> Select[UUID, int]:
    """(uuid, id) of people with a name."""
    stmt = select(Person.uuid, Person.id).where(
        Person.uuid.in_(uuids), Person.name.is_not(None), Person.merged_into_id.is_(None)
    )
    return visible_to(stmt, Person, who)


def named(who: Principal) -> Select[Person]:
    stmt = select(Person).where(Person.name.is_not(None), Person.merged_into_id.is_(None))
    return visible_to(stmt, Person, who)


# ── faces ────────────────────────────────────────────────────────────────────────────────────────


def tagged(who: Principal) -> TaggedRow:
    """The faces of images, each with whom it is taken for."""
    stmt = (
        select(GalleryImage.uuid, Face, Person)
        .join(Face, Face.photo_id == GalleryImage.photo_id)
        .outerjoin(Person, _IS_THEIRS)
        .where(Face.is_shown)
        .order_by(GalleryImage.id, Face.id)
    )
    return visible_to(stmt, GalleryImage, who)


def of_images(who: Principal, uuids: Sequence[UUID]) -> TaggedRow:
    return tagged(who).where(GalleryImage.uuid.in_(uuids))


def of_person(who: Principal, person_id: int, *, verified_only: bool) -> TaggedRow:
    stmt = tagged(who).where(Person.id == person_id)
    return stmt.where(Face.state == FaceState.CONFIRMED) if verified_only else stmt


def face(who: Principal, uuid: UUID) -> Select[Face]:
    return visible_to(select(Face).where(Face.uuid == uuid), Face, who)


def embedded(space_id: int, face_ids: Sequence[int]) -> Select[int]:
    """Those of the faces that a space has an embedding of."""
    return select(Embedding.face_id).where(Embedding.space_id == space_id, Embedding.face_id.in_(face_ids))


def states(face_ids: Sequence[int]) -> Select[int, FaceState]:
    return select(Face.id, Face.state).where(Face.id.in_(face_ids))


def images_of_person(who: Principal, person_id: int) -> Select[GalleryImage, Gallery, GalleryDetails, Face]:
    """The images that show a person, newest gallery first, with the face that says most for it last."""
    stmt = (
        select(GalleryImage, Gallery, GalleryDetails, Face)
        .join(Face, Face.photo_id == GalleryImage.photo_id)
        .join(Person, _IS_THEIRS)
        .join(Gallery, Gallery.id == GalleryImage.gallery_id)
        .join(GalleryDetails, GalleryDetails.gallery_id == Gallery.id)
        .where(Person.id == person_id, Face.is_shown)
        .order_by(
            GalleryDetails.shoot_date.desc().nulls_last(),
            GalleryImage.gallery_id,
            GalleryImage.display_order,
            GalleryImage.id,
            case((Face.state == FaceState.CONFIRMED, 1), else_=0),
            Face.similarity,
            Face.id,
        )
    )  # fmt: skip
    return visible_to(stmt, GalleryImage, who)


def unknown(who: Principal, gallery_id: int | None = None) -> Select[GalleryImage, Face]:
    """The faces of images that are nobody's yet; of one gallery if given."""
    stmt = (
        select(GalleryImage, Face)
        .join(Face, Face.photo_id == GalleryImage.photo_id)
        .where(Face.state.in_(OPEN), Face.is_shown)
        .order_by(Face.id, GalleryImage.id)
    )
    if gallery_id is not None:
        stmt = stmt.where(GalleryImage.gallery_id == gallery_id)
    return visible_to(stmt, GalleryImage, who)


def unknown_in(who: Principal, images: Sequence[UUID]) -> Select[GalleryImage, Face]:
    return unknown(who).where(GalleryImage.uuid.in_(images))


def unknown_by_uuid(who: Principal, uuids: Sequence[UUID]) -> Select[Face]:
    """Those of the faces that are nobody's yet."""
    stmt = select(Face).where(Face.uuid.in_(uuids), Face.state.in_(OPEN), Face.is_shown)
    return visible_to(stmt.order_by(Face.id), Face, who)


def to_recognise(who: Principal, limit: int) -> Select[Face, Photo]:
    """Nobody's faces in processed images with their photos; first those that nobody has looked at yet."""
    shown = select(GalleryImage.photo_id).where(
        GalleryImage.is_processed, GalleryImage.tenant_id == who.tenant_id, GalleryImage.photo_id.is_not(None)
    )
    stmt = (
        select(Face, Photo)
        .join(Photo, Photo.id == Face.photo_id)
        .where(Face.state.in_(OPEN), Face.is_shown, Face.photo_id.in_(shown))
        .order_by(Face.to_identify.desc(), Face.id)
        .limit(limit)
    )
    return visible_to(stmt, Face, who)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def _shown_photos(who: Principal) -> Select[int | None]:
    return select(GalleryImage.photo_id).where(
        GalleryImage.photo_id.is_not(None), GalleryImage.tenant_id == who.tenant_id
    )


_VERIFIED = func.coalesce(func.sum(case((Face.state == FaceState.CONFIRMED, 1), else_=0)), 0)
_SURE = and_(Face.state != FaceState.CONFIRMED, Face.similarity >= 0.8)


def totals(who: Principal) -> Select[int, int, int, int, float | None, int]:
    """All faces, somebody's, verified, people, mean confidence of somebody's, photos with faces."""
    is_theirs = Person.id.is_not(None)
    stmt = (
        select(
            func.count(),
            func.coalesce(func.sum(case((is_theirs, 1), else_=0)), 0),
            func.coalesce(
                func.sum(case((and_(is_theirs, Face.state == FaceState.CONFIRMED), 1), else_=0)), 0
            ),
            func.count(distinct(Person.id)),
            func.avg(
                case((Face.state == FaceState.CONFIRMED, 1.0), (is_theirs, Face.similarity), else_=None)
            ),
            func.count(distinct(Face.photo_id)),
        )
        .select_from(Face)
        .outerjoin(Person, _IS_THEIRS)
        .where(Face.is_shown, Face.photo_id.in_(_shown_photos(who)))
    )
    return visible_to(stmt, Face, who)


def count_people(who: Principal) -> Select[int]:
    """Everybody who has a name, in images or not."""
    stmt = select(func.count()).select_from(Person)
    stmt = stmt.where(Person.name.is_not(None), Person.merged_into_id.is_(None))
    return visible_to(stmt, Person, who)


def per_person(who: Principal) -> Select[Person, int, int, int, float | None, int]:
    """Each person in images: faces, verified, probable ones of at least 0.8, mean confidence, photos."""
    stmt = (
        select(
            Person,
            func.count(),
            _VERIFIED,
            func.coalesce(func.sum(case((_SURE, 1), else_=0)), 0),
            func.avg(case((Face.state == FaceState.CONFIRMED, 1.0), else_=Face.similarity)),
            func.count(distinct(Face.photo_id)),
        )
        .join(Face, _IS_THEIRS)
        .where(Face.is_shown, Face.photo_id.in_(_shown_photos(who)))
        .group_by(Person.id)
        .order_by(func.count().desc(), Person.id)
    )
    return visible_to(stmt, Person, who)


def count_embedded(who: Principal, space_id: int) -> Select[int]:
    """How many faces of the tenant the index of a space holds."""
    stmt = (
        select(func.count())
        .select_from(Face)
        .join(Embedding, and_(Embedding.face_id == Face.id, Embedding.space_id == space_id))
    )
    return visible_to(stmt.where(Face.is_shown), Face, who)


def dataset(who: Principal, wanted: Dataset) -> Select[Person, int]:
    """People with the number of their verified faces in the images that are wanted."""
    stmt = (
        select(Person, func.count(distinct(Face.id)))
        .join(Face, _IS_THEIRS)
        .join(GalleryImage, GalleryImage.photo_id == Face.photo_id)
        .join(Gallery, Gallery.id == GalleryImage.gallery_id)
        .join(GalleryDetails, GalleryDetails.gallery_id == Gallery.id)
        .where(Face.is_shown, Face.state == FaceState.CONFIRMED)
        .group_by(Person.id)
        .order_by(Person.id)
    )
    if wanted.galleries:
        stmt = stmt.where(Gallery.uuid.in_(wanted.galleries))
    if wanted.people:
        stmt = stmt.where(Person.uuid.in_(wanted.people))
    if wanted.first_day is not None:
        stmt = stmt.where(GalleryDetails.shoot_date >= wanted.first_day)
    if wanted.last_day is not None:
        stmt = stmt.where(GalleryDetails.shoot_date <= wanted.last_day)
    return visible_to(stmt, Person, who)


def verified_since(who: Principal, moment: datetime | None) -> Select[int]:
    """How many faces in images are verified; only those found after a moment, if given."""
    stmt = select(func.count()).select_from(Face)
    stmt = stmt.where(Face.state == FaceState.CONFIRMED, Face.photo_id.in_(_shown_photos(who)))
    if moment is not None:
        stmt = stmt.where(Face.created_at > moment)
    return visible_to(stmt, Face, who)
