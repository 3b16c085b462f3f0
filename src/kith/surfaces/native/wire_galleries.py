"""Galleries on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from kith.photos.service import Outcome
from kith.sharing.copying import MAX_COPIED
from kith.sharing.galleries import MAX_TITLE
from kith.sharing.tables import MAX_PREFIX, MAX_WORDS
from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_photos import PhotoId

NO_NULS = r"^[^\x00]*$"
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE, pattern=NO_NULS)
]
Words = Annotated[str, StringConstraints(max_length=MAX_WORDS, pattern=NO_NULS)]


class GalleryIn(Wire):
    """`words` are what the photographer has to say to guests. Without `expires_at` it stays open."""

    title: Title
    words: Words = ""
    expires_at: AwareDatetime | None = None
    delete_photos_on_expiry: bool = False


class GalleryPatch(Wire):
    """What is left out stays as it is; `expires_at` null takes the end away."""

    title: Title = ""
    words: Words = ""
    expires_at: AwareDatetime | None = None
    delete_photos_on_expiry: bool = False


class CoverOut(Wire):
    photo_id: int
    version: str


class IntakeOut(Wire):
    """The last folder of the sources that was taken in; `found` is null until its files were counted."""

    prefix: str
    found: int | None
    added: int
    duplicates: int
    refused: int
    error_code: str | None
    is_done: bool


class GalleryOut(Wire):
    """`expired_at` is when all that was known of faces in it was erased."""

    gallery_id: int
    title: str
    slug: str
    words: str
    photo_count: int
    analysed_count: int
    failed_count: int
    cover: CoverOut | None
    created_at: datetime
    expires_at: datetime | None
    expired_at: datetime | None
    delete_photos_on_expiry: bool
    share_count: int
    intake: IntakeOut | None


class GalleriesOut(Wire):
    items: list[GalleryOut]
    next_cursor: str | None


class GalleryDeletedOut(Wire):
    gallery_id: int
    photos_deleted: int


class CopyIn(Wire):
    photo_ids: Annotated[list[PhotoId], Field(min_length=1, max_length=MAX_COPIED)]


class AddedOut(Wire):
    """`outcome` is null for a file that was not taken; `code` and `detail` then say why."""

    name: str
    outcome: Outcome | None
    photo_id: int | None
    code: str | None
    detail: str | None


class AddedListOut(Wire):
    items: list[AddedOut]


class IntakeIn(Wire):
    """A folder of the sources; empty is all of them."""

    prefix: Annotated[str, StringConstraints(max_length=MAX_PREFIX, pattern=NO_NULS)] = Field(
        examples=["shoots/wedding"]
    )
