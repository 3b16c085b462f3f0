"""Between Kith's words and the contract's: pure functions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from kith.galleries.crediting import CreditSummary
from kith.galleries.images import NewImage
from kith.galleries.showing import ShownGallery
from kith.galleries.tables import Credit, GalleryImage
from kith.people.tables import Person
from kith.surfaces.galleries import wire
from kith.tagging.reading import PersonImage, PersonWithCount

_TITLED = {"title", "real_name"}


def given(body: wire.Wire) -> dict[str, object]:
    """What a request mentions, but for the names of things, as it is kept."""
    return body.model_dump(exclude=_TITLED, exclude_unset=True)


def profile(body: wire.Profile) -> dict[str, object]:
    """What a request mentions of a person beside the name, as JSON."""
    return body.model_dump(mode="json", exclude=_TITLED, exclude_unset=True)


def person(it: Person, face_count: int | None = None) -> wire.ProfileOut:
    return wire.ProfileOut(
        **_told(it.notes).model_dump(), id=str(it.uuid), real_name=it.name or "", created_at=it.created_at,
        updated_at=it.updated_at, faces_count=face_count,
    )  # fmt: skip


def people(rows: Sequence[PersonWithCount], *, counted: bool) -> list[wire.ProfileOut]:
    return [person(it.person, it.face_count if counted else None) for it in rows]


def avatar_of(it: Person | None) -> str | None:
    value = it.notes.get("avatar_url") if it is not None else None
    return value if isinstance(value, str) else None


def gallery(it: ShownGallery) -> wire.GalleryOut:
    told = it.details
    return wire.GalleryOut(
        id=str(it.gallery.uuid), title=it.gallery.title, shoot_date=told.shoot_date,
        photographer_id=_id(it.photographer), location_id=_id(it.location), organizer_id=_id(it.organizer),
        cover_image_url=told.cover_image_url, cover_image_square_url=told.cover_image_square_url,
        gallery_url=told.gallery_url, external_gallery_url=told.external_gallery_url,
        sort_order=told.sort_order, created_at=it.gallery.created_at, updated_at=told.updated_at,
        photographer_name=_name(it.photographer), location_name=_name(it.location),
        organizer_name=_name(it.organizer), images_count=it.image_count,
    )  # fmt: skip


def credit(it: Credit, gallery_count: int | None = None) -> wire.CreditOut:
    return wire.CreditOut(
        id=str(it.uuid), name=it.name, created_at=it.created_at, galleries_count=gallery_count
    )


def credits_of(rows: Sequence[CreditSummary], *, counted: bool) -> list[wire.CreditOut]:
    return [credit(it.credit, it.gallery_count if counted else None) for it in rows]


def new_images(body: wire.ImagesIn) -> list[NewImage]:
    return [
        NewImage(
            it.image_url, it.original_url, it.original_filename, it.file_size, it.width, it.height
        )
        for it in body.images
    ]  # fmt: skip


def images(gallery_id: UUID, rows: Sequence[GalleryImage]) -> wire.ImagesOut:
    return wire.ImagesOut(data=[wire.GalleryImageOut(**_image(it, str(gallery_id))) for it in rows])


def images_added(uuids: Sequence[UUID]) -> wire.ImagesAddedOut:
    return wire.ImagesAddedOut(data=wire.ImageIdsOut(image_ids=[str(uuid) for uuid in uuids]))


def person_photos(rows: Sequence[PersonImage]) -> wire.PersonPhotosOut:
    photos = [
        wire.PersonPhotoOut(
            **_image(it.image, str(it.gallery)), gallery_title=it.gallery_title,
            gallery_shoot_date=it.shoot_date, verified=it.seen.is_verified,
            recognition_confidence=it.seen.confidence,
        )
        for it in rows
    ]  # fmt: skip
    return wire.PersonPhotosOut(photos=photos, count=len(photos))


def _image(it: GalleryImage, gallery_id: str) -> dict[str, Any]:
    return {
        "id": str(it.uuid), "gallery_id": gallery_id, "image_url": it.image_url,
        "original_url": it.original_url, "display_order": it.display_order,
        "has_been_processed": it.is_processed, "download_count": it.download_count,
        "original_filename": it.original_filename, "file_size": it.size_bytes, "width": it.width_px,
        "height": it.height_px, "created_at": it.created_at,
    }  # fmt: skip


def _told(notes: dict[str, object]) -> wire.Profile:
    """The profile in a person's notes; what others have put there under these names is left out."""
    known = {name: notes[name] for name in wire.Profile.model_fields if name in notes}
    try:
        return wire.Profile.model_validate(known)
    except ValidationError as error:
        strange = {fault["loc"][0] for fault in error.errors()}
        return wire.Profile.model_validate({name: it for name, it in known.items() if name not in strange})


def _id(it: Credit | None) -> str | None:
    return str(it.uuid) if it is not None else None


def _name(it: Credit | None) -> str | None:
    return it.name if it is not None else None
