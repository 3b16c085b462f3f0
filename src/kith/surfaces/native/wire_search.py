"""Searches on the wire."""

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_faces import BoxOut
from kith.surfaces.native.wire_people import CoverOut
from kith.surfaces.native.wire_photos import PhotoItemOut, PhotosOut


class FoundPhotosOut(PhotosOut):
    """`total` is told with the first page only, and is at most 10,000; `total_is_more` says of more."""

    total: int | None
    total_is_more: bool


class PersonPhotoOut(PhotoItemOut):
    """`age_years` is how old the person was, where the date of birth is known."""

    age_years: int | None


class PersonPhotosOut(Wire):
    items: list[PersonPhotoOut]
    next_cursor: str | None


class SeenFaceOut(Wire):
    """A face of the picture, and how well it can be told."""

    face_index: int
    box: BoxOut
    score: float
    quality: float


class FoundPersonOut(Wire):
    """A person, or (`person_id` null) a face that is nobody's, by the face most like the one asked about."""

    person_id: int | None
    name: str | None
    face_id: int
    cover: CoverOut | None
    similarity: float
    photo_ids: list[int]


class FoundByFaceOut(Wire):
    """`face_index` is the face that was searched by."""

    faces: list[SeenFaceOut]
    face_index: int
    people: list[FoundPersonOut]
    photos: list[PhotoItemOut]
