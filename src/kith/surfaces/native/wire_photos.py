"""Photos on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_faces import BoxOut
from kith.surfaces.requests import MAX_ID

MAX_PHOTOS = 1000


class MonthOut(Wire):
    """`month` is 2024-05."""

    month: str
    count: int


class TimelineOut(Wire):
    total: int
    buckets: list[MonthOut]


class PhotoItemOut(Wire):
    """Sizes are of the upright photo; `shown_at` is a wall clock."""

    photo_id: int
    version: str
    width_px: int
    height_px: int
    shown_at: datetime
    is_favourite: bool
    rating: int | None
    state: str
    face_count: int
    media_type: str
    title: str | None


class PhotosOut(Wire):
    items: list[PhotoItemOut]
    next_cursor: str | None


class PersonRefOut(Wire):
    person_id: int
    name: str | None


class PhotoFaceOut(Wire):
    face_id: int
    version: str
    box: BoxOut
    state: str
    origin: str
    quality: float
    similarity: float | None
    person: PersonRefOut | None
    suggested: PersonRefOut | None
    is_ignored: bool


class FileOut(Wire):
    """`storage` is `blob` (kept by Kith), `folder` (where the user has it) or `source`."""

    storage: str
    location: str
    size_bytes: int


class ExifOut(Wire):
    make: str | None = None
    model: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    description: str | None = None


class GalleryRefOut(Wire):
    gallery_id: int
    slug: str
    title: str


class PhotoOut(PhotoItemOut):
    """All there is of a photo. `taken_at` is the camera's wall clock."""

    caption: str | None
    original_name: str
    size_bytes: int
    sha256: str
    taken_at: datetime | None
    taken_offset_minutes: int | None
    created_at: datetime
    trashed_at: datetime | None
    error_code: str | None
    error_detail: str | None
    exif: ExifOut
    gallery: GalleryRefOut
    files: list[FileOut]
    faces: list[PhotoFaceOut]


class NeighboursOut(Wire):
    """In the order of the timeline: the previous photo is newer."""

    previous_photo_id: int | None
    next_photo_id: int | None


class EditIn(Wire):
    """What is left out stays; null takes away. A `taken_at` with a zone also says the distance from UTC."""

    title: Annotated[str, Field(max_length=500)] | None = None
    caption: Annotated[str, Field(max_length=2000)] | None = None
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    is_favourite: bool = False
    taken_at: datetime | None = None


PhotoId = Annotated[int, Field(ge=1, le=MAX_ID)]


class PhotoIdsIn(Wire):
    photo_ids: Annotated[list[PhotoId], Field(min_length=1, max_length=MAX_PHOTOS)]


class EditManyIn(EditIn, PhotoIdsIn):
    pass


class PhotoIdsOut(Wire):
    """The photos that were changed; ids of what is not there, or of others, are passed over."""

    photo_ids: list[int]
