"""Which photos are asked for, and what is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kith.faces.tables import Face
from kith.galleries.tables import Gallery
from kith.people.tables import Person
from kith.photos.tables import File, Photo


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which photos. Without a gallery, a person or the trash, those of the library."""

    gallery_id: int | None = None
    person_id: int | None = None
    is_favourite: bool | None = None
    rating_min: int | None = None
    is_trashed: bool = False
    month: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    photo: Photo
    face_count: int


@dataclass(frozen=True, slots=True)
class PhotoPage:
    photos: Sequence[ShownPhoto]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NamedFace:
    """A face with its person and the one it might be, as far as there are any."""

    face: Face
    person: Person | None
    suggested: Person | None


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    photo: Photo
    gallery: Gallery
    files: Sequence[File]
    faces: Sequence[NamedFace]
