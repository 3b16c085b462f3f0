"""From our words to the wire's."""

from collections.abc import Sequence

from kith.people.tables import Person
from kith.photos.tables import Photo
from kith.surfaces.native import wire_photos as wire
from kith.surfaces.native.wire_faces import BoxOut
from kith.timeline.reading import Month, Neighbours
from kith.timeline.shapes import NamedFace, PhotoDetails, PhotoPage, ShownPhoto


def timeline(months: Sequence[Month]) -> wire.TimelineOut:
    buckets = [
        wire.MonthOut(month=f"{it.number // 100:04}-{it.number % 100:02}", count=it.count) for it in months
    ]
    return wire.TimelineOut(total=sum(it.count for it in months), buckets=buckets)


def item(shown: ShownPhoto) -> wire.PhotoItemOut:
    it = shown.photo
    return wire.PhotoItemOut(
        photo_id=it.id, version=it.version, width_px=it.width_px, height_px=it.height_px,
        shown_at=it.shown_at, is_favourite=it.is_favourite, rating=it.rating, state=it.state,
        face_count=shown.face_count, media_type=it.media_type, title=it.title,
    )  # fmt: skip


def page(found: PhotoPage) -> wire.PhotosOut:
    return wire.PhotosOut(items=[item(it) for it in found.photos], next_cursor=found.next_cursor)


def neighbours(found: Neighbours) -> wire.NeighboursOut:
    return wire.NeighboursOut(previous_photo_id=found.previous_id, next_photo_id=found.next_id)


def details(found: PhotoDetails) -> wire.PhotoOut:
    it = found.photo
    seen = [face for face in found.faces if not face.face.is_ignored]
    return wire.PhotoOut(
        **item(ShownPhoto(it, len(seen))).model_dump(),
        caption=it.caption, original_name=it.original_name, size_bytes=it.size_bytes, sha256=it.sha256,
        taken_at=it.taken_at, taken_offset_minutes=it.taken_offset_minutes, created_at=it.created_at,
        trashed_at=it.trashed_at, error_code=it.error_code, error_detail=it.error_detail,
        exif=wire.ExifOut.model_validate(it.exif or {}),
        gallery=wire.GalleryRefOut(
            gallery_id=found.gallery.id, slug=found.gallery.slug, title=found.gallery.title
        ),
        files=[
            wire.FileOut(storage=file.storage, location=file.location, size_bytes=file.size_bytes)
            for file in found.files
        ],
        faces=[face(named, it) for named in found.faces],
    )  # fmt: skip


def face(named: NamedFace, photo: Photo) -> wire.PhotoFaceOut:
    it = named.face
    return wire.PhotoFaceOut(
        face_id=it.id, version=photo.version, box=box(it.xyxy, photo), state=it.state, origin=it.origin,
        quality=it.quality, similarity=it.similarity, person=_person(named.person),
        suggested=_person(named.suggested), is_ignored=it.is_ignored,
    )  # fmt: skip


def box(xyxy: tuple[float, float, float, float], photo: Photo) -> BoxOut:
    """What of a box is within the photo: detectors see faces go on beyond its edge."""
    across, down = max(photo.width_px, 1), max(photo.height_px, 1)
    x1, x2 = (min(max(it / across, 0.0), 1.0) for it in xyxy[::2])
    y1, y2 = (min(max(it / down, 0.0), 1.0) for it in xyxy[1::2])
    return BoxOut(x=x1, y=y1, width=x2 - x1, height=y2 - y1)


def _person(it: Person | None) -> wire.PersonRefOut | None:
    return wire.PersonRefOut(person_id=it.id, name=it.name) if it is not None else None
