"""What goes over the wire about people, galleries and images."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from kith.surfaces.galleries.fields import (
    Day,
    DoneOut,
    Name,
    OptionalId,
    OptionalUrl,
    Place,
    Ratio,
    Text,
    Title,
    Url,
    Wire,
)

# ── people ───────────────────────────────────────────────────────────────────────────────────────


class TournamentResult(Wire):
    tournament: Text | None = None
    place: Text | Place | None = None
    date: Text | None = None


class Profile(Wire):
    """What is told of a person beside their name."""

    telegram_name: Text | None = None
    telegram_nickname: Text | None = None
    telegram_profile_url: Text | None = None
    facebook_profile_url: Text | None = None
    instagram_profile_url: Text | None = None
    avatar_url: Text | None = None
    paddle_ranking: Annotated[float, Field(allow_inf_nan=False)] | None = None
    category: Text | None = None
    show_in_players_gallery: bool = True
    show_photos_in_galleries: bool = True
    custom_confidence_threshold: Ratio | None = None
    use_custom_confidence: bool = False
    tournament_results: Annotated[list[TournamentResult], Field(max_length=1000)] | None = None


class ProfileIn(Profile):
    real_name: Name


class ProfileChangeIn(Profile):
    """What is left out stays as it is."""

    real_name: Name | None = None


class ProfileOut(Profile):
    id: str
    real_name: str
    created_at: datetime
    updated_at: datetime
    faces_count: int | None = None


class AvatarIn(Wire):
    avatar_url: Text | None = None


class AvatarOut(DoneOut):
    person: ProfileOut


# ── galleries ────────────────────────────────────────────────────────────────────────────────────


class GalleryTold(Wire):
    shoot_date: Day = None
    gallery_url: OptionalUrl = None
    external_gallery_url: OptionalUrl = None
    cover_image_url: OptionalUrl = None
    cover_image_square_url: OptionalUrl = None
    photographer_id: OptionalId = None
    location_id: OptionalId = None
    organizer_id: OptionalId = None
    sort_order: Annotated[str, Field(max_length=50, pattern=r"^[\w .:-]*$")] | None = None


class GalleryIn(GalleryTold):
    title: Title


class GalleryChangeIn(GalleryTold):
    """What is left out stays as it is."""

    title: Title | None = None


class GalleryOut(Wire):
    id: str
    title: str
    shoot_date: date | None
    photographer_id: str | None
    location_id: str | None
    organizer_id: str | None
    cover_image_url: str | None
    cover_image_square_url: str | None
    gallery_url: str | None
    external_gallery_url: str | None
    sort_order: str | None
    created_at: datetime
    updated_at: datetime
    photographer_name: str | None
    location_name: str | None
    organizer_name: str | None
    images_count: int


class CreditIn(Wire):
    name: Title


class CreditOut(Wire):
    id: str
    name: str
    created_at: datetime
    galleries_count: int | None = None


# ── images ───────────────────────────────────────────────────────────────────────────────────────


class ImageIn(Wire):
    image_url: Url
    original_url: OptionalUrl = None
    original_filename: Annotated[Text, Field(max_length=1000)] | None = None
    file_size: Annotated[int, Field(ge=0, le=2**50)] | None = None
    width: Annotated[int, Field(ge=0, le=10**6)] | None = None
    height: Annotated[int, Field(ge=0, le=10**6)] | None = None


class ImagesIn(Wire):
    gallery_id: UUID
    images: Annotated[list[ImageIn], Field(max_length=1000)]


class GalleryImageOut(Wire):
    id: str
    gallery_id: str
    image_url: str
    original_url: str | None
    display_order: int
    has_been_processed: bool
    download_count: int
    original_filename: str | None
    file_size: int | None
    width: int | None
    height: int | None
    created_at: datetime


class ImagesOut(DoneOut):
    data: list[GalleryImageOut]


class ImageIdsOut(Wire):
    image_ids: list[str]


class ImagesAddedOut(DoneOut):
    data: ImageIdsOut


class ImageGoneIn(Wire):
    image_id: UUID
    gallery_id: OptionalId = None


class ImageGoneOut(DoneOut):
    had_verified_faces: bool


class OrderIn(Wire):
    display_order: Place


class PersonPhotoOut(GalleryImageOut):
    gallery_title: str
    gallery_shoot_date: date | None
    verified: bool
    recognition_confidence: float


class PersonPhotosOut(DoneOut):
    photos: list[PersonPhotoOut]
    count: int
